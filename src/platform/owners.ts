import type { KeyPair } from '../blinding/identity.ts';
import { formatWho, type Who } from '../ledger/who.ts';
import { ROLES, type Study } from '../study/study.ts';
import { readCardRecipients } from './open-cards.ts';
import type { OpenStudy, SealedBatch } from './open-study.ts';

/** Whose keys they are, by study.yaml, whatever they may open: each person once. */
export function ownersOf(study: Study, keys: readonly KeyPair[]): Who[] {
  const owners: Who[] = [];
  for (const [role, people] of Object.entries(ROLES)) {
    for (const { name, recipient } of study[people]) {
      const isTheirs = keys.some((key) => key.recipient === recipient);
      if (isTheirs) owners.push({ name, role, organisation: '' });
    }
  }
  return owners;
}

/**
 * Whose keys they are, as the ledger has it: people of study.yaml, or the card of a slot.
 *
 * @returns null where they are nobody's
 */
export function keysText(open: OpenStudy, keys: readonly KeyPair[]): string | null {
  const owners = ownersOf(open.study, keys).map(formatWho);
  const cards = owners.length > 0 ? [] : cardsOf(open, keys);
  return [...owners, ...cards.map((number) => `code-break card of ${number}`)].join('; ') || null;
}

/** The numbers of the slots whose code-break cards some keys are. */
export function cardsOf(open: OpenStudy, keys: readonly KeyPair[]): string[] {
  const known = new Set(keys.map(({ recipient }) => recipient));
  return open.batches.flatMap((batch) => {
    const recipients = recipientsOrNone(open, batch);
    return batch.slots
      .filter((_, index) => known.has(recipients[index] ?? ''))
      .map(({ number }) => number);
  });
}

/** Whose key it is matters less than the emergency; verify reports what is wrong with the file. */
function recipientsOrNone(open: OpenStudy, batch: SealedBatch): string[] {
  try {
    return readCardRecipients(open, batch);
  } catch {
    return [];
  }
}
