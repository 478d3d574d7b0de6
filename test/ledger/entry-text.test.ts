import { describe, expect, test } from 'vitest';
import type { Act } from '../../src/ledger/entry.ts';
import { entryText } from '../../src/ledger/entry-text.ts';
import {
  entriesOfActs,
  EXAMPLE_INTENT,
  EXAMPLE_OFFICER as who,
  EXAMPLE_RANDOMIZATION,
} from '../support/ledger.ts';

/** What is left out of an act: who did it. */
type Said = { readonly action: Act['action'] } & Readonly<Record<string, unknown>>;

/** The text of the last of some acts, which are a whole ledger. */
function textOf(...acts: readonly Said[]): string {
  const entries = entriesOfActs(acts.map((act) => ({ who, ...act }) as unknown as Act));
  expect(entries).toHaveLength(acts.length);
  return entryText(entries.at(-1)!, entries);
}

const DIGEST = 'c'.repeat(64);
const randomization = EXAMPLE_RANDOMIZATION as unknown as Said;
const intent = EXAMPLE_INTENT as unknown as Said;

describe('a randomization', () => {
  const bare: Said = {
    action: 'randomization',
    subject: 'CRT-001',
    site: 'CRT',
    stratum: 'site=CRT',
    number: 'R001',
  };

  test.each<[string, object, string]>([
    ['of a study without kits and schedule', {}, 'randomization of CRT-001: R001, site=CRT'],
    [
      'has the kit, the day and whom it replaces',
      { kit: '4KX9TM7', day1: '2026-06-15', replaces: 'CRT-000' },
      'randomization of CRT-001: R001, kit 4KX9TM7, site=CRT, Day 1 2026-06-15, replaces CRT-000',
    ],
    [
      'has the kit of each type',
      {
        kit: '4KX9TM7',
        kits: [
          { type: 'tablets', kit: '4KX9TM7' },
          { type: 'syringe', kit: '474WW4E' },
        ],
      },
      'randomization of CRT-001: R001, kit 4KX9TM7 (tablets), 474WW4E (syringe), site=CRT',
    ],
    [
      'has the site if the stratum does not say it',
      { stratum: 'sex=F' },
      'randomization of CRT-001: R001, sex=F, site CRT',
    ],
  ])('%s', (_, said, expected) => {
    expect(textOf({ ...bare, ...said })).toBe(expected);
  });
});

describe('an injection', () => {
  const dose: Said = {
    action: 'dose',
    subject: 'A',
    visit: 'D15',
    deviations: [],
    date: '2026-06-29',
    result: 'given',
    kit: '4KX9TM7',
    corrects: null,
  };
  const additional: Said = {
    action: 'additional dose',
    subject: 'A',
    deviations: [],
    date: '2026-06-29',
    result: 'given',
    kit: '4KX9TM7',
    corrects: null,
  };

  test.each<[string, Said, string]>([
    ['given', dose, 'D15 of A: given on 2026-06-29 from kit 4KX9TM7'],
    [
      'not done, without a kit',
      { ...dose, result: 'not done', kit: null },
      'D15 of A: not done on 2026-06-29',
    ],
    [
      'with how much was given',
      { ...dose, amount: '0.5 ml', weight: '72.5' },
      'D15 of A: given on 2026-06-29 from kit 4KX9TM7, amount 0.5 ml, weight 72.5 kg',
    ],
    [
      'from a kit of another study',
      { ...dose, kit: null, otherKit: 'LOT 7' },
      'D15 of A: given on 2026-06-29 from kit LOT 7',
    ],
    [
      'that corrects another entry and breaks two rules',
      { ...dose, corrects: 3, deviations: ['out of window', 'another kit'] },
      'D15 of A: given on 2026-06-29 from kit 4KX9TM7, corrects 3; a deviation (out of window, another kit)',
    ],
    [
      'that was retracted',
      { ...dose, result: 'retracted', corrects: 3 },
      'D15 of A on 2026-06-29: entry 3 retracted',
    ],
    [
      'that was retracted by an entry that does not say which one',
      { ...dose, result: 'retracted' },
      'D15 of A on 2026-06-29: entry 0 retracted',
    ],
    [
      'that is additional',
      { ...additional, amount: '1 ml', deviations: ['not planned'] },
      'additional dose of A: given on 2026-06-29 from kit 4KX9TM7, amount 1 ml; a deviation (not planned)',
    ],
    [
      'that is additional, and was retracted',
      { ...additional, result: 'retracted', corrects: 4 },
      'additional dose of A: retracted, takes back entry 4 of 2026-06-29',
    ],
  ])('%s', (_, said, expected) => {
    expect(textOf(said)).toBe(expected);
  });
});

