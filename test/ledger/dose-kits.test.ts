import { describe, expect, test } from 'vitest';
import { byKitAndSlot, kitAccounts } from '../../src/ledger/accountability.ts';
import { type DoseFromKit, kitDeviationsOf, kitOfInjections } from '../../src/ledger/dose-kits.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import {
  KIT_SLOTS,
  kitEvent,
  kitLedger,
  randomizedTo,
  TYPED_KIT_SLOTS,
} from '../support/kit-records.ts';

const ALIKE = { types: [] };
const type = (name: string, injected: boolean) => ({ type: name, injected }) as never;
const TYPED = { types: [type('tablets', false), type('syringe', true)] };
const from = (kit: string | null, otherKit?: string): DoseFromKit =>
  ({ subject: 'P1', date: '2026-06-02' as CivilDate, kit, otherKit }) as DoseFromKit;

describe('the kit of an injection', () => {
  const entries = kitLedger(randomizedTo('P1', 'K1'), randomizedTo('P2', 'K2'));
  const found = (dose: DoseFromKit, own: string | undefined = 'K1') =>
    kitDeviationsOf(dose, byKitAndSlot(kitAccounts(KIT_SLOTS, entries)), own, ALIKE);

  test('is right if it is one of the slot, or if the record does not name it', () => {
    for (const kit of ['K1', 'S1', null]) expect(found(from(kit))).toEqual([]);
  });

  test.each([
    [
      'somebody else has',
      from('K2'),
      "K2 is not P1's kit: P1 has K1 or S1. K2 belongs to P2 (R002, site A)",
    ],
    [
      'nobody has yet',
      from('K3'),
      "K3 is not P1's kit: P1 has K1 or S1. K3 belongs to no participant yet (R003, at the depot)",
    ],
    ['is on no list', from('XX'), "XX is not P1's kit: P1 has K1 or S1. XX is not in this study"],
    [
      'is of another study',
      from(null, 'LOT 7'),
      '"LOT 7" is not a kit of this study; P1\'s kit is K1 or S1',
    ],
  ])('that %s is a deviation', (_, dose, text) => {
    expect(found(dose)).toEqual([{ rule: 'kit', text }]);
  });

  test('is a deviation if it was gone before that day', () => {
    const lost = kitLedger(randomizedTo('P1', 'K1'), kitEvent('lost', 'K1'));
    const kits = byKitAndSlot(kitAccounts(KIT_SLOTS, lost));
    expect(kitDeviationsOf(from('K1'), kits, 'K1', ALIKE)).toEqual([
      { rule: 'kit', text: 'K1 was lost on 2026-06-01, before this injection' },
    ]);
  });
});

describe('in a study without kits', () => {
  const found = (dose: DoseFromKit) => kitDeviationsOf(dose, byKitAndSlot([]), undefined, ALIKE);

  test('an injection has none, and nothing is wrong', () => {
    expect(found(from(null))).toEqual([]);
  });

  test.each([from('K1'), from(null, 'K1')])('any kit that is named is a deviation', (dose) => {
    const text = '"K1" is not a kit of this study, which has none';
    expect(found(dose)).toEqual([{ rule: 'kit', text }]);
  });
});

describe('if there are kit types', () => {
  const entries = kitLedger(randomizedTo('P1', 'T1'));
  const kits = byKitAndSlot(kitAccounts(TYPED_KIT_SLOTS, entries));

  test('only kits of the type that is injected are right', () => {
    for (const kit of ['Y1', 'Y2']) {
      expect(kitDeviationsOf(from(kit), kits, 'T1', TYPED)).toEqual([]);
    }
    const text = 'T1 is a kit of tablets, from which no injection is given: P1 has Y1 or Y2';
    expect(kitDeviationsOf(from('T1'), kits, 'T1', TYPED)).toEqual([{ rule: 'kit', text }]);
  });

  test('and none is injected any more, the kit of the slot is named', () => {
    const tablets = { types: [type('tablets', false)] };
    const text = "XX is not P1's kit: P1 has T1. XX is not in this study";
    expect(kitDeviationsOf(from('XX'), kits, 'T1', tablets)).toEqual([{ rule: 'kit', text }]);
  });

  test('injections are given from the kit of that type; if all kits are alike, from the kit', () => {
    const randomization = {
      kit: 'T1',
      kits: [
        { type: 'tablets', kit: 'T1' },
        { type: 'syringe', kit: 'Y1' },
      ],
    };
    expect(kitOfInjections(randomization, TYPED)).toBe('Y1');
    expect(kitOfInjections({ kit: 'K1' }, ALIKE)).toBe('K1');
    expect(kitOfInjections({ kit: 'T1' }, TYPED)).toBeUndefined();
    expect(kitOfInjections({}, ALIKE)).toBeUndefined();
  });
});
