import * as v from 'valibot';
import { type CivilDate, parseCivilDate, weekdayName } from './civil-date.ts';
import { line } from './identifiers.ts';
import { mapping } from './yaml-file.ts';

/** Days on which a site is closed, both ends included, and why. */
export interface Closure {
  readonly from: CivilDate;
  readonly to: CivilDate;
  readonly reason: string;
}

/** When and where a site works. */
export interface SiteDays {
  /** ISO 3166-1, two letters: whose public holidays the site has. */
  readonly country?: string | undefined;
  /** A state, department or region within it, as the package date-holidays names it: `67`, `BY`. */
  readonly region?: string | undefined;
  /** Its time zone (IANA), such as Europe/Paris. */
  readonly timeZone?: string | undefined;
  /** Whether the site works on Whit Monday, where that is a public holiday. */
  readonly whitMonday?: 'worked' | 'off' | undefined;
  /** The weekdays on which it works, 1 for Monday to 7 for Sunday. */
  readonly openDays?: readonly number[] | undefined;
  /** Dates on which it works all the same. */
  readonly openOn?: readonly CivilDate[] | undefined;
  readonly closed?: readonly Closure[] | undefined;
}

const WEEKDAY_NAMES = [1, 2, 3, 4, 5, 6, 7].map(weekdayName);
const OPEN_DAYS_SHAPE = 'expected weekdays, such as Mon-Fri or [Mon, Wed, Fri]';

const OPEN_DAYS = v.pipe(
  v.union([v.string(), v.array(v.string())], OPEN_DAYS_SHAPE),
  v.rawTransform(({ dataset, addIssue, NEVER }): number[] => {
    const parts = [dataset.value].flat().flatMap((text) => text.split(','));
    const days = parts.map(weekdayRange);
    if (days.length > 0 && days.every((part) => part !== undefined)) {
      return [...new Set(days.flat())].sort((a, b) => a - b);
    }
    addIssue({ message: OPEN_DAYS_SHAPE });
    return NEVER;
  }),
);

function weekdayRange(text: string): number[] | undefined {
  const names = text.split('-').map((name) => name.trim().slice(0, 3).toLowerCase());
  const [first, last] = names.map(
    (name) => WEEKDAY_NAMES.findIndex((known) => known.toLowerCase() === name) + 1,
  );
  if (names.length > 2 || first === undefined || first === 0 || last === 0) return undefined;
  if (last === undefined) return [first];
  return last < first ? undefined : WEEKDAY_NAMES.map((_, i) => i + 1).slice(first - 1, last);
}

/** A date alone. */
const DATE = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): CivilDate => {
    const read = parseCivilDate(dataset.value.trim());
    if ('date' in read) return read.date;
    addIssue({ message: read.problem });
    return NEVER;
  }),
);

/** `2026-08-03`, or `2026-08-03 to 2026-08-14`. */
const DATES = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): { from: CivilDate; to: CivilDate } => {
    const [first = '', last = first, ...more] = dataset.value.split(/\s+to\s+/);
    const [from, to] = [parseCivilDate(first.trim()), parseCivilDate(last.trim())];
    if ('date' in from && 'date' in to && more.length === 0 && from.date <= to.date) {
      return { from: from.date, to: to.date };
    }
    const shape = `"${dataset.value}": expected a date, or two such as 2026-08-03 to 2026-08-14, the earlier one first`;
    const problem = 'problem' in from ? from.problem : 'problem' in to ? to.problem : shape;
    addIssue({ message: problem });
    return NEVER;
  }),
);
const CLOSED_FOR = mapping({ on: DATES, reason: line(80) });
const CLOSURE = v.lazy((input): v.GenericSchema<unknown, Closure> => {
  return typeof input === 'object' && input !== null
    ? v.pipe(
        CLOSED_FOR,
        v.transform(({ on, reason }) => ({ ...on, reason })),
      )
    : v.pipe(
        DATES,
        v.transform((on) => ({ ...on, reason: 'closed' })),
      );
});

/** The keys of a site that say when it works. */
export const SITE_DAYS = {
  country: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, 'expected two capital letters, such as FR')),
  ),
  region: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,10}$/, 'expected a code, such as "67" or BY')),
  ),
  timeZone: v.optional(
    v.pipe(
      v.string(),
      v.check(isTimeZone, 'expected a time zone of the IANA database, such as Europe/Paris'),
    ),
  ),
  whitMonday: v.optional(v.picklist(['worked', 'off'], 'expected worked or off')),
  openDays: v.optional(OPEN_DAYS),
  openOn: v.optional(v.array(DATE)),
  closed: v.optional(v.array(CLOSURE)),
};

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name.includes('/') || name === 'UTC';
  } catch {
    return false;
  }
}
