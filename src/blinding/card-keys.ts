import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import * as v from 'valibot';
import { RandoseError } from '../errors.ts';
import type { Slot } from '../randomization/list.ts';
import { RESTORE } from '../words.ts';
import type { KeyPair } from './identity.ts';
import { parseJson } from './parse-json.ts';
import { LONGEST_ROW } from '../study/longest-row.ts';

/**
 * The code-break card of a slot is an age identity that opens the slot's envelope and no other. Its public
 * half is in the folder, so that printed cards stay valid when envelopes are rewrapped; its secret half is in
 * cards.age until somebody prints it.
 */
interface CardKeys {
  readonly study: string;
  readonly list: string;
  /** In the order of the slots. */
  readonly cards: readonly { readonly number: string; readonly identity: string }[];
}

const CARDS = v.strictObject({
  randose: v.literal('cards'),
  version: v.literal(1),
  study: v.string(),
  list: v.string(),
  cards: v.array(v.strictObject({ number: v.string(), identity: v.string() })),
});

/** The plaintext of cards.age: JSON, one card per line. Nothing in it depends on an arm. */
export function formatCardKeys({ study, list, cards }: CardKeys): string {
  const head = JSON.stringify({ randose: 'cards', version: 1, study, list }, undefined, 2);
  const lines = cards.map(({ number, identity }) => JSON.stringify({ number, identity }));
  return `${head.slice(0, -2)},\n  "cards": [\n    ${lines.join(',\n    ')}\n  ]\n}\n`;
}

/**
 * Reads opened cards and checks that they are those of the slots. The caller checks that each card belongs
 * to its public half.
 *
 * @throws RandoseError `not-trusted` if they are not the cards of that list
 */
export function readCardKeys(
  plaintext: string,
  expected: { file: string; study: string; list: string; slots: readonly Slot[] },
): CardKeys['cards'] {
  const read = v.safeParse(CARDS, parseJson(plaintext));
  const { file, study, list, slots } = expected;
  const isTheirs =
    read.success &&
    read.output.study === study &&
    read.output.list === list &&
    read.output.cards.length === slots.length &&
    read.output.cards.every(({ number }, index) => number === slots[index]!.number);
  if (isTheirs) return read.output.cards;
  throw new RandoseError('not-trusted', `NOT TRUSTED: ${file} is not the cards of this list`, {
    hint: `Do not print it. ${RESTORE}`,
  });
}

const COLUMNS = ['randomization_number', 'recipient'] as const;

/** The public halves of the cards as card-recipients.csv, one row per slot. */
export function formatCardRecipients(
  slots: readonly Slot[],
  cards: readonly Pick<KeyPair, 'recipient'>[],
): string {
  const rows = slots.map(({ number }, index) => [number, cards[index]!.recipient]);
  return stringify(rows, { header: true, columns: [...COLUMNS] });
}

/**
 * Reads card-recipients.csv back.
 *
 * @returns the recipients, in the order of the slots
 * @throws RandoseError `bad-data` if it does not have exactly these slots
 */
export function parseCardRecipients(text: string, file: string, slots: readonly Slot[]): string[] {
  const rows = readRows(text);
  const [header, ...body] = rows;
  const isTheirs =
    header?.join() === COLUMNS.join() &&
    body.length === slots.length &&
    body.every((row, index) => row.length === 2 && row[0] === slots[index]!.number);
  if (isTheirs) return body.map((row) => row[1]!);
  throw new RandoseError('bad-data', `${file} does not have the slots of list.csv`, {
    hint: RESTORE,
  });
}

/**
 * The numbers of the slots whose cards have these recipients, by a card-recipients.csv that nobody has
 * checked. Use it only to name a card.
 */
export function cardNumbers(text: string, recipients: readonly string[]): string[] {
  return readRows(text)
    .filter(([, recipient]) => recipients.some((one) => one === recipient))
    .map((row) => row[0]!);
}

function readRows(text: string): string[][] {
  try {
    return parse(text, { relaxColumnCount: true, maxRecordSize: LONGEST_ROW });
  } catch {
    return [];
  }
}
