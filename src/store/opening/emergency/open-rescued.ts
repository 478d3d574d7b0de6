import { dirname, join } from 'node:path';
import { parseEnvelope } from '../../../blinding/envelope.ts';
import type { KeyPair } from '../../../blinding/identity.ts';
import { RandoseError } from '../../../errors.ts';
import { kitKey } from '../../../randomization/kit-check.ts';
import type { FoundSlot } from '../../../ledger/sought-slot.ts';
import { ALLOCATION, batchFiles } from '../../../study/layout.ts';
import { numberOfFile, rewrapOfFile } from '../envelope-paths.ts';
import { asDoubt, judgeEnvelope, notTrusted, type OpenedEnvelope } from '../judge-envelope.ts';
import { openCopy } from './open-copy.ts';
import { cardsOfKeys } from '../owners.ts';
import { batchOfEnvelope, type RescuedStudy } from './rescue-study.ts';

/**
 * Opens the envelope of a slot, and checks its content with whatever is sound. It tries the envelope in force
 * first. If that is missing, damaged or forged, it tries other copies.
 *
 * @throws RandoseError `wrong-key` if the keys do not open it; `not-trusted` if it is damaged, or if
 *   something sound contradicts it; `not-found` if there is none
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
    const opened = await openCopy(study, file, keys).catch(asRefusal(file));
    const judged =
      opened instanceof RandoseError
        ? opened
        : judgeEnvelope(batchOfEnvelope(study, file), { file, number, kits }, opened);
    if (judged instanceof RandoseError) {
      refused.push(judged);
      if (judged.code === 'wrong-key' && !mayHaveOther(study, file, keys)) break;
      continue;
    }
    const found = { ...judged, doubts: [...refused.map(asDoubt), ...judged.doubts] };
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
 * Finds the slot of a kit by opening envelopes, for a kit that is in no readable list. It keeps nothing of
 * the other envelopes.
 *
 * @param kit undefined for the first envelope that the keys open
 * @returns undefined if the keys open no envelope for this kit
 */
export async function findByKit(
  study: RescuedStudy,
  kit: string | undefined,
  keys: readonly KeyPair[],
): Promise<Pick<FoundSlot, 'number' | 'kits'> | undefined> {
  for (const number of new Set(study.envelopes.map(numberOfFile))) {
    for (const file of envelopesOf(study, number)) {
      const opened = await openCopy(study, file, keys).catch(() => undefined);
      const content = opened === undefined ? undefined : parseEnvelope(opened.plaintext);
      if (content?.number !== number) continue;
      const isIt = kit === undefined || content.kits.some((one) => kitKey(one) === kitKey(kit));
      if (isIt) return { number, kits: content.kits };
    }
  }
  return undefined;
}

/** The path of a slot's envelope, for a person who opens it by hand: the one in force, if it exists. */
export function pathOfEnvelope(study: RescuedStudy, number: string): string | undefined {
  const [file] = envelopesOf(study, number);
  return file === undefined ? undefined : join(study.root, file);
}

/** The envelopes of a slot: the one in force, then newer ones before older ones. */
function envelopesOf(study: RescuedStudy, number: string): string[] {
  const rank = (file: string): number => {
    const batch = batchOfEnvelope(study, file);
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

/**
 * Whether to try other copies of an envelope that a key does not open. An officer, or a person with the
 * card, should have been able to open it, so the copy may be damaged. A former officer is refused.
 */
function mayHaveOther(study: RescuedStudy, file: string, keys: readonly KeyPair[]): boolean {
  const officers =
    batchOfEnvelope(study, file)?.inForce?.custody.officers ?? study.study?.officers ?? [];
  const isOfficer = officers.some((one) => keys.some((key) => key.recipient === one.recipient));
  return isOfficer || cardsOfKeys(study, keys).includes(numberOfFile(file));
}

/** A failure as a RandoseError. Any other error also means that the file is damaged. */
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
  if (error.code !== 'wrong-key') return error;
  const [card] = cardsOfKeys(study, keys);
  if (card === undefined || card === number) return withOfficers(study, number, error);
  return new WrongCard(card, number);
}

/** The key is that of another participant's code-break card. */
export class WrongCard extends RandoseError {
  constructor(card: string, number: string) {
    super('wrong-key', `this is the code-break card of ${card}, not of ${number}`, {
      hint: `Use the card of ${number}: a card opens only one envelope. The card of ${card} is out of its envelope now: count the participant who has ${card} as possibly unblinded, and tell the sponsor.`,
    });
    this.name = 'WrongCard';
  }
}

/** Names the people whose keys open an envelope alone. */
function withOfficers(study: RescuedStudy, number: string, error: RandoseError): RandoseError {
  const [file = ''] = envelopesOf(study, number);
  const custody = batchOfEnvelope(study, file)?.inForce?.custody;
  const officers = custody?.officers ?? study.study?.officers ?? [];
  const isShared = custody !== undefined && custody.recipient !== null;
  if (isShared || officers.length === 0) return error;
  const names = officers.map(({ name }) => name).join(', ');
  return new RandoseError(error.code, error.message, {
    problems: error.problems,
    hint: `Use an officer's key: ${names}. Or use the code-break card of ${number}: --card`,
  });
}

/** The error if no copy opens: the one of the copy in force, with those of the others below it. */
function worstOf(
  study: RescuedStudy,
  number: string,
  refused: readonly RandoseError[],
): RandoseError {
  const [first, ...others] = refused;
  if (first === undefined) return noEnvelope(study, number);
  // An older copy is often refused for the same reason: that is one thing to say.
  const messages = new Set(others.map(({ message }) => message));
  messages.delete(first.message);
  const problems = [...first.problems, ...[...messages].map((message) => ({ message }))];
  return new RandoseError(first.code, first.message, {
    problems,
    ...(first.hint !== undefined && { hint: first.hint }),
  });
}

function contradictory(number: string, opened: readonly OpenedEnvelope[]): RandoseError {
  return new RandoseError(
    'not-trusted',
    `NOT TRUSTED: two envelopes of ${number} have different arms, and nothing reliable says which is right`,
    {
      problems: opened.map(({ file }) => ({ file, message: 'opens, but is not proven' })),
      hint: 'Restore manifest.json and ledger.jsonl from a backup. Or compare with the filed commitment: randose unblind --commitment FILE',
    },
  );
}

function noEnvelope({ root, batches }: RescuedStudy, number: string): RandoseError {
  const own = batches.find(({ slots }) => slots.some((slot) => slot.number === number));
  const { inForce } = own ?? {};
  const folder =
    inForce === undefined
      ? `${ALLOCATION}/envelopes`
      : batchFiles(inForce.batch, inForce.rewrap).envelopes;
  return new RandoseError('not-found', `there is no envelope of ${number} in ${root}`, {
    hint: `Restore ${folder}/${number}.age from a backup. The code-break needs no other file of the study, but the file must be in folders with these names. If there is no backup, a code-break card does not help: whoever can open the list finds the arm in it, with those of all others: randose open`,
  });
}