describe('a visit', () => {
  const attendance: Said = {
    action: 'attendance',
    subject: 'A',
    visit: 'D15',
    deviations: [],
    assessments: ['blood', 'weight'],
    date: '2026-06-29',
    result: 'done',
    corrects: null,
  };
  const move: Said = {
    action: 'move',
    subject: 'A',
    visit: 'D15',
    deviations: [],
    from: '2026-06-29',
    date: '2026-06-30',
  };

  test.each<[string, Said, string]>([
    ['with its assessments', attendance, 'D15 of A, blood, weight: done on 2026-06-29'],
    [
      'that was missed, as a correction and a deviation',
      { ...attendance, result: 'not done', corrects: 2, deviations: ['missed'] },
      'D15 of A, blood, weight: not done on 2026-06-29, corrects 2; a deviation (missed)',
    ],
    [
      'that was retracted',
      { ...attendance, result: 'retracted', corrects: 2 },
      'D15 of A, blood, weight: retracted, takes back entry 2 of 2026-06-29',
    ],
    ['that was moved', move, 'D15 of A moved: 2026-06-29 to 2026-06-30'],
    [
      'that was moved out of its window',
      { ...move, deviations: ['out of window'] },
      'D15 of A moved: 2026-06-29 to 2026-06-30; a deviation (out of window)',
    ],
    [
      'whose move was retracted',
      { ...move, retracts: 5 },
      'D15 of A, 2026-06-29 to 2026-06-30: move of entry 5 retracted',
    ],
  ])('%s', (_, said, expected) => {
    expect(textOf(said)).toBe(expected);
  });
});

describe('labels and kits', () => {
  const labels: Said = {
    action: 'labels',
    labels: 'outer and unit',
    kits: ['4KX9TM7', '474WW4E'],
    reprints: [],
    count: 12,
    profile: 'eu',
    format: 'pdf',
    output: DIGEST,
  };
  const kit: Said = {
    action: 'kit',
    kit: '4KX9TM7',
    event: 'received',
    date: '2026-06-10',
    units: null,
    corrects: null,
  };

  test.each<[string, Said, string]>([
    ['labels of several kits', labels, '12 labels (outer and unit, pdf): 2 kits'],
    [
      'one label of one kit of a participant, made again',
      {
        ...labels,
        labels: 'outer',
        kits: ['4KX9TM7'],
        reprints: ['4KX9TM7'],
        count: 1,
        subject: 'A',
      },
      '1 label (outer, pdf) for A: 1 kit, 1 of them again',
    ],
    ['a kit that was received', kit, 'kit 4KX9TM7 received on 2026-06-10'],
    [
      'a kit that was shipped between sites',
      { ...kit, event: 'shipped', from: null, to: 'LYO' },
      'kit 4KX9TM7 shipped from the depot to LYO on 2026-06-10',
    ],
    [
      'a kit of a participant that went to the depot, with its units, as a correction',
      { ...kit, event: 'returned to depot', from: 'CRT', subject: 'A', units: 2, corrects: 7 },
      'kit 4KX9TM7 returned to the depot from CRT on 2026-06-10, A, 2 units, corrects 7',
    ],
  ])('%s', (_, said, expected) => {
    expect(textOf(said)).toBe(expected);
  });
});

describe('an opening that is about to take place', () => {
  const table: Said = {
    action: 'masked table intent',
    purpose: 'interim 1',
    until: '2026-06-30',
    rows: 'injections',
    letters: 'interim 1',
    key: null,
  };

  test.each<[Said, string]>([
    [{ action: 'packing intent', batches: [1, 2], key: null }, 'packing, batch 1, 2: intent'],
    [{ action: 'card making intent', batches: [1], key: null }, 'card making, batch 1: intent'],
    [
      { action: 'reveal intent', subject: 'A', number: 'R001', key: null },
      'reveal of A (R001): intent',
    ],
    [
      {
        action: 'preparation intent',
        subject: 'A',
        number: 'R001',
        preparer: 'Example Preparer',
        to: 'age1example',
        key: null,
      },
      'preparation for A (R001), sealed to Example Preparer: intent',
    ],
    [table, 'masked table for "interim 1": injections until 2026-06-30: intent'],
    [
      { ...table, purpose: 'interim\u200b2' },
      'masked table for "interim<U+200B>2": injections until 2026-06-30, with the letters of "interim 1": intent',
    ],
    [
      { action: 'letter opening intent', letters: 'interim 1', to: null, key: null },
      'which arm each letter of masked table "interim 1" is: intent',
    ],
    [{ action: 'list opening intent', key: null }, 'list opening: intent'],
    [{ action: 'rewrap intent', key: null }, 'rewrap: intent'],
  ])('%j', (said, expected) => {
    expect(textOf(said)).toBe(expected);
  });
});

