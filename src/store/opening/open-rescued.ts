import { dirname, join } from 'node:path';
import { sha256 } from '../../digest.ts';
import { type EnvelopeContent, parseEnvelope, rootOf } from '../../blinding/envelope.ts';
import type { KeyPair } from '../../blinding/identity.ts';
import { unseal } from '../../blinding/seal.ts';
import { studyKeysIn, unwrapStudyKey } from '../../blinding/study-key.ts';
import { RandoseError } from '../../errors.ts';
import { type FoundSlot, kitKey } from '../../ledger/sought-slot.ts';
import { ALLOCATION, batchFiles } from '../../study/layout.ts';
import { exists, filesBelow, readBytes } from '../../system/files.ts';
import { cardsOfKeys } from './owners.ts';
import {
  batchOfFile,
  numberOfFile,
  type RescuedBatch,
  type RescuedStudy,
  rewrapOfFile,
} from './rescue-study.ts';

/** An envelope that was opened. */
export interface OpenedEnvelope {
  readonly content: EnvelopeContent;
  /** Where it lies, relative to the study folder. */
  readonly file: string;
  /**
   * Whether it leads to the root that the batch was allocated with, or that was filed: then nobody can
   * have made it up. Else it may be forged.
   */
  readonly isProven: boolean;
  /** What could not be checked of it, a line each. */
  readonly doubts: readonly string[];
}

/**
 * Opens the envelope of a slot with whatever the keys open, and judges what is in it by whatever is
 * sound. The envelope in force comes first; if it is missing, damaged or forged, another copy will do.
 *
 * @throws RandoseError `wrong-key` if the keys do not open it; `not-trusted` if it is damaged, or what is
 *   sound contradicts it; `not-found` if there is none
 */
export async function openSlot(
  study: RescuedStudy,
  { number, kits }: Pick<FoundSlot, 'number' | 'kits'>,
  keys: readonly KeyPair[],
): Promise<OpenedEnvelope> {
  const files = envelopesOf(study, number);
  if (files.length === 0) throw noEnvelope(study, number);
  const refused: RandoseError[] = [];
  const unproven: OpenedEnvelope[] = [];
  for (const file of files) {
    const opened = await openOne(study, file, keys).catch(asRefusal(file));
    const judged =
      opened instanceof RandoseError ? opened : judge(study, { file, number, kits }, opened);
    if (judged instanceof RandoseError) {
      refused.push(judged);
      if (judged.code === 'wrong-key' && !mayHaveOther(study, file, keys)) break;
      continue;
    }
    const passedOver = refused.map(({ message }) => message.replace(/^NOT TRUSTED: /, ''));
    const found = { ...judged, doubts: [...passedOver, ...judged.doubts] };
    if (found.isProven) return found;
    unproven.push(found);
  }
  const [first] = unproven;
  if (first === undefined) throw withCard(study, number, keys, worstOf(study, number, refused));
  const arms = new Set(unproven.map(({ content }) => JSON.stringify(content.arm)));
  if (arms.size > 1) throw contradictory(number, unproven);
  return first;
}

/**
 * The slot whose envelope is for a kit, found by opening envelopes: for a kit that no list names. Nothing
 * of the others is kept.
 *
 * @returns undefined if none of those that the keys open is for it
 */
export async function findByKit(
  study: RescuedStudy,
  kit: string | undefined,
  keys: readonly KeyPair[],
): Promise<Pick<FoundSlot, 'number' | 'kits'> | undefined> {
  for (const number of new Set(study.envelopes.map(numberOfFile))) {
    for (const file of envelopesOf(study, number)) {
      const opened = await openOne(study, file, keys).catch(() => undefined);
      const content = opened === undefined ? undefined : parseEnvelope(opened.plaintext);
      if (content?.number !== number) continue;
      const isIt = kit === undefined || content.kits.some((one) => kitKey(one) === kitKey(kit));
      if (isIt) return { number, kits: content.kits };
    }
  }
  return undefined;
}

/** The path of a slot's envelope, as somebody would open it by hand: the one in force, if it is there. */
export function pathOfEnvelope(study: RescuedStudy, number: string): string | undefined {
  const [file] = envelopesOf(study, number);
  return file === undefined ? undefined : join(study.root, file);
}

