import { RandoseError } from '../errors.ts';
import type { Head } from '../ledger/chain.ts';
import { writeNew } from '../platform/files.ts';
import type { Opened } from '../platform/on-record.ts';
import type { Output } from './output.ts';
import { formatReceipt } from './receipt.ts';

/** A table that unblinds everybody, ready to be handed out. */
interface UnblindingTable {
  /** As JSON has it. */
  readonly data: { readonly study: string };
  readonly csv: () => string;
  /** What it is, for the one who gets it. */
  readonly what: string;
  readonly head: Head;
}

/** The table goes to a file that its owner alone can read, or to stdout. */
export function handTable(
  output: Output,
  { format, output: path }: { readonly format: 'csv' | 'json'; readonly output?: string },
  { data, csv, what, head }: UnblindingTable,
): void {
  const text = format === 'json' ? `${JSON.stringify(data, undefined, 2)}\n` : csv();
  const ledger = { seq: head.seq, hash: head.hash };
  if (path === undefined) {
    output.result({ ...data, ledger }, text);
  } else {
    writeNew(path, text, { mode: 'private' });
    output.say(`${path}: ${what}, readable by you alone.`);
    output.result({ study: data.study, file: path, ledger }, '');
  }
  output.say(
    'It unblinds participants: show it to nobody who is blinded, and destroy it after use.',
  );
  output.say(`The ledger says that the list was opened.\n${formatReceipt(head)}`);
}

/** Says that the attempt is in the ledger. @returns the error, with the receipt */
export function refuseOpened(
  output: Output,
  { error, head }: Opened<unknown> & { readonly ok: false },
): unknown {
  output.say(`The attempt is in the ledger.\n${formatReceipt(head)}`);
  return withReceipt(error, head);
}

/** A refusal that the ledger knows of, with where the ledger stands. */
function withReceipt(error: unknown, { seq, hash }: Head): unknown {
  if (!(error instanceof RandoseError)) return error;
  const { code, message, problems, hint } = error;
  const ledger = { seq, hash };
  return new RandoseError(code, message, { problems, ledger, ...(hint !== undefined && { hint }) });
}