describe('the result of an opening', () => {
  const opened = { intent: 1, result: 'opened', error: null };
  const refused = { intent: 1, result: 'refused', error: 'no-space' };

  test.each<[Said, string]>([
    [{ action: 'packing outcome', ...opened }, 'packing: opened, intent 1'],
    [
      { action: 'card making outcome', ...refused },
      'card making: refused: no space was left, intent 1',
    ],
    [{ action: 'list opening outcome', ...opened }, 'list opening: opened, intent 1'],
    [{ action: 'reveal outcome', subject: 'A', ...opened }, 'reveal of A: opened, intent 1'],
    [
      { action: 'preparation outcome', subject: 'A', ...opened },
      'preparation of A: opened, intent 1',
    ],
    [{ action: 'rewrap outcome', ...opened, manifests: [] }, 'rewrap: opened, intent 1'],
    [
      { action: 'masked table outcome', ...opened, table: DIGEST },
      'masked table: made, no arms shown, intent 1',
    ],
    [
      { action: 'masked table outcome', ...refused, table: null },
      'masked table: refused: no space was left, intent 1',
    ],
    [{ action: 'letter opening outcome', ...opened }, 'which arm each letter is: opened, intent 1'],
  ])('%j', (said, expected) => {
    expect(textOf(said)).toBe(expected);
  });

  test.each([
    ['usage', 'cancelled, or an answer or option was missing'],
    ['wrong-key', 'wrong or missing key'],
    ['bad-data', 'unknown participant, or a mistyped code'],
    ['not-trusted', 'not what was sealed'],
    ['not-found', 'a file was missing'],
    ['no-access', 'a file could not be read'],
    ['io-error', 'the disk failed'],
    ['no-space', 'no space was left'],
    ['would-overwrite', 'the file to write existed already'],
    ['invalid-study', 'study.yaml has errors'],
    ['locked', 'others were changing the study'],
    ['unavailable', 'the database could not be reached'],
    ['outcome-unknown', 'the database did not answer in time'],
    ['bug', 'a bug in randose'],
    ['cancelled', 'cancelled after a passphrase was typed'],
    ['of-a-newer-version', 'of-a-newer-version'],
    ['toString', 'toString'],
  ])('says why it was refused: %s', (error, why) => {
    const said: Said = { action: 'list opening outcome', intent: 1, result: 'refused', error };
    expect(textOf(said)).toBe(`list opening: refused: ${why}, intent 1`);
  });
});

describe('a code-break', () => {
  const outcome: Said = {
    action: 'code-break outcome',
    subject: 'A',
    intent: 2,
    result: 'opened',
    error: null,
  };
  const late: Said = {
    ...intent,
    action: 'late code-break',
    kit: null,
    opened: '2026-05-31T23:00:12.000Z',
    result: 'opened',
    error: null,
    pending: DIGEST,
  };

  test.each<[string, Said[], string]>([
    ['with the key of an officer', [randomization, intent], 'code-break of A (R001): intent'],
    [
      'whose number the randomization has',
      [randomization, { ...intent, number: null }],
      'code-break of A (R001): intent',
    ],
    [
      'of nobody who was randomized',
      [{ ...intent, subject: 'B', number: null }],
      'code-break of B (no number): intent',
    ],
    [
      'by number alone is about whoever has the number',
      [randomization, { ...intent, subject: '(no subject id)' }],
      'code-break of A (R001): intent',
    ],
    [
      'names its participant as somebody typed it',
      [randomization, { ...intent, subject: 'a' }],
      'code-break of a (R001): intent',
    ],
    [
      'of a kit that was given to somebody',
      [randomization, { ...intent, kit: '474WW4E', number: 'R002' }],
      'code-break of kit 474WW4E, given to A (R002): intent',
    ],
    [
      'with the own card',
      [randomization, { ...intent, key: 'code-break card of R001' }],
      'code-break of A (R001), with the card: intent',
    ],
    [
      'with the card of another participant, which was taken out of its envelope',
      [randomization, { ...intent, key: 'code-break card of R002' }],
      'code-break of A (R001), with the card of R002: intent',
    ],
    [
      'with a card and another key',
      [randomization, { ...intent, key: 'code-break card of R002; O1, officer' }],
      'code-break of A (R001), with the card: intent',
    ],
    [
      'that was entered late',
      [randomization, late],
      'code-break of A (R001) on 2026-05-31 23:00 UTC, entered late: opened',
    ],
    [
      'that was entered late, of a kit, and was refused',
      [randomization, { ...late, kit: '474WW4E', result: 'refused', error: 'wrong-key' }],
      'code-break of kit 474WW4E, given to A (R001) on 2026-05-31 23:00 UTC, entered late: refused: wrong or missing key',
    ],
    ['with its outcome', [randomization, intent, outcome], 'code-break of A: opened, intent 2'],
    [
      'with an outcome that names nobody, whose intent has the number',
      [
        randomization,
        { ...intent, subject: '(no subject id)' },
        { ...outcome, subject: '(no subject id)' },
      ],
      'code-break of A: opened, intent 2',
    ],
    [
      'with an outcome that names nobody at all',
      [randomization, intent, { ...outcome, subject: undefined }],
      'code-break: opened, intent 2',
    ],
  ])('%s', (_, acts, expected) => {
    expect(textOf(...acts)).toBe(expected);
  });
});

