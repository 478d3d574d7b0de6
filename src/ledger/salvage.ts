import type { Slot } from '../randomization/list.ts';
import { LEDGER_FILE } from '../study/layout.ts';
import { counted } from '../words.ts';
import { type ReadLedger, readLedger } from './chain.ts';
import { plainText, type ProvenContent, provenContent } from './plain-text.ts';

/** The readable part of a ledger, whatever happened to the file. */
export interface SalvagedLedger extends Pick<ReadLedger, 'entries' | 'head' | 'whole' | 'sound'> {
  /** Whether the whole ledger is as randose wrote it, so that entries can be added. */
  readonly isSound: boolean;
  /** Whether every entry is as randose wrote it: nothing but line ends or the encoding of the file may differ. */
  readonly areEntriesSound: boolean;
  /**
   * Whether somebody may have a slot whom these entries do not show: at another site, or in an entry that
   * was not seen yet. Absent if the entries show everybody.
   */
  readonly mayBeInUse?: (slot: Pick<Slot, 'number' | 'stratum'>) => boolean;
  /** Each problem as one line, without a full stop. */
  readonly doubts: readonly string[];
  /** What was changed in the file without any entry being changed, as what follows its name. */
  readonly changes: readonly string[];
}

/**
 * Reads the whole lines of a ledger. It undoes the line ends and encodings of editors, which do not change any
 * entry: then they are no doubt.
 */
export function salvageLedger(bytes: Uint8Array): SalvagedLedger {
  const plain = plainText(bytes);
  const read = readLedger(plain.text);
  const { entries, head, whole, sound, problems } = read;
  const [first] = problems;
  if (first === undefined && plain.text !== '') return provenAs(read, plain.changes);
  const proven = provenLedger(bytes);
  if (proven !== undefined) return provenAs(readLedger(decode(proven.content)), proven.changes);
  const doubts = [...plain.changes.map((change) => `${LEDGER_FILE} ${change}`)];
  if (first !== undefined) {
    const rest = problems.length - 1;
    const more = rest === 0 ? '' : ` (and ${counted(rest, 'more problem')})`;
    doubts.push(`${LEDGER_FILE}:${first.line ?? 1} ${first.message}${more}`);
  }
  if (plain.text === '') doubts.push(`${LEDGER_FILE} is empty`);
  const found = { entries, head, whole, sound };
  return { ...found, isSound: false, areEntriesSound: false, doubts, changes: [] };
}

/** A ledger of which nothing but line ends or the encoding differs. */
function provenAs(
  { entries, head, whole, sound }: ReadLedger,
  changes: readonly string[],
): SalvagedLedger {
  const isSound = changes.length === 0;
  return { entries, head, whole, sound, isSound, areEntriesSound: true, doubts: [], changes };
}

/**
 * A ledger as randose wrote it, proven by its chain.
 *
 * @returns undefined if an entry was altered, or if there is none
 */
export function provenLedger(bytes: Uint8Array): ProvenContent | undefined {
  return provenContent(bytes, (content) => {
    const { entries, problems } = readLedger(decode(content));
    return problems.length === 0 && entries.length > 0;
  });
}

function decode(content: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
}
