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
 * Opens the study key with the keys of enough officers.
 *
 * @param files name → content, as `wrapStudyKey` makes them
 * @throws RandoseError `wrong-key` where the keys are of too few officers; `not-trusted` where what is
 *   in the files is not the study key
 */
export async function unwrapStudyKey(
  files: ReadonlyMap<string, Uint8Array>,
  { officers, needed, recipient }: Sharing,
  keys: readonly KeyPair[],
): Promise<KeyPair> {
  const present = officers.flatMap((officer, index) => {
    const key = keys.find((one) => one.recipient === officer.recipient);
    return key === undefined ? [] : [{ index, identity: key.identity }];
  });
  const group = present.slice(0, needed);
  if (group.length < needed) throw tooFew({ officers, needed }, group.length);
  const text =
    officers.length > MOST_FOR_GROUPS ? await joined(files, group) : await peeled(files, group);
  const [studyKey] = await readIdentityFile(text, 'the study key', noPassphrase).catch(() => []);
  if (studyKey?.recipient === recipient) return studyKey;
  throw notTheKey();
}

interface Member {
  /** The officer's place, from 0. */
  readonly index: number;
  readonly identity: string;
}

async function peeled(
  files: ReadonlyMap<string, Uint8Array>,
  group: readonly Member[],
): Promise<Uint8Array> {
  const name = groupFile(group.map(({ index }) => index));
  let content = files.get(name);
  if (content === undefined) throw notTheKey();
  for (const { identity } of group) content = await openPart(content, identity, name);
  return content;
}

async function joined(
  files: ReadonlyMap<string, Uint8Array>,
  group: readonly Member[],
): Promise<Uint8Array> {
  const shares: Uint8Array[] = [];
  for (const { index, identity } of group) {
    const file = files.get(shareFile(index));
    if (file === undefined) throw notTheKey();
    const share = Buffer.from(await openPart(file, identity, shareFile(index))).toString('utf8');
    shares.push(new Uint8Array(Buffer.from(share.trim(), 'hex')));
  }
  return combine(shares).catch(() => {
    throw notTheKey();
  });
}

/** A part that does not open with the key to which it says it was sealed is none. */
async function openPart(content: Uint8Array, identity: string, name: string): Promise<Uint8Array> {
  try {
    return await unsealBytes(content, [identity], name);
  } catch {
    throw notTheKey();
  }
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
