import { sha256 } from '../../digest.ts';
import { isOff, type RevisedCalendar, type RevisedEvent } from '../../schedule/revisions.ts';
import { kitNames, numberText } from '../../randomization/list.ts';
import { addDays, type CivilDate } from '../../study/civil-date.ts';
import { nameOfParticipant } from '../../study/identifiers.ts';
import { windowText } from './event-text.ts';

/** RFC 5545, 3.1: a line has at most 75 octets, not counting its line break. */
const MOST_OCTETS = 75;

/** Calendar servers make file names of UIDs, and refuse slashes and blanks: digits alone are safe (decision 43). */
const UID_DIGITS = 32;

/** A time of day for injections. The file then defines its time zone. */
export interface TimeOfDay {
  /** `HH:MM`. On each of the dates this time exists, and only once. */
  readonly time: string;
  /** The length of an injection. */
  readonly minutes: number;
  /** IANA name. */
  readonly zone: string;
  /** The zone's VTIMEZONE component, without a line break at its end. */
  readonly definition: string;
}

/** How an iCalendar file is made. */
interface IcsOptions {
  /** The study's id, from which every UID is made, and which is in every title. */
  readonly study: string;
  /** Whether UIDs have slashes and blanks, as those of older studies do: no UID changes once somebody has it. */
  readonly hasOldUids: boolean;
  /** The name of the calendar in calendar programs. */
  readonly name?: string | undefined;
  /** Site → the time of its injections. If undefined, they take the whole day, as assessments always do. */
  readonly timesOfDay?: ReadonlyMap<string, TimeOfDay> | undefined;
  /** The time before an injection, as an iCalendar duration such as `P1D` or `PT30M`; undefined: no alarm. */
  readonly alarm?: string | undefined;
}

/** An event as one site has it. */
export interface IcsEvent extends RevisedEvent {
  /** The site that has the participant now: this one had the event before, and cancels it. */
  readonly takenOverBy?: string;
}

/** A participant's calendar, or the part of it that belongs to one site. */
export interface IcsCalendar extends RevisedCalendar {
  readonly events: readonly IcsEvent[];
}

/**
 * Writes calendars as an iCalendar file (RFC 5545). An event's UID stays the same if its date changes, and its
 * SEQUENCE counts the changes. Nothing depends on the time of the export. An event that does not take place is
 * in the file as cancelled.
 */
export function formatIcs(calendars: readonly IcsCalendar[], options: IcsOptions): string {
  const { name, timesOfDay } = options;
  let text =
    'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//randose//injection calendar//EN\r\nCALSCALE:GREGORIAN\r\n';
  if (name !== undefined) text += `${fold(`X-WR-CALNAME:${escapeText(name)}`)}\r\n`;
  const zones = new Set([...(timesOfDay?.values() ?? [])].map(({ definition }) => definition));
  for (const definition of zones) text += `${definition}\r\n`;
  for (const calendar of calendars) {
    for (const event of calendar.events) text += eventText(calendar, event, options);
  }
  return `${text}END:VCALENDAR\r\n`;
}

function eventText(
  calendar: RevisedCalendar,
  event: IcsEvent,
  { study, hasOldUids, timesOfDay, alarm }: IcsOptions,
): string {
  const { subject, randomizedAs, number } = calendar;
  const isInjection = event.kind === 'injection';
  const what = event.kind === 'assessment' ? `assessment/${event.title}` : 'injection';
  // No UID changes if the id is corrected: it is the same event.
  const words = `${study}/${randomizedAs}/${event.visit}/${what}`;
  const uid = `${hasOldUids ? words : sha256(words).slice(0, UID_DIGITS)}@randose`;
  const { site, takenOverBy } = event;
  const timeOfDay = timesOfDay?.get(site);
  const isCancelled = isOff(event) || takenOverBy !== undefined;
  const name = nameOfParticipant(subject, randomizedAs);
  const description = [
    `${event.title}${event.phase === '' ? '' : ` (${event.phase})`}${event.timing === undefined ? '' : ` (${event.timing})`}`,
    ...doseLine(event),
    ...(isInjection ? typeLine(calendar) : []),
    ...(event.period === undefined ? [] : [event.period]),
    `Study day ${event.studyDay}, trial week ${event.week}`,
    ...(takenOverBy === undefined
      ? [...statusLines(event), ...asGivenLine(event)]
      : [`Cancelled at ${site}: transferred to ${takenOverBy}`]),
    `Subject ${name}, site ${site}, randomization number ${numberText(number, kitNames(calendar))}`,
  ];
  let text = `BEGIN:VEVENT\r\n${fold(`UID:${escapeText(uid)}`)}\r\nDTSTAMP:${stamp(event.changed)}\r\nSEQUENCE:${event.sequence}\r\n`;
  text +=
    isInjection && timeOfDay !== undefined ? timed(event.date, timeOfDay) : wholeDay(event.date);
  text += `${fold(`SUMMARY:${escapeText(`${isCancelled ? 'CANCELLED: ' : ''}${study} ${name} ${dayText(event)}: ${event.title}`)}`)}\r\n`;
  text += `${fold(`DESCRIPTION:${escapeText(description.join('\n'))}`)}\r\n`;
  if (isCancelled) text += 'STATUS:CANCELLED\r\n';
  if (!isInjection || timeOfDay === undefined) text += 'TRANSP:TRANSPARENT\r\n';
  if (alarm !== undefined && isInjection && event.status !== 'given' && !isCancelled) {
    text += `BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-${alarm}\r\n${fold(`DESCRIPTION:${escapeText(`${name}: ${event.title}`)}`)}\r\nEND:VALARM\r\n`;
  }
  return `${text}END:VEVENT\r\n`;
}

