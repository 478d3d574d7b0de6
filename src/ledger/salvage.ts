import { LEDGER_FILE } from '../study/layout.ts';
import { counted } from '../words.ts';
import { type ReadLedger, readLedger } from './chain.ts';

/** The readable part of a ledger, whatever happened to the file. */
export interface SalvagedLedger extends Pick<ReadLedger, 'entries' | 'head' | 'whole' | 'sound'> {
  /** Whether the whole ledger is as randose wrote it, so that entries can be added. */
  readonly isSound: boolean;
  /** Each problem as one line, without a full stop. */
  readonly doubts: readonly string[];
}

/**
 * Reads the whole lines of a ledger. It undoes the line ends and encodings of editors, which do not change any
 * entry.
 */
export function salvageLedger(bytes: Uint8Array): SalvagedLedger {
  const plain = plainText(bytes);
  const { problems, torn, ...read } = readLedger(plain.text);
  const doubts = [...plain.changes.map((change) => `${LEDGER_FILE} ${change}`)];
  const [first] = problems;
  if (first !== undefined) {
    const rest = problems.length - 1;
    const more = rest === 0 ? '' : ` (and ${counted(rest, 'more problem')})`;
    doubts.push(`${LEDGER_FILE}:${first.line ?? 1}: ${first.message}${more}`);
  }
  if (plain.text === '') doubts.push(`${LEDGER_FILE} is empty`);
  return { ...read, isSound: doubts.length === 0 && torn === '', doubts };
}

/** A text without the changes of an editor, and these changes. */
interface PlainText {
  readonly text: string;
  readonly changes: readonly string[];
}

/** Decodes a text to what randose wrote: UTF-8 with line feeds only. Bytes that are not text are replaced. */
export function plainText(bytes: Uint8Array): PlainText {
  const changes: string[] = [];
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (isWide) changes.push('is encoded as UTF-16 instead of UTF-8');
  let text = new TextDecoder(isWide ? 'utf-16le' : 'utf-8', { ignoreBOM: true }).decode(bytes);
  if (text.startsWith('\ufeff')) {
    text = text.slice(1);
    if (!isWide) changes.push('begins with a byte order mark');
  }
  if (text.includes('\r\n')) {
    text = text.replaceAll('\r\n', '\n');
    changes.push('has other line ends (CRLF)');
  }
  return { text, changes };
}
