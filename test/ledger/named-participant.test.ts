import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/ledger/entry.ts';
import { tellApart } from '../../src/ledger/named-participant.ts';
import type { Slot } from '../../src/randomization/list.ts';

const slot = (number: string, kit: string, ...spares: string[]) =>
  ({ number, kit, stratum: 'site=A', batch: 1, spares }) as unknown as Slot;
const randomized = (subject: string, number: string, kit: string) =>
  ({ action: 'randomization', subject, number, kit }) as unknown as Entry;

const SOURCES = {
  slots: [slot('R001', '474WW4E'), slot('R002', 'XEE6Q3J'), slot('R003', '9CAMH7G')],
  entries: [randomized('CRT-007', 'R001', '474WW4E'), randomized('r003', 'R002', 'XEE6Q3J')],
};

describe('an id is told apart', () => {
  test.each([
    ['crt-007', { subject: 'CRT-007' }],
    [' R001 ', { number: 'R001' }],
    ['r002', { number: 'R002' }],
    ['474 ww4e', { kit: '474WW4E' }],
    ['9CAMH7G', { kit: '9CAMH7G' }],
    ['CRT-099', undefined],
    ['', undefined],
  ])('%j', (typed, naming) => {
    expect(tellApart(typed, SOURCES)).toEqual(naming);
  });

  test('by the ledger and the envelopes alone, if the list is missing', () => {
    const { entries } = SOURCES;
    expect(tellApart('xee6-q3j', { entries, slots: [] })).toEqual({ kit: 'XEE6Q3J' });
    expect(tellApart('r009', { entries, slots: [], numbers: ['R009'] })).toEqual({
      number: 'R009',
    });
  });
});

test('an id that could be two things is refused, and both are named', () => {
  expect(() => tellApart('R003', SOURCES)).toThrow(
    '"R003" could be the participant r003 (R002), or the randomization number of a slot that nobody has yet',
  );
});

test('a participant who is called as the own number is one thing', () => {
  const entries = [randomized('R001', 'R001', '474WW4E')];
  expect(tellApart('R001', { ...SOURCES, entries })).toEqual({ subject: 'R001' });
});
