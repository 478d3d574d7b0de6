import type { Person, Study } from '../study/study.ts';
import type { KeyPair } from './identity.ts';
import type { SealedCustody } from './manifest.ts';

/** Each kind of thing that is sealed. */
export type SealedKind = 'envelopes' | 'master' | 'packing' | 'cards' | 'signing';

/** Who alone can open a kind of thing: each of some people; or officers together, by the study key. */
export type Holders =
  | { readonly who: 'people'; readonly people: readonly Person[] }
  | { readonly who: 'study key'; readonly recipient: string };

/**
 * To whom each kind of thing is sealed. Each envelope is sealed to its slot's code-break card as well.
 *
 * Under a threshold envelopes and list are for several officers together. Whoever packs, or prints the
 * cards, has to be told alone; where study.yaml names nobody for that, it is for the officers.
 */
export function holdersOf(custody: SealedCustody): Record<SealedKind, Holders> {
  const { recipient, statisticians, packers, cardMakers } = custody;
  const people = (...lists: (readonly Person[])[]): Holders => {
    return { who: 'people', people: lists.flat() };
  };
  const officers: Holders =
    recipient === null ? people(custody.officers) : { who: 'study key', recipient };
  return {
    envelopes: officers,
    master: recipient === null ? people(custody.officers, statisticians) : officers,
    packing: packers.length > 0 ? people(packers) : officers,
    cards: cardMakers.length > 0 ? people(cardMakers) : officers,
    // It opens nothing, so each of those who may make a batch or a rewrap has it alone.
    signing: people(custody.officers, statisticians),
  };
}

/** Holders as age recipients, in their order. */
export function recipientsOf(holders: Holders): string[] {
  if (holders.who === 'study key') return [holders.recipient];
  return holders.people.map(({ recipient }) => recipient);
}

/**
 * What a manifest says of who can open what is sealed.
 *
 * @param studyKey what the officers share under a threshold
 * @throws Error where there is a threshold without a study key
 */
export function custodyOf(
  study: Pick<Study, 'custody' | 'officers' | 'statisticians' | 'packers' | 'cardMakers'>,
  studyKey: Pick<KeyPair, 'recipient'> | undefined,
): SealedCustody {
  const { custody } = study;
  const people = (list: readonly Person[]) =>
    list.map(({ name, recipient }) => ({ name, recipient }));
  const isShared = custody.rule === 'threshold';
  if (isShared && studyKey === undefined) throw new Error('a threshold needs a study key');
  return {
    rule: custody.rule,
    needed: isShared ? custody.needed : 1,
    recipient: isShared ? (studyKey?.recipient ?? null) : null,
    officers: people(study.officers),
    statisticians: people(study.statisticians),
    packers: people(study.packers),
    cardMakers: people(study.cardMakers),
  };
}
