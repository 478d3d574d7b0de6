import { RandoseError } from '../../errors.ts';
import { formatIcs, type IcsCalendar, type TimeOfDay } from '../../exports/calendars/ics.ts';
import { zoneDefinition } from '../../exports/calendars/time-zone.ts';
import { timeProblem } from '../../system/local-time.ts';
import type { RevisedCalendar, RevisedEvent } from '../../schedule/revisions.ts';
import type { Study } from '../../study/study.ts';
import type { LanguageCode } from '../../languages/languages.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { timeZoneOf } from '../../study/sections/sites.ts';
import { namesOf } from '../../study/names.ts';

/** The length of an injection that has a time of day, in a calendar program. */
const MINUTES = 30;

/** Of whom the files are, and at which time of day: flags of `calendar`. */
interface IcsFlags {
  readonly by?: 'participant' | 'site';
  /** With `by` site: this site alone. */
  readonly site?: string;
  readonly at?: string;
  readonly alarm?: string;
  /** English if undefined. */
  readonly language?: LanguageCode;
}

/** The calendars that files are made of. */
interface IcsCalendars {
  readonly open: OpenStudy;
  readonly calendars: readonly RevisedCalendar[];
  /** Whether one participant was asked for, rather than all. */
  readonly isOne: boolean;
}

/** One file, by its name without folder and ending. */
interface IcsFile {
  readonly name: string;
  readonly content: string;
}

/** iCalendar files: one for each participant, or for each site. */
export function icsFiles(
  { by = 'participant', site: only, at, alarm, language = 'en' }: IcsFlags,
  { open, calendars, isOne }: IcsCalendars,
): IcsFile[] {
  const { id, sites } = open.study;
  // Ledgers have ids since shortly before UIDs are digests. What a ledger begins with never changes.
  const hasOldUids = open.entries[0]?.id === undefined;
  const trigger = alarm === undefined ? undefined : durationOf(alarm);
  const words = { language, nameOf: namesOf(open.study, language) };
  const make = (of: readonly IcsCalendar[], name: string): IcsFile => {
    const timesOfDay = at === undefined ? undefined : timesAt(at, { sites }, of);
    const title = `${id} ${name}`;
    const facts = { study: id, hasOldUids, name: title, timesOfDay, alarm: trigger, ...words };
    return { name, content: formatIcs(of, facts) };
  };
  if (by === 'participant' || isOne) {
    return calendars.map((one) => make([one], one.subject));
  }
  const found = new Set(calendars.flatMap(({ events }) => events.flatMap(sitesOf)));
  return [...found]
    .filter((site) => only === undefined || site === only)
    .map((site) =>
      make(
        calendars.map((one) => atSite(one, site)),
        site,
      ),
    );
}

/** The site of an event, and those that had it before. */
function sitesOf({ site, leftSites }: RevisedEvent): string[] {
  return [site, ...leftSites];
}

/** What a site's calendar has of a participant: what another site took over is cancelled there. */
function atSite(calendar: RevisedCalendar, site: string): IcsCalendar {
  const events = calendar.events.flatMap((event) => {
    if (event.site === site) return event;
    return event.leftSites.includes(site) ? { ...event, site, takenOverBy: event.site } : [];
  });
  return { ...calendar, events };
}

/** The time of day at each site that has an event. */
function timesAt(
  at: string,
  study: { readonly sites: Study['sites'] },
  calendars: readonly IcsCalendar[],
): ReadonlyMap<string, TimeOfDay> {
  const found = new Set(calendars.flatMap(({ events }) => events.map(({ site }) => site)));
  return new Map(
    [...found].map((site) => [site, timeAt(at, site, timeZoneOf(study, site), calendars)]),
  );
}

function timeAt(
  time: string,
  site: string,
  zone: string | undefined,
  calendars: readonly IcsCalendar[],
): TimeOfDay {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) {
    throw new RandoseError('usage', `--at "${time}": expected a time of day, such as 09:00`);
  }
  const definition = zone === undefined ? undefined : zoneDefinition(zone);
  if (zone === undefined || definition === undefined) {
    const what = zone === undefined ? 'has no timeZone' : `has an unknown timeZone: ${zone}`;
    throw new RandoseError('usage', `--at needs a time zone, and site ${site} ${what}`, {
      hint: 'Add it under the site in study.yaml, such as timeZone: Europe/Paris. Nothing was written.',
    });
  }
  for (const { subject, events } of calendars) {
    for (const { kind, visit, date, site: place } of events) {
      const isHere = kind === 'injection' && place === site;
      const problem = isHere ? timeProblem(date, time, zone) : undefined;
      if (problem !== undefined) {
        throw new RandoseError('usage', `--at: ${visit} of ${subject}: ${problem}`, {
          hint: 'Choose another time of day. Nothing was written.',
        });
      }
    }
  }
  return { time, minutes: MINUTES, zone, definition };
}

/** `30m`, `2h` or `1d` as an iCalendar duration. */
function durationOf(text: string): string {
  const parts = /^([1-9]\d{0,3})([mhd])$/.exec(text);
  if (parts === null) {
    throw new RandoseError(
      'usage',
      `--alarm "${text}": expected a time before the injection, such as 30m, 2h or 1d`,
    );
  }
  const [, number = '', unit] = parts;
  return unit === 'd' ? `P${number}D` : `PT${number}${unit === 'h' ? 'H' : 'M'}`;
}
