import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/digest.ts';
import {
  amendmentDigest,
  amendmentOn,
  amendmentsByParticipant,
  checkAmendments,
  compareAmendments,
  moveProblem,
} from '../../src/ledger/amendments.ts';
import type { Act, EntryOf } from '../../src/ledger/entry.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import type { Amendment } from '../../src/study/study.ts';
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
    // What was taken back of B-1 is not taken back of A-1.
    const again = [...ofAnother, moved('2026-06-12', 3), moved('2026-06-12')];
    expect(problemsOf(...again)).toHaveLength(1);
  });

  test('that was made by hand against the rules is found', () => {
    const other = 'B-1' as SubjectId;
    expect(problemsOf(moved('2026-06-12', undefined, other))).toEqual([
      '3: B-1 was not randomized before',
    ]);
    expect(problemsOf({ ...moved('2026-06-12'), amendment: 'A4' } as Act)).toEqual([
      '3: amendment A4 was not in force before',
    ]);
    expect(problemsOf(moved('2026-06-12'), moved('2026-07-12'))).toEqual([
      '4: A-1 was moved to amendment A3 before',
    ]);
    expect(problemsOf(moved('2026-06-12', undefined, 'a-1' as SubjectId))).toEqual([]);
  });

  test('is to each amendment by itself', () => {
    const next = { ...inForce, ...since, amendment: 'A4', digest: '1'.repeat(64) };
    const toNext = { ...moved('2026-07-12'), amendment: 'A4' } as Act;
    expect(problemsOf(moved('2026-06-12'), next, toNext)).toEqual([]);
    const back = { ...moved('2026-06-12', 3), amendment: 'A4' } as Act;
    expect(problemsOf(moved('2026-06-12'), next, back)).toHaveLength(1);
  });

  test('cannot be before the randomization or the amendment, or far ahead', () => {
    const amendment = { id: 'A3', from: date('2026-06-10') };
    const problemOf = (typed: string, made = '2026-05-28') => {
      const [from, randomizedOn, today] = [typed, made, '2026-06-20'].map(date);
      return moveProblem({
        subject: 'A-1',
        amendment,
        from: from!,
        randomizedOn: randomizedOn!,
        today: today!,
      });
    };
    const whatOf = (typed: string, made?: string) => problemOf(typed, made)?.what;
    const hintOf = (typed: string, made?: string) => problemOf(typed, made)?.hint;
    const hint = 'Nothing was recorded. --date is the day from which A-1 has amendment A3';
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
    expect(whatOf('2026-06-15', '2026-06-15')).toBeUndefined();
    expect(hintOf('2026-06-14', '2026-06-15')).toBe(`${hint}.`);
    expect(hintOf('2026-06-09')).toBe(`${hint}: 2026-06-10 or later.`);
    // 90 days before 19 September.
    expect(hintOf('2026-09-19')).toBe(`${hint}. If it is right, record it on 2026-06-21 or later.`);
  });
});

