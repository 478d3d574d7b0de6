/**
 * The kind of a known failure. The codes are part of the public interface: `--json` prints them, and
 * src/cli/exit.ts maps each to an exit status.
 */
export type ErrorCode =
  | 'usage'
  | 'bad-data'
  | 'not-trusted'
  | 'not-found'
  | 'no-access'
  | 'would-overwrite'
  | 'locked'
  | 'unavailable'
  | 'outcome-unknown'
  | 'no-space'
  | 'io-error'
  | 'wrong-key'
  | 'invalid-study';

/** One problem and its place. Lines and columns count from 1. */
export interface Problem {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * A known failure. The user sees it as sentences, never with a stack trace. Any other thrown error is a bug.
 */
export class RandoseError extends Error {
  readonly code: ErrorCode;
  /** Every problem with its place, if the message alone is not enough. */
  readonly problems: readonly Problem[];
  /** What the user should do next. */
  readonly hint: string | undefined;
  /** The head of the ledger, if the failure is recorded in it. */
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

/** A value, or every problem that prevents it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };
