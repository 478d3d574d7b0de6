import { describe, expect, test } from 'vitest';
import { checkAmendments, moveProblem } from '../../src/ledger/amendments.ts';
import type { Act } from '../../src/ledger/entry.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import { entriesOfActs } from '../support/ledger.ts';

const who = { name: 'Example', role: '', organisation: '' };
const date = (text: string) => text as CivilDate;
const A = 'A-1' as SubjectId;

const inForce = { action: 'amendment', who, reason: 'x', amendment: 'A3' } as const;
const randomized = { action: 'randomization', who, subject: A, site: 'S1' } as const;
const slot = { stratum: 'site=S1', number: 'R001', kit: '474WW4E', day1: date('2026-06-01') };
const since = { from: date('2026-06-10'), applies: 'later participants' } as const;
const start: Act[] = [
  { ...randomized, ...slot },
  { ...inForce, ...since, digest: '0'.repeat(64) },
];

function moved(from: string, retracts?: number, subject: SubjectId = A): Act {
  const about = {
    action: 'amendment consent',
    who,
    reason: 'x',
    subject,
    amendment: 'A3',
  } as const;
  return { ...about, from: date(from), ...(retracts !== undefined && { retracts }) };
}

const problemsOf = (...acts: Act[]) =>
  checkAmendments(entriesOfActs([...start, ...acts])).map(
    ({ line, message }) => `${line}: ${message}`,
  );

describe('a move to an amendment', () => {
  test('is taken back once, and then recorded again', () => {
    expect(problemsOf(moved('2036-06-12'), moved('2036-06-12', 3), moved('2026-06-12'))).toEqual(
      [],
    );
  });

  test('that is taken back by hand without having been made is found', () => {
    const message = (seq: number) =>
      `takes back entry ${seq}, which did not move A-1 to amendment A3, or was taken back before`;
    expect(problemsOf(moved('2026-06-12', 3))).toEqual([`3: ${message(3)}`]);
    expect(problemsOf(moved('2026-06-12', 2))).toEqual([`3: ${message(2)}`]);
    const twice = [moved('2026-06-12'), moved('2026-06-12', 3), moved('2026-06-12', 3)];
    expect(problemsOf(...twice)).toEqual([`5: ${message(3)}`]);
    const ofAnother = [moved('2026-06-12'), moved('2026-06-12', 3, 'B-1' as SubjectId)];
    expect(problemsOf(...ofAnother)).toEqual([`4: ${message(3).replace('A-1', 'B-1')}`]);
  });

  test('cannot be before the randomization or the amendment, or far ahead', () => {
    const amendment = { id: 'A3', from: date('2026-06-10') };
    const whatOf = (typed: string, made = '2026-05-28') => {
      const [from, randomizedOn, today] = [typed, made, '2026-06-20'].map(date);
      return moveProblem({
        subject: 'A-1',
        amendment,
        from: from!,
        randomizedOn: randomizedOn!,
        today: today!,
      })?.what;
    };
    expect(whatOf('2026-06-10')).toBeUndefined();
    // 10 days of June, 31 of July, 31 of August and 18 of September: 90 days.
    expect(whatOf('2026-09-18')).toBeUndefined();
    expect(whatOf('2026-09-19')).toBe('A-1: 2026-09-19 Sat is 91 days ahead');
    expect(whatOf('2036-06-20')).toMatch(
      /^A-1: 2036-06-20 Fri is 3653 days ahead\. Is the year right\?$/,
    );
    expect(whatOf('2026-06-09')).toBe(
      'A-1: 2026-06-09 Tue is before amendment A3 counts, from 2026-06-10 Wed',
    );
    expect(whatOf('2026-06-14', '2026-06-15')).toBe(
      'A-1: 2026-06-14 Sun is before the randomization, on 2026-06-15 Mon',
    );
  });
});
