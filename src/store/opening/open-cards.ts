import { join } from 'node:path';
import { parseCardRecipients, readCardKeys } from '../../blinding/card-keys.ts';
import { sha256 } from '../../digest.ts';
import { type KeyPair, recipientOf } from '../../blinding/identity.ts';
import { RandoseError } from '../../errors.ts';
import type { Slot } from '../../randomization/list.ts';
import { readText } from '../../system/files.ts';
import { RESTORE } from '../../words.ts';
import { openWith } from './open-sealed.ts';
import { filesOf, type OpenStudy, type SealedBatch } from '../open-study.ts';

/** The secret half of a slot's code-break card. */
export interface OpenCard {
  readonly slot: Slot;
  /** An age identity that opens the slot's envelope and no other. */
  readonly identity: string;
}

/**
 * Opens the code-break cards of a batch, and checks that each one opens its slot's envelope.
 *
 * @param tellProgress called with the number of cards that were checked
 * @throws RandoseError `wrong-key` if the keys do not open them; `not-trusted` if they are not the cards of
 *   the envelopes
 */
export async function openCards(
  open: OpenStudy,
  batch: SealedBatch,
  keys: readonly KeyPair[],
  tellProgress: (checked: number) => void,
): Promise<OpenCard[]> {
  const { manifest, slots } = batch;
  const { cards: file } = filesOf(manifest);
  const recipients = readCardRecipients(open, batch);
  const text = await openWith(open, batch, file, keys);
  const { study, list } = manifest;
  const cards = readCardKeys(text, { file, study, list, slots });
  const opened: OpenCard[] = [];
  for (const [index, slot] of slots.entries()) {
    const { identity } = cards[index]!;
    if ((await recipientOf(identity)) !== recipients[index]) throw notTheirs(file, slot);
    opened.push({ slot, identity });
    tellProgress(opened.length);
  }
  return opened;
}

/**
 * The public halves of a batch's cards, in the order of its slots.
 *
 * @throws RandoseError `not-trusted` if the file is not the one that was sealed
 */
export function readCardRecipients(
  { root }: Pick<OpenStudy, 'root'>,
  { manifest, slots }: SealedBatch,
): string[] {
  const { cardRecipients: file } = filesOf(manifest);
  const text = readText(join(root, file));
  if (sha256(text) === manifest.files[file]) return parseCardRecipients(text, file, slots);
  throw new RandoseError('not-trusted', `${file} is not the one that was sealed`, {
    hint: RESTORE,
  });
}

function notTheirs(file: string, { number }: Slot): RandoseError {
  return new RandoseError(
    'not-trusted',
    `NOT TRUSTED: ${file}: the card of ${number} does not open its envelope`,
    {
      hint: `Do not print it. ${RESTORE}`,
    },
  );
}
