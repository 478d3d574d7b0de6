import { RandoseError } from '../../../errors.ts';
import type { CalendarPages } from '../../../exports/calendars/calendar-pages.ts';
import { formatParticipantPages, formatSiteMonth } from '../../../exports/calendars/pdf.ts';
import { requireSite } from '../../arguments/participant-schedule.ts';
import { now } from '../../../system/clock.ts';
import { FONTS } from '../../../system/fonts.ts';
import type { Chosen } from './calendar-export.ts';
import type { CalendarFlags } from './command.ts';
import { LANGUAGE_CODES, type LanguageCode } from '../../../languages/languages.ts';
import type { Site } from '../../../study/study.ts';
import { namesOf } from '../../../study/names.ts';

/** A PDF with a page for each participant, or with a site's month. */
export async function pdfFile(
  { by = 'participant', site: only, month, language: asked }: CalendarFlags,
  { open: { study, head, lastTime }, calendars, markDay }: Chosen,
): Promise<Uint8Array> {
  const language = asked ?? ofSites(study.sites, calendars, only) ?? 'en';
  const pages: CalendarPages = {
    study,
    isDummy: study.domain === 'dummy',
    language,
    nameOf: namesOf(study, language),
    contact: study.supplies.labels.contact,
    markDay,
    made: now().slice(0, 10),
    asOf: { seq: head.seq, date: lastTime.slice(0, 10) },
    siteNames: new Map(study.sites.map(({ code, name }) => [code, name])),
  };
  if (by === 'participant') return formatParticipantPages(pages, calendars, FONTS);
  if (month === undefined || !/^20\d\d-(0[1-9]|1[0-2])$/.test(month)) {
    throw new RandoseError('usage', 'a PDF by site needs --month YYYY-MM, such as 2026-06');
  }
  const sites =
    only === undefined
      ? [...new Set(calendars.flatMap(({ events }) => events.map(({ site }) => site)))]
      : [requireSite(study, only).code];
  if (sites.length > 1) {
    throw new RandoseError('usage', 'a PDF by site needs --site CODE', {
      hint: `Participants are at these sites: ${sites.join(', ')}`,
    });
  }
  const [site = study.sites[0]!.code] = sites;
  return formatSiteMonth(pages, site, month, calendars, FONTS);
}

/** The first language of the sites, if study.yaml says it and it is the same at all; undefined if not. */
function ofSites(
  sites: readonly Site[],
  calendars: Chosen['calendars'],
  only: string | undefined,
): LanguageCode | undefined {
  const codes = only === undefined ? calendars.map(({ site }) => site) : [only];
  const first = new Set(
    codes.map((code) => sites.find((site) => site.code === code)?.languages?.[0]),
  );
  return first.size === 1 ? LANGUAGE_CODES.find((code) => first.has(code)) : undefined;
}
