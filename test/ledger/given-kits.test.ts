import { expect, test } from 'vitest';
import { otherKitsGiven } from '../../src/ledger/given-kits.ts';
import { additionalDose, givenDose, kitEvent, kitLedger } from '../support/kit-records.ts';

const OWN = ['K1', 'S1'];
const given = (...acts: Record<string, unknown>[]) => otherKitsGiven(kitLedger(...acts), 'P1', OWN);
const dispensed = (subject: string | null, kit: string, more: Record<string, unknown> = {}) =>
  kitEvent('dispensed', kit, { subject, ...more });

test('a kit of somebody else that an injection was given from is named, with its first record', () => {
  const acts = [
    givenDose('P1', 'D1', 1, 'K1'),
    givenDose('p1', 'D2', 2, 'K2'),
    givenDose('P1', 'D3', 3, 'K2'),
    givenDose('P2', 'D1', 3, 'K3'),
    givenDose('P1', 'D4', 4, null),
  ];
  expect(given(...acts)).toEqual([{ kit: 'K2', isOfStudy: true, date: '2026-06-02', seq: 2 }]);
});

test('a kit of another study is named as it is written on it', () => {
  const dose = givenDose('P1', 'D1', 1, null, { otherKit: 'LOT 7' });
  expect(given(dose)).toEqual([{ kit: 'LOT 7', isOfStudy: false, date: '2026-06-01', seq: 1 }]);
});

test('kits are in the order in which the injections were recorded, additional ones among them', () => {
  const acts = [
    additionalDose('p1', 1, 'X1'),
    givenDose('P1', 'D1', 2, 'X2'),
    additionalDose('P1', 3, null, { otherKit: 'X3' }),
    additionalDose('P2', 3, 'X4'),
  ];
  expect(given(...acts)).toEqual([
    { kit: 'X1', isOfStudy: true, date: '2026-06-01', seq: 1 },
    { kit: 'X2', isOfStudy: true, date: '2026-06-02', seq: 2 },
    { kit: 'X3', isOfStudy: false, date: '2026-06-03', seq: 3 },
  ]);
});

test('kits of injections that were missed, corrected or taken back are not named', () => {
  const dose = givenDose('P1', 'D1', 1, 'K2');
  expect(given({ ...dose, result: 'not done' })).toEqual([]);
  expect(given(dose, { ...dose, kit: 'K1', corrects: 1 })).toEqual([]);
  expect(given(dose, { ...dose, result: 'retracted', corrects: 1 })).toEqual([]);
  const additional = additionalDose('P1', 1, 'K2');
  expect(given(additional, { ...additional, result: 'retracted', corrects: 1 })).toEqual([]);
});

test('records of other visits say nothing about kits', () => {
  const about = { subject: 'P1', visit: 'D1', date: '2026-06-01', deviations: [] };
  const attended = { ...about, action: 'attendance', result: 'done', corrects: null };
  const moved = { ...about, action: 'move', from: '2026-06-02' };
  expect(given(attended, moved)).toEqual([]);
});

test('a kit that was dispensed to the participant is named, unless that was taken back', () => {
  expect(given(dispensed('p1', 'K2'), dispensed('P2', 'K3'), dispensed(null, 'K4'))).toEqual([
    { kit: 'K2', isOfStudy: true, date: '2026-06-01', seq: 1 },
  ]);
  expect(given(dispensed('P1', 'K2'), kitEvent('retracted', 'K2', { corrects: 1 }))).toEqual([]);
  expect(given(kitEvent('returned', 'K2', { subject: 'P1' }))).toEqual([]);
  expect(given(dispensed('P1', 'S1'))).toEqual([]);
});

test('a kit that was dispensed and then given from is named once, by the injection', () => {
  const acts = [dispensed('P1', 'K2'), givenDose('P1', 'D2', 2, 'K2')];
  expect(given(...acts)).toEqual([{ kit: 'K2', isOfStudy: true, date: '2026-06-02', seq: 2 }]);
});
