import { expect, test } from 'vitest';
import { codeBreaksToEnter, isOfCodeBreak } from '../../src/ledger/copied-code-breaks.ts';
import { type Act, ACTIONS, type Entry } from '../../src/ledger/entry.ts';
import {
  entriesOfActs,
  linesOf,
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

test('a code-break of a copy has all that its entry there has', () => {
  const asked = { ...intent, kit: '474WW4E', number: 'R002', to: 'age1example', key: 'O1' } as Act;
  const opened = { ...refused, result: 'opened', error: null } as Act;
  const there = entriesOfActs([randomization, asked, opened]);
  const { time, hash } = there[1]!;
  expect(codeBreaksToEnter(here, there)).toEqual([
    {
      action: 'late code-break',
      who,
      subject: 'A',
      reason: 'example',
      number: 'R002',
      kit: '474WW4E',
      to: 'age1example',
      key: 'O1',
      opened: time,
      result: 'opened',
      error: null,
      pending: hash,
    },
  ]);
});

test('a code-break of nobody is about whom its outcome names', () => {
  const nobody = { ...intent, subject: '(no subject id)', number: null, reason: null } as Act;
  const named = (subject: string | null, of: Act = nobody) =>
    codeBreaksToEnter(here, entriesOfActs([randomization, of, { ...refused, subject }])).map(
      (act) => [act.subject, act.reason],
    );
  expect(named('A')).toEqual([['A', '']]);
  expect(named(null)).toEqual([['(no subject id)', '']]);
  expect(named('B', intent)).toEqual([['A', 'example']]);
  expect(codeBreaksToEnter(here, entriesOfActs([randomization, nobody]))).toMatchObject([
    { subject: '(no subject id)' },
  ]);
});

test('what was entered late in a copy is entered here as it is there', () => {
  const late: Act = {
    action: 'late code-break',
    who,
    subject: 'A',
    reason: 'a reason',
    number: 'R001',
    kit: null,
    to: null,
    key: null,
    opened: '2026-01-01T00:00:00.000Z',
    result: 'unknown',
    error: null,
    pending: 'c'.repeat(64),
  };
  const typed: Act = { ...late, enteredBy: { ...who, name: 'B' }, pending: 'd'.repeat(64) };
  const found = codeBreaksToEnter(here, entriesOfActs([randomization, late, typed]));
  expect(found).toEqual([late, typed]);
  expect(found[0]).not.toHaveProperty('enteredBy');
  const silent = { ...late, reason: null } as never;
  expect(codeBreaksToEnter(here, entriesOfActs([randomization, silent]))).toMatchObject([
    { reason: '' },
  ]);
});

test('what both ledgers have from before they parted is not entered', () => {
  const begun = linesOf([randomization, intent, refused]);
  const there = [...begun.entries, ...linesOf([intent], begun.head).entries];
  expect(codeBreaksToEnter(begun.entries, there)).toMatchObject([{ pending: there[3]!.hash }]);
  expect(codeBreaksToEnter(begun.entries, begun.entries)).toEqual([]);
  // Nor one in a line that cannot be read here.
  const damaged = begun.entries.filter(({ seq }) => seq !== 2);
  expect(codeBreaksToEnter(damaged, begun.entries)).toEqual([]);
  expect(codeBreaksToEnter(damaged, there)).toMatchObject([{ pending: there[3]!.hash }]);
});

test('only code-breaks are of a code-break', () => {
  expect(ACTIONS.filter((action) => isOfCodeBreak({ action } as Entry))).toEqual([
    ...['code-break intent', 'code-break outcome', 'late code-break'],
  ]);
});
