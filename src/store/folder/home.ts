import { mkdirSync, statSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { formatHead, type Head, parseHead } from '../../ledger/chain.ts';
import type { Who } from '../../ledger/who.ts';
import { HOME_FILE } from '../../study/layout.ts';
import { now } from '../../system/clock.ts';
import { isDetermined } from '../../system/determined.ts';
import { drawIdentifier } from '../draw.ts';
import { exists, filesBelow, readText, replace } from '../../system/files.ts';
import { realPath } from '../../system/links.ts';
import { type LedgerLines, readLedgerLines } from './ledger-lines.ts';

const PLACE = { host: v.string(), path: v.string() };
const HEAD_TEXT = v.pipe(
  v.string(),
  v.check((text) => parseHead(text) !== undefined),
);
/** `.randose.home`: where the study folder has been used, the latest place last. */
const HOME = v.object({
  randose: v.literal('home'),
  version: v.literal(1),
  mark: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  /** `left`: the head of a copy there when its user said that it is no longer used. */
  places: v.array(v.object({ ...PLACE, left: v.optional(HEAD_TEXT) })),
});
/** The file of a study in the user's state folder: the newest head seen at each place. */
const SEEN = v.object({
  randose: v.literal('seen'),
  version: v.literal(1),
  /** The hash of the ledger's first entry: copies of a study have the same one. */
  ledger: v.string(),
  places: v.array(
    v.object({ ...PLACE, seq: v.number(), hash: v.string(), signed: v.number(), time: v.string() }),
  ),
  /** Older ledgers that somebody has accepted. */
  accepted: v.array(
    v.object({
      ...PLACE,
      ...{ time: v.string(), from: v.string(), to: v.string() },
      ...{ who: v.object({ name: v.string(), role: v.string(), organisation: v.string() }) },
      reason: v.string(),
    }),
  ),
});
type Home = v.InferOutput<typeof HOME>;
type Seen = v.InferOutput<typeof SEEN>;

/** A folder on a machine. */
export interface Place {
  readonly host: string;
  readonly path: string;
}

/** A ledger that is not the newest one that was seen at this place. */
export interface OlderLedger {
  readonly now: Head;
  readonly seen: Head;
  /** When it was seen, ISO 8601 in UTC. */
  readonly time: string;
}

/** Another folder on this machine with a ledger of the same study. */
export interface OtherCopy {
  readonly path: string;
  readonly head: Head;
  /** `gone on`: it has entries that this folder lacks; `forked`: and this one has others. */
  readonly relation: 'same' | 'behind' | 'gone on' | 'forked';
  /** Somebody has said that it is no longer used, and it was not used since then. */
  readonly isLeft: boolean;
}

/** A study folder as it is placed among its copies, as far as this user's machine knows. */
export interface HomeView {
  readonly place: Place;
  /** Where it was used last, if that is not here. */
  readonly lastUsed: Place | undefined;
  readonly older: OlderLedger | undefined;
  readonly others: readonly OtherCopy[];
  /** How many of the entries seen here were signed, and how many of these still are, if fewer. */
  readonly unsigned:
    { readonly before: number; readonly now: number; readonly seq: number } | undefined;
  readonly head: Head;
}

/** Looks where a study folder is, and at its other copies on this machine. It writes nothing. */
export function viewHome(root: string): HomeView {
  const place = { host: hostname(), path: realPath(root) };
  const home = readHome(root);
  const seen = readSeen(home?.mark ?? markOf(readLedgerLines(root).first));
  // The ledger is read after what was seen of it: others may enter something in between.
  const ledger = readLedgerLines(root);
  const known = [...(home?.places ?? []), ...(seen?.places ?? [])];
  const isKnown = known.length === 0 || known.some((one) => isSamePlace(one, place));
  const own = seen?.places.find((one) => isSamePlace(one, place));
  return {
    place,
    head: ledger.head,
    lastUsed: isKnown ? undefined : (home?.places.at(-1) ?? known.at(-1)),
    older: own && olderThan(ledger, own),
    others: copiesOf(ledger, known, place, home?.places ?? []),
    unsigned: own && unsignedSince(ledger, own),
  };
}

/** The copies that have entries which this folder lacks, and may still be used. */
export function rivalsOf({ others }: HomeView): OtherCopy[] {
  return others.filter(({ relation, isLeft }) => {
    return (relation === 'gone on' || relation === 'forked') && !isLeft;
  });
}

function olderThan(ledger: LedgerLines, seen: Seen['places'][number]): OlderLedger | undefined {
  const { seq, hash, time } = seen;
  if (ledger.headAt(seq)?.hash === hash) return undefined;
  // A last line that a power cut has torn is told by other commands, and can be repaired.
  if (ledger.isTorn && ledger.head.seq + 1 === seq) return undefined;
  return { now: ledger.head, seen: { seq, hash }, time };
}

function unsignedSince(ledger: LedgerLines, { seq, signed }: Seen['places'][number]) {
  const still = ledger.signedUpTo(seq);
  return still < signed ? { before: signed, now: still, seq } : undefined;
}

/** Other folders on this machine whose ledger begins with the same entry. */
function copiesOf(
  ledger: LedgerLines,
  known: readonly Place[],
  place: Place,
  places: Home['places'],
): OtherCopy[] {
  const paths = new Set(known.filter(({ host }) => host === place.host).map(({ path }) => path));
  return [...paths].flatMap((path): OtherCopy[] => {
    if (ledger.first === undefined || isSameFolder(path, place.path)) return [];
    const other = readLedgerLines(path);
    if (other.first !== ledger.first) return [];
    const { head } = other;
    const has = (one: LedgerLines, { seq, hash }: Head) => one.headAt(seq)?.hash === hash;
    const hasAll = has(ledger, head);
    const isAhead = has(other, ledger.head);
    const relation = hasAll ? (isAhead ? 'same' : 'behind') : isAhead ? 'gone on' : 'forked';
    const isLeft = places.some((one) => one.path === path && one.left === formatHead(head));
    return [{ path, head, relation, isLeft }];
  });
}

/**
 * Notes that the study folder is used here, and the newest head of its ledger: in the folder and in the
 * user's state folder. What cannot be written is left: no command fails because of it.
 *
 * @param left copies of which somebody has said that they are no longer used
 */
export function noteHome(root: string, left: readonly OtherCopy[] = []): void {
  try {
    const ledger = readLedgerLines(root);
    const home = readHome(root);
    const mark = home?.mark ?? markOf(ledger.first) ?? drawIdentifier();
    const place = { host: hostname(), path: realPath(root) };
    notePlace(root, mark, home, place, left);
    noteSeen(mark, ledger, place);
  } catch {
    // The act is done and on record; where it was done is told the next time.
  }
}

/** How many places are kept: a machine without a name of its own would add one with each start. */
const MOST_PLACES = 50;

function notePlace(
  root: string,
  mark: string,
  home: Home | undefined,
  place: Place,
  left: readonly OtherCopy[],
): void {
  const isHere = (one: Place) => isSamePlace(one, place);
  const before = home?.places ?? [];
  if (home !== undefined && left.length === 0 && before.some(isHere)) return;
  const leaving = left.map(({ path, head }) => ({
    host: place.host,
    path,
    left: formatHead(head),
  }));
  const stays = before.filter(
    (one) => !isHere(one) && !leaving.some((other) => isSamePlace(one, other)),
  );
  const places = [...stays, ...leaving, place].slice(-MOST_PLACES);
  replace(join(root, HOME_FILE), asJson({ randose: 'home', version: 1, mark, places }));
}

function noteSeen(mark: string, ledger: LedgerLines, place: Place, more?: Seen['accepted']): void {
  const file = stateFile(mark);
  if (file === undefined || ledger.first === undefined) return;
  const seen = readSeen(mark);
  const { seq, hash } = ledger.head;
  const own = { ...place, seq, hash, signed: ledger.signedUpTo(seq), time: now() };
  const others = (seen?.places ?? []).filter((one) => !isSamePlace(one, place));
  makePrivateFolder(dirname(file));
  const content: Seen = {
    ...{ randose: 'seen', version: 1, ledger: ledger.first },
    places: [...others, own].slice(-MOST_PLACES),
    accepted: [...(seen?.accepted ?? []), ...(more ?? [])],
  };
  replace(file, asJson(content), 'private');
}

/**
 * Takes an older ledger as the newest one from now on, and keeps who said so in the state folder.
 *
 * @throws RandoseError if the state folder cannot be written
 */
export function acceptOlder(root: string, older: OlderLedger, who: Who, reason: string): void {
  const ledger = readLedgerLines(root);
  const place = { host: hostname(), path: realPath(root) };
  const [from, to] = [formatHead(older.seen), formatHead(older.now)];
  const mark = readHome(root)?.mark ?? markOf(ledger.first);
  if (mark === undefined) return;
  noteSeen(mark, ledger, place, [{ ...place, time: now(), from, to, who, reason }]);
}

function readHome(root: string): Home | undefined {
  return parsed(HOME, join(root, HOME_FILE));
}

function readSeen(mark: string | undefined): Seen | undefined {
  const file = mark === undefined ? undefined : stateFile(mark);
  return file === undefined ? undefined : parsed(SEEN, file);
}

/** A file of randose's own as it is shaped; undefined if it is not there or is damaged. */
function parsed<T>(schema: v.GenericSchema<unknown, T>, file: string): T | undefined {
  try {
    return v.parse(schema, JSON.parse(readText(file)));
  } catch {
    return undefined;
  }
}

/** The mark under which a ledger was seen before: a copy may have lost its hidden files. */
function markOf(first: string | undefined): string | undefined {
  const folder = stateFolder();
  if (first === undefined || folder === undefined || !exists(folder)) return undefined;
  const file = filesBelow(folder).find((name) => {
    return parsed(SEEN, join(folder, name))?.ledger === first;
  });
  return file?.replace(/\.json$/, '');
}

function stateFile(mark: string): string | undefined {
  const folder = stateFolder();
  return folder === undefined ? undefined : join(folder, `${mark}.json`);
}

/** The user's state folder, by the XDG base directory specification; none in a self-test. */
function stateFolder(): string | undefined {
  if (isDetermined()) return undefined;
  const named = process.env.XDG_STATE_HOME ?? '';
  // The specification says to ignore a path that is not absolute.
  const base = isAbsolute(named) ? named : homeState();
  return base === undefined ? undefined : join(base, 'randose', 'studies');
}

function homeState(): string | undefined {
  try {
    return join(homedir(), '.local', 'state');
  } catch {
    return undefined; // an account without a home
  }
}

/**
 * Makes a folder and those above it, for this user alone. Step by step: Node's own way to make them all
 * never ends if the system says that a folder which is there does not exist, as below /proc.
 */
function makePrivateFolder(path: string): void {
  if (exists(path)) return;
  makePrivateFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

function isSamePlace(one: Place, other: Place): boolean {
  return one.host === other.host && one.path === other.path;
}

/** Whether two paths lead to one folder, be it mounted twice. */
function isSameFolder(one: string, other: string): boolean {
  try {
    const [a, b] = [statSync(one), statSync(other)];
    return a.ino === b.ino && a.dev === b.dev;
  } catch {
    return false;
  }
}

function asJson(content: unknown): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
