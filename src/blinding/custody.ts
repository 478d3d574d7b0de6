import type { Person, Study } from '../study/study.ts';
import type { KeyPair } from './identity.ts';
import type { SealedCustody } from './manifest.ts';

/** The kinds of sealed files. */
export type SealedKind = 'envelopes' | 'master' | 'packing' | 'cards' | 'signing';

/** Who can open a kind of file: each of some people alone, or officers together with the study key. */
export type Holders =
  | { readonly who: 'people'; readonly people: readonly Person[] }
  | { readonly who: 'study key'; readonly recipient: string };

/**
 * The people to whom each kind of file is sealed. Each envelope is also sealed to its slot's code-break card.
 *
 * Under a threshold several officers together open the envelopes and the list. Packers and card makers work
 * alone, so their files are sealed to each of them; if study.yaml names none, to the officers.
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
    // It opens nothing, so it is sealed to everybody who may make a batch or a rewrap.
    signing: people(custody.officers, statisticians),
  };
}

/** Holders by their names, for a person. */
export function holdersText({ needed, officers }: SealedCustody, holders: Holders): string {
  const named = holders.who === 'people' ? holders.people : officers;
  if (named.length === 0) return '';
  const names = named.map(({ name }) => name).join(', ');
  return holders.who === 'people' ? names : `any ${needed} of ${names} together`;
}

/** Holders as age recipients, in their order. */
export function recipientsOf(holders: Holders): string[] {
  if (holders.who === 'study key') return [holders.recipient];
  return holders.people.map(({ recipient }) => recipient);
}

/** The people of a study who are given sealed files, and the rule of their custody. */
export type Custodians = Pick<
  Study,
  'custody' | 'officers' | 'statisticians' | 'packers' | 'cardMakers' | 'preparers'
>;

/**
 * The part of a manifest that says who can open the sealed files.
 *
 * @param studyKey the key that the officers share under a threshold
 * @throws Error if there is a threshold but no study key
 */
export function custodyOf(
  study: Custodians,
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
    recipient: isShared ? studyKey!.recipient : null,
    officers: people(study.officers),
    statisticians: people(study.statisticians),
    packers: people(study.packers),
    cardMakers: people(study.cardMakers),
    ...(study.preparers.length > 0 && { preparers: people(study.preparers) }),
  };
}