describe('what changes for a participant', () => {
  const withdrawal: Said = {
    action: 'withdrawal',
    subject: 'A',
    date: '2026-07-01',
    from: 'treatment',
  };
  const transfer: Said = {
    action: 'transfer',
    subject: 'A',
    from: 'CRT',
    to: 'LYO',
    date: '2026-07-01',
  };
  const consent: Said = {
    action: 'amendment consent',
    subject: 'A',
    amendment: 'A2',
    from: '2026-07-01',
  };

  test.each<[Said, string]>([
    [
      {
        action: 'amendment',
        amendment: 'A2',
        from: '2026-07-01',
        applies: 'later participants',
        digest: DIGEST,
      },
      'amendment A2 in force, from 2026-07-01, for later participants',
    ],
    [consent, 'amendment A2 for A, from 2026-07-01'],
    [{ ...consent, retracts: 3 }, 'entry 3 retracted: amendment A2 for A, from 2026-07-01'],
    [
      { action: 'subject correction', subject: 'A', newId: 'CRT-001' },
      'A corrected: the id is CRT-001',
    ],
    [withdrawal, 'A withdrawn from treatment on 2026-07-01'],
    [
      { ...withdrawal, from: 'study', retracts: 3 },
      'A: entry 3 retracted: withdrawn from study on 2026-07-01',
    ],
    [transfer, 'A transferred from CRT to LYO on 2026-07-01'],
    [
      { ...transfer, retracts: 3 },
      'A: retracted, takes back entry 3: transferred from CRT to LYO on 2026-07-01',
    ],
    [{ action: 'randomization in error', subject: 'A' }, 'A was randomized in error'],
    [
      { action: 'randomization in error', subject: 'A', retracts: 3 },
      'A: entry 3 retracted: randomized in error',
    ],
  ])('%j', (said, expected) => {
    expect(textOf(said)).toBe(expected);
  });

  const stratified: Said = { ...randomization, stratum: 'site=S1/age=old/sex=F' };
  const corrected = (...levels: [factor: string, level: string][]): Said => ({
    action: 'stratum correction',
    subject: 'A',
    levels: levels.map(([factor, level]) => ({ factor, level })),
  });

  test('a correction of levels has the levels before it', () => {
    const first = corrected(['sex', 'M'], ['age', 'young']);
    expect(textOf(stratified, first)).toBe('A corrected: sex=M (was F), age=young (was old)');
    expect(textOf(stratified, first, corrected(['sex', 'F']))).toBe('A corrected: sex=F (was M)');
    expect(textOf(stratified, corrected(['smoker', 'no']))).toBe('A corrected: smoker=no');
    expect(textOf(corrected(['sex', 'M']))).toBe('A corrected: sex=M');
  });

  test('a later correction does not count as what was before', () => {
    const acts = [stratified, corrected(['sex', 'M']), corrected(['sex', 'X'])];
    const entries = entriesOfActs(acts.map((act) => ({ who, ...act }) as unknown as Act));
    expect(entryText(entries[1]!, entries)).toBe('A corrected: sex=M (was F)');
  });
});

test.each<[Said, string]>([
  [{ action: 'allocation', batch: 2, list: 'ff', manifest: DIGEST }, 'allocation, batch 2'],
  [{ action: 'lock' }, 'database locked'],
  [{ action: 'unlock' }, 'database unlocked'],
  [{ action: 'repair', removed: 'eyI=' }, 'repair: an incomplete last line removed'],
  [
    { action: 'study restoration', replaced: null },
    'study.yaml brought back as it was accepted before',
  ],
  [
    { action: 'continuation', store: 'postgres' },
    'ledger moved to a database, where it is continued',
  ],
])('%j', (said, expected) => {
  expect(textOf(said)).toBe(expected);
});
