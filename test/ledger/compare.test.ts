import { describe, expect, test } from 'vitest';
import { readLedger, START } from '../../src/ledger/chain.ts';
import {
  compareLedgers,
  compareParticipants,
  isEnteredIn,
  relationText,
} from '../../src/ledger/compare.ts';
import { type Act, ACTIONS, type Entry } from '../../src/ledger/entry.ts';
import { entriesOfActs, linesOf } from '../support/ledger.ts';

const who = { name: 'Example', role: '', organisation: '' };
const allocation = (list: string, batch = 1): Act => ({
  action: 'allocation',
  who,
  batch,
  list,
  manifest: '0'.repeat(64),
});
/** A participant who gets a slot: numbers count through the strata of S1 (1 to 9) and S2 (10 on). */
function randomized(subject: string, number: number): Act {
  const site = number < 10 ? 'S1' : 'S2';
  const text = String(number).padStart(3, '0');
  return {
    action: 'randomization',
    who,
    subject,
    site,
    stratum: `site=${site}`,
    number: `R${text}`,
    kit: '474WW4E',
    day1: '2026-06-01',
  } as Act;
}

function after(entries: readonly Entry[], time: string, ...acts: Act[]): Entry[] {
  const added = linesOf(acts, entries.at(-1) ?? START, { time });
  const before = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  return readLedger(before + added.text).entries;
}
const begun = after([], '2026-05-01T00:00:00.000Z', allocation('ff'), randomized('S1', 1));
const here = (...acts: Act[]) => after(begun, '2026-05-02T00:00:00.000Z', ...acts);
const there = (...acts: Act[]) => after(begun, '2026-05-03T00:00:00.000Z', ...acts);
const told = (one: readonly Entry[], other: readonly Entry[]) =>
  relationText(compareLedgers(one, other), compareParticipants(one, other));

describe('how two ledgers are related', () => {
  const longer = here(randomized('S2', 2), randomized('S3', 3));

  test('the same, older, newer', () => {
    expect(compareLedgers(longer, longer)).toMatchObject({ relation: 'same', here: [], there: [] });
    const older = compareLedgers(longer, begun);
    expect(older).toMatchObject({ relation: 'older', common: { seq: 2 }, there: [] });
    expect(older.here.map(({ seq }) => seq)).toEqual([3, 4]);
    expect(compareLedgers(begun, longer)).toMatchObject({ relation: 'newer', here: [] });
    expect(told(longer, begun)).toBe(
      'is older: it ends at sequence 2, and this folder has 2 entries more',
    );
    expect(told(begun, here(randomized('S2', 2)))).toBe(
      'is newer: it has 1 entry more than this folder, which ends at sequence 2',
    );
  });

  test('forked, with the last entry that both have', () => {
    const compared = compareLedgers(longer, there(randomized('S4', 2)));
    expect(compared).toMatchObject({
      relation: 'forked',
      common: { seq: 2, hash: begun[1]!.hash, time: '2026-05-01T00:00:00.000Z' },
    });
    expect(told(longer, there(randomized('S4', 2)))).toBe(
      'has forked from the ledger of this folder after sequence 2: R002 belongs to S4 in the other folder and to S2 in this one',
    );
  });

  test('foreign if the list is another one, forked from the start if it was rewritten', () => {
    const time = '2026-05-04T00:00:00.000Z';
    const other = after([], time, allocation('ee'));
    expect(compareLedgers(begun, other).relation).toBe('foreign');
    expect(compareLedgers(begun, []).relation).toBe('foreign');
    const anew = after([], time, allocation('ff'), randomized('S1', 1));
    const compared = compareLedgers(begun, anew);
    expect(compared).toMatchObject({ relation: 'forked', common: { seq: 0, time: null } });
    expect(compared.there).toHaveLength(2);
  });

  test('of another study if it begins with something else than a list', () => {
    const time = '2026-05-04T00:00:00.000Z';
    const unlisted = after([], time, randomized('S1', 1));
    expect(compareLedgers(unlisted, after([], time, randomized('S1', 1))).relation).toBe('foreign');
    expect(compareLedgers(begun, unlisted).relation).toBe('foreign');
    expect(compareLedgers(unlisted, begun).relation).toBe('foreign');
    expect(compareLedgers([], begun).relation).toBe('foreign');
  });

  test('said in words, whatever it is', () => {
    const time = '2026-05-04T00:00:00.000Z';
    expect(told(longer, longer)).toBe('has the same entries as the ledger of this folder');
    expect(told(begun, after([], time, allocation('ee')))).toBe(
      'belongs to another study: its first entry is different',
    );
    expect(told(longer, there(allocation('aa', 2)))).toBe(
      'has forked from the ledger of this folder after sequence 2',
    );
    const other = there(randomized('S4', 2), randomized('S5', 3), randomized('S6', 4));
    expect(told(longer, other)).toBe(
      'has forked from the ledger of this folder after sequence 2: R002 belongs to S4 in the other folder and to S2 in this one, R003 belongs to S5 in the other folder and to S3 in this one',
    );
  });

  test('unreadable lines do not hide common entries', () => {
    const time = '2026-05-04T00:00:00.000Z';
    const damaged = longer.filter(({ seq }) => seq !== 1 && seq !== 3);
    expect(compareLedgers(longer, damaged)).toMatchObject({ relation: 'same', common: { seq: 4 } });
    expect(compareLedgers(damaged, longer)).toMatchObject({ relation: 'same', there: [] });
    const newer = compareLedgers(damaged, after(longer, time, randomized('S5', 5)));
    expect(newer.relation).toBe('newer');
    expect(newer.there.map(({ seq }) => seq)).toEqual([5]);
  });
});

