import { expect, test } from 'vitest';
import { codeBreaksToEnter } from '../../src/ledger/copied-code-breaks.ts';
import type { Act } from '../../src/ledger/entry.ts';
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
const refused: Act = {
  action: 'code-break outcome',
  who,
  intent: 2,
  result: 'refused',
  error: 'wrong-key',
};
const here = entriesOfActs([randomization]);

test('a code-break of a copy keeps who made it, when and with which result', () => {
  const there = entriesOfActs([randomization, intent, refused]);
  const { time, hash } = there[1]!;
  const late = { action: 'late code-break', who, subject: 'A', number: 'R001', reason: 'example' };
  expect(codeBreaksToEnter(here, there)).toMatchObject([
    { ...late, kit: null, opened: time, result: 'refused', error: 'wrong-key', pending: hash },
  ]);
});

test('without an outcome its result is unknown; and nothing is entered twice', () => {
  const there = entriesOfActs([randomization, intent]);
  const acts = codeBreaksToEnter(here, there);
  expect(acts).toMatchObject([{ result: 'unknown', error: null }]);
  const entered = entriesOfActs([randomization, ...acts]);
  expect(codeBreaksToEnter(entered, there)).toEqual([]);
  // What is entered late in a copy of this ledger is the same act.
  expect(codeBreaksToEnter(entered, entriesOfActs([randomization, ...acts]))).toEqual([]);
});
