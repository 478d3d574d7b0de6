import { counted } from '../words.ts';
import type { Site } from '../study/sections/sites.ts';
import { addDays, type CivilDate, datedName, daysBetween } from '../study/civil-date.ts';
import { entriesOf, type Entry } from './entry.ts';
import { dayText } from './times.ts';

/** A reason not to randomize, unless it is recorded as a protocol deviation. */
export interface Objection {
  /** As the ledger keeps it. */
  readonly rule: string;
  readonly text: string;
}

/** A date that is farther from today, such as Day 1, is probably a slip of the year or the month. */
export const FARTHEST_DAYS = 90;
const HALF_A_YEAR = 183;

/** `120 days ahead`, `200 days ago. Is the year right?` */
export function aheadText(days: number): string {
  return `${awayText(days)}${Math.abs(days) > HALF_A_YEAR ? '. Is the year right?' : ''}`;
}

/** `120 days ahead`, `3 days ago`. */
export function awayText(days: number): string {
  return `${counted(Math.abs(days), 'day')} ${days < 0 ? 'ago' : 'ahead'}`;
}

/** The date on which the list was made, where the day begins last: so no time zone makes a right date wrong. */
export function dateOfList(entries: readonly Entry[]): CivilDate | undefined {
  const [first] = entriesOf(entries, 'allocation');
  return first === undefined ? undefined : dayBefore(first);
}

function dayBefore({ time }: Entry): CivilDate {
  return addDays(time.slice(0, 10) as CivilDate, -1);
}

/** The objections to a Day 1; none without one. @param today the date at the site */
export function objectionsToDay1(
  day1: CivilDate | undefined,
  today: CivilDate,
  entries: readonly Entry[],
): Objection[] {
  if (day1 === undefined) return [];
  const objections: Objection[] = [];
  const days = daysBetween(today, day1);
  if (Math.abs(days) > FARTHEST_DAYS) {
    const text = `Day 1, ${datedName(day1)}, is ${aheadText(days)}`;
    objections.push({ rule: 'day 1 far from today', text });
  }
  const [first] = entriesOf(entries, 'allocation');
  if (first !== undefined && day1 < dayBefore(first)) {
    const text = `Day 1, ${datedName(day1)}, is before the list was made, on ${dayText(first.time)}`;
    objections.push({ rule: 'day 1 before the list', text });
  }
  return objections;
}

/** The objection to a randomization at a site that takes no new participants. */
export function objectionToClosedSite(
  site: string,
  sites: readonly Pick<Site, 'code' | 'enrolment'>[],
): Objection[] {
  if (sites.every(({ code, enrolment }) => code !== site || enrolment !== 'closed')) return [];
  const text = `site ${site} is closed for enrolment (study.yaml: enrolment)`;
  return [{ rule: 'enrolment closed', text }];
}

/** The objection to any randomization once somebody has seen the arms of the slots that are left. */
export function objectionToOpenList(entries: readonly Entry[]): Objection[] {
  const opened = entriesOf(entries, 'list opening outcome').find(
    ({ result }) => result === 'opened',
  );
  if (opened === undefined) return [];
  const intent = entriesOf(entries, 'list opening intent').find(({ seq }) => seq === opened.intent);
  const who = intent === undefined ? '' : ` by ${intent.who.name}`;
  const text = `the whole list was opened on ${dayText(opened.time)}${who}: the arms of the slots that are left are no longer secret`;
  return [{ rule: 'list was opened', text }];
}
