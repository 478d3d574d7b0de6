import { hash as hashOnce } from 'node:crypto';
import {
  chainProblems,
  type EarlierEntries,
  formatHead,
  type Head,
  isUnaltered,
  parseLine,
  START,
} from './chain.ts';
import { actionNamed, type Entry } from './entry.ts';
import { entryOfLine } from './line-entry.ts';
import { COMMA, endOfLine, isAt, keyOfId, keyOfLine, prevOfLine } from './line-form.ts';
import { DIGEST_TEXT } from '../digest.ts';

/** A ledger in whose chain nothing is wrong. */
export interface SoundChain {
  readonly entries: readonly Entry[];
  readonly head: Head;
}

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const BRACE = 0x7d;
/** A quote within a text of JSON has a backslash before it: so this is never within a text. */
const ACTION = ',"action":"';

/**
 * Checks the chain of a ledger over its bytes: that each line is complete, has its place, follows the one before it and
 * has the hash of its text, and that no id comes twice. A line that nobody signed is parsed only if somebody needs more
 * of it (`entryOfLine`); the others are parsed now.
 *
 * @param bytes UTF-8. One byte of each line changes for a moment; they must not change later
 * @returns undefined if anything is wrong, or may be: `readLedger` says what
 */
export function readChain(bytes: Buffer): SoundChain | undefined {
  return readWith(new ChainReader(bytes), bytes);
}

/**
 * Checks the lines of a ledger that somebody may see over their bytes, as `readChain` does. Others may be missing in
 * between: a line follows the one before it if that is there.
 *
 * @param lines without their line feeds
 * @param after the end of what was read before these lines
 * @returns undefined if anything is wrong, or may be: `readPart` says what
 */
export function readSeenLines(lines: readonly string[], after = START): SoundChain | undefined {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return readWith(new ChainReader(bytes, { head: after, hasGaps: true }), bytes);
}

function readWith(reader: ChainReader, bytes: Buffer): SoundChain | undefined {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end === -1 || !(reader.readUsual(start, end) || reader.readOther(start, end))) {
      return undefined;
    }
    start = end + 1;
  }
  const { entries, head } = reader;
  return reader.hasTwins() ? undefined : { entries, head };
}

class ChainReader {
  readonly entries: Entry[] = [];
  head: Head;
  readonly #bytes: Buffer;
  /** Whether entries may be missing between those that are read. */
  readonly #hasGaps: boolean;
  /** The first digits of each id, as a number: ids are compared only if two of them have the same. */
  readonly #keys: number[] = [];
  /** How far from the beginning of the last line its action was. */
  #lastAction = 0;

  constructor(bytes: Buffer, { head = START, hasGaps = false } = {}) {
    this.#bytes = bytes;
    this.head = head;
    this.#hasGaps = hasGaps;
  }

