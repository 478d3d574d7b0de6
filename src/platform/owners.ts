import type { KeyPair } from '../blinding/identity.ts';
import { formatWho, type Who } from '../ledger/who.ts';
import { ROLES, type Study } from '../study/study.ts';
import type { Attempt } from './on-record.ts';
import { readCardRecipients } from './open-cards.ts';
import type { OpenStudy, SealedBatch } from './open-study.ts';

/**
 * Who opens something, as the ledger has it: whom they say, else the person whose key it is; and whose
 * keys they are.
 *
 * @param keys what came of reading them
 * @param by undefined where nobody was named
 */
export function openerOf(
  open: OpenStudy,
  keys: Attempt<readonly KeyPair[]>,
  by: Who | undefined,
): { readonly who: Who; readonly key: string | null } {
  if (!keys.ok) return { who: by ?? NOT_STATED, key: null };
  const [owner] = ownersOf(open.study, keys.value);
  return { who: by ?? owner ?? NOT_STATED, key: keysText(open, keys.value) };
}

const NOT_STATED: Who = { name: 'not stated', role: '', organisation: '' };

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
function keysText(open: OpenStudy, keys: readonly KeyPair[]): string | null {
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
