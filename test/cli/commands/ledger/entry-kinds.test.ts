import { expect, test } from 'vitest';
import { ENTRY_KINDS, kindOf } from '../../../../src/cli/commands/ledger/entry-kinds.ts';
import { ENTRY } from '../../../../src/ledger/entry.ts';

const ACTIONS = ENTRY.options.map(({ entries }) => entries.action.literal);

test('every entry of a ledger is found by a kind, and every kind finds one', () => {
  expect(new Set(ACTIONS.map((action) => kindOf({ action })))).toEqual(new Set(ENTRY_KINDS));
});

test('the kind of an opening finds its intent, its outcome and its late entry', () => {
  const found = ACTIONS.filter((action) => kindOf({ action }) === 'code-break');
  expect(found).toEqual(['code-break intent', 'code-break outcome', 'late code-break']);
});
