import { RandoseError } from '../../src/errors.ts';

/** How something is refused: what is wrong, where, and what to do. @throws Error if it is not refused */
export function failureOf(
  act: () => unknown,
): Pick<RandoseError, 'code' | 'message' | 'problems' | 'hint'> {
  try {
    act();
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    const { code, message, problems, hint } = error;
    return { code, message, problems, hint };
  }
  throw new Error('it was not refused');
}