describe('an amendment', () => {
  const A3 = {
    id: 'A3',
    from: date('2026-06-10'),
    applies: 'later participants',
    schedule: { phases: [{ name: 'P', days: [1, 8] }], assessments: [] },
  } as unknown as Amendment;
  const A4: Amendment = { ...A3, id: 'A4', from: date('2026-07-01'), applies: 'everyone' };
  const study = { amendments: [A3, A4] };
  const puts = (one: Amendment, more: object = {}): Act => {
    const { id: amendment, from, applies } = one;
    const act = { action: 'amendment', who, reason: 'x', amendment, from, applies } as const;
    return { ...act, digest: amendmentDigest(one), ...more };
  };

  test('has a digest of all that it says', () => {
    expect(amendmentDigest(A3)).toBe(
      sha256('["A3","2026-06-10","later participants",[[["P",[1,8]]],[]]]'),
    );
  });

  test('is in force once', () => {
    const again = { ...inForce, ...since, digest: '0'.repeat(64) };
    expect(problemsOf(again, { ...again, amendment: 'A4' }, again)).toEqual([
      '3: puts amendment A3 in force again: entry 2 did',
      '5: puts amendment A3 in force again: entry 3 did',
    ]);
  });

  test('of study.yaml is pending until it is in force', () => {
    const idsOf = (...acts: Act[]) => {
      const { pending, changed } = compareAmendments(study, entriesOfActs(acts));
      return [pending.map(({ id }) => id), changed.map(({ amendment }) => amendment)];
    };
    expect(idsOf()).toEqual([['A3', 'A4'], []]);
    expect(idsOf(puts(A3))).toEqual([['A4'], []]);
    expect(idsOf(puts(A3), puts(A4))).toEqual([[], []]);
  });

  test('that study.yaml has no longer, or not as it was put in force, is found', () => {
    const changedOf = (...amendments: Amendment[]) =>
      compareAmendments({ amendments }, entriesOfActs([puts(A3), puts(A4)])).changed.map(
        ({ amendment }) => amendment,
      );
    expect(changedOf(A3, A4)).toEqual([]);
    expect(changedOf(A3)).toEqual(['A4']);
    expect(changedOf(A3, { ...A4, from: date('2026-07-02') })).toEqual(['A4']);
    expect(changedOf({ ...A3, applies: 'everyone' }, A4)).toEqual(['A3']);
  });

  test('counts for whoever is randomized from its date on, and the last one counts', () => {
    const entries = entriesOfActs([puts(A3), puts(A4)]);
    const idOn = (text: string) => amendmentOn(study, entries, date(text))?.id;
    expect(['2026-06-09', '2026-06-10', '2026-06-30', '2026-07-01'].map(idOn)).toEqual([
      undefined,
      'A3',
      'A3',
      'A4',
    ]);
    expect(amendmentOn(study, [], date('2026-07-01'))).toBeUndefined();
    expect(amendmentOn({ amendments: [] }, entries, date('2026-07-01'))).toBeUndefined();
  });

  describe('of one participant', () => {
    const person: Act = { ...randomized, ...slot };
    const amendmentsOf = (randomizedOn: string, ...acts: Act[]) => {
      const entries = entriesOfActs(acts, { time: '2026-06-20T08:00:00.000Z' });
      const own = entries.find((one): one is EntryOf<'randomization'> => one.subject === A);
      const found = amendmentsByParticipant(study, entries)(own!, date(randomizedOn));
      const textOf = ({ amendment, from, seq, isOwn }: (typeof found.all)[0]) =>
        `${seq}: ${amendment.id} from ${from}${isOwn ? ', moved' : ''}`;
      return {
        first: found.atRandomization?.id,
        later: found.later.map(textOf),
        all: found.all.map(textOf),
      };
    };

    test('is that which was in force at the randomization', () => {
      expect(amendmentsOf('2026-06-10', puts(A3), person)).toEqual({
        first: 'A3',
        later: [],
        all: [],
      });
      expect(amendmentsOf('2026-07-01', puts(A3), puts(A4), person).first).toBe('A4');
    });

    test('is none before its date if it is for later participants', () => {
      const none = { first: undefined, later: [], all: [] };
      expect(amendmentsOf('2026-06-09', puts(A3), person)).toEqual(none);
      expect(amendmentsOf('2026-06-09', person, puts(A3))).toEqual(none);
    });

    test('comes later if it was put in force afterwards, from a date before the randomization', () => {
      const later = ['2: A3 from 2026-06-10'];
      expect(amendmentsOf('2026-06-10', person, puts(A3))).toEqual({
        first: undefined,
        later,
        all: later,
      });
    });

    test('comes later if it is for everyone', () => {
      const later = ['2: A4 from 2026-07-01'];
      const found = { first: undefined, later, all: later };
      expect(amendmentsOf('2026-06-09', person, puts(A4))).toEqual(found);
      expect(amendmentsOf('2026-06-30', puts(A3), person, puts(A4))).toEqual({
        first: 'A3',
        later: ['3: A4 from 2026-07-01'],
        all: ['3: A4 from 2026-07-01'],
      });
    });

    test('is that to which they were moved, until that is taken back', () => {
      const acts = [person, puts(A3), moved('2026-06-12', undefined, 'a-1' as SubjectId)];
      const move = '3: A3 from 2026-06-12, moved';
      expect(amendmentsOf('2026-06-01', ...acts)).toEqual({
        first: undefined,
        later: [move],
        all: [move],
      });
      expect(amendmentsOf('2026-06-01', ...acts, moved('2026-06-12', 3))).toEqual({
        first: undefined,
        later: [],
        all: [move, '4: A3 from 2026-06-12, moved'],
      });
    });

    test('is not that to which another one was moved, or that study.yaml does not have', () => {
      const other = moved('2026-06-12', undefined, 'B-1' as SubjectId);
      const unknown = puts({ ...A4, id: 'A9' });
      expect(amendmentsOf('2026-06-01', person, puts(A3), other, unknown)).toEqual({
        first: undefined,
        later: [],
        all: [],
      });
    });
  });
});
