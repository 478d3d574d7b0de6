import { describe, expect, test } from 'vitest';
import {
  type Custodians,
  custodyOf,
  type Holders,
  holdersOf,
  holdersText,
  recipientsOf,
} from '../../src/blinding/custody.ts';

const person = (name: string) => ({ name, recipient: `age1${name.toLowerCase()}` });
const [ANN, BEN, CAT, DAN, EVE, FAY] = ['Ann', 'Ben', 'Cat', 'Dan', 'Eve', 'Fay'].map(person);
const study = {
  custody: { rule: 'any' },
  officers: [ANN!, BEN!],
  statisticians: [CAT!],
  packers: [DAN!],
  cardMakers: [EVE!],
  preparers: [],
} as Custodians;
const shared: Custodians = { ...study, custody: { rule: 'threshold', needed: 2, of: 2 } };
const studyKey = { recipient: 'age1study' };

/** The recipients of each kind of file. */
function sealedTo(...given: Parameters<typeof custodyOf>) {
  const holders = Object.entries(holdersOf(custodyOf(...given)));
  return Object.fromEntries(holders.map(([kind, one]) => [kind, recipientsOf(one).join(' ')]));
}

describe('the custody in a manifest', () => {
  test('has the rule and the people, each with name and recipient alone', () => {
    const noted = { ...study, officers: [{ ...ANN!, note: 'not public' }, BEN!] };
    expect(custodyOf(noted, undefined)).toEqual({
      rule: 'any',
      needed: 1,
      recipient: null,
      officers: [ANN, BEN],
      statisticians: [CAT],
      packers: [DAN],
      cardMakers: [EVE],
    });
  });

  test('has preparers only if there are any', () => {
    const preparers = [FAY!];
    expect(custodyOf({ ...study, preparers }, undefined).preparers).toEqual([FAY]);
    expect('preparers' in custodyOf(study, undefined)).toBe(false);
  });

  test('with a threshold has the number of officers and the recipient of the study key', () => {
    expect(custodyOf(shared, studyKey)).toMatchObject({
      rule: 'threshold',
      needed: 2,
      recipient: 'age1study',
    });
    expect(() => custodyOf(shared, undefined)).toThrow('a threshold needs a study key');
  });

  test('without a threshold has no study key, even if there is one', () => {
    expect(custodyOf(study, studyKey)).toMatchObject({ needed: 1, recipient: null });
  });
});

describe('sealed files', () => {
  test('if any officer may open: are for each officer; the list and its key for statisticians too', () => {
    expect(sealedTo(study, undefined)).toEqual({
      envelopes: 'age1ann age1ben',
      master: 'age1ann age1ben age1cat',
      packing: 'age1dan',
      cards: 'age1eve',
      signing: 'age1ann age1ben age1cat',
    });
  });

  test('with a threshold: envelopes and list are for the study key, and for nobody alone', () => {
    expect(sealedTo(shared, studyKey)).toEqual({
      envelopes: 'age1study',
      master: 'age1study',
      packing: 'age1dan',
      cards: 'age1eve',
      signing: 'age1ann age1ben age1cat',
    });
  });

  test.each([
    ['any', study, undefined, 'age1ann age1ben'],
    ['threshold', shared, studyKey, 'age1study'],
  ])('without packers and card makers are for the officers: %s', (_, of, key, officers) => {
    expect(sealedTo({ ...of, packers: [], cardMakers: [] }, key)).toMatchObject({
      packing: officers,
      cards: officers,
    });
  });
});

describe('who holds a file is told by names', () => {
  test.each<[string, Holders, string]>([
    ['people', { who: 'people', people: [DAN!, EVE!] }, 'Dan, Eve'],
    ['one person', { who: 'people', people: [DAN!] }, 'Dan'],
    ['nobody', { who: 'people', people: [] }, ''],
    ['a study key', { who: 'study key', recipient: 'age1study' }, 'any 2 of Ann, Ben together'],
  ])('%s', (_, holders, text) => {
    expect(holdersText(custodyOf(shared, studyKey), holders)).toBe(text);
  });

  test('people who are named in study.yaml for a file', () => {
    const custody = custodyOf({ ...shared, cardMakers: [] }, studyKey);
    const { packing, cards } = holdersOf(custody);
    expect(holdersText(custody, packing)).toBe('Dan');
    expect(holdersText(custody, cards)).toBe('any 2 of Ann, Ben together');
  });

  test('a study key without officers is told by nobody', () => {
    const custody = custodyOf({ ...shared, officers: [] }, studyKey);
    expect(holdersText(custody, { who: 'study key', recipient: 'age1study' })).toBe('');
  });
});
