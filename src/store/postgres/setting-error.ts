import { RandoseError } from '../../errors.ts';

/**
 * The error of a setting of the database.
 *
 * @param from where it was given
 */
export function settingError(from: string, what: string, hint: string): RandoseError {
  return new RandoseError('usage', `${from}: ${what}`, { hint });
}
