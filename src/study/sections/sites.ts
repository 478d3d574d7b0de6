import * as v from 'valibot';
import { type CivilDate, parseCivilDate, weekdayName } from '../civil-date.ts';
import { code, line } from '../identifiers.ts';
import { LANGUAGE_LIST } from '../names.ts';
import { reportRepeats } from '../repeats.ts';
import { WRITTEN_DATE } from '../written-date.ts';
import { eitherShape, isKeysOrList, mapping, type YamlFile } from '../yaml-file.ts';

/** A place that recruits, and when it works. */
export interface Site {
  readonly code: string;
  readonly name: string;
  /** Who conducts the trial there, as labels say it. */
  readonly investigator?: string | undefined;
  /** ISO 3166-1, two letters: the country whose public holidays the site has. */
  readonly country?: string | undefined;
  /** A state, department or region of the country, as the package date-holidays names it: `67`, `BY`. */
  readonly region?: string | undefined;
  /** The sites with which it shares its strata, if the list is stratified by group. */
  readonly group?: string | undefined;
  /** Its time zone (IANA), such as Europe/Paris. */
  readonly timeZone?: string | undefined;
  /** Whether the site works on Whit Monday if that is a public holiday. */
  readonly whitMonday?: 'worked' | 'off' | undefined;
  /** The weekdays on which it works, 1 for Monday to 7 for Sunday. */
  readonly openDays?: readonly number[] | undefined;
  /** Dates on which it works although it would be closed. */
  readonly openOn?: readonly CivilDate[] | undefined;
  readonly closed?: readonly Closure[] | undefined;
  /** The languages of its labels, in their order, and the first one of its calendar pages; those of all labels if absent. */
  readonly languages?: readonly string[] | undefined;
  /** Whether it takes new participants; open if it is absent. */
  readonly enrolment?: 'open' | 'closed' | undefined;
}

/** Days on which a site is closed, both ends included, and why. */
export interface Closure {
  readonly from: CivilDate;
  readonly to: CivilDate;
  readonly reason: string;
}

const WEEKDAY_NAMES = [1, 2, 3, 4, 5, 6, 7].map(weekdayName);
const OPEN_DAYS_SHAPE = 'expected weekdays, such as Mon-Fri or [Mon, Wed, Fri]';

const OPEN_DAYS = v.pipe(
  v.union([v.string(), v.array(v.string())], OPEN_DAYS_SHAPE),
  v.metadata({ minItems: 1, pattern: '[A-Za-z]', examples: ['Mon-Fri'] }),
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

/** `2026-08-03`, or `2026-08-03 to 2026-08-14`. */
const DATES = v.pipe(
  v.string(),
  v.metadata({ examples: ['2026-08-03', '2026-08-03 to 2026-08-14'] }),
  v.rawTransform(({ dataset, addIssue, NEVER }): { from: CivilDate; to: CivilDate } => {
    const [first = '', last = first, ...more] = dataset.value.split(/\s+to\s+/);
    const [from, to] = [parseCivilDate(first.trim()), parseCivilDate(last.trim())];
    if ('date' in from && 'date' in to && more.length === 0 && from.date <= to.date) {
      return { from: from.date, to: to.date };
    }
    const shape = `"${dataset.value}": expected a date, or two dates with the earlier one first, such as 2026-08-03 to 2026-08-14`;
    const problem = 'problem' in from ? from.problem : 'problem' in to ? to.problem : shape;
    addIssue({ message: problem });
    return NEVER;
  }),
);
const CLOSED_FOR = mapping(
  { on: DATES, reason: line(80) },
  {
    on: 'A date, or two dates such as 2026-08-03 to 2026-08-14.',
    reason: 'Why the site is closed.',
  },
);
const CLOSURE: v.GenericSchema<unknown, Closure> = eitherShape(
  isKeysOrList,
  v.pipe(
    CLOSED_FOR,
    v.transform(({ on, reason }) => ({ ...on, reason })),
  ),
  v.pipe(
    DATES,
    v.transform((on) => ({ ...on, reason: 'closed' })),
  ),
);

export const SITE = mapping(
  {
    code: code(16),
    name: line(120),
    investigator: v.optional(line(100)),
    country: v.optional(
      v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, 'expected two capital letters, such as FR')),
    ),
    region: v.optional(
      v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,10}$/, 'expected a code, such as "67" or BY')),
    ),
    group: v.optional(code(24)),
    timeZone: v.optional(
      v.pipe(
        v.string(),
        v.metadata({ pattern: '^(UTC|.+/.+)$', examples: ['Europe/Paris'] }),
        v.check(isTimeZone, 'expected a time zone from the IANA database, such as Europe/Paris'),
      ),
    ),
    whitMonday: v.optional(v.picklist(['worked', 'off'], 'expected worked or off')),
    openDays: v.optional(OPEN_DAYS),
    openOn: v.optional(v.array(WRITTEN_DATE)),
    closed: v.optional(v.array(CLOSURE)),
    languages: v.optional(LANGUAGE_LIST),
    enrolment: v.optional(v.picklist(['open', 'closed'], 'expected open or closed')),
  },
  {
    code: 'A short name of the site, such as CRT: up to 16 letters, digits, dots, hyphens and underscores.',
    name: 'The hospital, as people know it.',
    investigator: 'Who conducts the trial at the site, as labels say it.',
    country: 'Two capital letters, such as FR: the country whose public holidays the site has.',
    region:
      'The state, department or region whose public holidays the site also has, such as "67" or BY.',
    group: 'Sites of one group share their strata, if stratifyBy has group.',
    timeZone: 'The time zone of the site, such as Europe/Paris: it decides what today is.',
    whitMonday:
      'Whether the site works on Whit Monday, if that is a public holiday: worked or off.',
    openDays: 'The weekdays on which the site works, such as Mon-Fri or [Mon, Wed, Fri].',
    openOn: 'Dates on which the site works although it would be closed, such as [2026-05-01].',
    closed: 'When the site is closed: dates, such as [2026-08-03 to 2026-08-14], or on and reason.',
    languages:
      'The languages of its labels, in their order, such as [fr, de]; the first one is that of its calendars. If left out: those of supplies.',
    enrolment: 'closed: the site takes no new participants.',
  },
);

/** The keys whose values are dates, days and words of randose's own, not texts. */
export const SITE_NOT_TEXTS = ['whitMonday', 'openDays', 'openOn', 'closed', 'on', 'enrolment'];

export const SITES = v.pipe(v.array(SITE), v.minLength(1, 'expected at least one site'));

/** Reports codes that two sites have, and codes that mark a rehearsal. */
export function checkSites(yaml: YamlFile): void {
  const sites = yaml.soundItems(['sites'], SITE);
  reportRepeats(yaml, sites, 'code', 'site code');
  for (const { path, value } of sites) {
    if (/^DUMMY/i.test(value.code)) {
      yaml.report([...path, 'code'], 'DUMMY marks a rehearsal: choose another code for the site');
    }
  }
}

let zones: ReadonlySet<string> | undefined;

function isTimeZone(name: string): boolean {
  // The list has the usual names, and is there at once; a formatter takes as long as the rest of a study.yaml.
  zones ??= new Set(Intl.supportedValuesOf('timeZone'));
  if (zones.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name.includes('/') || name === 'UTC';
  } catch {
    return false;
  }
}

/** The time zone of a site, by its code; undefined if nobody says it. */
export function timeZoneOf(
  { sites }: { readonly sites: readonly Pick<Site, 'code' | 'timeZone'>[] },
  site: string,
): string | undefined {
  return sites.find(({ code }) => code === site)?.timeZone;
}
