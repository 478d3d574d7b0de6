import PDFDocument from 'pdfkit';
import type { Calendar } from '../../schedule/calendar.ts';
import type { MarkDay } from '../../schedule/days-that-matter.ts';
import type { Study } from '../../study/study.ts';
import { SHEET_WORDS, type SheetLanguage } from './words.ts';
import type { Fonts } from '../pdf/font-metrics.ts';
import type { Pdf } from '../pdf/fitted-text.ts';
import { drawMonth } from './month-page.ts';
import { drawParticipant } from './participant-page.ts';

/** What printed calendars have in common. */
export interface CalendarSheet {
  readonly study: Pick<Study, 'id' | 'title' | 'sponsor'>;
  readonly isDummy: boolean;
  readonly language: SheetLanguage;
  /** The day on which they are made, YYYY-MM-DD. */
  readonly made: string;
  /** Site code → name. */
  readonly siteNames: ReadonlyMap<string, string>;
  readonly markDay: (site: string) => MarkDay;
}

/** Calendars as a PDF, an A4 page a participant, or more where a schedule is very long. */
export async function formatParticipantPages(
  sheet: CalendarSheet,
  calendars: readonly Calendar[],
  fonts: Fonts,
): Promise<Uint8Array> {
  return formatPdf(sheet, 'portrait', fonts, (pdf) => {
    for (const calendar of calendars) drawParticipant(pdf, sheet, calendar);
  });
}

/**
 * A site's month as a PDF: one A4 page.
 *
 * @param month `YYYY-MM`
 */
export async function formatSiteMonth(
  sheet: CalendarSheet,
  site: string,
  month: string,
  calendars: readonly Calendar[],
  fonts: Fonts,
): Promise<Uint8Array> {
  return formatPdf(sheet, 'landscape', fonts, (pdf) => {
    drawMonth(pdf, sheet, site, month, calendars);
  });
}

/** The same content gives the same bytes. */
async function formatPdf(
  { study, made, language }: CalendarSheet,
  layout: 'portrait' | 'landscape',
  fonts: Fonts,
  draw: (pdf: Pdf) => void,
): Promise<Uint8Array> {
  const pdf = new PDFDocument({
    ...{ size: 'A4', layout, margin: 0, autoFirstPage: false, lang: language, displayTitle: true },
    font: '', // else pdfkit looks for Helvetica, in a file beside its own
    info: {
      Title: `${SHEET_WORDS[language].title}, ${study.id}`,
      Author: study.sponsor,
      Creator: 'randose',
      Producer: 'randose',
      CreationDate: new Date(`${made}T00:00:00Z`),
    },
  });
  const chunks: Uint8Array[] = [];
  pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const isDone = new Promise((resolve) => pdf.on('end', resolve));
  for (const [name, bytes] of Object.entries(fonts) as [string, Uint8Array][]) {
    pdf.registerFont(name, Buffer.from(bytes));
  }
  draw(pdf);
  pdf.end();
  await isDone;
  return Buffer.concat(chunks);
}
