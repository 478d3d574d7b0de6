import { join } from 'node:path';
import { cardNumbers } from '../../blinding/card-keys.ts';
import type { KeyPair } from '../../blinding/identity.ts';
import { BETWEEN_KEYS, CARD_OF } from '../../ledger/openings.ts';
import { formatWho, type Who } from '../../ledger/who.ts';
import { batchFiles } from '../../study/layout.ts';
import { ROLES, type Study } from '../../study/study.ts';
import { readText } from '../../system/files.ts';
import type { GivenKeys } from './keys.ts';
import type { OpenStudy } from '../open-study.ts';
import type { RescuedStudy } from './emergency/rescue-study.ts';

/** Who opens something, and who has the keys, as the ledger says it. */
interface Opener {
  readonly who: Who;
  /** Null if nobody in the study has these keys. */
  readonly key: string | null;
}

/** The people of a study, by role. */
export type People = Pick<Study, (typeof ROLES)[keyof typeof ROLES]>;

/**
 * Who opens something, and who has the keys. It is the named person, or else the one who has the key.
 *
 * @param keys the result of reading the keys
 * @param by undefined if nobody was named
 */
export function openerOf(open: OpenStudy, keys: GivenKeys, by: Who | undefined): Opener {
  const batches = open.batches.map(({ manifest }) => manifest.batch);
  return openerAmong(peopleOf(open), { root: open.root, batches }, keys, by);
}

/** As `openerOf`, if files may be missing. */
export function openerOfRescued(study: RescuedStudy, keys: GivenKeys, by: Who | undefined): Opener {
  return openerAmong(peopleOfRescued(study), placesOf(study), keys, by);
}

/** As `peopleOfRescued`, of a study that is whole. */
export function peopleOf({ study, batches }: Pick<OpenStudy, 'study' | 'batches'>): People {
  return allPeople([study, ...batches.map(({ manifest }) => manifest.custody)]);
}

/**
 * The people in study.yaml, and those to whom the envelopes are sealed: until a rewrap, the keys of officers who were taken
 * out of study.yaml still open them. Undefined if nothing names anybody.
 */
export function peopleOfRescued({ study, batches }: RescuedStudy): People | undefined {
  const all = [study, ...batches.map(({ inForce }) => inForce?.custody)];
  return all.every((one) => one === undefined) ? undefined : allPeople(all);
}

/** People of several sources: who has a key is named as in the first one that has it. */
function allPeople(sources: readonly (Partial<People> | undefined)[]): People {
  const inRole = (role: keyof People) => {
    const all = sources.flatMap((source) => source?.[role] ?? []);
    return all.filter(({ recipient }, index) => {
      return all.findIndex((one) => one.recipient === recipient) === index;
    });
  };
  return {
    officers: inRole('officers'),
    statisticians: inRole('statisticians'),
    packers: inRole('packers'),
    cardMakers: inRole('cardMakers'),
    preparers: inRole('preparers'),
  };
}

/** The numbers of the slots whose code-break cards are among the keys. Files of the study may be missing. */
export function cardsOfKeys(study: RescuedStudy, keys: readonly KeyPair[]): string[] {
  return cardsAmong(placesOf(study), keys);
}

/** The people in study.yaml who have these keys, each of them once. */
export function ownersOf(study: People, keys: readonly KeyPair[]): Who[] {
  return ownersOfRecipients(
    study,
    keys.map(({ recipient }) => recipient),
  );
}

/** The people in study.yaml who have the secret halves of these recipients, each of them once. */
export function ownersOfRecipients(study: People, recipients: readonly string[]): Who[] {
  const owners: Who[] = [];
  for (const [role, people] of Object.entries(ROLES)) {
    for (const { name, recipient } of study[people]) {
      if (recipients.includes(recipient)) owners.push({ name, role, organisation: '' });
    }
  }
  return owners;
}

const NOT_STATED: Who = { name: 'not stated', role: '', organisation: '' };

/** The key of an attempt before which no key could be read, or none was asked for. */
const NO_KEY = 'no key was read';

/** Where the public halves of cards are. */
interface CardPlaces {
  readonly root: string;
  readonly batches: readonly number[];
}

function placesOf({ root, batches }: RescuedStudy): CardPlaces {
  return { root, batches: batches.map(({ batch }) => batch) };
}

function openerAmong(
  people: People | undefined,
  places: CardPlaces,
  keys: GivenKeys,
  by: Who | undefined,
): Opener {
  if (!keys.ok) {
    const named = people === undefined ? [] : ownersOfRecipients(people, keys.named);
    const key =
      named.map((owner) => `${formatWho(owner)} (key not opened)`).join(BETWEEN_KEYS) || NO_KEY;
    return { who: by ?? named[0] ?? NOT_STATED, key };
  }
  const owners = people === undefined ? [] : ownersOf(people, keys.value);
  const cards = owners.length > 0 ? [] : cardsAmong(places, keys.value);
  const names = [...owners.map(formatWho), ...cards.map((one) => `${CARD_OF}${one}`)];
  return { who: by ?? owners[0] ?? NOT_STATED, key: names.join(BETWEEN_KEYS) || null };
}

/** A problem with a file does not stop an opening here; verify reports it. */
function cardsAmong({ root, batches }: CardPlaces, keys: readonly KeyPair[]): string[] {
  const recipients = keys.map(({ recipient }) => recipient);
  return batches.flatMap((batch) => {
    try {
      return cardNumbers(readText(join(root, batchFiles(batch).cardRecipients)), recipients);
    } catch {
      return [];
    }
  });
}
