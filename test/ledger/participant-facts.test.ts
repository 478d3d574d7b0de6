import { describe, expect, test } from 'vitest';
import type { Act, Entry } from '../../src/ledger/entry.ts';
import {
  checkFacts,
  factsBySubject,
  factTexts,
  withdrawalsBySubject,
} from '../../src/ledger/participant-facts.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import { entriesOfActs, EXAMPLE_OFFICER as who } from '../support/ledger.ts';

const id = (text: string) => text as SubjectId;
const date = (text: string) => text as CivilDate;

const randomized = (subject: string, number = 'R001'): Act => ({
  action: 'randomization',
  who,
  subject: id(subject),
  site: 'S1',
  stratum: 'site=S1/sex=F/age=young',
  number,
});
const levels = (subject: string, ...pairs: [factor: string, level: string][]): Act => ({
  action: 'stratum correction',
  who,
  reason: 'mistyped',
  subject: id(subject),
  levels: pairs.map(([factor, level]) => ({ factor, level })),
});
const withdrawn = (subject: string, from: 'treatment' | 'study', retracts?: number): Act => {
  const about = { action: 'withdrawal', who, reason: 'wishes to stop', from } as const;
  const taken = retracts === undefined ? {} : { retracts };
  return { ...about, subject: id(subject), date: date('2026-07-01'), ...taken };
};
const inError = (subject: string, retracts?: number): Act => ({
  action: 'randomization in error',
  who,
  reason: 'not eligible',
  subject: id(subject),
  ...(retracts !== undefined && { retracts }),
});
const renamed = (subject: string, newId: string): Act => ({
  action: 'subject correction',
  who,
  reason: 'typing error',
  subject: id(subject),
  newId: id(newId),
});
const transferred = (from: string, to: string, on: string): Act => {
  const about = { action: 'transfer', who, reason: 'has moved', subject: id('A') } as const;
  return { ...about, from, to, date: date(on) };
};

const ledger = (...acts: Act[]) => entriesOfActs(acts, { time: '2026-06-15T23:30:00.000Z' });
const factsOf = (...acts: Act[]) => factsBySubject(ledger(...acts))('a');
const textsOf = (...acts: Act[]) => factTexts(factsOf(...acts));
const problemsOf = (entries: readonly Entry[]) =>
  checkFacts(entries).map(({ file, line, message }) => `${file} ${line}: ${message}`);
const seqsOf = (entries: readonly Entry[]) => entries.map(({ seq }) => seq);

describe('the levels of a participant', () => {
  test('are those of the stratum until they are corrected', () => {
    expect(factsOf(randomized('A')).corrected).toEqual({});
    expect(factsOf(randomized('A'), levels('A', ['sex', 'M'])).corrected).toEqual({ sex: 'M' });
  });

  test('are the last ones, factor by factor', () => {
    const acts = [levels('A', ['sex', 'M'], ['age', 'old']), levels('a', ['age', 'oldest'])];
    expect(factsOf(randomized('A'), ...acts).corrected).toEqual({ sex: 'M', age: 'oldest' });
  });

  test('that are corrected back are as at the randomization', () => {
    const acts = [levels('A', ['sex', 'M'], ['age', 'old']), levels('A', ['sex', 'F'])];
    expect(factsOf(randomized('A'), ...acts).corrected).toEqual({ age: 'old' });
  });

  test('are those of the own stratum, not of another participant', () => {
    const other = { ...randomized('B', 'R002'), stratum: 'site=S1/sex=M/age=old' } as Act;
    const acts = [randomized('A'), other, levels('B', ['age', 'young'])];
    expect(factsOf(...acts).corrected).toEqual({});
    expect(factsOf(...acts, levels('A', ['sex', 'M'])).corrected).toEqual({ sex: 'M' });
  });

  test('are kept as they are said of somebody who was not randomized', () => {
    expect(factsOf(levels('A', ['sex', 'M'])).corrected).toEqual({ sex: 'M' });
  });
});

describe('the withdrawals of a participant', () => {
  test('are in force until they are taken back, and the last one counts', () => {
    const both = [randomized('A'), withdrawn('A', 'treatment'), withdrawn('a', 'study')];
    const facts = factsOf(...both);
    expect(seqsOf(facts.withdrawals)).toEqual([2, 3]);
    expect(facts.withdrawal?.from).toBe('study');
    const back = factsOf(...both, withdrawn('A', 'study', 3));
    expect(seqsOf(back.withdrawals)).toEqual([2]);
    expect(back.withdrawal?.from).toBe('treatment');
    const none = factsOf(randomized('A'), withdrawn('A', 'study'), withdrawn('A', 'study', 2));
    expect(none).toMatchObject({ withdrawals: [], withdrawal: undefined });
  });

  test('are all found with what took them back', () => {
    const entries = ledger(
      randomized('A'),
      withdrawn('A', 'study'),
      randomized('B', 'R002'),
      withdrawn('B', 'treatment'),
      withdrawn('a', 'study', 2),
    );
    const found = withdrawalsBySubject(entries);
    expect([...found].map(([key, all]) => [key, seqsOf(all)])).toEqual([
      ['A', [2, 5]],
      ['B', [4]],
    ]);
  });
});

