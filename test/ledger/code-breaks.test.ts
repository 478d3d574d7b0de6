import { expect, test } from 'vitest';
import { formatEntries, headOf, readLedger } from '../../src/ledger/chain.ts';
import { checkCodeBreaks, codeBreaks } from '../../src/ledger/code-breaks.ts';
import type { Act, Entry } from '../../src/ledger/entry.ts';

const who = { name: 'Example Officer', role: 'officer', organisation: '' };
const intent: Act = {
  action: 'code-break intent',
  who,
  subject: 'A',
  number: 'R001',
  key: 'Example Officer',
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
  const circumstances = { time: '2026-05-01T00:00:00.000Z', software: 'r', study: 's' };
  return readLedger(formatEntries(headOf([]), acts, circumstances).text).entries;
}

test('each intent has its outcome', () => {
  const entries = ledger(intent, outcome(1), intent, outcome(3));
  expect(checkCodeBreaks(entries)).toEqual([]);
  expect(codeBreaks(entries).map((each) => each.outcome?.seq)).toEqual([2, 4]);
});

test('an intent without an outcome is told: somebody may have seen the arm', () => {
  expect(checkCodeBreaks(ledger(intent))).toMatchObject([{ line: 1 }]);
});

test('an outcome without an intent, or a second one, is told', () => {
  expect(checkCodeBreaks(ledger(outcome(1)))).toMatchObject([{ line: 1 }]);
  expect(checkCodeBreaks(ledger(intent, outcome(1), outcome(1)))).toMatchObject([{ line: 3 }]);
});
