import { describe, expect, test } from 'vitest';
import {
  cardNumbers,
  formatCardKeys,
  formatCardRecipients,
  parseCardRecipients,
  readCardKeys,
} from '../../src/blinding/card-keys.ts';
import { makeAllocationList } from '../../src/randomization/list.ts';
import { EXAMPLE_SEED, planOf, templateStudy } from '../support/designs.ts';

const slots = makeAllocationList(templateStudy(), planOf([3]), EXAMPLE_SEED).slice(0, 2);
const RESTORE =
  'Restore it from a backup or another copy of the study folder, then run: randose verify';

describe('the cards of a list', () => {
  const cards = [
    { number: 'R001', identity: 'AGE-SECRET-KEY-1ONE' },
    { number: 'R002', identity: 'AGE-SECRET-KEY-1TWO' },
  ];
  const TEXT = `{
  "randose": "cards",
  "version": 1,
  "study": "DEPIL-2",
  "list": "ff",
  "cards": [
    {"number":"R001","identity":"AGE-SECRET-KEY-1ONE"},
    {"number":"R002","identity":"AGE-SECRET-KEY-1TWO"}
  ]
}
`;
  const expected = { file: 'cards.age', study: 'DEPIL-2', list: 'ff', slots };

  test('are JSON with one card in a line, and read back', () => {
    expect(formatCardKeys({ study: 'DEPIL-2', list: 'ff', cards })).toBe(TEXT);
    expect(readCardKeys(TEXT, expected)).toEqual(cards);
  });

  test.each([
    ['of another study', TEXT.replace('DEPIL-2', 'DEPIL-3')],
    ['of another list', TEXT.replace('"ff"', '"fe"')],
    ['of another slot', TEXT.replace('R002', 'R003')],
    ['of slots in another order', TEXT.replaceAll(/R00(.)/g, (_, at) => `R00${3 - Number(at)}`)],
    ['of fewer slots', TEXT.replace(/,\n {4}\{"number":"R002".*\}/, '')],
    ['of more slots', TEXT.replace(/(\{"number":"R002".*\})/, '$1, {"number":"X","identity":"Y"}')],
    ['of another version', TEXT.replace('"version": 1', '"version": 2')],
    ['which are something else', TEXT.replace('"cards",', '"labels",')],
    ['with one member more', TEXT.replace('"version"', '"more": 1, "version"')],
    ['with one member more in a card', TEXT.replace('"number"', '"arm":"A","number"')],
    ['without a key', TEXT.replace(',"identity":"AGE-SECRET-KEY-1TWO"', '')],
    ['which are not JSON', TEXT.slice(0, -4)],
  ])('%s are not trusted', (_, text) => {
    expect(text).not.toBe(TEXT);
    expect(() => readCardKeys(text, expected)).toThrow(
      expect.objectContaining({
        code: 'not-trusted',
        message: 'NOT TRUSTED: cards.age is not the cards of this list',
        hint: `Do not print it. ${RESTORE}`,
      }),
    );
  });
});

describe('the public halves of the cards', () => {
  const TEXT = 'randomization_number,recipient\nR001,age1one\nR002,age1two\n';

  test('are a row for each slot, and read back in the order of the slots', () => {
    const cards = [{ recipient: 'age1one' }, { recipient: 'age1two' }];
    expect(formatCardRecipients(slots, cards)).toBe(TEXT);
    expect(parseCardRecipients(TEXT, 'card-recipients.csv', slots)).toEqual(['age1one', 'age1two']);
  });

  test.each([
    ['nothing', ''],
    ['another header', TEXT.replace('recipient', 'key')],
    ['a slot less', TEXT.replace('R002,age1two\n', '')],
    ['a slot more', `${TEXT}R003,age1three\n`],
    ['another slot', TEXT.replace('R002', 'R003')],
    ['the slots in another order', TEXT.replace('R001,age1one\nR002', 'R002,age1one\nR001')],
    ['a row without a recipient', TEXT.replace(',age1two', '')],
    ['a row with more than a recipient', TEXT.replace('age1two', 'age1two,PLACEBO')],
    ['an open quotation mark', TEXT.replace('age1two', '"age1two')],
  ])('with %s are not those of the list', (_, text) => {
    expect(() => parseCardRecipients(text, 'card-recipients.csv', slots)).toThrow(
      expect.objectContaining({
        code: 'bad-data',
        message: 'card-recipients.csv does not have the slots of list.csv',
        hint: RESTORE,
      }),
    );
  });

  test('name the slots of cards, also if rows are damaged; nothing is named by a broken file', () => {
    expect(cardNumbers(TEXT, ['age1two', 'age1four'])).toEqual(['R002']);
    expect(cardNumbers(`${TEXT}R003\nR004,age1four,x\n`, ['age1two', 'age1four'])).toEqual([
      'R002',
      'R004',
    ]);
    expect(cardNumbers(`${TEXT}R003,"age1four`, ['age1two', 'age1four'])).toEqual([]);
  });
});
