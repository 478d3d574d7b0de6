import * as v from 'valibot';
import { sha256 } from '../digest.ts';
import type { Problem } from '../errors.ts';
import { LEDGER_FILE } from '../study/layout.ts';
import { type Act, type Circumstances, ENTRY, type Entry, meaningOf, membersOf } from './entry.ts';

/** The end of a chain: what a receipt prints, `sequence:hash`. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** The end of an empty ledger. */
export const START: Head = { seq: 0, hash: '0'.repeat(64) };

/** A head as receipts, commitments and signatures have it: `sequence:hash`. */
export function formatHead({ seq, hash }: Head): string {
  return `${seq}:${hash}`;
}

/** @returns the head in a text such as `6:d76e…` or `Ledger 6:d76e…`; undefined if it is not a head */
export function parseHead(text: string): Head | undefined {
  const parts = /^(?:Ledger\s+)?([1-9]\d{0,8}):([0-9a-f]{64})$/i.exec(text.trim());
  if (parts === null) return undefined;
  return { seq: Number(parts[1]), hash: parts[2]!.toLowerCase() };
}

/** Signs texts: an armored SSH signature for each, in their order. */
export type SignTexts = (texts: readonly string[]) => readonly string[];

/** An act that is ready to be entered: whole, apart from its time and its place in the chain. */
export interface ReadyAct {
  /** 32 hexadecimal digits, random. */
  readonly id: string;
  /** One line of JSON, which the signature covers. */
  readonly text: string;
  /** Armored; undefined if nobody signs. */
  readonly signature: string | undefined;
}

/**
 * Makes acts ready to be entered. This is where they are signed, before anybody holds a lock.
 *
 * @param drawId draws the random id of an act
 * @param sign asked once for all signatures, if the circumstances name a signer
 */
export function readyActs(
  acts: readonly Act[],
  circumstances: Circumstances,
  drawId: () => string,
  sign: SignTexts = () => [],
): ReadyAct[] {
  const drafts = acts.map((act) => {
    const id = drawId();
    const { subject = null, reason = null } = act;
    const meaning = meaningOf(act.action);
    const text = actText({ ...act, subject, reason, meaning, ...circumstances, id });
    return { id, text };
  });
  const signatures = circumstances.signer === null ? [] : sign(drafts.map(({ text }) => text));
  return drafts.map((draft, index) => ({ ...draft, signature: signatures[index] }));
}

/**
 * The text of an act: the entry's members as they are written, without its time and its place in the chain
 * (`seq`, `time`, `prev`, `hash`, `signature`). A signature covers it, so that nobody has to sign inside a lock.
 */
function actText(act: Omit<Entry, keyof Place | 'signature'>): string {
  const given = new Map<string, unknown>(Object.entries(act));
  const names = membersOf(act.action).filter((name) => !PLACE.has(name));
  // JSON leaves out a member that is undefined.
  const ordered = names.map((name): [string, unknown] => {
    const value = given.get(name);
    given.delete(name);
    return [name, value];
  });
  const strange = [...given.keys()].filter((name) => !PLACE.has(name));
  if (strange.length > 0) throw new Error(`an entry of ${act.action} has no ${strange.join(', ')}`);
  return JSON.stringify(Object.fromEntries(ordered));
}

type Place = Pick<Entry, 'seq' | 'time' | 'prev' | 'hash'>;
const PLACE: ReadonlySet<string> = new Set(['seq', 'time', 'prev', 'hash', 'signature']);

/**
 * The lines that acts add to a ledger, each with a newline, chained to the head and to each other. A line is
 * JSON whose member `hash` is the SHA-256 of the line without that member and what follows it.
 *
 * @param time when they are entered, ISO 8601 in UTC
 * @returns the lines, the entries as they read back, and the new head of the ledger
 */