  /** Reads a line that nobody signed. @returns false if it is not one, or not as it should be */
  readUsual(start: number, end: number): boolean {
    const bytes = this.#bytes;
    const place = this.#placeOf(start, end);
    if (place === undefined) return false;
    const { seq, prev } = place;
    if (!isAt(bytes, start, `{"seq":${seq},"time":"`)) return false;
    const hash = this.#hashOf(start, end);
    const form = endOfLine(bytes, end, { prev, hash });
    if (form === undefined) return false;
    const hasId = form === 'with id';
    const key = hasId ? keyOfLine(bytes, end) : undefined;
    if (hasId ? key === undefined : this.#keys.length > 0) return false;
    const found = this.#findAction(start, end);
    if (found === undefined) return false;
    const action = actionNamed(bytes.toString('latin1', found.from, found.to));
    if (action === undefined) return false;
    if (key !== undefined) this.#keys.push(key);
    const about = { seq, action, start, end, actionEnd: found.to + 1, hasId };
    this.entries.push(entryOfLine({ bytes, ...about, entry: undefined, subject: undefined }));
    this.head = { seq, hash };
    return true;
  }

  /**
   * The place that a line must have: the next one; or, if entries are missing before it, the one that it says. Undefined
   * if that is none.
   */
  #placeOf(start: number, end: number): { seq: number; prev: string } | undefined {
    const next = { seq: this.head.seq + 1, prev: this.head.hash };
    if (!this.#hasGaps) return next;
    const seq = sequenceAt(this.#bytes, start + BEFORE_SEQ.length);
    if (seq <= next.seq) return next;
    const prev = prevOfLine(this.#bytes, end);
    return DIGEST_TEXT.test(prev) ? { seq, prev } : undefined;
  }

  /** Whether a line that was parsed has its place in the chain. */
  #isInPlace(entry: Entry): boolean {
    if (!this.#hasGaps) return chainProblems(entry, this.head, this.#earlier()).length === 0;
    // What a signer had seen may be an entry that is missing here.
    const next = this.head.seq + 1;
    return entry.seq > next || (entry.seq === next && entry.prev === this.head.hash);
  }

  /** The hash of the text of a line that nobody signed. A brace is in the place of the comma before the hash. */
  #hashOf(start: number, end: number): string {
    const comma = end - COMMA;
    const bytes = this.#bytes;
    const before = bytes[comma]!;
    bytes[comma] = BRACE;
    const hash = hashOnce('sha256', bytes.subarray(start, comma + 1), 'hex');
    bytes[comma] = before;
    return hash;
  }

  /** Reads any other line. @returns false if it is not as it should be */
  readOther(start: number, end: number): boolean {
    const line = this.#bytes.toString('utf8', start, end);
    const entry = parseLine(line);
    if (entry === undefined || !isUnaltered(line, entry)) return false;
    if (!this.#isInPlace(entry)) return false;
    if (entry.id !== undefined) this.#keys.push(keyOfId(entry.id));
    this.entries.push(entry);
    this.head = { seq: entry.seq, hash: entry.hash };
    return true;
  }

  /** Of the ids, only whether there are any: `hasTwins` compares them, all at once. */
  #earlier(): EarlierEntries {
    return {
      hasIds: this.#keys.length > 0,
      withId: () => undefined,
      hasHead: (text) => {
        const seq = Number.parseInt(text, 10);
        const head = seq === 0 ? START : this.entries[seq - 1];
        return head !== undefined && formatHead(head) === text;
      },
    };
  }

  /** Whether an id comes twice. */
  hasTwins(): boolean {
    const sorted = Float64Array.from(this.#keys).sort();
    if (!sorted.some((key, index) => key === sorted[index - 1])) return false;
    const ids = this.entries.flatMap(({ id }) => id ?? []);
    return new Set(ids).size < ids.length;
  }

  /** Where the text of the action begins, and where it ends. @returns undefined if there is none in the line */
  #findAction(start: number, end: number): { from: number; to: number } | undefined {
    const bytes = this.#bytes;
    // Mostly it is where it was in the line before: the same software and the same person.
    let at = start + this.#lastAction;
    if (!isAt(bytes, at, ACTION)) at = bytes.indexOf(ACTION, start, 'latin1');
    if (at === -1 || at > end) return undefined;
    this.#lastAction = at - start;
    const from = at + ACTION.length;
    return { from, to: bytes.indexOf(QUOTE, from) };
  }
}

/** What is before the sequence of a line. */
const BEFORE_SEQ = '{"seq":';
const MOST_DIGITS = 15;
const [ZERO, NINE] = [0x30, 0x39];

/** The number whose digits begin at a place; 0 if there are none. */
function sequenceAt(bytes: Uint8Array, place: number): number {
  let seq = 0;
  for (let at = place; at < place + MOST_DIGITS; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < ZERO || byte > NINE) break;
    seq = seq * 10 + byte - ZERO;
  }
  return seq;
}
