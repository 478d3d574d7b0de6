import { describe, expect, test } from 'vitest';
import { makeCalendar } from '../../src/schedule/calendar.ts';
import { daysThatMatter } from '../../src/schedule/days-that-matter.ts';
import type { Happening } from '../../src/schedule/happenings.ts';
import { visitsOf } from '../../src/schedule/visits.ts';
import { siteWorkload } from '../../src/schedule/workload.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import {
  additional,
  attended,
  day,
  days,
  given,
  missed,
  transferred,
  withdrawn,
} from '../support/happenings.ts';

const VISITS = visitsOf({
  phases: [{ name: 'all', days: days(1, 3, 6) }],
  assessments: [{ name: 'Blood', days: days(1, 4) }],
});
const WEEKEND = daysThatMatter({ code: 'CRT', name: 'Créteil' }, () => []);

function participant(subject: string, day1: string, more: object, ...happened: Happening[]) {
  const about = { subject: subject as SubjectId, site: 'CRT', number: 'R001', made: '' };
  return makeCalendar(VISITS, { ...about, day1: day(day1), ...more }, happened);
}

// 1 June 2026 is a Monday, so that Day 6 is a Saturday.
const A = participant('A', '06-01', { kit: 'K1' });
const B = participant('B', '06-03', {
  kit: 'K2',
  kits: [
    { type: 'tablets', kit: 'K2' },
    { type: 'syringe', kit: 'S2' },
  ],
});

const workload = (calendars: Parameters<typeof siteWorkload>[1], from = '06-01', to = '06-08') =>
  siteWorkload('CRT', calendars, day(from), day(to), WEEKEND);

/** What is on each day on which something is. */
const told = ({ days: all }: ReturnType<typeof siteWorkload>) =>
  all.flatMap(({ date, injections, assessments, kits }) => {
    if (injections.length + assessments.length + kits.length === 0) return [];
    const of = (some: typeof injections) => some.map((one) => `${one.subject} ${one.event.visit}`);
    return [[date.slice(5), of(injections).join(), of(assessments).join(), kits.join()].join('|')];
  });

describe('the work of a site', () => {
  test('has every day, with its events, and the kits of those who begin', () => {
    const work = workload([A, B]);
    expect(work.days.map(({ date, weekday }) => `${date.slice(5)} ${weekday}`)).toEqual([
      ...['06-01 1', '06-02 2', '06-03 3', '06-04 4', '06-05 5', '06-06 6', '06-07 7', '06-08 1'],
    ]);
    expect(told(work)).toEqual([
      '06-01|A D1|A D1|K1',
      '06-03|A D3,B D1|B D1|K2,S2',
      '06-04||A D4|',
      '06-05|B D3||',
      '06-06|A D6|B D4|',
      '06-08|B D6||',
    ]);
    expect(work.days[0]?.injections[0]).toMatchObject({ subject: 'A', kit: 'K1' });
    expect(work.days[5]?.marks.map(({ text }) => text)).toEqual(['a Saturday']);
  });

  test('is counted: injections, those on days that matter, and the most on one day', () => {
    expect(workload([A, B])).toMatchObject({
      site: 'CRT',
      injections: 6,
      onCall: 1,
      peak: 2,
      peakDates: ['2026-06-03'],
    });
    expect(workload([A])).toMatchObject({
      injections: 3,
      onCall: 1,
      peak: 1,
      peakDates: ['2026-06-01', '2026-06-03', '2026-06-06'],
    });
    expect(workload([])).toMatchObject({ injections: 0, onCall: 0, peak: 0, peakDates: [] });
  });

  test('is that from the first to the last date, both included', () => {
    expect(told(workload([A, B], '06-03', '06-05'))).toEqual([
      '06-03|A D3,B D1|B D1|K2,S2',
      '06-04||A D4|',
      '06-05|B D3||',
    ]);
    expect(workload([A], '06-02', '06-01').days).toEqual([]);
    expect(workload([A], '06-02', '06-01').peak).toBe(0);
  });

  test('leaves out what was missed or is cancelled, and other sites', () => {
    const some = participant(
      ...(['A', '06-01', { kit: 'K1' }] as const),
      given(2, 'D1', '06-01'),
      missed(3, 'D3', '06-03'),
      attended(4, 'D4', '06-04', ['Blood'], { result: 'not done' }),
      withdrawn(5, '06-05', 'study'),
    );
    expect(told(workload([some]))).toEqual(['06-01|A D1|A D1|K1']);
    const left = participant('A', '06-01', { kit: 'K1' }, transferred(2, 'PAR', '06-03'));
    expect(told(workload([left]))).toEqual(['06-01|A D1|A D1|K1']);
  });

  test('has injections that the schedule does not have, and no kit for them', () => {
    const extra = participant('A', '06-02', { kit: 'K1' }, additional(2, '06-02'));
    expect(told(workload([extra])).slice(0, 1)).toEqual(['06-02|A D1,A additional 2|A D1|K1']);
  });

  test('has no kits if the study has none', () => {
    expect(told(workload([participant('A', '06-01', {})]))[0]).toBe('06-01|A D1|A D1|');
  });
});