export function formatEntries(
  head: Head,
  acts: readonly ReadyAct[],
  time: string,
): { text: string; entries: Entry[]; head: Head } {
  let { seq, hash } = head;
  const entries: Entry[] = [];
  const lines = acts.map(({ text, signature }) => {
    seq += 1;
    const before = JSON.stringify({ seq, time }).slice(0, -1);
    const body = `${before},${text.slice(1, -1)},"prev":"${hash}"}`;
    hash = sha256(body);
    const line = `${body.slice(0, -1)},"hash":"${hash}"${endOf(signature)}`;
    // Nothing is written that cannot be read.
    entries.push(v.parse(ENTRY, JSON.parse(line)));
    return `${line}\n`;
  });
  return { text: lines.join(''), entries, head: { seq, hash } };
}

/** The text that the signature of an entry covers. Entries of older ledgers have no id: theirs covers the head. */
export function signedText(entry: Entry): string {
  return entry.id === undefined ? formatHead(entry) : actText(entry);
}

/** The text after an entry's hash. */
function endOf(signature: string | undefined): string {
  return signature === undefined ? '}' : `,"signature":${JSON.stringify(signature)}}`;
}

/** What can be read of a ledger. */
export interface ReadLedger {
  readonly entries: Entry[];
  /** Where it ends; sequence 0 if it is empty. */
  readonly head: Head;
  /** What is wrong, by line. */
  readonly problems: Problem[];
  /** The entries whose own line is sound, whatever is wrong with others. */
  readonly whole: Entry[];
  /** The entries before the first problem: nobody can have altered one of them alone. */
  readonly sound: Entry[];
  /** The text after the last line feed: a line that was cut off. Empty if there is none. */
  readonly torn: string;
}

/**
 * Reads a ledger and checks its chain: every line complete and of a known kind, every hash right, every entry
 * after the one before it, an id that no other entry has, and a signature on each entry that names a signer.
 */
export function readLedger(text: string): ReadLedger {
  const entries: Entry[] = [];
  const problems: Problem[] = [];
  const whole: Entry[] = [];
  const sound: Entry[] = [];
  const lines = text.split('\n');
  const torn = lines.pop()!;
  const identities = new Identities();
  let head: Head = START;
  for (const [index, line] of lines.entries()) {
    const report = (message: string) =>
      problems.push({ file: LEDGER_FILE, line: index + 1, message });
    const entry = parseLine(line);
    if (entry === undefined) {
      report(NOT_AN_ENTRY);
      continue;
    }
    if (isUnaltered(line, entry)) whole.push(entry);
    else report(ALTERED);
    for (const problem of chainProblems(entry, head, identities)) report(problem);
    identities.add(entry);
    entries.push(entry);
    if (problems.length === 0) sound.push(entry);
    head = entry;
  }
  if (torn !== '') {
    const message = `${TORN}. To remove it: ${REPAIR}`;
    problems.push({ file: LEDGER_FILE, line: lines.length + 1, message });
  }
  return { entries, head: { seq: head.seq, hash: head.hash }, problems, whole, sound, torn };
}

/**
 * Reads the lines of a ledger that somebody may see, of which others may be missing in between: every line of a known kind
 * with the right hash, and after the line before it if that is there.
 *
 * @param hashes the hash of every entry of the ledger, if they are known
 * @param after the end of what was read before these lines
 */
