import { LEDGER_FILE } from '../study/layout.ts';
import { type ReadLedger, readLedger } from './chain.ts';

/** As much of a ledger as can be read, whatever happened to the file. */
export interface SalvagedLedger extends Pick<ReadLedger, 'entries' | 'head' | 'whole' | 'sound'> {
  /** Whether all of it is as randose wrote it, so that entries can be added. */
  readonly isSound: boolean;
  /** What is wrong, a line each, without a full stop. */
  readonly doubts: readonly string[];
}

/**
 * Reads whatever lines of a ledger are whole. Line ends and encodings that editors leave are undone:
 * they change no entry.
 */
export function salvageLedger(bytes: Uint8Array): SalvagedLedger {
  const plain = plainText(bytes);
  const { problems, torn, ...read } = readLedger(plain.text);
  const doubts = [...plain.changes.map((change) => `${LEDGER_FILE} ${change}`)];
  const [first] = problems;
  if (first !== undefined) {
    const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} problems more)`;
    doubts.push(`${LEDGER_FILE}:${first.line ?? 1}: ${first.message}${more}`);
  }
  if (plain.text === '') doubts.push(`${LEDGER_FILE} is empty`);
  return { ...read, isSound: doubts.length === 0 && torn === '', doubts };
}

/** A text without what an editor changed, and what that was. */
export interface PlainText {
  readonly text: string;
  readonly changes: readonly string[];
}

/** A text as UTF-8 with line feeds alone, as randose writes it. What is not text is replaced. */
export function plainText(bytes: Uint8Array): PlainText {
  const changes: string[] = [];
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (isWide) changes.push('is encoded in UTF-16, not in UTF-8');
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
