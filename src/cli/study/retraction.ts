import { RandoseError } from '../../errors.ts';
import type { VisitFlags } from '../arguments/options.ts';

/**
 * Checks the flags of a retraction: it takes a record back as it is, with a reason.
 *
 * @param others flags that say what happened, by name; undefined if they were not typed
 * @returns the reason
 * @throws RandoseError `usage`
 */
export function requireNothingElse(
  { date, deviation, reason }: VisitFlags,
  others: Readonly<Record<string, string | boolean | undefined>>,
): string {
  const typed = { '--date': date === '' ? undefined : date, '--deviation': deviation, ...others };
  const names = Object.entries(typed).flatMap(([name, value]) => {
    return value === undefined || value === false ? [] : name;
  });
  if (names.length > 0) {
    throw new RandoseError(
      'usage',
      `--retract takes a record back as it is: leave out ${names.join(', ')}`,
      {
        hint: 'To change a record of an injection or an assessment instead, use --correct.',
      },
    );
  }
  if (reason !== undefined && reason.trim() !== '') return reason;
  throw new RandoseError(
    'usage',
    'taking a record back needs --reason TEXT: it is kept in the ledger',
  );
}