describe('the case of each participant', () => {
  const casesOf = (one: readonly Entry[], other: readonly Entry[]) =>
    compareParticipants(one, other).map(({ subject, what }) => [subject, what]);

  test('the same number given twice, and who has it here', () => {
    const [one, other] = [here(randomized('S3', 2)), there(randomized('S4', 2))];
    const [first] = compareParticipants(one, other);
    expect(first).toMatchObject({ subject: 'S4', what: 'given twice', there: { number: 'R002' } });
    expect(first?.holder).toMatchObject({ subject: 'S3', number: 'R002' });
    expect(casesOf(one, other)).toEqual([
      ['S4', 'given twice'],
      ['S3', 'here'],
    ]);
  });

  test('in both, with one number or with two; case is ignored', () => {
    expect(casesOf(here(randomized('S3', 2)), there(randomized('s3', 2)))).toEqual([
      ['s3', 'same'],
    ]);
    const other = there(randomized('S4', 2), randomized('S3', 3));
    expect(casesOf(here(randomized('S3', 2)), other)).toEqual([
      ['S4', 'given twice'],
      ['S3', 'two numbers'],
    ]);
  });

  test('a slot that is free and next here can be entered again, in the order of the list', () => {
    const other = there(
      ...[randomized('S4', 2), randomized('S5', 3), randomized('S6', 4), randomized('S7', 10)],
    );
    expect(casesOf(here(randomized('S3', 2)), other)).toEqual([
      ['S4', 'given twice'],
      ['S5', 'enter'],
      ['S6', 'enter'],
      ['S7', 'enter'],
      ['S3', 'here'],
    ]);
  });

  test('a slot that is free but not the next one cannot', () => {
    const other = there(randomized('S4', 2), randomized('S3', 3), randomized('S5', 4));
    expect(casesOf(here(randomized('S3', 2)), other)).toEqual([
      ['S4', 'given twice'],
      ['S3', 'two numbers'],
      ['S5', 'another slot'],
    ]);
  });
});

describe('replacement slots are not taken in order', () => {
  const isReplacement = (number: string) => ['R002', 'R003'].includes(number);
  const casesOf = (one: readonly Entry[], other: readonly Entry[]) =>
    compareParticipants(one, other, isReplacement).map(({ subject, what }) => [subject, what]);

  test('one that is free here can be entered again, wherever it is in the list', () => {
    expect(casesOf(begun, there(randomized('S5', 3)))).toEqual([['S5', 'enter']]);
    expect(casesOf(begun, there(randomized('S5', 3), randomized('S6', 2)))).toEqual([
      ['S5', 'enter'],
      ['S6', 'enter'],
    ]);
  });

  test('none of them counts as a place in the order, here or there', () => {
    const next = randomized('S6', 4);
    expect(casesOf(here(randomized('S5', 3)), there(next))).toEqual([
      ['S6', 'enter'],
      ['S5', 'here'],
    ]);
    expect(casesOf(begun, there(randomized('S5', 3), next))).toEqual([
      ['S5', 'enter'],
      ['S6', 'enter'],
    ]);
  });

  test('one that somebody has here was given twice', () => {
    expect(casesOf(here(randomized('S4', 2)), there(randomized('S5', 2)))).toEqual([
      ['S5', 'given twice'],
      ['S4', 'here'],
    ]);
  });
});

