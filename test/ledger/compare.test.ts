import { describe, expect, test } from 'vitest';
import { readLedger, START } from '../../src/ledger/chain.ts';
import {
  compareLedgers,
  compareParticipants,
  isEnteredIn,
  relationText,
} from '../../src/ledger/compare.ts';
import type { Act, Entry } from '../../src/ledger/entry.ts';
import { linesOf } from '../support/ledger.ts';

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

  test('unreadable lines do not hide common entries', () => {
    const damaged = longer.filter(({ seq }) => seq !== 1 && seq !== 3);
    expect(compareLedgers(longer, damaged)).toMatchObject({ relation: 'same', common: { seq: 4 } });
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

test('acts that were entered in both folders are recognized', () => {
  const dose = (date: string) =>
    ({
      action: 'dose',
      who,
      subject: 'S1',
      reason: null,
      visit: 'D1',
      deviations: [],
      date,
      result: 'given',
      kit: null,
      corrects: null,
    }) as unknown as Act;
  const since = compareLedgers(here(dose('2026-06-01')), begun).here;
  expect(isEnteredIn(since, there(dose('2026-06-01')).at(-1)!)).toBe(true);
  expect(isEnteredIn(since, there(dose('2026-06-02')).at(-1)!)).toBe(false);
});
