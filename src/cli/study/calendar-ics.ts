import { RandoseError } from '../../errors.ts';
import { formatIcs, type TimeOfDay } from '../../exports/calendars/ics.ts';
import { zoneDefinition } from '../../exports/calendars/time-zone.ts';
import { timeProblem } from '../../system/local-time.ts';
import type { RevisedCalendar } from '../../schedule/revisions.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { timeZoneOf } from '../../study/sections/sites.ts';

/** The length of an injection that has a time of day, in a calendar program. */
const MINUTES = 30;

/** Of whom the files are, and at which time of day: flags of `calendar`. */
interface IcsFlags {
  readonly by?: 'participant' | 'site';
  readonly at?: string;
  readonly alarm?: string;
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
  { by = 'participant', at, alarm }: IcsFlags,
  { open, calendars, isOne }: IcsCalendars,
): IcsFile[] {
  const { id, sites } = open.study;
  // Ledgers have ids since shortly before UIDs are digests. What a ledger begins with never changes.
  const hasOldUids = open.entries[0]?.id === undefined;
  const trigger = alarm === undefined ? undefined : durationOf(alarm);
  const make = (site: string, of: readonly RevisedCalendar[], name: string): IcsFile => {
    const zone = timeZoneOf({ sites }, site);
    const timeOfDay = at === undefined ? undefined : timeAt(at, site, zone, of);
    const title = `${id} ${name}`;
    const facts = { study: id, hasOldUids, name: title, timeOfDay, alarm: trigger };
    return { name, content: formatIcs(of, facts) };
  };
  if (by === 'participant' || isOne) {
    return calendars.map((one) => make(one.site, [one], one.subject));
  }
  return [...new Set(calendars.map(({ site }) => site))].map((site) =>
    make(
      site,
      calendars.filter((one) => one.site === site),
      site,
    ),
  );
}

function timeAt(
  time: string,
  site: string,
  zone: string | undefined,
  calendars: readonly RevisedCalendar[],
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
    for (const { kind, visit, date } of events) {
      const problem = kind === 'injection' ? timeProblem(date, time, zone) : undefined;
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
