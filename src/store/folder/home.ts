import { statSync } from 'node:fs';
import { join } from 'node:path';
import { formatHead, type Head } from '../../ledger/chain.ts';
import type { Who } from '../../ledger/who.ts';
import { STUDY_FILE } from '../../study/layout.ts';
import { readStudy } from '../../study/study-file.ts';
import { now } from '../../system/clock.ts';
import { readText } from '../../system/files.ts';
import { quoted } from '../../words.ts';
import { drawIdentifier } from '../draw-identifier.ts';
import {
  hasStateFolder,
  type Home,
  isSamePlace,
  markOf,
  type Place,
  placeOf,
  readHome,
  readSeen,
  seenPlaces,
  type Seen,
  writeHome,
  writeSeen,
} from './home-files.ts';
import { goneText, type LedgerLines, readLedgerLines } from './ledger-lines.ts';

/** A ledger that is older than the newest one seen at this place, or another one. */
export interface OlderLedger {
  readonly now: Head;
  readonly seen: Head;
  /** When it was seen, ISO 8601 in UTC. */
  readonly time: string;
  /** `is missing` or `is empty`, if that is so now. */
  readonly gone: string | undefined;
}

/** Another folder on this machine with a ledger of the same study. */
export interface OtherCopy {
  readonly path: string;
  readonly head: Head;
  /** `gone on`: it has entries that this folder lacks; `forked`: and this folder has others. */
  readonly relation: 'same' | 'behind' | 'gone on' | 'forked';
  /** Whether somebody has said that it is no longer used, and it was not used since then. */
  readonly isLeft: boolean;
}

/** A study folder among its copies, as far as this user's machine knows. */
export interface HomeView {
  readonly place: Place;
  /** The place of its last use, if that is not here. */
  readonly lastUsed: Place | undefined;
  /** Whether code-breaks were entered here although the study was last used elsewhere. */
  readonly isAside: boolean;
  /** Whether this user has seen a ledger of the study at this place. */
  readonly isSeen: boolean;
  /** Undefined if it was not seen, or is the newest one that was. */
  readonly older: OlderLedger | undefined;
  readonly others: readonly OtherCopy[];
  /** How many of the entries seen here were signed, and how many of these still are, if fewer. */
  readonly unsigned:
    { readonly before: number; readonly now: number; readonly seq: number } | undefined;
  readonly head: Head;
  /** The time of the last entry, ISO 8601 in UTC; undefined if there is none that can be read. */
  readonly lastTime: string | undefined;
}

/** Finds where a study folder is, and its other copies on this machine. It writes nothing. */
export function viewHome(root: string): HomeView {
  const place = placeOf(root);
  const home = readHome(root);
  const seen = readSeen(home?.mark ?? markOf(readLedgerLines(root).first));
  // The ledger is read after what was seen of it: others may enter something in between.
  const ledger = readLedgerLines(root);
  const used = seen?.places.filter(({ aside = false }) => !aside) ?? [];
  const known = [...(home?.places ?? []), ...used];
  const isKnown = known.length === 0 || known.some((one) => isSamePlace(one, place));
  const own = seen?.places.find((one) => isSamePlace(one, place));
  return {
    place,
    head: ledger.head,
    lastTime: ledger.lastTime,
    lastUsed: isKnown ? undefined : (home?.places.at(-1) ?? known.at(-1)),
    isAside: !isKnown && own !== undefined,
    isSeen: own !== undefined,
    older: own && olderThan(root, ledger, own),
    others: copiesOf(ledger, [...known, ...(seen?.places ?? [])], place, home?.places ?? []),
    unsigned: own && unsignedSince(ledger, own),
  };
}

/** The copies that have entries which this folder lacks, and that may still be used. */
export function rivalsOf({ others }: HomeView): OtherCopy[] {
  return others.filter(({ relation, isLeft }) => {
    return (relation === 'gone on' || relation === 'forked') && !isLeft;
  });
}

/** The copy that was used last, if this one was not, and if its ledger can be read from here. */
export function lastUsedCopy({ lastUsed, place, others }: HomeView): OtherCopy | undefined {
  if (lastUsed?.host !== place.host) return undefined;
  return others.find(({ path }) => path === lastUsed.path);
}

/** The command that compares the study in one folder with the copy in another one. */
export function compareFrom(folder: string, copy: string): string {
  return `randose ledger --study ${quoted(folder)} --compare ${quoted(copy)}`;
}

/** The command that enters, in the study in one folder, the code-breaks that were made in the copy in another one. */
export function enterFromCommand(folder: string, copy: string): string {
  return `randose ledger --study ${quoted(folder)} --enter-from ${quoted(copy)}`;
}

/** The place of a study's last use, as people say it: with the computer, if that is another one. */
export function placeText(used: Place, here: Place): string {
  return used.host === here.host ? used.path : `${used.path} on ${used.host}`;
}

