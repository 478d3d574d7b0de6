import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Problem } from '../errors.ts';
import { LEDGER_FILE } from '../study/layout.ts';
import { type Act, type Circumstances, ENTRY, type Entry } from './entry.ts';

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

/**
 * The lines that acts add to a ledger, each with a newline, chained to the head and to each other.
 * A line is JSON whose last member `hash` is the SHA-256 of the line without that member.
 */
export function formatEntries(
  head: Head,
  acts: readonly Act[],
  circumstances: Circumstances,
): { text: string; head: Head } {
  let { seq, hash } = head;
  let text = '';
  for (const act of acts) {
    seq += 1;
    const { time, software, study } = circumstances;
    const { who, action, ...rest } = act;
    const body = JSON.stringify({ seq, time, software, study, who, action, ...rest, prev: hash });
    hash = digest(body);
    text += `${body.slice(0, -1)},"hash":"${hash}"}\n`;
  }
  return { text, head: { seq, hash } };
}

/**
 * Reads a ledger and checks its chain: every line whole and of a known kind, every hash right, every
 * entry behind the one before it.
 *
 * @returns the entries that can be read, and what is wrong, by line
 */
export function readLedger(text: string): { entries: Entry[]; problems: Problem[] } {
  const entries: Entry[] = [];
  const problems: Problem[] = [];
  const lines = text.split('\n');
  const tail = lines.pop();
  let head = START;
  for (const [index, line] of lines.entries()) {
    const report = (message: string) =>
      problems.push({ file: LEDGER_FILE, line: index + 1, message });
    const entry = parseLine(line);
    if (entry === undefined) {
      report('is no entry that randose writes');
      continue;
    }
    const end = `,"hash":"${entry.hash}"}`;
    if (!line.endsWith(end) || digest(`${line.slice(0, -end.length)}}`) !== entry.hash) {
      report('was altered: its hash does not match its text');
    }
    if (entry.seq !== head.seq + 1 || entry.prev !== head.hash) {
      report(`does not follow the entry before it (sequence ${head.seq})`);
    }
    entries.push(entry);
    head = entry;
  }
  if (tail !== '') {
    problems.push({
      file: LEDGER_FILE,
      line: lines.length + 1,
      message: 'is torn: the last line has no end',
    });
  }
  return { entries, problems };
}

function parseLine(line: string): Entry | undefined {
  try {
    const result = v.safeParse(ENTRY, JSON.parse(line));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
