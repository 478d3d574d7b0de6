import type {
  AdditionalDose,
  Happening,
  IdCorrection,
  ScheduleChange,
  Transfer,
  VisitRecord,
  Withdrawal,
} from '../../src/schedule/happenings.ts';
import type { Visit } from '../../src/schedule/visits.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { StudyDay, SubjectId } from '../../src/study/identifiers.ts';

/** A month and a day of 2026, the year of these examples. */
export const day = (text: string) => `2026-${text}` as CivilDate;

/** Study days. */
export const days = (...all: number[]) => all as StudyDay[];

/** The time of an entry of the ledger: one minute for each. */
const timeOf = (seq: number) => `2026-05-28T08:${String(seq).padStart(2, '0')}:00.000Z`;

/** A participant who was randomized by the first entry; Day 1 is a Monday. */
export const SUBJECT = {
  subject: 'CRT-001' as SubjectId,
  site: 'CRT',
  number: 'R001',
  kit: 'XEE6Q3J',
  day1: day('06-01'),
  made: timeOf(1),
};

const about = (seq: number, visit: string, date: string) => {
  return { seq, time: timeOf(seq), visit, date: day(date), reason: null, deviations: [] };
};

/** Records of a visit, each with its entry, the visit, the date and what differs from the plainest record. */
export const given = (seq: number, visit: string, date: string, more: object = {}): VisitRecord => {
  return { ...about(seq, visit, date), action: 'dose', result: 'given', kit: null, ...more };
};
export const missed = (
  seq: number,
  visit: string,
  date: string,
  more: object = {},
): VisitRecord => {
  return { ...about(seq, visit, date), action: 'dose', result: 'not done', kit: null, ...more };
};
export const moved = (seq: number, visit: string, date: string, more: object = {}): VisitRecord => {
  return { ...about(seq, visit, date), action: 'move', ...more };
};
export const attended = (
  seq: number,
  visit: string,
  date: string,
  assessments: readonly string[],
  more: object = {},
): VisitRecord => {
  const own = { action: 'attendance', assessments, result: 'done' } as const;
  return { ...about(seq, visit, date), ...own, ...more };
};

/** An injection that the schedule does not have. */
export const additional = (seq: number, date: string, more: object = {}): AdditionalDose => ({
  seq,
  time: timeOf(seq),
  action: 'additional dose',
  date: day(date),
  result: 'given',
  reason: null,
  deviations: [],
  kit: null,
  corrects: null,
  ...more,
});

export const withdrawn = (
  seq: number,
  date: string,
  from: Withdrawal['from'],
  more: object = {},
): Withdrawal => ({ seq, time: timeOf(seq), action: 'withdrawal', date: day(date), from, ...more });

export const transferred = (seq: number, to: string, date: string): Transfer => {
  return { seq, time: timeOf(seq), action: 'transfer', to, date: day(date) };
};

export const renamed = (seq: number, newId: string): IdCorrection => {
  return { seq, time: timeOf(seq), action: 'subject correction', newId: newId as SubjectId };
};

export const amended = (
  seq: number,
  amendment: string,
  from: string,
  visits: readonly Visit[],
): ScheduleChange => {
  return { seq, time: timeOf(seq), action: 'amendment', amendment, from: day(from), visits };
};

/** That a change of the whole plan is taken back. */
export const takenBack = <One extends Happening>(seq: number, one: One): One => {
  return { ...one, seq, time: timeOf(seq), retracts: one.seq };
};