export function readPart(
  lines: readonly string[],
  hashes?: readonly string[],
  after = START,
): { readonly entries: readonly Entry[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const entries = lines.flatMap((line) => {
    const entry = parseLine(line);
    if (entry === undefined) {
      problems.push({ message: `is not an entry that randose writes: ${line.slice(0, 60)}…` });
      return [];
    }
    const report = (message: string) =>
      problems.push({ message: `ledger entry ${entry.seq} ${message}` });
    if (!isUnaltered(line, entry)) report(ALTERED);
    if (hashes !== undefined && hashes[entry.seq - 1] !== entry.hash) {
      report('is not the one in the list of hashes');
    }
    if (hashes !== undefined && entry.prev !== (hashes[entry.seq - 2] ?? START.hash)) {
      report('does not follow the entry before it');
    }
    return [entry];
  });
  const identities = new Identities();
  for (const [at, entry] of entries.entries()) {
    const before = entries[at - 1] ?? after;
    if (entry.seq <= before.seq || (entry.seq === before.seq + 1 && entry.prev !== before.hash)) {
      problems.push({ message: `ledger entry ${entry.seq} does not follow the entry before it` });
    }
    // What a signer had seen may be the entry of another site.
    problems.push(...identities.repeatedId(entry));
  }
  return { entries, problems };
}

/** What is said of an incomplete last line, and the command that removes it. */
export const TORN = 'is incomplete, for example after a power cut';
export const REPAIR = 'randose ledger --repair --by WHO --reason TEXT';

/** Said of a line that is not as randose writes it. */
export const NOT_AN_ENTRY = 'is not an entry that randose writes';

const ALTERED = 'was altered: its hash does not match its text';

/** Whether the hash of a line is that of its text. @param entry the same line, parsed */
export function isUnaltered(line: string, { hash, signature }: Entry): boolean {
  const end = `,"hash":"${hash}"${endOf(signature)}`;
  return line.endsWith(end) && sha256(`${line.slice(0, -end.length)}}`) === hash;
}

/** What is known of the entries before another one: their ids, and where the ledger ended after each. */
export interface EarlierEntries {
  readonly hasIds: boolean;
  /** The sequence of the entry with an id; undefined if there is none. */
  readonly withId: (id: string) => number | undefined;
  /** @param head as `formatHead` writes it */
  readonly hasHead: (head: string) => boolean;
}

/**
 * What is wrong with an entry beside those before it, apart from its own text.
 *
 * @param head the end of the ledger before it
 */
export function chainProblems(
  { seq, prev, id, seen, signer, signature }: Entry,
  head: Head,
  earlier: EarlierEntries,
): string[] {
  const problems: string[] = [];
  if (seq !== head.seq + 1 || prev !== head.hash) {
    problems.push(`does not follow the entry before it (sequence ${head.seq})`);
  }
  if ((signer === null) !== (signature === undefined)) {
    problems.push(
      signer === null ? 'has a signature but names no signer' : 'was signed: the signature is gone',
    );
  }
  const other = id === undefined ? undefined : earlier.withId(id);
  if (other !== undefined) problems.push(`has the id of entry ${other}: one act was entered twice`);
  if (id === undefined && earlier.hasIds) problems.push('has no id, but earlier entries have');
  if (
    seen === undefined
      ? id !== undefined
      : id === undefined || (seen === null) !== (signer === null)
  ) {
    problems.push('must say what its signer had seen if it is signed, and only if it is signed');
  }
  if (seen !== undefined && seen !== null && !earlier.hasHead(seen.head)) {
    problems.push(
      `was signed after entry ${seen.head.slice(0, 20)}…, which is not an earlier entry of this ledger`,
    );
  }
  return problems;
}

class Identities implements EarlierEntries {
  readonly #ids = new Map<string, number>();
  readonly #heads = new Set([formatHead(START)]);

  /** That an entry has the id of an earlier one. */
  repeatedId({ id, seq }: Entry): Problem[] {
    const other = id === undefined ? undefined : this.#ids.get(id);
    if (id !== undefined) this.#ids.set(id, seq);
    if (other === undefined) return [];
    return [
      { message: `ledger entry ${seq} has the id of entry ${other}: one act was entered twice` },
    ];
  }

  add(entry: Entry): void {
    if (entry.id !== undefined) this.#ids.set(entry.id, entry.seq);
    this.#heads.add(formatHead(entry));
  }

  get hasIds(): boolean {
    return this.#ids.size > 0;
  }

  withId(id: string): number | undefined {
    return this.#ids.get(id);
  }

  hasHead(head: string): boolean {
    return this.#heads.has(head);
  }
}

/** @returns the entry of a line; undefined if randose does not write such a line */
export function parseLine(line: string): Entry | undefined {
  try {
    const json: unknown = JSON.parse(line);
    // Another text of the same entry, such as one with a member twice, could be read in two ways.
    if (JSON.stringify(json) !== line) return undefined;
    const result = v.safeParse(ENTRY, json);
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
