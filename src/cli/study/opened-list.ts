import type { MasterContent } from '../../blinding/sealed-list.ts';
import { RandoseError } from '../../errors.ts';
import type { Head } from '../../ledger/chain.ts';
import { parseWho } from '../../ledger/who.ts';
import { writeNew } from '../../system/files.ts';
import { openListOnRecord } from '../../store/opening/open-list.ts';
import { openStudy, type OpenStudy } from '../../store/open-study.ts';
import { signingWith } from '../../store/signing.ts';
import { atHome } from './at-home.ts';
import { askIfEarly, warnIfEarly } from './early-opening.ts';
import { keysAfterReason, openingReason } from './opening-reason.ts';
import { tellDryRun } from './look-first.ts';
import { counted } from '../../words.ts';
import { studyPlace } from './study-place.ts';
import { requireKeyFlags } from '../arguments/keys.ts';
import type { Output } from '../output/output.ts';
import { formatReceipt } from '../output/receipt.ts';
import { secretTableFile } from './secret-file.ts';
import type { OpeningFlags, TableFlags } from '../arguments/options.ts';

/** The flags of a command that opens the whole list. */
type OpenListFlags = OpeningFlags & TableFlags;

/** A table that unblinds all participants. */
export interface UnblindingTable {
  /** The table as JSON. */
  readonly data: { readonly study: string };
  readonly csv: () => string;
  /** What it is, in a few words. */
  readonly what: string;
}

/** The whole list, opened on record. */
export interface OpenedList {
  readonly open: OpenStudy;
  /** The sealed lists of all batches. */
  readonly masters: readonly MasterContent[];
  /** Where the ledger ends, which says that the list was opened. */
  readonly head: Head;
}

/**
 * Opens the whole list, on record.
 *
 * @param checkPlace refuses where its contents are to go, before anything is asked or opened
 * @returns undefined with --dry-run: it was said what would be opened
 */
export async function openWholeList(
  output: Output,
  options: OpeningFlags,
  checkPlace: () => void,
): Promise<OpenedList | undefined> {
  const place = studyPlace(options);
  const by = options.by === undefined ? undefined : parseWho(options.by);
  await requireKeyFlags(options);
  checkPlace();
  // Fails before a passphrase is asked for; read again under the lock.
  const before = await openStudy(place);
  if (options.dryRun === true) {
    warnIfEarly(output, before);
    const count = counted(before.slots.length, 'slot');
    tellDryRun(output, `open the whole list of ${before.study.id}: the arms of ${count}`);
    return undefined;
  }
  await askIfEarly(output, before, options);
  const why = ['opening the whole list', 'database is locked'] as const;
  const reason = await openingReason(output, options.reason, ...why, before.study);
  const signing = await signingWith(options.sign, !output.json);
  const study = await atHome(output, place, options);
  const keys = await keysAfterReason(output, options, reason);
  const opened = await openListOnRecord(study, { keys, by, reason, signing });
  if (!opened.ok) throw refuseOpened(output, opened);
  return { open: opened.open, masters: opened.value, head: opened.head };
}

/**
 * Opens the whole list, on record, and writes a table of it to a file that only its owner can read, or to stdout.
 *
 * @param tableOf makes the table from the sealed lists of all batches
 */
export async function handOpenedList(
  output: Output,
  options: OpenListFlags,
  tableOf: (open: OpenStudy, masters: readonly MasterContent[]) => UnblindingTable,
): Promise<void> {
  let path: string | undefined;
  const opened = await openWholeList(output, options, () => {
    path = secretTableFile(output, options.output);
  });
  if (opened === undefined) return;
  handTable(output, options.format, path, tableOf(opened.open, opened.masters), opened.head);
}

function handTable(
  output: Output,
  format: OpenListFlags['format'],
  path: string | undefined,
  { data, csv, what }: UnblindingTable,
  head: Head,
): void {
  const text = format === 'json' ? `${JSON.stringify(data, undefined, 2)}\n` : csv();
  if (path === undefined) {
    output.result({ ...data, ledger: head }, text, { exact: true });
  } else {
    writeNew(path, text, { mode: 'private' });
    output.say(`Wrote ${path}: ${what}. Only you can read this file.`);
    output.result({ study: data.study, file: path, ledger: head }, '');
  }
  sayUnblinded(output, head);
}

/** Says what a file with arms is, and that the ledger says that the list was opened. */
export function sayUnblinded(output: Output, head: Head): void {
  output.say(
    "It unblinds participants: keep it with the trial's records, where blinded people cannot reach it.",
  );
  output.say(`The ledger says that the list was opened.\n${formatReceipt(head)}`);
}

/** Says that the attempt is in the ledger. @returns the error, with the receipt of the attempt */
export function refuseOpened(
  output: Output,
  { error, head }: { readonly error: unknown; readonly head: Head },
): unknown {
  output.say(`The attempt is in the ledger.\n${formatReceipt(head)}`);
  if (!(error instanceof RandoseError)) return error;
  const { code, message, problems, hint } = error;
  return new RandoseError(code, message, {
    problems,
    ledger: head,
    ...(hint !== undefined && { hint }),
  });
}
