import * as v from 'valibot';
import type { Says } from './yaml-file.ts';

/** The last study day that a schedule may have: ten years. */
const LAST_DAY = 3653;
const LAST_WEEK = Math.floor(LAST_DAY / 7);

/**
 * Reads the numbers of a schedule: one number, a range such as `1-5` (ends included), several of them
 * separated by commas, or a list of these.
 *
 * @returns the numbers in the order given, or undefined if the value is something else
 */
export function expandRanges(spec: unknown): number[] | undefined {
  if (Array.isArray(spec)) return joined(spec.map(expandRanges));
  if (typeof spec === 'number') return Number.isInteger(spec) ? [spec] : undefined;
  if (typeof spec !== 'string') return undefined;
  return joined(spec.split(',').map(expandRange));
}

function expandRange(text: string): number[] | undefined {
  const one = /^\s*(-?\d{1,5})\s*$/.exec(text);
  if (one) return [Number(one[1])];
  const range = /^\s*([1-9]\d{0,4})\s*-\s*([1-9]\d{0,4})\s*$/.exec(text);
  if (!range) return undefined;
  const [first, last] = [Number(range[1]), Number(range[2])];
  if (first > last || last > LAST_DAY) return undefined;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function joined(parts: readonly (number[] | undefined)[]): number[] | undefined {
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

const NUMBER_WORDS = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');
const NUMBER = `(\\d{1,4}|${NUMBER_WORDS.join('|')})`;
const SOME_DAYS = '\\d{1,4}(?:-\\d{1,4})?';
const REPEATED = new RegExp(
  `^(?:every )?(?:${NUMBER} )?(days?|weeks?)(?: from day (-?\\d{1,4}))?(?: ${NUMBER} times| until day (\\d{1,4}))(?: (?:for )?${NUMBER} days? each| (?:on )?days? (${SOME_DAYS}(?:(?: and)? ${SOME_DAYS})*))?$`,
);
const REPEATED_SHAPE =
  'expected something like "28 days, 18 times, five days each", "28 days, 6 times, days 1, 8, 15" or "2 weeks from Day 15, until Day 183"';

/** Days that repeat. */
export interface Repeats {
  /** All of them, ascending. */
  readonly days: readonly number[];
  /** The first day of each repetition. */
  readonly firstDays: readonly number[];
  /** The number of days from one repetition to the next. */
  readonly period: number;
  /** Whether the days are written as days of a cycle, such as `days 1, 8, 15`. */
  readonly isInCycles: boolean;
}

/**
 * Reads days that repeat: how far apart, from which day on (Day 1 if it is left out), how often or until
 * which day (included), and on how many days in a row, or on which days, each time.
 *
 * @returns the days, or a sentence that says what is wrong
 */
export function readRepeats(text: string): Repeats | string {
  const words = text
    .toLowerCase()
    .replace(/[,\s]+/g, ' ')
    .trim();
  const parts = REPEATED.exec(words);
  if (parts === null) return REPEATED_SHAPE;
  const [, apart = 'one', unit = '', from = '1', times, until, each = 'one', listed] = parts;
  const period = wordOrNumber(apart) * (unit.startsWith('week') ? 7 : 1);
  const [first, run] = [Number(from), wordOrNumber(each)];
  if (first === 0) return NO_DAY_0;
  if (period === 0 || run === 0 || times === '0') return REPEATED_SHAPE;
  if (run > period) return `${run} days each time do not fit into ${period} days`;
  const inside =
    listed === undefined
      ? Array.from({ length: run }, (_, index) => index + 1)
      : daysOfCycle(listed, period);
  if (typeof inside === 'string') return inside;
  const last = until === undefined ? undefined : Number(until);
  if (last !== undefined && last < first) return `Day ${last} is before Day ${first}`;
  const count = last === undefined ? wordOrNumber(times!) : Math.floor((last - first) / period) + 1;
  if (count * inside.length > LAST_DAY) return `expected at most ${LAST_DAY} days`;
  const firstDays = Array.from({ length: count }, (_, index) => dayAfter(first, index * period));
  const days = firstDays
    .flatMap((one) => inside.map((day) => dayAfter(one, day - 1)))
    .filter((day) => last === undefined || day <= last);
  return { days, firstDays, period, isInCycles: listed !== undefined };
}

/** Days of a cycle, such as `1 8 15` or `1-5 and 8`, ascending; or a sentence that says what is wrong. */
function daysOfCycle(listed: string, period: number): number[] | string {
  const days = expandRanges(listed.replaceAll(' and ', ' ').split(' '));
  if (days === undefined) return REPEATED_SHAPE;
  const ascending = days.toSorted((a, b) => a - b);
  const twice = repeated(ascending);
  if (twice !== undefined) return twice;
  const late = ascending.find((day) => day > period);
  if (late !== undefined) return `Day ${late} does not fit into a cycle of ${period} days`;
  return ascending[0] === 1
    ? ascending
    : 'a cycle begins with its first injection: write Day 1 among its days, and "from Day …" for the study day of that day';
}

/** The study day some days after another. There is no Day 0: from Day -1 the next day is Day 1. */
export function dayAfter(day: number, days: number): number {
  const elapsed = (day > 0 ? day - 1 : day) + days;
  return elapsed >= 0 ? elapsed + 1 : elapsed;
}

function wordOrNumber(text: string): number {
  const place = NUMBER_WORDS.indexOf(text);
  return place < 0 ? Number(text) : place + 1;
}

/** The first study day of a trial week: Week 3 begins on Day 15. */
function firstDayOfWeek(week: number): number {
  return 7 * (week - 1) + 1;
}

const NO_DAY_0 =
  'there is no Day 0: Day 1 is the day of the first injection, the day before it is Day -1';
const NO_WEEK_0 = 'there is no Week 0: Week 1 begins with Day 1';

function daysProblem(days: readonly number[], least: number): string | undefined {
  if (days.includes(0)) return NO_DAY_0;
  if (days.some((day) => day < least || day > LAST_DAY)) {
    return `expected study days from ${least} to ${LAST_DAY}`;
  }
  return repeated(days);
}

function weeksProblem(weeks: readonly number[]): string | undefined {
  if (weeks.includes(0)) return NO_WEEK_0;
  if (weeks.some((week) => week < 1 || week > LAST_WEEK))
    return `expected trial weeks from 1 to ${LAST_WEEK}`;
  return repeated(weeks);
}

function repeated(numbers: readonly number[]): string | undefined {
  const twice = numbers.find((number, index) => numbers.indexOf(number) < index);
  return twice === undefined ? undefined : `the number ${twice} is here twice`;
}

/** Days, weeks and ranges of them, as editors know them (json-schema.ts). */
function daysForEditors(minimum: number, maximum: number, examples: readonly unknown[]) {
  const number = { type: 'integer', minimum, maximum, not: { const: 0 } };
  const text = { type: 'string', pattern: String.raw`^[-\d,\s]+$` };
  const list = { type: 'array', minItems: 1, items: { anyOf: [number, text] } };
  return v.metadata({ anyOf: [list, text, number], examples });
}

/** A schema whose value is read as study days, ascending. */
function studyDays(
  read: (value: unknown) => number[] | string,
  forEditors: ReturnType<typeof daysForEditors>,
) {
  return v.pipe(
    v.unknown(),
    forEditors,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const days = read(dataset.value);
      if (typeof days !== 'string') return days.toSorted((a, b) => a - b);
      addIssue({ message: days });
      return NEVER;
    }),
  );
}

