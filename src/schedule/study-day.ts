import { addDays, type CivilDate, daysBetween } from '../study/civil-date.ts';
import type { StudyDay } from '../study/identifiers.ts';

/**
 * The date of a study day (the reverse of CDISC SDTM, --DY).
 *
 * @param day1 the date of the first injection
 * @throws Error for Day 0, which does not exist
 */
export function dateOfStudyDay(day1: CivilDate, day: StudyDay): CivilDate {
  return addDays(day1, daysFromDay1(day));
}

/** The study day of a date: date - Day 1 + 1 on or after Day 1, date - Day 1 before (CDISC SDTM, --DY). */
export function studyDayOf(day1: CivilDate, date: CivilDate): StudyDay {
  const days = daysBetween(day1, date);
  return (days >= 0 ? days + 1 : days) as StudyDay;
}

/** The number of days from Day 1 to a study day. @throws Error for Day 0, which does not exist */
export function daysFromDay1(day: StudyDay): number {
  if (day === 0) throw new Error('there is no Day 0');
  return day > 0 ? day - 1 : day;
}

/**
 * The trial week of a study day: floor((day - 1) / 7) + 1, so that Week 1 is Days 1 to 7 and Week 3
 * begins on Day 15. The days before Day 1 are in Week -1, -2, …: there is no Week 0.
 */
export function trialWeek(day: StudyDay): number {
  return day > 0 ? Math.floor((day - 1) / 7) + 1 : Math.ceil((day + 1) / 7) - 1;
}
