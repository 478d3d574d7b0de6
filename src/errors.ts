/**
 * What kind of failure a known error is. The codes are public interface: `--json` prints them, and
 * src/cli/exit.ts gives each its exit status.
 */
export type ErrorCode =
  | 'usage'
  | 'bad-data'
  | 'not-trusted'
  | 'not-found'
  | 'no-access'
  | 'would-overwrite'
  | 'locked'
  | 'no-space'
  | 'io-error'
  | 'wrong-key'
  | 'invalid-study';

/** One thing that is wrong, and where. Lines and columns count from 1. */
export interface Problem {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * A failure that randose knows: shown to the user as sentences, never with a stack trace.
 * Anything else that is thrown is a bug.
 */
export class RandoseError extends Error {
  readonly code: ErrorCode;
  /** All that is wrong, each with its place, when there is more to say than the message. */
  readonly problems: readonly Problem[];
  /** What to do next. */
  readonly hint: string | undefined;
  /** Where the ledger stands, when it knows of the failure. */
  readonly ledger: { readonly seq: number; readonly hash: string } | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: {
      problems?: readonly Problem[];
      hint?: string;
      ledger?: { readonly seq: number; readonly hash: string };
    } = {},
  ) {
    super(message);
    this.name = 'RandoseError';
    this.code = code;
    this.problems = details.problems ?? [];
    this.hint = details.hint;
    this.ledger = details.ledger;
  }
}

/** A value, or every problem that stands in its way. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };
