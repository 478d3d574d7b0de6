import type { Calendar } from '../../schedule/calendar.ts';
import { formatPdf, type PdfAbout } from '../pdf/document.ts';
import type { Fonts } from '../pdf/font-metrics.ts';
import type { CalendarPages } from './calendar-pages.ts';
import { drawMonth } from './month-page.ts';
import { drawParticipant } from './participant-page.ts';
import { LANGUAGES } from '../../languages/languages.ts';

/** Makes a PDF with an A4 page for each participant, or several pages if a schedule is very long. */
export async function formatParticipantPages(
  pages: CalendarPages,
  calendars: readonly Calendar[],
  fonts: Fonts,
): Promise<Uint8Array> {
  return formatPdf(about(pages, 'portrait'), fonts, (pdf) => {
    for (const calendar of calendars) drawParticipant(pdf, pages, calendar);
  });
}

/**
 * Makes a PDF of one A4 page: a site's month.
 *
 * @param month `YYYY-MM`
 */
export async function formatSiteMonth(
  pages: CalendarPages,
  site: string,
  month: string,
  calendars: readonly Calendar[],
  fonts: Fonts,
): Promise<Uint8Array> {
  return formatPdf(about(pages, 'landscape'), fonts, (pdf) => {
    drawMonth(pdf, pages, site, month, calendars);
  });
}

function about(
  { study, made, language }: CalendarPages,
  layout: 'portrait' | 'landscape',
): PdfAbout {
  const title = `${LANGUAGES[language].page.title}, ${study.id}`;
  return { title, author: study.sponsor, made, language, layout, isTagged: true };
}
