import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { parseHead } from '../../ledger/chain.ts';
import { HOME_FILE } from '../../study/layout.ts';
import { exists, filesBelow, readText, replace } from '../../system/files.ts';
import { realPath } from '../../system/links.ts';
import { makePrivateFolder, stateFolder } from '../../system/state-folder.ts';

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
  /** `left`: the head of the copy there when its user said that it is no longer used. */
  places: v.array(v.object({ ...PLACE, left: v.optional(HEAD_TEXT) })),
});
/** The file of a study in the user's state folder: the newest head seen at each place. */
const SEEN = v.object({
  randose: v.literal('seen'),
  version: v.literal(1),
  /** The hash of the ledger's first entry: copies of a study have the same one. */
  ledger: v.string(),
  places: v.array(
    v.object({
      ...PLACE,
      seq: v.number(),
      hash: v.string(),
      signed: v.number(),
      time: v.string(),
      /** Only code-breaks were entered there: they ask nobody whether the folder is the one in use. */
      aside: v.optional(v.boolean()),
    }),
  ),
  /** Older ledgers that somebody has accepted. */
  accepted: v.array(
    v.object({
      ...PLACE,
      time: v.string(),
      from: v.string(),
      to: v.string(),
      who: v.object({ name: v.string(), role: v.string(), organisation: v.string() }),
      reason: v.string(),
    }),
  ),
});

/** The places of a study folder, as a file in the folder says. */
export type Home = v.InferOutput<typeof HOME>;
/** What this user's machine has seen of a study. */
export type Seen = v.InferOutput<typeof SEEN>;

/** A folder on a machine. */
export interface Place {
  readonly host: string;
  readonly path: string;
}

/** Where a study folder is. */
export function placeOf(root: string): Place {
  return { host: hostname(), path: realPath(root) };
}

export function isSamePlace(one: Place, other: Place): boolean {
  return one.host === other.host && one.path === other.path;
}

/** How many places are kept: a machine without a fixed name would add one with each start. */
const MOST_PLACES = 50;

/** @returns undefined if the file is missing or damaged */
export function readHome(root: string): Home | undefined {
  return parsed(HOME, join(root, HOME_FILE));
}

/** @throws RandoseError if it cannot be written */
export function writeHome(root: string, { mark, places }: Pick<Home, 'mark' | 'places'>): void {
  const latest = places.slice(-MOST_PLACES);
  replace(join(root, HOME_FILE), asJson({ randose: 'home', version: 1, mark, places: latest }));
}

/**
 * What was seen of a study before.
 *
 * @param mark undefined if the study has none yet
 * @returns undefined if the file is missing or damaged
 */
export function readSeen(mark: string | undefined): Seen | undefined {
  const file = mark === undefined ? undefined : stateFile(mark);
  return file === undefined ? undefined : parsed(SEEN, file);
}

/** Does nothing if there is no state folder. @throws RandoseError if it cannot be written */
export function writeSeen(
  mark: string,
  { ledger, places, accepted }: Pick<Seen, 'ledger' | 'places' | 'accepted'>,
): void {
  const file = stateFile(mark);
  if (file === undefined) return;
  makePrivateFolder(dirname(file));
  const latest = places.slice(-MOST_PLACES);
  const content = { randose: 'seen', version: 1, ledger, places: latest, accepted };
  replace(file, asJson(content), 'private');
}

/**
 * The mark under which a ledger was seen before: a copy may have lost its hidden files.
 *
 * @param first the hash of the ledger's first entry
 */
export function markOf(first: string | undefined): string | undefined {
  const folder = stateFolder('studies');
  if (first === undefined || folder === undefined || !exists(folder)) return undefined;
  const file = filesBelow(folder).find((name) => {
    return parsed(SEEN, join(folder, name))?.ledger === first;
  });
  return file?.replace(/\.json$/, '');
}

/** Every place at which a study was seen by this user, whichever study it is. */
export function seenPlaces(): Place[] {
  const folder = stateFolder('studies');
  if (folder === undefined || !exists(folder)) return [];
  return filesBelow(folder).flatMap((name) => parsed(SEEN, join(folder, name))?.places ?? []);
}

/** The content of one of these files; undefined if the file is missing or damaged. */
function parsed<T>(schema: v.GenericSchema<unknown, T>, file: string): T | undefined {
  try {
    return v.parse(schema, JSON.parse(readText(file)));
  } catch {
    return undefined;
  }
}

function asJson(content: unknown): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

function stateFile(mark: string): string | undefined {
  const folder = stateFolder('studies');
  return folder === undefined ? undefined : join(folder, `${mark}.json`);
}

/** Whether there is a place for what was seen: not in a self-test, nor for an account without a home. */
export function hasStateFolder(): boolean {
  return stateFolder('studies') !== undefined;
}
