import { expect, test } from 'vitest';
import { checkOpenings, openingsOf } from '../../src/ledger/openings.ts';
import type { Act, Entry } from '../../src/ledger/entry.ts';
import { entriesOfActs } from '../support/ledger.ts';

const who = { name: 'Example Officer', role: 'officer', organisation: '' };
const randomization: Act = {
  action: 'randomization',
  who,
  subject: 'A' as never,
  site: 'S1',
  stratum: 'site=S1',
  number: 'R001',
  kit: '4KX9TM7',
  day1: '2026-06-15' as never,
};
const intent: Act = {
  action: 'code-break intent',
  who,
  subject: 'A',
  number: 'R001',
  key: 'Example Officer',
  to: null,
  reason: 'example',
};
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

test('an intent without an outcome is reported: somebody may have seen the arm', () => {
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
