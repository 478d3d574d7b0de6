import { expect, test } from 'vitest';
import {
  checkOpenings,
  checkOpenedParticipants,
  codeBreaksOf,
  earlierOpenings,
  earlierOpeningText,
  firstCodeBreaks,
  firstReveals,
  ofNobodyText,
  openingsOf,
  openingsOfNobody,
  openingsOfSlot,
  participantOf,
} from '../../src/ledger/openings.ts';
import type { Act, Entry } from '../../src/ledger/entry.ts';
import {
  entriesOfActs,
  EXAMPLE_INTENT as intent,
  EXAMPLE_OFFICER as who,
  EXAMPLE_RANDOMIZATION as randomization,
} from '../support/ledger.ts';

const outcome = (of: number): Act => ({
  action: 'code-break outcome',
  who,
  intent: of,
  result: 'opened',
  error: null,
});

function ledger(...acts: Act[]): Entry[] {
  return entriesOfActs(acts, { time: '2026-05-01T00:00:00.000Z' });
}

test('each intent has its outcome', () => {
  const entries = ledger(randomization, intent, outcome(2), intent, outcome(4));
  expect(checkOpenings(entries)).toEqual([]);
  expect(openingsOf(entries, 'code-break').map((each) => each.outcome?.seq)).toEqual([3, 5]);
});

test('an intent without an outcome is reported: somebody may have seen the arm [R-042]', () => {
  expect(checkOpenings(ledger(randomization, intent))).toMatchObject([{ line: 2 }]);
});

test('an outcome without an intent, or a second one, is reported', () => {
  expect(checkOpenings(ledger(outcome(1)))).toMatchObject([{ line: 1 }]);
  const twice = ledger(randomization, intent, outcome(2), outcome(2));
  expect(checkOpenings(twice)).toMatchObject([{ line: 4 }]);
});

test('an intent about a number that the subject does not have is reported', () => {
  const other = { ...intent, number: 'R002' } as Act;
  expect(checkOpenings(ledger(randomization, other, outcome(2)))).toMatchObject([
    { line: 2, message: 'is about R002, but A had R001' },
  ]);
  expect(checkOpenings(ledger(intent, outcome(1)))).toMatchObject([{ line: 1 }]);
});

test('an outcome that was refused without an error, or opened with one, is reported', () => {
  const odd = { ...outcome(2), result: 'refused' } as Act;
  expect(checkOpenings(ledger(randomization, intent, odd))).toMatchObject([{ line: 3 }]);
});

test('the first code-break of a participant is the first that was opened, also of a kit that is theirs', () => {
  const at = (seq: number, second: number, act: object): Entry =>
    ({ seq, time: `2026-06-01T00:00:0${second}.000Z`, who, reason: null, ...act }) as Entry;
  const byKit = { ...intent, subject: 'B', number: 'R001', kit: '4KX9TM7' };
  const late = {
    action: 'late code-break',
    subject: 'D',
    number: 'R004',
    key: null,
    to: null,
    kit: null,
    opened: '2026-05-31T23:00:00.000Z',
    result: 'opened',
    error: null,
  };
  const entries = [
    at(1, 0, { ...intent, subject: 'A', number: 'R001' }),
    at(2, 1, { ...outcome(1), result: 'refused', error: 'no-key' }),
    at(3, 2, byKit), // B was given the kit of R001, which is A's
    at(4, 3, outcome(3)),
    at(5, 4, { ...intent, subject: 'A', number: 'R001' }),
    at(6, 5, outcome(5)),
    at(7, 6, { ...intent, subject: 'C', number: 'R003' }), // no outcome
    at(8, 7, { ...intent, subject: 'D', number: 'R004' }),
    at(9, 8, outcome(8)),
    at(10, 9, late),
  ];
  const opened = firstCodeBreaks(entries);
  expect(opened({ subject: 'A' as never, number: 'R001' })).toBe('2026-06-01T00:00:02.000Z');
  expect(opened({ subject: 'b' as never, number: 'R002' })).toBe('2026-06-01T00:00:02.000Z');
  expect(opened({ subject: 'C' as never, number: 'R003' })).toBeUndefined();
  expect(opened({ subject: 'D' as never, number: 'R004' })).toBe('2026-05-31T23:00:00.000Z');
});

