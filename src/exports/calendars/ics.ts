import { sha256 } from '../../digest.ts';
import { isOff, type RevisedCalendar, type RevisedEvent } from '../../schedule/revisions.ts';
import { kitNames } from '../../randomization/list.ts';
import { addDays, type CivilDate } from '../../study/civil-date.ts';
import { nameOfParticipant } from '../../study/identifiers.ts';
import { figureIn } from '../../languages/figures.ts';
import type { Language } from '../../languages/language.ts';
import { LANGUAGE_CODES, LANGUAGES, type LanguageCode } from '../../languages/languages.ts';
import type { NameOf } from '../../study/names.ts';
import { cycleIn, titleIn } from './event-text.ts';

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

/** What made a file; the language of its words follows. */
const PRODUCT = '-//randose//injection calendar//';

/** The language of an iCalendar file that randose wrote; undefined if it is none of them. */
export function languageOfIcs(text: string): LanguageCode | undefined {
  const line = text.split(/\r?\n/).find((one) => one.startsWith(`PRODID:${PRODUCT}`));
  return LANGUAGE_CODES.find((code) => line?.endsWith(`//${code.toUpperCase()}`));
}

/** How an iCalendar file is made. */
interface IcsOptions {
  /** The study's id, from which every UID is made, and which is in every title. */
  readonly study: string;
  /** Whether UIDs have slashes and blanks, as those of older studies do: no UID changes once somebody has it. */
  readonly hasOldUids: boolean;
  /** English if undefined. */
  readonly language?: LanguageCode;
  /** The names of phases, assessments and periods in the language; as given if undefined. */
  readonly nameOf?: NameOf;
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
  const { name, timesOfDay, language = 'en' } = options;
  let text = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:${PRODUCT}${language.toUpperCase()}\r\nCALSCALE:GREGORIAN\r\n`;
  if (name !== undefined) text += `${fold(`X-WR-CALNAME:${escapeText(name)}`)}\r\n`;
  const zones = new Set([...(timesOfDay?.values() ?? [])].map(({ definition }) => definition));
  for (const definition of zones) text += `${definition}\r\n`;
  for (const calendar of calendars) {
    for (const event of calendar.events) text += eventText(calendar, event, options);
  }
  return `${text}END:VCALENDAR\r\n`;
}

const asGiven: NameOf = (_, given) => given;

function eventText(
  calendar: RevisedCalendar,
  event: IcsEvent,
  { study, language: code = 'en', nameOf = asGiven, hasOldUids, timesOfDay, alarm }: IcsOptions,
): string {
  const language: Language = LANGUAGES[code];
  const said = language.event;
  const title = titleIn(language, nameOf, event);
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
    [
      title,
      ...(event.phase === '' ? [] : [`(${nameOf('phase', event.phase)})`]),
      ...(event.timing === undefined ? [] : [`(${said.timing[event.timing]})`]),
    ].join(' '),
    ...doseLine(event),
    ...(isInjection ? typeLine(language, calendar) : []),
    ...(event.period === undefined ? [] : [nameOf('period', event.period)]),
    said.when(event.studyDay, event.week),
    ...(takenOverBy === undefined
      ? [...statusLines(language, event), ...asGivenLine(language, event)]
      : [said.takenOver(site, takenOverBy)]),
    said.participant(name, site, [number, ...kitsText(language, kitNames(calendar))].join(', ')),
  ];
  let text = `BEGIN:VEVENT\r\n${fold(`UID:${escapeText(uid)}`)}\r\nDTSTAMP:${stamp(event.changed)}\r\nSEQUENCE:${event.sequence}\r\n`;
  text +=
    isInjection && timeOfDay !== undefined ? timed(event.date, timeOfDay) : wholeDay(event.date);
  text += `${fold(`SUMMARY:${escapeText(`${isCancelled ? `${said.off}${language.colon}` : ''}${study} ${name} ${dayText(language, event)}${language.colon}${title}`)}`)}\r\n`;
  text += `${fold(`DESCRIPTION:${escapeText(description.join('\n'))}`)}\r\n`;
  if (isCancelled) text += 'STATUS:CANCELLED\r\n';
  if (!isInjection || timeOfDay === undefined) text += 'TRANSP:TRANSPARENT\r\n';
  if (alarm !== undefined && isInjection && event.status !== 'given' && !isCancelled) {
    text += `BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-${alarm}\r\n${fold(`DESCRIPTION:${escapeText(`${name}${language.colon}${title}`)}`)}\r\nEND:VALARM\r\n`;
  }
  return `${text}END:VEVENT\r\n`;
}

/** All kits of a participant; nothing if there are none. */
function kitsText({ event }: Language, kits: readonly (string | undefined)[]): string[] {
  const known = kits.filter((kit) => kit !== undefined);
  return known.length === 0 ? [] : [event.kits(known.join(', '))];
}

/** `Day 36`, or `Day 36 (Cycle 2 Day 8)`. */
function dayText(language: Language, { studyDay, cycle }: RevisedEvent): string {
  const day = language.page.day(studyDay);
  return cycle === undefined ? day : `${day} (${cycleIn(language, cycle)})`;
}

/** The kit from which injections are given, with its type; nothing if all kits are alike. */
function typeLine({ event }: Language, { kit, kits = [] }: RevisedCalendar): string[] {
  return kits.filter((one) => one.kit === kit).map((one) => event.kit(one.kit, one.type));
}

function doseLine({ dose, route }: RevisedEvent): string[] {
  const words = [dose, route].filter((one) => one !== undefined);
  return words.length === 0 ? [] : [words.join(', ')];
}

function asGivenLine(language: Language, { amount, weight }: RevisedEvent): string[] {
  const { event } = language;
  const words = [
    ...(amount === undefined ? [] : [event.amount(amount)]),
    ...(weight === undefined ? [] : [event.weight(figureIn(language, weight))]),
  ];
  return words.length === 0 ? [] : [words.join(', ')];
}

function statusLines(language: Language, event: RevisedEvent): string[] {
  const { kind, status, date, planned, window, reason } = event;
  const { event: words, colon, semicolon, dates } = language;
  const why = reason === null ? '' : `${colon}${reason}`;
  const otherDay =
    date === planned ? '' : `${semicolon}${words.planned(dates.numeric(planned))}${why}`;
  switch (status) {
    case 'given':
      return [`${words.given}${otherDay}`];
    case 'done':
      return [`${words.done}${otherDay}`];
    case 'not done':
      return [`${words.notDone}${why}`];
    case 'cancelled':
      if (kind === 'additional injection') return [`${words.takenBack}${why}`];
      return [words.notTreated];
    case 'moved':
      return [`${words.moved(dates.numeric(planned))}${why}`, ...windowLine(language, window)];
    case 'planned':
      return windowLine(language, window);
  }
}

function windowLine({ event, dates }: Language, window: RevisedEvent['window']): string[] {
  if (window === null) return [];
  return [event.window(dates.numeric(window.from), dates.numeric(window.to))];
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
