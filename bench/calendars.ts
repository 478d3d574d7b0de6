/**
 * Calendars of many participants, measured inside one process: time per injection and per file beside a bare
 * loop over their dates. Run by bench/run.mjs.
 */
import { formatCalendarCsv } from '../src/exports/calendars/csv.ts';
import { formatIcs } from '../src/exports/calendars/ics.ts';
import { withoutDeviations } from '../src/schedule/deviations.ts';
import { reviseCalendar } from '../src/schedule/revisions.ts';
import { visitsOf } from '../src/schedule/visits.ts';
import { addDays, type CivilDate } from '../src/study/civil-date.ts';
import type { StudyDay, SubjectId } from '../src/study/identifiers.ts';

const PARTICIPANTS = 10_000;
const DAYS = [1, 2, 3, 4, 5, 15, 22, 29, 36] as StudyDay[];
const VISITS = visitsOf({
  phases: [
    { name: 'induction', days: DAYS.slice(0, 5) },
    { name: 'maintenance', days: DAYS.slice(5), window: { before: 1, after: 2 } },
  ],
  assessments: [],
});

const subjects = Array.from({ length: PARTICIPANTS }, (_, index) => ({
  subject: `S-${String(index).padStart(5, '0')}` as SubjectId,
  site: 'S1',
  number: `R${String(index).padStart(5, '0')}`,
  kit: '4KX9TM7',
  day1: addDays('2026-01-01' as CivilDate, index % 1500),
  made: '2026-01-01T08:00:00.000Z',
}));

/** Median time of five rounds, in milliseconds. */
function medianOf(work: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  }).sort((a, b) => a - b);
  return times[2]!;
}

const bare = medianOf(() => {
  let length = 0;
  for (const { day1 } of subjects) {
    for (const day of DAYS) length += addDays(day1, day - 1).length;
  }
  return length;
});
const make = () => subjects.map((one) => reviseCalendar(VISITS, one, []));
const made = medianOf(make);
const calendars = make();
const judged = calendars.map(withoutDeviations);
const csv = medianOf(() => formatCalendarCsv(judged, () => () => []));
const ics = medianOf(() =>
  calendars.map((one) => formatIcs([one], { study: 'BENCH', hasOldUids: false }).length),
);

const injections = PARTICIPANTS * DAYS.length;
const us = (milliseconds: number, count: number) => ((milliseconds / count) * 1000).toFixed(2);
const verdict = (value: string, aim: number) =>
  `(aim: ${aim}, ${Number(value) <= aim ? 'reached' : 'missed'})`;
const perInjection = us(made + csv, injections);
const perFile = us(ics, PARTICIPANTS);
console.log(`${PARTICIPANTS} participants' calendars, nine injections each`);
console.log(
  `  an injection: ${perInjection} us, made and as CSV ${verdict(perInjection, 5)}; made alone ${us(made, injections)}, beside ${us(bare, injections)} for its date: ratio ${((made + csv) / bare).toFixed(1)}`,
);
console.log(
  `  an ICS file's text: ${perFile} us ${verdict(perFile, 50)}; beside ${us(bare, PARTICIPANTS)} for its dates: ratio ${(ics / bare).toFixed(1)}`,
);
