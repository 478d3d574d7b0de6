import { expect, test } from 'vitest';
import { codeBreaksToEnter } from '../../src/ledger/copied-code-breaks.ts';
import type { Act } from '../../src/ledger/entry.ts';
import {
  entriesOfActs,
  EXAMPLE_INTENT as intent,
  EXAMPLE_OFFICER as who,
  EXAMPLE_RANDOMIZATION as randomization,
} from '../support/ledger.ts';

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

test('what the other ledger has from here is not entered here again', () => {
  const own = entriesOfActs([randomization, intent, refused]);
  const [late] = codeBreaksToEnter(here, own);
  const there = entriesOfActs([randomization, late!]);
  expect(codeBreaksToEnter(own, there)).toEqual([]);
});