test('a randomization in error counts until it is taken back', () => {
  expect(factsOf(randomized('A'), inError('A')).inError?.seq).toBe(2);
  expect(factsOf(randomized('A'), inError('A'), inError('A', 2)).inError).toBeUndefined();
  const again = [inError('A'), inError('A', 2), inError('A')];
  expect(factsOf(randomized('A'), ...again).inError?.seq).toBe(4);
});

describe('the facts in words', () => {
  test('are nothing if nothing happened', () => {
    expect(textsOf(randomized('A'))).toEqual([]);
    expect(textsOf(randomized('A'), randomized('B', 'R002'), withdrawn('B', 'study'))).toEqual([]);
  });

  test('are a sentence for each fact, in a set order', () => {
    expect(
      textsOf(
        randomized('A'),
        levels('A', ['sex', 'M'], ['age', 'old']),
        transferred('S1', 'S2', '2026-06-20'),
        transferred('S2', 'S3', '2026-06-30'),
        withdrawn('A', 'treatment'),
        inError('A'),
      ),
    ).toEqual([
      'randomized in error: "not eligible" (ledger 6)',
      'withdrawn from treatment on 2026-07-01: "wishes to stop" (ledger 5)',
      'transferred from S1 to S2 on 2026-06-20: "has moved" (ledger 3)',
      'transferred from S2 to S3 on 2026-06-30: "has moved" (ledger 4)',
      'sex is M; the slot was given for another level',
      'age is old; the slot was given for another level',
    ]);
  });

  test('name the id at randomization and each correction of it', () => {
    expect(textsOf(randomized('A'), renamed('A', 'B'))).toEqual([
      'randomized as A; the id was corrected to B on 2026-06-15 (UTC): "typing error" (ledger 2)',
    ]);
    expect(textsOf(randomized('A'), renamed('A', 'B'), renamed('A', 'C'))).toEqual([
      'randomized as A; the id was corrected to B on 2026-06-15 (UTC): "typing error" (ledger 2), then to C on 2026-06-15 (UTC): "typing error" (ledger 3)',
    ]);
  });

  test('have empty quotation marks if the ledger has no reason', () => {
    const without = (act: Act): Act => ({ ...act, reason: null });
    const acts = [
      renamed('A', 'B'),
      transferred('S1', 'S2', '2026-06-20'),
      withdrawn('A', 'study'),
      inError('A'),
    ].map(without);
    expect(textsOf(randomized('A'), ...acts)).toEqual([
      'randomized as A; the id was corrected to B on 2026-06-15 (UTC): "" (ledger 2)',
      'randomized in error: "" (ledger 5)',
      'withdrawn from study on 2026-07-01: "" (ledger 4)',
      'transferred from S1 to S2 on 2026-06-20: "" (ledger 3)',
    ]);
  });
});

describe('facts that somebody made by hand', () => {
  test('have no problem if each is about somebody randomized before', () => {
    const acts = [
      levels('a', ['sex', 'M']),
      withdrawn('A', 'treatment'),
      withdrawn('A', 'study'),
      withdrawn('A', 'study', 4),
      withdrawn('a', 'treatment', 3),
      inError('A'),
      inError('A', 7),
    ];
    expect(problemsOf(ledger(randomized('A'), ...acts))).toEqual([]);
    expect(problemsOf(ledger(randomized('A')))).toEqual([]);
    // A transfer is checked elsewhere.
    const back = { ...transferred('S1', 'S2', '2026-06-20'), retracts: 1 } as Act;
    expect(problemsOf(ledger(transferred('S1', 'S2', '2026-06-20'), back))).toEqual([]);
  });

  test('are reported if nobody was randomized before', () => {
    const acts = [levels('A', ['sex', 'M']), withdrawn('A', 'study'), inError('A')];
    const text = 'A was not randomized before';
    expect(problemsOf(ledger(...acts, randomized('A'), randomized('B', 'R002')))).toEqual([
      `ledger.jsonl 1: ${text}`,
      `ledger.jsonl 2: ${text}`,
      `ledger.jsonl 3: ${text}`,
    ]);
    const other = [randomized('B', 'R002'), renamed('B', 'A'), withdrawn('A', 'study')];
    expect(problemsOf(ledger(...other))).toEqual([`ledger.jsonl 3: ${text}`]);
  });

  test('are reported if they take back what is not in force', () => {
    const what = (seq: number) => `takes back entry ${seq}, which is not the record in force of A`;
    const start = [randomized('A'), withdrawn('A', 'treatment'), withdrawn('A', 'study')];
    // The first of two is not in force.
    expect(problemsOf(ledger(...start, withdrawn('A', 'treatment', 2)))).toEqual([
      `ledger.jsonl 4: ${what(2)}`,
    ]);
    const back = withdrawn('A', 'study', 3);
    expect(problemsOf(ledger(...start, back, back))).toEqual([`ledger.jsonl 5: ${what(3)}`]);
    expect(problemsOf(ledger(randomized('A'), withdrawn('A', 'study', 1)))).toEqual([
      `ledger.jsonl 2: ${what(1)}`,
    ]);
    expect(problemsOf(ledger(...start, inError('A', 3)))).toEqual([`ledger.jsonl 4: ${what(3)}`]);
    const both = [randomized('A'), inError('A'), withdrawn('A', 'study')];
    expect(problemsOf(ledger(...both, withdrawn('A', 'study', 2)))).toEqual([
      `ledger.jsonl 4: ${what(2)}`,
    ]);
  });
});
