import { combine, split } from 'shamir-secret-sharing';
import { RandoseError } from '../errors.ts';
import type { Person } from '../study/study.ts';
import { type KeyPair, readIdentityFile } from './identity.ts';
import { sealFor, unsealBytes } from './seal.ts';

/**
 * Up to so many officers the study key is wrapped once for each group of them that suffices, which
 * stock age opens; beyond that there would be very many groups, and it is shared as Shamir has it.
 */
const MOST_FOR_GROUPS = 6;

/** How the officers share a study key. */
export interface Sharing {
  readonly officers: readonly Person[];
  /** How many of them it takes. */
  readonly needed: number;
  /** The study key's public half. */
  readonly recipient: string;
}

/**
 * Wraps the study key so that as many officers as are needed can open it together, and no fewer.
 *
 * For up to six officers there is a file a group, such as `1-3.age`: sealed to the last of them, that
 * sealed to the one before, and so on, so that `age -d -i FIRST 1-3.age | age -d -i THIRD` is the key.
 * For more there is a share of each officer, `share-7.age`, of which the key is put together again.
 *
 * @param key the study key, as an identity file
 * @param needed from 2 to the number of officers
 * @returns name → age file
 */
export async function wrapStudyKey(
  key: string,
  officers: readonly Person[],
  needed: number,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  if (officers.length > MOST_FOR_GROUPS) {
    const shares = await split(new TextEncoder().encode(key), officers.length, needed);
    for (const [index, { recipient }] of officers.entries()) {
      const share = Buffer.from(shares[index]!).toString('hex');
      files.set(shareFile(index), await sealFor([recipient])(`${share}\n`));
    }
    return files;
  }
  for (const group of groupsOf(officers.length, needed)) {
    let content: string | Uint8Array = key;
    for (const index of group.toReversed()) {
      content = await sealFor([officers[index]!.recipient])(content);
    }
    files.set(groupFile(group), content as Uint8Array);
  }
  return files;
}

/**
 * Opens the study key with the keys of enough officers. A file that is missing or damaged stops nobody
 * as long as the files of another group of the present officers are whole.
 *
 * @param files name → content, as `wrapStudyKey` makes them; others do no harm
 * @throws RandoseError `wrong-key` if the keys are of too few officers; `not-trusted` if what is in the
 *   files is not the study key
 */
export async function unwrapStudyKey(
  files: ReadonlyMap<string, Uint8Array>,
  { officers, needed, recipient }: Sharing,
  keys: readonly KeyPair[],
): Promise<KeyPair> {
  const found = await studyKeysIn(files, keys, needed, (key) => key.recipient === recipient);
  if (found[0] !== undefined) return found[0];
  const present = officers.filter((one) => keys.some((key) => key.recipient === one.recipient));
  if (present.length < needed) throw tooFew({ officers, needed }, present.length);
  throw notTheKey();
}

/**
 * Every study key that keys open, alone or together, in the files that officers share, without anything
 * that says which one is right: the one that opens the envelope is.
 *
 * @param needed how many officers it takes, if that is known
 * @param isWanted which of them will do
 */
export async function studyKeysIn(
  files: ReadonlyMap<string, Uint8Array>,
  keys: readonly KeyPair[],
  needed: number | undefined,
  isWanted: (key: KeyPair) => boolean,
): Promise<KeyPair[]> {
  const identities = keys.map(({ identity }) => identity);
  const found: KeyPair[] = [];
  const shares: Uint8Array[] = [];
  const keep = async (text: Uint8Array): Promise<void> => {
    const [key] = await readIdentityFile(text, 'the study key', noPassphrase).catch(() => []);
    if (key !== undefined && isWanted(key)) found.push(key);
  };
  for (const [name, content] of files) {
    const text = await peeled(content, identities, name);
    const share = /^([0-9a-f]+)\n$/.exec(Buffer.from(text ?? '').toString('utf8'))?.[1];
    if (share !== undefined) shares.push(new Uint8Array(Buffer.from(share, 'hex')));
    else if (text !== undefined) await keep(text);
  }
  for (const group of groupsOfShares(shares, needed)) {
    if (found.length > 0) break;
    const text = await combine(group).catch(() => undefined);
    if (text !== undefined) await keep(text);
  }
  return found;
}

/** What is within all the layers of an age file that the identities open; undefined if one does not open. */
async function peeled(
  content: Uint8Array,
  identities: readonly string[],
  name: string,
): Promise<Uint8Array | undefined> {
  let within = content;
  for (let layer = 0; layer < MOST_FOR_GROUPS && isAge(within); layer += 1) {
    const opened = await unsealBytes(within, identities, name).catch(() => undefined);
    if (opened === undefined) return undefined;
    within = opened;
  }
  return isAge(within) ? undefined : within;
}

function isAge(content: Uint8Array): boolean {
  return Buffer.from(content.subarray(0, 22)).toString('latin1') === 'age-encryption.org/v1\n';
}

/** How many groups of shares are tried: with one of them forged, one of the first is without it. */
const MOST_GROUPS = 500;

/** The shares as they are combined: all together, which is enough if all are right, then group by group. */
function groupsOfShares(shares: Uint8Array[], needed: number | undefined): Uint8Array[][] {
  if (shares.length < 2) return [];
  const groups = groupsOf(shares.length, Math.min(needed ?? 2, shares.length));
  const chosen = groups.slice(0, MOST_GROUPS).map((group) => group.map((at) => shares[at]!));
  return [shares, ...chosen];
}

/** Every group of so many out of all, each ascending, in order. */
function groupsOf(all: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  const firsts = Array.from({ length: Math.max(0, all - from) }, (_, index) => from + index);
  return firsts.flatMap((first) =>
    groupsOf(all, size - 1, first + 1).map((rest) => [first, ...rest]),
  );
}

function groupFile(group: readonly number[]): string {
  return `${group.map((index) => index + 1).join('-')}.age`;
}

function shareFile(index: number): string {
  return `share-${index + 1}.age`;
}

function noPassphrase(): Promise<string> {
  return Promise.reject(new Error('a study key has no passphrase'));
}

function tooFew({ officers, needed }: Omit<Sharing, 'recipient'>, given: number): RandoseError {
  const names = officers.map(({ name }) => name).join(', ');
  const were = given === 1 ? 'the key of 1 was' : `the keys of ${given} were`;
  return new RandoseError(
    'wrong-key',
    `it takes ${needed} of ${officers.length} officers: ${names}; ${were} given`,
    {
      hint: "Name each one's key: --identity A.key B.key. In an emergency a code-break card opens its participant alone: randose unblind --card.",
    },
  );
}

function notTheKey(): RandoseError {
  return new RandoseError(
    'not-trusted',
    'NOT TRUSTED: what the officers share is not the study key of this list',
    { hint: 'Restore the custody/ folder from a backup, and run randose verify.' },
  );
}
