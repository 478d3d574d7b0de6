import { join } from 'node:path';
import { type Head, START } from '../../ledger/chain.ts';
import { plainText } from '../../ledger/plain-text.ts';
import { LEDGER_FILE } from '../../study/layout.ts';
import { exists, readBytes } from '../../system/files.ts';

/** The lines of a ledger, few of which are parsed: for the facts that every command needs. */
export interface LedgerLines {
  /** The hash of the first entry; undefined if there is none that can be read. */
  readonly first: string | undefined;
  readonly head: Head;
  /** The time of the last entry, ISO 8601 in UTC; undefined if there is none that can be read. */
  readonly lastTime: string | undefined;
  /** Whether the last line is cut off. */
  readonly isTorn: boolean;
  /** The head of the ledger at a sequence; undefined if it has no such line. */
  readonly headAt: (seq: number) => Head | undefined;
  /** How many of the first entries are signed. */
  readonly signedUpTo: (seq: number) => number;
}

/** Reads a ledger without checking its chain. A ledger that cannot be read counts as empty. */
export function readLedgerLines(root: string): LedgerLines {
  const lines = withoutLastBlankLines(plainText(bytesOf(root)).text).split('\n');
  const tail = lines.pop() ?? '';
  // An editor may have removed the last line feed: the entry before it is whole.
  const isWhole = headIn(tail, lines.length + 1) !== undefined;
  if (isWhole) lines.push(tail);
  const headAt = (seq: number) => headIn(lines[seq - 1], seq);
  return {
    first: headAt(1)?.hash,
    head: headAt(lines.length) ?? START,
    lastTime: /^\{"seq":\d+,"time":"([^"]*)"/.exec(lines.at(-1) ?? '')?.[1],
    isTorn: tail !== '' && !isWhole,
    headAt,
    signedUpTo: (seq) => lines.slice(0, seq).filter(isSigned).length,
  };
}

/** That there is no ledger, or nothing in it, as what follows its name; undefined if there is something to read. */
export function goneText(root: string): string | undefined {
  if (!exists(join(root, LEDGER_FILE))) return 'is missing';
  try {
    return readBytes(join(root, LEDGER_FILE)).length === 0 ? 'is empty' : undefined;
  } catch {
    return undefined; // whoever reads it is told why it cannot be read
  }
}

/** A regular expression would look for the end of the text at each line feed. */
function withoutLastBlankLines(text: string): string {
  let end = text.length;
  while (end > 1 && text[end - 1] === '\n' && text[end - 2] === '\n') end -= 1;
  return text.slice(0, end);
}

function bytesOf(root: string): Uint8Array {
  try {
    return readBytes(join(root, LEDGER_FILE));
  } catch {
    return new Uint8Array();
  }
}

/** The end of a line that randose writes: its hash, and a signature if it has one. */
const END = /,"hash":"([0-9a-f]{64})"(,"signature":"[^"]*")?\}$/;

function headIn(line: string | undefined, seq: number): Head | undefined {
  const hash = END.exec(line ?? '')?.[1];
  return hash !== undefined && line?.startsWith(`{"seq":${seq},`) === true
    ? { seq, hash }
    : undefined;
}

function isSigned(line: string): boolean {
  return END.exec(line)?.[2] !== undefined;
}
