import { RandoseError } from '../../errors.ts';

/** The reason of a record that needs one. @param what the record: `a withdrawal`. @throws RandoseError `usage` */
export function requireReason(reason: string | undefined, what: string): string {
  if (reason !== undefined && reason.trim() !== '') return reason;
  throw new RandoseError('usage', `${what} needs --reason TEXT: it is kept in the ledger`, {
    hint: 'Nothing was recorded.',
  });
}