function olderThan(
  root: string,
  ledger: LedgerLines,
  seen: Seen['places'][number],
): OlderLedger | undefined {
  const { seq, hash, time } = seen;
  if (ledger.headAt(seq)?.hash === hash) return undefined;
  // Other commands report an incomplete last line, and it can be repaired.
  if (ledger.isTorn && ledger.head.seq + 1 === seq) return undefined;
  return { now: ledger.head, seen: { seq, hash }, time, gone: goneText(root) };
}

function unsignedSince(ledger: LedgerLines, { seq, signed }: Seen['places'][number]) {
  if (signed === 0) return undefined;
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
 * The folder of another trial with this id that this user has used on this machine, if it is still there: two trials
 * with one id have the same name on labels, calendars and commitments.
 *
 * @param root the folder of the study with that id
 */
export function otherTrialWithId(root: string, id: string): string | undefined {
  const { host, path: own } = placeOf(root);
  const paths = new Set(seenPlaces().flatMap((one) => (one.host === host ? one.path : [])));
  return [...paths].find((path) => path !== own && trialIdAt(path) === id);
}

/** The id of the trial in a folder; undefined if there is none that can be read, or if it is a rehearsal. */
function trialIdAt(path: string): string | undefined {
  try {
    const read = readStudy(readText(join(path, STUDY_FILE)), STUDY_FILE);
    return read.ok && read.value.domain === 'production' ? read.value.id : undefined;
  } catch {
    return undefined; // moved away or damaged: nothing depends on it
  }
}

/** Whether two paths lead to one folder, also if it is mounted twice. */
function isSameFolder(one: string, other: string): boolean {
  try {
    const [a, b] = [statSync(one), statSync(other)];
    return a.ino === b.ino && a.dev === b.dev;
  } catch {
    return false;
  }
}

/**
 * Notes that the study folder is used here, and the newest head of its ledger: in the folder and in the
 * user's state folder. If that cannot be written, no command fails because of it.
 *
 * @param left copies of which somebody has said that they are no longer used
 */
export function noteHome(root: string, left: readonly OtherCopy[] = []): void {
  try {
    const ledger = readLedgerLines(root);
    const home = readHome(root);
    const mark = home?.mark ?? markOf(ledger.first) ?? drawIdentifier();
    const place = placeOf(root);
    notePlace(root, mark, home, place, left);
    noteSeen(mark, ledger, place);
  } catch {
    // The act is done and on record. The next command notes where the folder is.
  }
}

/**
 * Notes a study folder after a code-break. In an emergency nobody has time to confirm an older ledger, which is not
 * noted, or another folder: its newest head is noted, but not that it is the one in use.
 *
 * @param before the folder before the code-break; undefined if that could not be found
 */
export function noteCodeBreak(root: string, before: HomeView | undefined): void {
  if (before?.older !== undefined) return;
  if (before?.lastUsed === undefined) {
    noteHome(root);
    return;
  }
  try {
    const ledger = readLedgerLines(root);
    const mark = readHome(root)?.mark ?? markOf(ledger.first);
    if (mark !== undefined) noteSeen(mark, ledger, before.place, { aside: true });
  } catch {
    // The code-break is done and on record.
  }
}

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
  writeHome(root, { mark, places: [...stays, ...leaving, place] });
}

function noteSeen(
  mark: string,
  ledger: LedgerLines,
  place: Place,
  { accepted = [], aside = false }: { accepted?: Seen['accepted']; aside?: boolean } = {},
): void {
  if (ledger.first === undefined || !hasStateFolder()) return;
  const seen = readSeen(mark);
  const { seq, hash } = ledger.head;
  const signed = ledger.signedUpTo(seq);
  const own = { ...place, seq, hash, signed, time: now(), ...(aside && { aside }) };
  const others = (seen?.places ?? []).filter((one) => !isSamePlace(one, place));
  writeSeen(mark, {
    ledger: ledger.first,
    places: [...others, own],
    accepted: [...(seen?.accepted ?? []), ...accepted],
  });
}

/**
 * Accepts an older ledger as the newest one from now on, and keeps who said so in the state folder.
 *
 * @throws RandoseError if the state folder cannot be written
 */
export function acceptOlder(root: string, older: OlderLedger, who: Who, reason: string): void {
  const ledger = readLedgerLines(root);
  const place = placeOf(root);
  const [from, to] = [formatHead(older.seen), formatHead(older.now)];
  const mark = readHome(root)?.mark ?? markOf(ledger.first);
  if (mark === undefined) return;
  noteSeen(mark, ledger, place, {
    accepted: [{ ...place, time: now(), from, to, who, reason }],
    aside: viewHome(root).lastUsed !== undefined,
  });
}
