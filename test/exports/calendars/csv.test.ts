import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { formatCalendarCsv } from '../../../src/exports/calendars/csv.ts';
import { type JudgedCalendar, withoutDeviations } from '../../../src/schedule/deviations.ts';
import { reviseCalendar } from '../../../src/schedule/revisions.ts';
import { visitsOf } from '../../../src/schedule/visits.ts';
import type { CivilDate } from '../../../src/study/civil-date.ts';
import type { StudyDay, SubjectId } from '../../../src/study/identifiers.ts';
import type { NameOf } from '../../../src/study/names.ts';
import type { Schedule } from '../../../src/study/study.ts';
import { templateStudy } from '../../support/designs.ts';

const participant = {
  subject: 'CRT-001' as SubjectId,
  site: 'CRT',
  number: 'R001',
  kit: '4KX9TM7',
  day1: '2026-12-21' as CivilDate,
  made: '2026-01-01T00:00:00.000Z',
};

/** A participant about whom nothing is recorded yet. */
function unrecorded(schedule: Schedule): JudgedCalendar {
  return withoutDeviations(reviseCalendar(visitsOf(schedule), participant, []));
}

test('a calendar as CSV has one row per event', () => {
  const text = formatCalendarCsv([unrecorded(templateStudy().schedule)], () => () => []);
  const [header, first] = text.split('\n');
  expect(header).toBe(
    'subject,site,randomization_number,kit,kind,visit,phase,title,study_day,week,date,weekday,planned_date,status,deviation_days,actual_study_day,window_from,window_to,dose,route,timing,day_matters,reason,kit_used,deviations,declared,amendments,amount,weight_kg,randomized_as,replaces,replaced_by',
  );
  expect(first).toBe(
    'CRT-001,CRT,R001,4KX9TM7,injection,D1,induction,Injection 1 of 9,1,1,2026-12-21,Mon,2026-12-21,planned,0,1,,,,,,,,,,,,,,CRT-001,,',
  );
  expect(text.trimEnd().split('\n')).toHaveLength(1 + 9 + 7);
});

test('words with commas and quotation marks come back as they were', () => {
  const name = 'Mood, "MADRS"';
  const schedule = {
    phases: [{ name: 'induction', days: [1 as StudyDay] }],
    assessments: [{ name, days: [1 as StudyDay] }],
  };
  const rows = parse(
    formatCalendarCsv([unrecorded(schedule)], () => () => []),
    { columns: true },
  );
  expect((rows as Record<string, string>[])[1]?.title).toBe(name);
});

test('without participants there is only the header', () => {
  expect(
    formatCalendarCsv([], () => () => [])
      .trimEnd()
      .split('\n'),
  ).toHaveLength(1);
});

test('cycles have a column at the end, which other calendars do not have', () => {
  const phase = {
    name: 'treatment',
    days: [1, 8, 29, 36] as StudyDay[],
    cycles: [1, 29] as StudyDay[],
    doses: { 1: '1 mg', 29: '1 mg' },
    dose: '2 mg',
  };
  const schedule = { phases: [phase], assessments: [{ name: 'Safety', days: [60 as StudyDay] }] };
  const text = formatCalendarCsv([unrecorded(schedule)], () => () => []);
  const rows: Record<string, string>[] = parse(text, { columns: true });
  expect(Object.keys(rows[0]!).slice(-2)).toEqual(['replaced_by', 'cycle']);
  expect(rows.map(({ visit, cycle, dose }) => [visit, cycle, dose])).toEqual([
    ['D1', 'Cycle 1 Day 1', '1 mg'],
    ['D8', 'Cycle 1 Day 8', '2 mg'],
    ['D29', 'Cycle 2 Day 1', '1 mg'],
    ['D36', 'Cycle 2 Day 8', '2 mg'],
    ['D60', '', ''],
  ]);
});

test('in a language: what people read; codes, dates and columns stay', () => {
  const nameOf: NameOf = (kind, given) => (kind === 'phase' ? `phase « ${given} »` : given);
  const calendars = [unrecorded(templateStudy().schedule)];
  const read = (words?: NonNullable<Parameters<typeof formatCalendarCsv>[2]>['words']) =>
    parse(
      formatCalendarCsv(calendars, () => () => [], { words }),
      { columns: true },
    ) as unknown as Record<string, string>[];
  const [plain, french] = [read(), read({ language: 'fr', nameOf })];
  expect(french[0]).toEqual({
    ...plain[0],
    phase: 'phase « induction »',
    title: 'Injection 1 sur 9',
    weekday: 'lun.',
  });
});
