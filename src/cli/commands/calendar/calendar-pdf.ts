import { RandoseError } from '../../../errors.ts';
import {
  type CalendarSheet,
  formatParticipantPages,
  formatSiteMonth,
} from '../../../exports/calendars/pdf.ts';
import { now } from '../../../system/clock.ts';
import { FONTS } from '../../../system/fonts.ts';
import type { Chosen, ExportedFile } from './calendar-files.ts';
import type { CalendarFlags } from './command.ts';

/** PDF: a page a participant in one file; or a site's month. */
export async function pdfFiles(
  { by = 'participant', month, language = 'en' }: CalendarFlags,
  { open: { study }, calendars, markDay }: Chosen,
): Promise<ExportedFile[]> {
  const sheet: CalendarSheet = {
    ...{ study, isDummy: study.domain === 'dummy', language, markDay },
    made: now().slice(0, 10),
    siteNames: new Map(study.sites.map(({ code, name }) => [code, name])),
  };
  if (by === 'participant') {
    return [{ name: undefined, content: await formatParticipantPages(sheet, calendars, FONTS) }];
  }
  if (month === undefined || !/^20\d\d-(0[1-9]|1[0-2])$/.test(month)) {
    throw new RandoseError('usage', 'a site’s page needs --month YYYY-MM, such as 2026-06');
  }
  const sites = [...new Set(calendars.map(({ site }) => site))];
  if (sites.length > 1) {
    throw new RandoseError('usage', 'a site’s page needs --site CODE', {
      hint: `Participants are at: ${sites.join(', ')}`,
    });
  }
  const [site = study.sites[0]!.code] = sites;
  return [
    { name: undefined, content: await formatSiteMonth(sheet, site, month, calendars, FONTS) },
  ];
}
