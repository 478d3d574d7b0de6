import { type ErrorCode, RandoseError } from '../errors.ts';

/** Exit statuses, from sysexits.h if it has one. They are public interface (docs/FORMATS.md). */
export const EXIT_OK = 0;
/** `verify` found a discrepancy. */
export const EXIT_DISCREPANCY = 1;
/** An error that randose does not know: a bug. */
export const EXIT_BUG = 70;

/** The exit status of each known failure. */
export const EXIT_STATUS: Record<ErrorCode, number> = {
  usage: 64,
  'bad-data': 65,
  'not-trusted': 65,
  'not-found': 66,
  'no-access': 66,
  'would-overwrite': 73,
  locked: 75,
  unavailable: 75,
  'outcome-unknown': 75,
  'no-space': 75,
  'io-error': 74,
  'wrong-key': 77,
  'invalid-study': 78,
};

/** The error of a command that ran another one which failed: the same failure, not a bug. */
export function stoppedBy(status: number, message: string): Error {
  const codes = Object.keys(EXIT_STATUS) as ErrorCode[];
  const code = codes.find((one) => EXIT_STATUS[one] === status);
  return code === undefined ? new Error(message) : new RandoseError(code, message);
}