/** `Day 36`, or `Day 36 (Cycle 2 Day 8)`. */
function dayText({ studyDay, cycle }: RevisedEvent): string {
  return cycle === undefined ? `Day ${studyDay}` : `Day ${studyDay} (${cycle})`;
}

/** The kit from which injections are given, with its type; nothing if all kits are alike. */
function typeLine({ kit, kits = [] }: RevisedCalendar): string[] {
  return kits.filter((one) => one.kit === kit).map((one) => `Kit ${one.kit} (${one.type})`);
}

function doseLine({ dose, route }: RevisedEvent): string[] {
  const words = [dose, route].filter((one) => one !== undefined);
  return words.length === 0 ? [] : [words.join(', ')];
}

function asGivenLine({ amount, weight }: RevisedEvent): string[] {
  const words = [
    ...(amount === undefined ? [] : [`Amount ${amount}`]),
    ...(weight === undefined ? [] : [`weight ${weight} kg`]),
  ];
  return words.length === 0 ? [] : [words.join(', ')];
}

function statusLines(event: RevisedEvent): string[] {
  const { kind, status, date, planned, window, reason } = event;
  const why = reason === null ? '' : `: ${reason}`;
  switch (status) {
    case 'given':
      return [date === planned ? 'Given' : `Given; planned ${planned}${why}`];
    case 'done':
      return [date === planned ? 'Done' : `Done; planned ${planned}${why}`];
    case 'not done':
      return [`Not done${why}`];
    case 'cancelled':
      if (kind === 'additional injection') return [`Taken back${why}`];
      return ['Cancelled: the participant is not treated'];
    case 'moved':
      return [`Moved from ${planned}${why}`, ...windowLine(window)];
    case 'planned':
      return windowLine(window);
  }
}

function windowLine(window: RevisedEvent['window']): string[] {
  return window === null ? [] : [`Window ${windowText(window)}`];
}

function wholeDay(date: CivilDate): string {
  return `DTSTART;VALUE=DATE:${basic(date)}\r\nDTEND;VALUE=DATE:${basic(addDays(date, 1))}\r\n`;
}

function timed(date: CivilDate, { time, minutes, zone }: TimeOfDay): string {
  return `DTSTART;TZID=${zone}:${basic(date)}T${time.replace(':', '')}00\r\nDURATION:PT${minutes}M\r\n`;
}

/** An instant in ISO 8601, UTC, to the second: `20260520T080910Z`. */
function stamp(instant: string): string {
  return `${basic(instant.slice(0, 10))}T${instant.slice(11, 19).replaceAll(':', '')}Z`;
}

function basic(date: string): string {
  return date.slice(0, 4) + date.slice(5, 7) + date.slice(8, 10);
}

/** Escapes a text as RFC 5545, 3.3.11, says. */
function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');
}

/** Folds at 75 octets, never inside a character: each further line begins with a space. */
function fold(line: string): string {
  // A UTF-16 unit never needs more than three octets.
  if (line.length * 3 <= MOST_OCTETS || Buffer.byteLength(line) <= MOST_OCTETS) return line;
  if (/^[\x20-\x7e]*$/.test(line)) return foldAscii(line);
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = octetsOf(character.codePointAt(0)!);
    if (octets + size > MOST_OCTETS) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}

function foldAscii(line: string): string {
  let folded = line.slice(0, MOST_OCTETS);
  for (let at = MOST_OCTETS; at < line.length; at += MOST_OCTETS - 1) {
    folded += `\r\n ${line.slice(at, at + MOST_OCTETS - 1)}`;
  }
  return folded;
}

/** The length of a character in UTF-8. */
function octetsOf(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