function readDays(least: number) {
  return (spec: unknown) => {
    const days = expandRanges(spec);
    if (days === undefined || days.length === 0) {
      return 'expected study days: a number, a range such as 1-5, or a list of them';
    }
    return daysProblem(days, least) ?? days;
  };
}

function readWeeks(spec: unknown): number[] | string {
  const weeks = expandRanges(spec);
  if (weeks === undefined || weeks.length === 0) {
    return 'expected trial weeks: a number, a range such as 3-6, or a list of them';
  }
  return weeksProblem(weeks) ?? weeks.map(firstDayOfWeek);
}

/** A schema whose value is read as days that repeat. */
function repeats(least: number) {
  return v.pipe(
    v.unknown(),
    v.metadata({
      type: 'string',
      pattern: '[dD][aA][yY]|[wW][eE][eE][kK]',
      examples: ['28 days, 6 times', '2 weeks from Day 15, until Day 183'],
    }),
    v.rawTransform(({ dataset, addIssue, NEVER }): Repeats => {
      const read = typeof dataset.value === 'string' ? readRepeats(dataset.value) : REPEATED_SHAPE;
      const problem = typeof read === 'string' ? read : daysProblem(read.days, least);
      if (problem === undefined) return read as Repeats;
      addIssue({ message: problem });
      return NEVER;
    }),
  );
}

/** The ways of writing on which days something takes place, each read as study days. */
function occasions(least: number) {
  return {
    days: v.optional(
      studyDays(readDays(least), daysForEditors(least, LAST_DAY, ['1-5', [1, 8, 15]])),
    ),
    weeks: v.optional(studyDays(readWeeks, daysForEditors(1, LAST_WEEK, ['3-6']))),
    every: v.optional(repeats(least)),
  };
}

/** What the keys of `occasions` are for. */
export const OCCASIONS_SAY: Says<ReturnType<typeof occasions>> = {
  days: 'On which study days: a number, a range such as 1-5, or a list such as [1, 8, 15]. Day 1 is the first injection, and there is no Day 0.',
  weeks: 'In which trial weeks, on their first day: Week 1 is Day 1, Week 3 is Day 15.',
  every:
    'Days that repeat, such as "28 days, 6 times, days 1, 8, 15" or "2 weeks from Day 15, until Day 183".',
};

/** The days of injections: Day 1 or later. */
export const INJECTION_OCCASIONS = occasions(1);
/** The days of assessments, which may be before Day 1. */
export const ASSESSMENT_OCCASIONS = occasions(-LAST_DAY);