test.each<[string, object]>([
  ['participant', { subject: 'A' }],
  ['number', { subject: 'R001' }],
])('an intent of nobody is about the %s that its outcome names', (_, named) => {
  const nobody = { ...intent, subject: '(no subject id)', number: null } as Act;
  const entries = ledger(randomization, nobody, { ...outcome(2), ...named });
  expect(participantOf(entries, entries[1]!)).toBe('A');
  expect(participantOf(entries, entries[2]!)).toBe('A');
  expect(openingsOfSlot(entries, { subject: 'A', number: 'R001' })).toHaveLength(1);
  expect(openingsOfSlot(entries, { subject: undefined, number: 'R001' })).toHaveLength(1);
  expect(firstCodeBreaks(entries)({ subject: 'A' as never, number: 'R001' })).toBeDefined();
  expect([...checkOpenings(entries), ...openingsOfNobody(entries)]).toEqual([]);
});

test('a code-break that names nobody is found, and is not wrong; a refused one is nothing', () => {
  const nobody = { ...intent, subject: '(no subject id)', number: null } as Act;
  const refused = { ...outcome(4), result: 'refused', error: 'wrong-key' } as Act;
  const entries = ledger(randomization, nobody, outcome(2), nobody, refused);
  expect(checkOpenings(entries)).toEqual([]);
  const found = openingsOfNobody(entries);
  expect(found).toMatchObject([{ seq: 2 }]);
  expect(ofNobodyText(found[0]!)).toContain('names no participant and no number');
});

test('openings come by the time at which they took place, and name all keys of a threshold', () => {
  const both = 'O1, officer; O2, officer';
  const at = (seq: number, time: string, act: object): Entry =>
    ({ seq, time, who, reason: null, ...act }) as Entry;
  const late = {
    action: 'late code-break',
    subject: 'B',
    number: 'R002',
    to: null,
    kit: null,
    key: both,
    opened: '2026-05-31T23:00:00.000Z',
    result: 'opened',
    error: null,
  };
  const entries = [
    at(1, '2026-06-01T00:00:00.000Z', { ...intent, subject: 'A', number: 'R001' }),
    at(2, '2026-06-01T00:00:01.000Z', outcome(1)),
    at(3, '2026-06-02T00:00:00.000Z', late),
  ];
  const openings = earlierOpenings(entries);
  expect(openings.map(({ subject }) => subject)).toEqual(['B', 'A']);
  expect(earlierOpeningText(openings[0]!)).toContain(
    'with the keys of O1, officer and O2, officer (ledger 3)',
  );
  expect(earlierOpeningText(openings[1]!)).not.toContain('keys');
});

const reveal: Act = {
  action: 'reveal intent',
  who,
  subject: 'A' as never,
  number: 'R001',
  key: null,
};
const revealed = (of: number, result: 'opened' | 'refused' = 'opened'): Act => ({
  action: 'reveal outcome',
  who,
  intent: of,
  result,
  error: result === 'opened' ? null : 'wrong-key',
});

test('a reveal is no code-break, and counts from the first that was opened', () => {
  const refused = ledger(randomization, reveal, revealed(2, 'refused'));
  expect(firstReveals(refused)('A')).toBeUndefined();
  const entries = ledger(randomization, reveal, revealed(2), reveal, revealed(4));
  expect(codeBreaksOf(entries)).toEqual([]);
  expect(firstCodeBreaks(entries)({ subject: 'A' as never, number: 'R001' })).toBe(undefined);
  expect(firstReveals(entries)('a')).toBe('2026-05-01T00:00:00.000Z');
  expect([...checkOpenings(entries), ...checkOpenedParticipants(entries, true)]).toEqual([]);
});

test('a reveal of somebody who is not randomized, of another number, or in a blinded study, is reported', () => {
  const problems = (entries: Entry[], isOpenLabel: boolean | undefined = true) =>
    checkOpenedParticipants(entries, isOpenLabel).map(({ line, message }) => `${line}: ${message}`);
  expect(problems(ledger(reveal, randomization))).toEqual(['1: reveals R001, but A had no number']);
  const other = { ...reveal, number: 'R002' } as Act;
  expect(problems(ledger(randomization, other))).toEqual(['2: reveals R002, but A had R001']);
  expect(problems(ledger(randomization, reveal), false)).toEqual([
    '2: reveals an arm, but study.yaml does not say blinding: open label',
  ]);
  expect(problems(ledger(randomization, reveal), undefined)).toEqual([]);
  expect(checkOpenings(ledger(randomization, reveal))).toMatchObject([
    { line: 2, message: 'the reveal of A has no outcome: somebody may have seen the arm' },
  ]);
});
