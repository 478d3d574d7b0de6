import * as v from 'valibot';
import { sha256 } from '../digest.ts';
import type { Problem } from '../errors.ts';
import { LEDGER_FILE } from '../study/layout.ts';
import { type Act, type Circumstances, ENTRY, type Entry, MEANINGS } from './entry.ts';

/** Where a chain ends: what a receipt prints, `sequence:hash`. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

const START: Head = { seq: 0, hash: '0'.repeat(64) };

/** @returns the last entry's sequence and hash; sequence 0 for an empty ledger */
export function headOf(entries: readonly Entry[]): Head {
  return entries.at(-1) ?? START;
}

/** A head as receipts, commitments and signatures have it: `sequence:hash`. */
export function formatHead({ seq, hash }: Head): string {
  return `${seq}:${hash}`;
}

/** @returns the head that a text such as `6:d76e…` or `Ledger 6:d76e…` is; undefined where it is none */
export function parseHead(text: string): Head | undefined {
  const parts = /^(?:Ledger\s+)?([1-9]\d{0,8}):([0-9a-f]{64})$/i.exec(text.trim());
  if (parts === null) return undefined;
  return { seq: Number(parts[1]), hash: parts[2]!.toLowerCase() };
}

/** Signs heads, one signature each: armored SSH signatures of `seq:hash`. */
export type SignHeads = (heads: readonly Head[]) => readonly string[];

/**
 * The lines that acts add to a ledger, each with a newline, chained to the head and to each other. A
 * line is JSON whose member `hash` is the SHA-256 of the line without that member and what follows it.
 *
 * @param sign asked once for all the signatures, where the circumstances name a signer
 */
export function formatEntries(
  head: Head,
  acts: readonly Act[],
  { time, software, study, signer }: Circumstances,
  sign: SignHeads = () => [],
): { text: string; head: Head } {
  let { seq, hash } = head;
  const drafts = acts.map((act) => {
    seq += 1;
    const { who, action, subject = null, reason = null, ...rest } = act;
    const about = { subject, reason, meaning: MEANINGS[action] };
    const before = { seq, time, software, study, who, action, ...about };
    const body = JSON.stringify({ ...before, ...rest, signer, prev: hash });
    hash = sha256(body);
    return { seq, hash, text: `${body.slice(0, -1)},"hash":"${hash}"` };
  });
  const signatures = signer === null ? [] : sign(drafts);
  const lines = drafts.map(({ text }, index) => `${text}${endOf(signatures[index])}\n`);
  return { text: lines.join(''), head: { seq, hash } };
}

/** What stands behind an entry's hash. */
function endOf(signature: string | undefined): string {
  return signature === undefined ? '}' : `,"signature":${JSON.stringify(signature)}}`;
}

/** What can be read of a ledger. */
export interface ReadLedger {
  readonly entries: Entry[];
  /** What is wrong, by line. */
  readonly problems: Problem[];
  /** The entries whose own line is whole, whatever is wrong with others. */
  readonly whole: Entry[];
  /** The entries from the first one up to where something is wrong: nobody can have altered one alone. */
  readonly sound: Entry[];
  /** What stands behind the last line feed: a line that was cut off. Empty where there is none. */
  readonly torn: string;
}

/**
 * Reads a ledger and checks its chain: every line whole and of a known kind, every hash right, every
 * entry behind the one before it, and a signature wherever the entry says that it has one.
 */
export function readLedger(text: string): ReadLedger {
  const entries: Entry[] = [];
  const problems: Problem[] = [];
  const whole: Entry[] = [];
  const sound: Entry[] = [];
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  let head = START;
  for (const [index, line] of lines.entries()) {
    const report = (message: string) =>
      problems.push({ file: LEDGER_FILE, line: index + 1, message });
    const entry = parseLine(line);
    if (entry === undefined) {
      report('is no entry that randose writes');
      continue;
    }
    const { signature } = entry;
    const end = `,"hash":"${entry.hash}"${endOf(signature)}`;
    if (!line.endsWith(end) || sha256(`${line.slice(0, -end.length)}}`) !== entry.hash) {
      report('was altered: its hash does not match its text');
    } else whole.push(entry);
    if (entry.seq !== head.seq + 1 || entry.prev !== head.hash) {
      report(`does not follow the entry before it (sequence ${head.seq})`);
    }
    if ((entry.signer === null) !== (signature === undefined)) {
      report(
        entry.signer === null ? 'has a signature of nobody' : 'was signed: the signature is gone',
      );
    }
    entries.push(entry);
    if (problems.length === 0) sound.push(entry);
    head = entry;
  }
  if (torn !== '') {
    const message =
      'is torn: the last line has no end, as a power cut may leave it. To take it out: randose ledger --repair --by WHO --reason TEXT';
    problems.push({ file: LEDGER_FILE, line: lines.length + 1, message });
  }
  return { entries, problems, whole, sound, torn };
}

function parseLine(line: string): Entry | undefined {
  try {
    const result = v.safeParse(ENTRY, JSON.parse(line));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