/** The envelopes of a slot: the one in force, then newer ones before older ones. */
function envelopesOf(study: RescuedStudy, number: string): string[] {
  const rank = (file: string): number => {
    const batch = batchIn(study, file);
    const inForce = batch?.inForce;
    if (
      inForce !== undefined &&
      dirname(file) === batchFiles(inForce.batch, inForce.rewrap).envelopes
    )
      return -1e6;
    return (file.startsWith(`${ALLOCATION}/`) ? 0 : 1000) - rewrapOfFile(file);
  };
  return study.envelopes
    .filter((file) => numberOfFile(file) === number)
    .sort((a, b) => rank(a) - rank(b) || (a < b ? 1 : -1));
}

function batchIn({ batches }: RescuedStudy, file: string): RescuedBatch | undefined {
  return batches.find(({ batch }) => batch === batchOfFile(file));
}

interface Opened {
  readonly plaintext: string;
  readonly digest: string;
}

async function openOne(
  study: RescuedStudy,
  file: string,
  keys: readonly KeyPair[],
): Promise<Opened> {
  const sealed = readBytes(join(study.root, file));
  const what = `the envelope of ${numberOfFile(file)}`;
  const identities = aloneIn(study, file, keys).map(({ identity }) => identity);
  const digest = sha256(sealed);
  try {
    if (identities.length === 0) throw new RandoseError('wrong-key', `no key opens ${what} alone`);
    return { plaintext: await unseal(sealed, identities, what), digest };
  } catch (error) {
    if (!isWrongKey(error)) throw error;
    const shared = await sharedKeys(study, file, keys);
    if (shared.keys.length === 0) throw shared.refusal ?? error;
    const plaintext = await unseal(
      sealed,
      shared.keys.map(({ identity }) => identity),
      what,
    );
    return { plaintext, digest };
  }
}

/**
 * The keys that may open an envelope alone: if it takes several officers together now, none of theirs,
 * though a copy from before was sealed to each of them.
 */
function aloneIn(study: RescuedStudy, file: string, keys: readonly KeyPair[]): readonly KeyPair[] {
  const custody = batchIn(study, file)?.inForce?.custody;
  if (custody === undefined || custody.recipient === null) return keys;
  const officers = custody.officers.map(({ recipient }) => recipient);
  return keys.filter(({ recipient }) => !officers.includes(recipient));
}

/** The study keys that officers share, beside an envelope; and why there is none, if it takes one. */
async function sharedKeys(
  study: RescuedStudy,
  envelope: string,
  keys: readonly KeyPair[],
): Promise<{ keys: KeyPair[]; refusal: RandoseError | undefined }> {
  const folder = join(study.root, dirname(dirname(envelope)), 'custody');
  const files = new Map<string, Uint8Array>();
  for (const file of exists(folder) ? filesBelow(folder) : []) {
    try {
      files.set(file, readBytes(join(folder, file)));
    } catch {
      // One that cannot be read is as good as one that is missing.
    }
  }
  const custody = batchIn(study, envelope)?.inForce?.custody;
  if (files.size === 0 && custody?.recipient === null) return { keys: [], refusal: undefined };
  const all = await studyKeysIn(files, keys, custody?.needed, () => true);
  if (all.length > 0 || custody === undefined || custody.recipient === null) {
    return { keys: all, refusal: undefined };
  }
  const { officers, needed, recipient } = custody;
  try {
    return {
      keys: [await unwrapStudyKey(files, { officers, needed, recipient }, keys)],
      refusal: undefined,
    };
  } catch (error) {
    return { keys: [], refusal: error instanceof RandoseError ? error : undefined };
  }
}

