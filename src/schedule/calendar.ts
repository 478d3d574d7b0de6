import { type CivilDate, weekday } from '../study/civil-date.ts';
import type { StudyDay, SubjectId } from '../study/identifiers.ts';
import type { Schedule } from '../study/study.ts';
import { dateOfStudyDay, trialWeek } from './study-day.ts';

/** Something that is planned for one participant on one day. */
export interface CalendarEvent {
  readonly kind: 'injection' | 'assessment';
  /** The visit it belongs to, named after its planned day: `D1`, `D15`, `D-1`. */
  readonly visit: string;
  /** `Injection 3 of 9`, or the name of the assessment. */
  readonly title: string;
  /** The phase of an injection; empty for an assessment. */
  readonly phase: string;
  readonly studyDay: StudyDay;
  /** Trial week: Week 1 begins on Day 1. */
  readonly week: number;
  readonly date: CivilDate;
  /** 1 for Monday to 7 for Sunday. */
  readonly weekday: number;
}

/** A participant's plan: every injection and assessment, by date, injections first on a day. */
export interface Calendar {
  readonly subject: SubjectId;
  readonly site: string;
  readonly number: string;
  readonly kit: string;
  readonly day1: CivilDate;
  /** When the plan was made: the instant of randomization, ISO 8601, UTC. */
  readonly made: string;
  readonly events: readonly CalendarEvent[];
}

/** Makes a participant's plan from the schedule and the date of Day 1. */
export function makeCalendar(schedule: Schedule, participant: Omit<Calendar, 'events'>): Calendar {
  const { subject, site, number, kit, day1, made } = participant;
  const on = (studyDay: StudyDay) => {
    const date = dateOfStudyDay(day1, studyDay);
    const visit = `D${studyDay}`;
    return { visit, studyDay, week: trialWeek(studyDay), date, weekday: weekday(date) };
  };
  const doses = schedule.phases
    .flatMap(({ name, days }) => days.map((day) => ({ phase: name, day })))
    .sort((a, b) => a.day - b.day);
  const injections = doses.map(({ phase, day }, index): CalendarEvent => {
    const title = `Injection ${index + 1} of ${doses.length}`;
    return { kind: 'injection', title, phase, ...on(day) };
  });
  const assessments = schedule.assessments.flatMap(({ name, days }) =>
    days.map((day): CalendarEvent => ({ kind: 'assessment', title: name, phase: '', ...on(day) })),
  );
  const events = [...injections, ...assessments].sort((a, b) => a.studyDay - b.studyDay);
  return { subject, site, number, kit, day1, made, events };
}
