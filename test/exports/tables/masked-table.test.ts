import { expect, test } from 'vitest';
import { injectionRows, type Treated } from '../../../src/exports/tables/injection-table.ts';
import {
  asArm,
  maskedInjectionRows,
  maskedRows,
} from '../../../src/exports/tables/masked-table.ts';
import { type Unblinded, unblindedRows } from '../../../src/exports/tables/unblinded-table.ts';
import type { Study } from '../../../src/study/study.ts';

type TwoArms = Pick<Study, 'id' | 'factors' | 'arms'>;

/** A crossover: the arms are orders of treatments. */
const AB = { code: 'AB', name: 'Active then placebo', periods: ['Active', 'Placebo'] };
const BA = { code: 'BA', name: 'Placebo then active', periods: ['Placebo', 'Active'] };
const PERIODS = ['Period 1', 'Period 2'];
const studyOf = (...arms: object[]) => ({ id: 'EX-X', factors: [], arms }) as unknown as TwoArms;

/** The first slot has the first arm and letter B, the second one the other arm and letter A. */
const tablesOf = (first: typeof AB, second: typeof AB) => {
  const study = studyOf(first, second);
  const letters = new Map([
    [first, asArm('B')],
    [second, asArm('A')],
  ]);
  const armOfKit = new Map([
    ['K1', first],
    ['K2', second],
  ]);
  const participants = [first, second].map((arm, index) => ({
    randomization: {
      subject: `P${index}`,
      site: 'PAR',
      number: `R00${index}`,
      kit: `K${index + 1}`,
      stratum: 'site=PAR',
      time: '2026-05-28T08:00:00.000Z',
      day1: '2026-06-01',
    },
    sites: [{ site: 'PAR', from: null }],
    arm,
    facts: {
      ids: { current: `P${index}`, randomizedAs: `P${index}` },
      corrected: {},
      transfers: [],
      replacement: {},
    },
    exposure: { first: '2026-06-01', last: '2026-07-27', count: 2, actual: arm },
    // The second participant was given the kit of the first one in Period 2.
    doses: [
      { visit: 'D1', result: 'given', date: '2026-06-01', kit: null },
      { visit: 'D57', result: 'given', date: '2026-07-27', kit: 'K1' },
    ],
    calendar: {
      day1: '2026-06-01',
      events: [
        { kind: 'injection', visit: 'D1', planned: '2026-06-01', period: 'Period 1' },
        { kind: 'injection', visit: 'D57', planned: '2026-07-27', period: 'Period 2' },
      ].map((event) => ({ ...event, deviations: [] })),
    },
  }));
  const open = participants as unknown as (Unblinded & Treated)[];
  const masked = participants.map((one) => ({
    ...one,
    arm: letters.get(one.arm)!,
    exposure: { ...one.exposure, actual: letters.get(one.arm)! },
  })) as unknown as (Unblinded & Treated)[];
  const letterOf = (kit: string) => letters.get(armOfKit.get(kit)!);
  return {
    open: [unblindedRows(study, open), injectionRows(study, open, (k) => armOfKit.get(k), PERIODS)],
    masked: [
      maskedRows(study, masked, 'interim 1'),
      maskedInjectionRows(study, masked, letterOf, 'interim 1', PERIODS),
    ],
  };
};

test('the masked tables of a crossover are the same if its arms are exchanged', () => {
  const one = tablesOf(AB, BA);
  const other = tablesOf(BA, AB);
  expect(one.open).not.toEqual(other.open);
  expect(one.masked).toEqual(other.masked);
  expect(JSON.stringify(one.open)).toMatch(/"TRT01P":"Active".*"TRTP":"Placebo"/);
  expect(JSON.stringify(one.masked)).not.toMatch(/Active|Placebo|TRT\d\dP|TRTP|"AB"|"BA"/i);
});

test('a letter stands for an order of treatments: each injection has its period, and no treatment', () => {
  const [, doses] = tablesOf(AB, BA).masked;
  const shown = doses!.map((row) => {
    return [row.SUBJID, row.MASKEDGRP, row.MASKEDTRT, row.APERIODC].join(' ');
  });
  expect(shown).toEqual([
    'P0 B B Period 1',
    'P0 B B Period 2',
    'P1 A A Period 1',
    'P1 A B Period 2',
  ]);
});

test('a study without periods has no column for them', () => {
  const arm = asArm('A');
  const treated = {
    randomization: { subject: 'P0', site: 'PAR', number: 'R001', kit: 'K1' },
    sites: [{ site: 'PAR', from: null }],
    arm,
    doses: [{ visit: 'D1', result: 'given', date: '2026-06-01', kit: null }],
    calendar: { day1: '2026-06-01', events: [] },
  } as unknown as Treated;
  const [row] = maskedInjectionRows(studyOf(), [treated], () => arm, 'interim 1');
  expect(row).not.toHaveProperty('APERIODC');
});
