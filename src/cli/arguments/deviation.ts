import { RandoseError } from '../../errors.ts';

/** The error for a deviation without a reason: the ledger keeps both. */
export function noDeviationReason(): RandoseError {
  return new RandoseError('usage', 'a deviation needs --reason TEXT');
}
