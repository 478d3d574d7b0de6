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
  // Its bytes stay as they are: every command reads it, and it may be long.
  const bytes = plainBytes(bytesOf(root));
  const ends = lineEnds(bytes);
  const startAt = (seq: number) => (seq === 1 ? 0 : ends[seq - 2]! + 1);
  const lineAt = (seq: number) => {
    const end = ends[seq - 1];
    return end === undefined ? undefined : bytes.toString('utf8', startAt(seq), end);
  };
  const tail = bytes.toString('utf8', startAt(ends.length + 1));
  // An editor may have removed the last line feed: the entry before it is whole.
  const isWhole = headIn(tail, ends.length + 1) !== undefined;
  if (isWhole) ends.push(bytes.length);
  const headAt = (seq: number) => headIn(lineAt(seq), seq);
  return {
    first: headAt(1)?.hash,
    head: headAt(ends.length) ?? START,
    lastTime: /^\{"seq":\d+,"time":"([^"]*)"/.exec(lineAt(ends.length) ?? '')?.[1],
    isTorn: tail !== '' && !isWhole,
    headAt,
    signedUpTo: (seq) => {
      return ends.slice(0, seq).filter((_, index) => isSigned(lineAt(index + 1)!)).length;
    },
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

const LINE_FEED = 0x0a;
const BEGINNING = '{'.charCodeAt(0);

/** A ledger as randose wrote it: without the changes of an editor, and without blank lines after it. */
function plainBytes(bytes: Buffer): Buffer {
  const isPlain = bytes[0] === BEGINNING && !bytes.includes('\r\n');
  const plain = isPlain ? bytes : Buffer.from(plainText(bytes).text);
  let end = plain.length;
  while (end > 1 && plain[end - 1] === LINE_FEED && plain[end - 2] === LINE_FEED) end -= 1;
  return plain.subarray(0, end);
}

/** The places of the line feeds. */
function lineEnds(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    ends.push(at);
  }
  return ends;
}

function bytesOf(root: string): Buffer {
  try {
    const { buffer, byteOffset, byteLength } = readBytes(join(root, LEDGER_FILE));
    return Buffer.from(buffer, byteOffset, byteLength);
  } catch {
    return Buffer.alloc(0);
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