/** What is in an envelope, judged by what is sound; or why it is refused. */
function judge(
  study: RescuedStudy,
  { file, number, kits }: { file: string; number: string; kits: readonly string[] },
  { plaintext, digest }: Opened,
): OpenedEnvelope | RandoseError {
  const content = parseEnvelope(plaintext);
  if (content === undefined) return notTrusted(file, 'what is in it is not a randose envelope');
  if (content.number !== number) return notTrusted(file, `it is the envelope of ${content.number}`);
  const batch = batchIn(study, file);
  const root = rootOf(content);
  const { anchor, hint } = batch ?? {};
  if (root === undefined) return notTrusted(file, 'its path leads to no root');
  const doubts: string[] = [];
  if (anchor !== undefined) {
    const isOurs = content.study === anchor.study && content.list === anchor.list;
    if (!isOurs || content.leaves !== anchor.leaves || root !== anchor.root) {
      return notTrusted(file, 'it is not what was committed to before the first participant');
    }
  } else if (hint !== undefined && root !== hint.commitment.root) {
    const { manifest } = batchFiles(hint.batch);
    if (hint.files[file] !== digest) return notTrusted(file, `${manifest} contradicts it`);
    doubts.push(`${manifest} names another root than this envelope leads to`);
  }
  if (!kits.every((kit) => content.kits.includes(kit))) {
    return notTrusted(
      file,
      `it is for kit ${content.kits.join(', ')}, not ${kits.join(', ')}. The code on the participant's kit says which one it is: randose unblind --kit CODE`,
    );
  }
  return { content, file, isProven: anchor !== undefined, doubts };
}

/**
 * Whether other copies of an envelope may be tried that a key does not open. Who is no longer an officer
 * is refused; who is one, or has a card, which opens every copy, should have been able to open it.
 */
function mayHaveOther(study: RescuedStudy, file: string, keys: readonly KeyPair[]): boolean {
  const officers = batchIn(study, file)?.inForce?.custody.officers ?? study.study?.officers ?? [];
  const isOfficer = officers.some((one) => keys.some((key) => key.recipient === one.recipient));
  return isOfficer || cardsOfKeys(study, keys).includes(numberOfFile(file));
}

function isWrongKey(error: unknown): boolean {
  return error instanceof RandoseError && error.code === 'wrong-key';
}

/** A failure as one that is told; what is not one of randose's own errors is a damaged file too. */
function asRefusal(file: string): (error: unknown) => RandoseError {
  return (error) => {
    if (error instanceof RandoseError) return error;
    return notTrusted(file, error instanceof Error ? error.message : 'it cannot be read');
  };
}

/** If the key is the card of another slot, it is the wrong card rather than a wrong key. */
function withCard(
  study: RescuedStudy,
  number: string,
  keys: readonly KeyPair[],
  error: RandoseError,
): RandoseError {
  const [card] = error.code === 'wrong-key' ? cardsOfKeys(study, keys) : [];
  if (card === undefined || card === number) return error;
  return new RandoseError('wrong-key', `that is the code-break card of ${card}, not of ${number}`, {
    hint: 'A card opens one envelope and no other. Take the one of this participant.',
  });
}

/** What to say if no copy opens: what is wrong with the one in force, and what with the others. */
function worstOf(
  study: RescuedStudy,
  number: string,
  refused: readonly RandoseError[],
): RandoseError {
  const [first, ...others] = refused;
  if (first === undefined) return noEnvelope(study, number);
  const problems = [...first.problems, ...others.map(({ message }) => ({ message }))];
  return new RandoseError(first.code, first.message, {
    problems,
    ...(first.hint !== undefined && { hint: first.hint }),
  });
}

function contradictory(number: string, opened: readonly OpenedEnvelope[]): RandoseError {
  return new RandoseError(
    'not-trusted',
    `NOT TRUSTED: two envelopes of ${number} say different arms, and nothing sound says which is right`,
    {
      problems: opened.map(({ file }) => ({ file, message: 'opens, and is not proven' })),
      hint: 'Compare with what was filed: randose unblind --commitment FILE. Or restore manifest.json and ledger.jsonl from a backup.',
    },
  );
}

function noEnvelope({ root }: RescuedStudy, number: string): RandoseError {
  return new RandoseError('not-found', `there is no envelope of ${number} in ${root}`, {
    hint: `Restore ${ALLOCATION}/envelopes/${number}.age from a backup: alone in a folder with that name it is enough.`,
  });
}

function notTrusted(file: string, reason: string): RandoseError {
  return new RandoseError('not-trusted', `NOT TRUSTED: ${file}: ${reason}`, {
    hint: 'Do not act on it. Restore the envelope from a backup, then run: randose verify',
  });
}
