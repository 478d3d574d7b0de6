import { describe, expect, test } from 'vitest';
import type { Act } from '../../src/ledger/entry.ts';
import { lockInForce, checkLock } from '../../src/ledger/lock.ts';
import {
  checkMaskedTables,
  lettersOpened,
  maskedTables,
  purposeFrom,
  tablesFor,
} from '../../src/ledger/masked-tables.ts';
import { checkOpenings, codeBreaksOf } from '../../src/ledger/openings.ts';
import { objectionToOpenList } from '../../src/ledger/randomization-rules.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import { entriesOfActs } from '../support/ledger.ts';

const who = { name: 'Example', role: '', organisation: '' };
const DIGEST = 'c'.repeat(64);
const TIME = '2026-06-30T08:00:00.000Z';

interface Said {
  readonly letters?: string;
  readonly until?: string;
  readonly rows?: 'participants' | 'injections';
}

/** A masked table: its intent at `seq`, and its outcome. */
function made(seq: number, purpose: string, said: Said = {}, table: string | null = DIGEST): Act[] {
  const { letters = purpose, until = '2026-06-30', rows = 'participants' } = said;
  const about = { who, purpose, rows, letters, until: until as CivilDate, key: null };
  const result = table === null ? ('refused' as const) : ('opened' as const);
  const error = table === null ? 'wrong-key' : null;
  return [
    { action: 'masked table intent', ...about },
    { action: 'masked table outcome', who, intent: seq, result, error, table },
  ];
}

function opened(seq: number, letters: string, result: 'opened' | 'refused' = 'opened'): Act[] {
  const error = result === 'refused' ? 'wrong-key' : null;
  return [
    { action: 'letter opening intent', who, letters, to: null, key: null },
    { action: 'letter opening outcome', who, intent: seq, result, error },
  ];
}

const ledger = (...acts: Act[][]) => entriesOfActs(acts.flat(), { time: TIME });
const problemsOf = (...acts: Act[][]) =>
  checkMaskedTables(ledger(...acts)).map(({ line, message }) => `${line}: ${message}`);

