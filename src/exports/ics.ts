import type { Calendar, CalendarEvent } from '../schedule/calendar.ts';
import { addDays, type CivilDate } from '../study/civil-date.ts';

/** RFC 5545, 3.1: a line has at most 75 octets, its line break not counted. */
const MOST_OCTETS = 75;

/**
 * A participant's calendar as an iCalendar file (RFC 5545): all-day events without a zone, each with
 * a UID that stays the same when its date changes, and nothing that depends on when it is exported.
 *
 * @param study the study's id, which stands in every UID and title
 */
export function formatIcs(calendar: Calendar, study: string): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//randose//injection calendar//EN',
    'CALSCALE:GREGORIAN',
    ...calendar.events.flatMap((event) => eventLines(calendar, event, study)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

function eventLines(calendar: Calendar, event: CalendarEvent, study: string): string[] {
  const { subject, site, number, kit, made } = calendar;
  const what = event.kind === 'injection' ? 'injection' : `assessment/${event.title}`;
  const phase = event.phase === '' ? '' : ` (${event.phase})`;
  const description = [
    `${event.title}${phase}`,
    `Study day ${event.studyDay}, trial week ${event.week}`,
    `Subject ${subject}, site ${site}, randomization number ${number}, kit ${kit}`,
  ];
  return [
    'BEGIN:VEVENT',
    `UID:${escapeText(`${study}/${subject}/${event.visit}/${what}@randose`)}`,
    `DTSTAMP:${made.replace(/\.\d+/, '').replace(/[-:]/g, '')}`,
    'SEQUENCE:0',
    `DTSTART;VALUE=DATE:${basic(event.date)}`,
    `DTEND;VALUE=DATE:${basic(addDays(event.date, 1))}`,
    `SUMMARY:${escapeText(`${study} ${subject} Day ${event.studyDay}: ${event.title}`)}`,
    `DESCRIPTION:${escapeText(description.join('\n'))}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

function basic(date: CivilDate): string {
  return date.replaceAll('-', '');
}

/** RFC 5545, 3.3.11. */
function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');
}

/** Folds at 75 octets, never inside a character: each further line begins with a space. */
function fold(line: string): string {
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > MOST_OCTETS) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}
