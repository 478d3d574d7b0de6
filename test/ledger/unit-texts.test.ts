import { describe, expect, test } from 'vitest';
import type { EntryOf, KitEvent } from '../../src/ledger/entry.ts';
import type { StrayDose, UnitBalance } from '../../src/ledger/unit-balances.ts';
import {
  balanceTexts,
  missingText,
  overdrawnText,
  strayText,
  unitTexts,
  usedBeforeText,
} from '../../src/ledger/unit-texts.ts';

const balance = (more: Partial<UnitBalance>): UnitBalance => ({
  kit: 'K1',
  subject: 'P1',
  dispensed: 9,
  given: 0,
  returned: null,
  destroyed: null,
  lost: null,
  open: 0,
  ...more,
});
const record = (event: KitEvent, units: number | null) => ({ event, units }) as EntryOf<'kit'>;
const stray = (why: StrayDose['why'], more: Partial<StrayDose> = {}): StrayDose => ({
  subject: 'P1',
  visit: 'D1',
  kit: 'K2',
  why,
  holder: 'P2',
  ...more,
});
const overdrawn = { kit: 'K1', units: 9, given: 1, destroyed: 9, lost: null };
const missing = { kit: 'K1', before: record('shipped', 9), after: record('received', 8) };

describe('the units of a kit', () => {
  test.each<[string, Partial<UnitBalance>]>([
    ['nothing has come back yet', { given: 2, open: 7 }],
    ['all were given', { given: 9 }],
    ['all that are left were returned', { given: 2, returned: 7 }],
    ['what was returned was destroyed', { given: 2, returned: 7, destroyed: 7 }],
    ['what was returned was destroyed, or was lost', { returned: 9, destroyed: 7, lost: 2 }],
    ['what is left was lost', { given: 2, lost: 7 }],
  ])('add up if %s', (_, more) => {
    expect(balanceTexts(balance(more))).toEqual([]);
  });

  test.each<[Partial<UnitBalance>, string]>([
    [
      { given: 2, returned: 6, open: 1 },
      'kit K1 of P1: 9 units dispensed, 2 given, 6 returned: 1 is not accounted for',
    ],
    [
      { given: 2, returned: 5, open: 2 },
      'kit K1 of P1: 9 units dispensed, 2 given, 5 returned: 2 are not accounted for',
    ],
    [
      { given: 1, destroyed: 7, open: 1 },
      'kit K1 of P1: 9 units dispensed, 1 given, 7 destroyed: 1 is not accounted for',
    ],
    [
      { destroyed: 4, lost: 3, open: 2 },
      'kit K1 of P1: 9 units dispensed, 0 given, 4 destroyed, 3 lost: 2 are not accounted for',
    ],
    [
      { dispensed: 1, given: 2, open: -1 },
      'kit K1 of P1: 1 unit dispensed, 2 given: 1 more than there was',
    ],
    [
      { given: 9, returned: 2, open: -2 },
      'kit K1 of P1: 9 units dispensed, 9 given, 2 returned: 2 more than there were',
    ],
    [{ given: 2, returned: 7, destroyed: 6 }, 'kit K1 of P1: 7 units returned, 6 destroyed'],
    [
      { given: 8, returned: 1, destroyed: 1, lost: 1 },
      'kit K1 of P1: 1 unit returned, 1 destroyed, 1 lost',
    ],
    [{ given: 2, returned: 7, lost: 6 }, 'kit K1 of P1: 7 units returned, 6 lost'],
  ])('do not add up: %j', (more, text) => {
    expect(balanceTexts(balance(more))).toEqual([text]);
  });

  test('can be wrong when they come back, and again after that', () => {
    expect(balanceTexts(balance({ given: 2, returned: 6, destroyed: 5, open: 1 }))).toEqual([
      'kit K1 of P1: 9 units dispensed, 2 given, 6 returned: 1 is not accounted for',
      'kit K1 of P1: 6 units returned, 5 destroyed',
    ]);
  });
});

test.each([
  [overdrawn, 'kit K1: 9 units, 9 destroyed, 1 given: 1 more than there was'],
  [{ ...overdrawn, given: 2 }, 'kit K1: 9 units, 9 destroyed, 2 given: 2 more than there were'],
  [
    { ...overdrawn, units: 1, given: 0, destroyed: null, lost: 3 },
    'kit K1: 1 unit, 3 lost, 0 given: 2 more than there were',
  ],
  [
    { ...overdrawn, given: 4, destroyed: 3, lost: 3 },
    'kit K1: 9 units, 3 destroyed, 3 lost, 4 given: 1 more than there was',
  ],
  [
    { ...overdrawn, given: 10, destroyed: null },
    'kit K1: 9 units, 10 given: 1 more than there was',
  ],
])('a kit that was never dispensed, and of which too many units are gone: %j', (kit, text) => {
  expect(overdrawnText(kit)).toBe(text);
});

test.each([
  [['D1'], 9, 'has 8 of its 9 units: D1 of P2 was given from it'],
  [['D1', 'D3'], 9, 'has 7 of its 9 units: D1 of P2 and D3 of P2 were given from it'],
  [['D1', 'D3'], 1, 'has 0 of its 1 unit: D1 of P2 and D3 of P2 were given from it'],
])('a kit from which others were treated before: %j of %i', (visits, units, text) => {
  const doses = visits.map((visit) => ({ visit, subject: 'P2' }));
  expect(usedBeforeText(doses, units)).toBe(text);
});

test.each([
  [9, 8, '9 units shipped, 8 received: 1 is not accounted for'],
  [9, 7, '9 units shipped, 7 received: 2 are not accounted for'],
  [1, null, '1 unit shipped, 0 received: 1 is not accounted for'],
])('of %j units %j have come', (sent, come, text) => {
  const kit = { kit: 'K1', before: record('shipped', sent), after: record('received', come) };
  expect(missingText(kit)).toBe(`kit K1: ${text} (--reason says why)`);
});

test.each([
  [
    stray('no kit', { kit: null }),
    'D1 of P1 was given, but no kit was dispensed to P1 by that date',
  ],
  [
    stray('of another study', { kit: 'LOT 7' }),
    'D1 of P1 was given from kit "LOT 7", which is not a kit of this study',
  ],
  [stray('not dispensed'), 'D1 of P1 was given from kit K2, which is not recorded as dispensed'],
  [stray('of somebody else'), 'D1 of P1 was given from kit K2, which belongs to P2'],
  [
    stray('of somebody else', { holder: undefined }),
    'D1 of P1 was given from kit K2, which belongs to no participant',
  ],
  [stray('before it was dispensed'), 'D1 of P1 was given from kit K2 before it was dispensed'],
  [stray('after it was returned'), 'D1 of P1 was given from kit K2 after it was returned'],
])('an injection from a kit that the participant did not have: %j', (dose, text) => {
  expect(strayText(dose)).toBe(text);
});

test('everything that does not add up is told, in this order', () => {
  const lost = balance({ lost: 8, open: 1 });
  expect(
    unitTexts({
      balances: [lost, balance({})],
      strays: [stray('not dispensed')],
      overdrawn: [overdrawn],
      missing: [missing],
    }),
  ).toEqual([
    'kit K1 of P1: 9 units dispensed, 0 given, 8 lost: 1 is not accounted for',
    'kit K1: 9 units, 9 destroyed, 1 given: 1 more than there was',
    'kit K1: 9 units shipped, 8 received: 1 is not accounted for (--reason says why)',
    'D1 of P1 was given from kit K2, which is not recorded as dispensed',
  ]);
});