describe('a masked table', () => {
  test('is one that was made, with its digest', () => {
    const entries = ledger(made(1, 'interim 1'), made(3, 'interim 2', {}, null));
    expect(maskedTables(entries)).toEqual([
      {
        purpose: 'interim 1',
        until: '2026-06-30',
        rows: 'participants',
        letters: 'interim 1',
        table: DIGEST,
        seq: 1,
        time: TIME,
      },
    ]);
    expect(checkMaskedTables(entries)).toEqual([]);
    expect(checkOpenings(entries)).toEqual([]);
  });

  test('is no opening of the list, and no code-break', () => {
    const entries = ledger(made(1, 'interim 1'), opened(3, 'interim 1'));
    expect(objectionToOpenList(entries)).toEqual([]);
    expect(codeBreaksOf(entries)).toEqual([]);
  });

  test('can be made when the database is locked', () => {
    const entries = ledger([{ action: 'lock', who, reason: 'x' }], made(2, 'a'), opened(4, 'a'));
    expect(lockInForce(entries)?.seq).toBe(1);
    expect(checkLock(entries)).toEqual([]);
  });

  test('may have the letters of an earlier one, and no others', () => {
    expect(problemsOf(made(1, 'one'), made(3, 'two', { letters: 'one' }))).toEqual([]);
    expect(problemsOf(made(1, 'one', {}, null), made(3, 'two', { letters: 'one' }))).toEqual([
      '3: has the letters of "one", which no masked table has before it',
    ]);
  });

  test('has the letters that all tables with its purpose have', () => {
    const doses = { rows: 'injections' } as const;
    expect(problemsOf(made(1, 'one'), made(3, 'one', doses))).toEqual([]);
    expect(problemsOf(made(1, 'one'), made(3, 'two'), made(5, 'two', { letters: 'one' }))).toEqual([
      '5: has other letters than entry 3, which is for the same purpose',
    ]);
  });

  test('is about days that are over, wherever it is made', () => {
    expect(problemsOf(made(1, 'one', { until: '2026-07-01' }))).toEqual([]);
    expect(problemsOf(made(1, 'one', { until: '2026-07-02' }))).toEqual([
      '1: is until 2026-07-02, which was still to come',
    ]);
  });

  test('has a digest if it was made, and none if it was refused', () => {
    const [intent, outcome] = made(1, 'one') as [Act, Act];
    const forged = { ...outcome, table: null } as Act;
    expect(problemsOf([intent, forged])).toEqual([
      '2: says opened but has no table, or says refused but has one',
    ]);
  });

  test('has no digest if it was refused', () => {
    const [intent, outcome] = made(1, 'one', {}, null) as [Act, Act];
    const forged = { ...outcome, table: DIGEST } as Act;
    expect(problemsOf([intent, forged])).toEqual([
      '2: says opened but has no table, or says refused but has one',
    ]);
  });

  test('is known by its purpose, whatever letters and blanks it is typed with', () => {
    const tables = maskedTables(ledger(made(1, 'DSMB meeting 1'), made(3, 'other')));
    expect(purposeFrom('  DSMB \t meeting\n1 ')).toBe('DSMB meeting 1');
    expect(tablesFor(tables, ' dsmb  MEETING 1').map(({ seq }) => seq)).toEqual([1]);
    expect(tablesFor(tables, 'DSMB')).toEqual([]);
    expect(problemsOf(made(1, 'one'), made(3, 'Two'), made(5, 'two', { letters: 'one' }))).toEqual([
      '5: has other letters than entry 3, which is for the same purpose',
    ]);
  });

  test('that was not made yet, or whose outcome is of another intent, is none', () => {
    const [intent, outcome] = made(2, 'one') as [Act, Act];
    expect(maskedTables(ledger([intent]))).toEqual([]);
    expect(maskedTables(ledger([intent, outcome]))).toEqual([]);
  });

  test('has letters that were drawn for a table, not those that a table only used', () => {
    const acts = [made(1, 'one'), made(3, 'two', { letters: 'one' })];
    expect(problemsOf(...acts, made(5, 'three', { letters: 'two' }))).toEqual([
      '5: has the letters of "two", which no masked table has before it',
    ]);
    // Letters of several tables are known.
    expect(problemsOf(...acts, made(5, 'x'), made(7, 'y', { letters: 'one' }))).toEqual([]);
  });

  test('without an outcome may have shown the list', () => {
    const [intent] = made(1, 'one') as [Act, Act];
    expect(checkOpenings(ledger([intent])).map(({ message }) => message)).toEqual([
      'the masked table has no outcome: somebody may have seen the list',
    ]);
  });
});

describe('the opening of letters', () => {
  test('is about letters that a table has', () => {
    const acts = [made(1, 'one'), made(3, 'two', { letters: 'one' })];
    expect(problemsOf(...acts, opened(5, 'one'))).toEqual([]);
    expect(problemsOf(made(1, 'one'), made(3, 'two'), opened(5, 'two'))).toEqual([]);
    expect(problemsOf(...acts, opened(5, 'two'))).toEqual([
      '5: opens letters of "two", which no masked table has at this point',
    ]);
  });

  test('counts unless it was refused', () => {
    const tables = made(1, 'one');
    expect(lettersOpened(ledger(tables), 'one')).toBeUndefined();
    expect(lettersOpened(ledger(tables, opened(3, 'one', 'refused')), 'one')).toBeUndefined();
    expect(lettersOpened(ledger(tables, opened(3, 'one')), 'one')?.seq).toBe(3);
    const [intent] = opened(3, 'one') as [Act, Act];
    expect(lettersOpened(ledger(tables, [intent]), 'one')?.seq).toBe(3);
    const both = ledger(tables, made(3, 'two'), opened(5, 'two'), opened(7, 'one'));
    expect(lettersOpened(both, 'one')?.seq).toBe(7);
  });
});
