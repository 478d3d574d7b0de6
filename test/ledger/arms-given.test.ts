import { describe, expect, test } from 'vitest';
import { armGiven, exposureOf } from '../../src/ledger/arms-given.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';

const ACTIVE = { code: 'ILT101', name: 'ILT-101' };
const PLACEBO = { code: 'PLACEBO', name: 'Placebo' };

/** OWN and its spare kit SPARE are of the active arm, as SAME of another slot; OTHER is a kit of the placebo. */
const ARMS = new Map([
  ['OWN', ACTIVE],
  ['SPARE', ACTIVE],
  ['SAME', ACTIVE],
  ['OTHER', PLACEBO],
]);
const armOfKit = (kit: string) => ARMS.get(kit);

interface Given {
  readonly result: 'given' | 'not done';
  readonly date: CivilDate;
  readonly kit: string | null;
  readonly otherKit?: string;
}
const given = (day: number, kit: string | null, more: Partial<Given> = {}): Given => ({
  result: 'given',
  date: `2026-06-0${day}` as CivilDate,
  kit,
  ...more,
});
const exposed = (...doses: Given[]) => exposureOf(doses, ACTIVE, armOfKit);

describe('the arm of an injection', () => {
  test.each([
    ['OWN', ACTIVE],
    ['SPARE', ACTIVE],
    ['SAME', ACTIVE],
    ['OTHER', PLACEBO],
  ])('from %s is that of the kit', (kit, arm) => {
    expect(armGiven({ kit }, ACTIVE, armOfKit)).toEqual({ arm, isAssumed: false });
  });

  test('is that of the slot if no kit is named, and is marked as assumed', () => {
    expect(armGiven({ kit: null }, ACTIVE, armOfKit)).toEqual({ arm: ACTIVE, isAssumed: true });
  });

  test('is none of the study if the kit is not, as it is written or as a code that no slot has', () => {
    const other = { arm: { code: 'OTHER', name: 'Kit of another study' }, isAssumed: false };
    expect(armGiven({ kit: null, otherKit: 'LOT 77' }, ACTIVE, armOfKit)).toEqual(other);
    expect(armGiven({ kit: 'NOBODYS' }, ACTIVE, armOfKit)).toEqual(other);
  });
});

describe('what a participant really had', () => {
  const missed = { result: 'not done' } as const;

  test('is counted without what was missed, from the first date to the last', () => {
    const doses = [given(5, 'OWN'), given(3, null), given(2, null)];
    expect(exposed(given(1, null, missed), ...doses, given(8, null, missed))).toEqual({
      count: 3,
      first: '2026-06-02',
      last: '2026-06-05',
      actual: ACTIVE,
    });
  });

  test('is nothing, in the words of SDTM', () => {
    const nothing = {
      count: 0,
      first: undefined,
      last: undefined,
      actual: { code: 'NOTTRT', name: 'Not Treated' },
    };
    expect(exposed()).toEqual(nothing);
    expect(exposed(given(1, 'OTHER', missed))).toEqual(nothing);
  });

  test.each<[string, Given[], string]>([
    ['the own arm, also from a spare kit and the kit of another', [given(1, 'SPARE')], 'ILT101'],
    ['the same arm', [given(1, null), given(2, 'SAME')], 'ILT101'],
    ['another arm', [given(1, 'OTHER'), given(2, 'OTHER')], 'PLACEBO'],
    ['two arms', [given(1, null), given(2, 'OTHER')], 'MIXED'],
    ['another study', [given(1, null, { otherKit: 'LOT 77' })], 'OTHER'],
    ['in part another study', [given(1, 'OWN'), given(2, null, { otherKit: 'L' })], 'MIXED'],
  ])('is of %s', (_, doses, code) => {
    expect(exposed(...doses).actual.code).toBe(code);
  });

  test('is of two arms in the words of SDTM', () => {
    expect(exposed(given(1, 'OWN'), given(2, 'OTHER')).actual).toEqual({
      code: 'MIXED',
      name: 'Mixed',
    });
  });

  test('is not of one arm if an arm of the study has the code or the name of another one', () => {
    const arms = [
      { code: 'OTHER', name: 'Other dose' },
      { code: 'X', name: 'Kit of another study' },
    ];
    for (const own of arms) {
      const doses = [given(1, null), given(2, null, { otherKit: 'LOT 77' })];
      expect(exposureOf(doses, own, armOfKit).actual.code, own.code).toBe('MIXED');
    }
  });
});
