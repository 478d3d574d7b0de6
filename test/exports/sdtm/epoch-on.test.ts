import { expect, test } from 'vitest';
import { epochOn } from '../../../src/exports/sdtm/subject-level/epoch-on.ts';
import { plannedVisits } from '../../../src/exports/sdtm/planned-visits.ts';
import type { SdtmParticipant } from '../../../src/exports/sdtm/subject-level/sdtm-participant.ts';
import { STUDY_TEMPLATE } from '../../../src/study/depil-2.ts';
import { readStudy } from '../../../src/study/study-file.ts';
import type { CivilDate } from '../../../src/study/civil-date.ts';

const checked = readStudy(STUDY_TEMPLATE, 'study.yaml');
if (!checked.ok) throw new Error('the template has problems');
const study = checked.value;
const visits = new Map(plannedVisits(study).map((one) => [one.visit.name, one]));

/** Given on Day 1, missed on Day 2, and given at the first visit of maintenance. */
const injections = [
  { visit: 'D1', date: '2026-06-01', result: 'given' },
  { visit: 'D2', date: '2026-06-02', result: 'not done' },
  { visit: 'D15', date: '2026-06-15', result: 'given' },
] as unknown as SdtmParticipant['injections'];

/** Only additional injections, and amendments, need the dates of visits. */
const dated = (): never => {
  throw new Error('asked for the dates');
};

test.each([
  ['2026-05-31', false, 'SCREENING'],
  ['2026-06-01', false, 'INDUCTION TREATMENT'],
  ['2026-06-01', true, 'SCREENING'],
  // Recorded late: somebody was randomized after the first dose.
  ['2026-06-02', true, 'INDUCTION TREATMENT'],
  ['2026-06-15', false, 'CONTINUATION TREATMENT'],
  ['2026-06-15', true, 'INDUCTION TREATMENT'],
])('on %s (before the dose: %s) it is %s', (date, isBeforeDose, epoch) => {
  const participant = { injections, dated };
  expect(epochOn(study, participant, visits, date as CivilDate, isBeforeDose)).toBe(epoch);
});
