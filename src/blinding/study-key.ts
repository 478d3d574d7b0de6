import { combine, split } from 'shamir-secret-sharing';
import { RandoseError } from '../errors.ts';
import type { Person } from '../study/study.ts';
import { type KeyPair, readIdentityFile } from './identity.ts';
import { sealFor, unsealBytes } from './seal.ts';

/**
 * Up to this number of officers the study key is wrapped once for each sufficient group, which stock age
 * opens. With more officers there would be too many groups, so each gets a share (Shamir).
 */
const MOST_FOR_GROUPS = 6;

/** How the officers share a study key. */
interface Sharing {
  readonly officers: readonly Person[];
  /** How many of them are needed. */
  readonly needed: number;
  /** The study key's public half. */
  readonly recipient: string;
}

/**
 * Wraps the study key so that the needed number of officers can open it together, and no fewer.
 *
 * For up to six officers there is a file for each group, such as `1-3.age`: the key sealed to the last of them,
 * this sealed to the one before, and so on, so that `age -d -i FIRST 1-3.age | age -d -i THIRD` gives the key.
 * For more officers there is a share for each, such as `share-7.age`; the shares together give the key.
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
 * Opens the study key with the keys of enough officers. A missing or damaged file does not matter if the
 * files of another sufficient group are whole.
 *
 * @param files name → content, as `wrapStudyKey` makes them; other files do no harm
 * @throws RandoseError `wrong-key` if there are keys of too few officers; `not-trusted` if the files do not
 *   contain the study key
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
 * Every study key that the keys open, alone or together, in the files of the officers. Nothing there shows
 * which one is right: the caller tries which one opens the envelope.
 *
 * @param needed how many officers are needed, if known
 * @param isWanted whether to return a found key
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
    const text = await withoutLayers(content, identities, name);
    if (text === undefined) continue;
    const share = /^([0-9a-f]+)\n$/.exec(Buffer.from(text).toString('utf8'))?.[1];
    if (share === undefined) await keep(text);
    else shares.push(new Uint8Array(Buffer.from(share, 'hex')));
  }
  for (const group of groupsOfShares(shares, needed)) {
    if (found.length > 0) break;
    // A single share, or shares of unlike length, cannot be combined.
    await combine(group).then(keep, () => undefined);
  }
  return found;
}

/** The content below all layers of a nested age file; undefined if the identities do not open a layer. */
async function withoutLayers(
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

/** The greatest number of groups of shares to try. If one share is forged, an early group does not have it. */
const MOST_GROUPS = 500;

/** The groups of shares to combine: first all together, which works if all are right, then group by group. */
function groupsOfShares(shares: Uint8Array[], needed: number | undefined): Uint8Array[][] {
  const groups = groupsOf(shares.length, Math.min(needed ?? 2, shares.length));
  const chosen = groups.slice(0, MOST_GROUPS).map((group) => group.map((at) => shares[at]!));
  return [shares, ...chosen];
}

/** Every group of `size` out of the numbers from `from` to `all` - 1, each ascending, in order. */
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
  return new RandoseError(
    'wrong-key',
    `${needed} of ${officers.length} officers are needed (${names}); you gave the key of ${given}`,
    {
      hint: "Give each officer's key: --identity A.key B.key. In an emergency a code-break card is enough for its participant: randose unblind --card",
    },
  );
}

function notTheKey(): RandoseError {
  return new RandoseError(
    'not-trusted',
    'NOT TRUSTED: the files in custody/ do not contain the study key of this list',
    { hint: 'Restore the custody/ folder from a backup, then run: randose verify' },
  );
}