describe('an act that was entered in both folders', () => {
  const DIGEST = 'c'.repeat(64);
  const isKnown = (act: object, other: object) => {
    const [entry] = entriesOfActs([{ who, ...other } as Act], { time: '2026-05-03T00:00:00.000Z' });
    const since = entriesOfActs([randomized('S9', 9), { who, ...act } as Act]);
    expect(since).toHaveLength(2);
    return isEnteredIn(since, entry!);
  };
  const visit = { subject: 'S1', visit: 'D1', deviations: [], date: '2026-06-01' };
  const dose = { action: 'dose', ...visit, result: 'given', kit: null, corrects: null };
  const unplanned = {
    action: 'additional dose',
    subject: 'S1',
    deviations: [],
    date: '2026-06-01',
    result: 'given',
    kit: '474WW4E',
    corrects: null,
  };
  const attendance = {
    action: 'attendance',
    ...visit,
    assessments: ['blood', 'weight'],
    result: 'done',
    corrects: null,
  };
  const move = { action: 'move', ...visit, from: '2026-05-31' };
  const kit = {
    action: 'kit',
    kit: '474WW4E',
    event: 'shipped',
    date: '2026-06-01',
    units: 2,
    subject: 'S1',
    to: 'S1',
    site: 'S2',
    corrects: null,
  };
  const amendment = {
    action: 'amendment',
    amendment: 'A2',
    from: '2026-06-01',
    applies: 'everyone',
    digest: DIGEST,
  };
  const consent = {
    action: 'amendment consent',
    subject: 'S1',
    amendment: 'A2',
    from: '2026-06-01',
  };
  const levels = [{ factor: 'sex', level: 'F' }];
  const correction = { action: 'stratum correction', subject: 'S1', levels };
  const renamed = { action: 'subject correction', subject: 'S1', newId: 'S8' };
  const withdrawal = { action: 'withdrawal', subject: 'S1', date: '2026-06-01', from: 'treatment' };
  const transfer = { action: 'transfer', subject: 'S1', from: 'S1', to: 'S2', date: '2026-06-01' };
  const inError = { action: 'randomization in error', subject: 'S1' };
  const late = {
    action: 'late code-break',
    subject: 'S1',
    number: 'R001',
    to: null,
    key: null,
    kit: null,
    opened: '2026-05-01T00:00:00.000Z',
    result: 'opened',
    error: null,
    pending: DIGEST,
  };

  test.each<[{ readonly action: string }, object[]]>([
    [randomized('S1', 1), [{ subject: 'S2' }, { number: 'R002' }]],
    [dose, [{ subject: 'S2' }, { visit: 'D2' }, { date: '2026-06-02' }, { result: 'not done' }]],
    [
      unplanned,
      [
        ...[{ subject: 'S2' }, { date: '2026-06-02' }, { result: 'retracted' }],
        ...[{ kit: null, otherKit: 'LOT 7' }, { amount: '1 ml' }, { weight: '72' }],
      ],
    ],
    [
      attendance,
      [
        ...[{ subject: 'S2' }, { visit: 'D2' }, { date: '2026-06-02' }, { result: 'not done' }],
        { assessments: ['blood'] },
      ],
    ],
    [move, [{ subject: 'S2' }, { visit: 'D2' }, { date: '2026-06-02' }, { retracts: 2 }]],
    [
      kit,
      [
        ...[{ kit: '4KX9TM7' }, { event: 'received' }, { date: '2026-06-02' }, { units: 3 }],
        ...[{ subject: null }, { to: 'S2' }, { site: 'S1' }],
      ],
    ],
    [amendment, [{ amendment: 'A3' }, { digest: 'd'.repeat(64) }]],
    [consent, [{ subject: 'S2' }, { amendment: 'A3' }, { from: '2026-06-02' }, { retracts: 2 }]],
    [correction, [{ subject: 'S2' }, { levels: [{ factor: 'sex', level: 'M' }] }]],
    [renamed, [{ subject: 'S2' }, { newId: 'S7' }]],
    [withdrawal, [{ subject: 'S2' }, { from: 'study' }, { date: '2026-06-02' }, { retracts: 2 }]],
    [transfer, [{ subject: 'S2' }, { to: 'S3' }, { date: '2026-06-02' }, { retracts: 2 }]],
    [inError, [{ subject: 'S2' }, { retracts: 2 }]],
    [late, [{ pending: 'd'.repeat(64) }]],
  ])('%j is recognized, and differs if anything of it that counts is another', (act, changes) => {
    expect(isKnown(act, act)).toBe(true);
    for (const change of changes) {
      expect(isKnown(act, { ...act, ...change }), JSON.stringify(change)).toBe(false);
    }
  });

  test.each([
    ...[unplanned, dose, attendance, move, consent, correction, renamed],
    ...[withdrawal, transfer, inError, randomized('S1', 1)],
  ])('%j is recognized if the subject id is in other letters', (act) => {
    expect(isKnown(act, { ...act, subject: 's1' })).toBe(true);
  });

  test.each([move, consent, withdrawal, transfer, inError])(
    '%j that was retracted in both is recognized, whichever entry was taken back',
    (act) => {
      expect(isKnown({ ...act, retracts: 2 }, { ...act, retracts: 3 })).toBe(true);
    },
  );

  test('an injection from a kit of another study is recognized by what is written on the kit', () => {
    const from = (otherKit: string) => ({ ...unplanned, kit: null, otherKit });
    expect(isKnown(from('LOT 7'), from('LOT 7'))).toBe(true);
    expect(isKnown(from('LOT 7'), from('LOT 8'))).toBe(false);
  });

  test('labels, openings and what concerns the file are the same act only if they are one entry', () => {
    const compared = new Set<string>([
      ...['randomization', 'dose', 'additional dose', 'attendance', 'move', 'kit', 'amendment'],
      ...['amendment consent', 'stratum correction', 'subject correction', 'withdrawal'],
      ...['transfer', 'randomization in error', 'late code-break'],
    ]);
    for (const action of ACTIONS.filter((one) => !compared.has(one))) {
      const [one, other] = ['a', 'b'].map((hash) => ({ action, hash, subject: null }) as Entry);
      expect(isEnteredIn([one!], one!), action).toBe(true);
      expect(isEnteredIn([one!], other!), action).toBe(false);
    }
  });
});
