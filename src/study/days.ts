import * as v from 'valibot';

/** The last study day that a schedule may have: ten years. */
const LAST_DAY = 3653;

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
const REPEATED = new RegExp(
  `^(?:every )?(?:${NUMBER} )?(days?|weeks?)(?: from day (-?\\d{1,4}))?(?: ${NUMBER} times| until day (\\d{1,4}))(?: (?:for )?${NUMBER} days? each)?$`,
);
const REPEATED_SHAPE =
  'expected something like "28 days, 18 times, five days each" or "2 weeks from Day 15, until Day 183"';

/**
 * Reads days that repeat: how far apart, from which day on (Day 1 if it is left out), how often or until
 * which day (included), and on how many days in a row each time.
 *
 * @returns the study days, or a sentence that says what is wrong
 */
export function expandRepeated(text: string): number[] | string {
  const words = text
    .toLowerCase()
    .replace(/[,\s]+/g, ' ')
    .trim();
  const parts = REPEATED.exec(words);
  if (parts === null) return REPEATED_SHAPE;
  const [, apart = 'one', unit = '', from = '1', times, until, each = 'one'] = parts;
  const period = wordOrNumber(apart) * (unit.startsWith('week') ? 7 : 1);
  const [first, run] = [Number(from), wordOrNumber(each)];
  if (first === 0) return NO_DAY_0;
  if (period === 0 || run === 0 || times === '0') return REPEATED_SHAPE;
  if (run > period) return `${run} days each time do not fit into ${period} days`;
  const last = until === undefined ? undefined : Number(until);
  if (last !== undefined && last < first) return `Day ${last} is before Day ${first}`;
  const count = last === undefined ? wordOrNumber(times!) : Math.floor((last - first) / period) + 1;
  if (count * run > LAST_DAY) return `expected at most ${LAST_DAY} days`;
  // There is no Day 0: from Day -1 the next day is Day 1.
  const elapsed = first > 0 ? first - 1 : first;
  const days = Array.from({ length: count * run }, (_, index) => {
    const offset = elapsed + Math.floor(index / run) * period + (index % run);
    return offset >= 0 ? offset + 1 : offset;
  });
  return last === undefined ? days : days.filter((day) => day <= last);
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
  const last = Math.floor(LAST_DAY / 7);
  if (weeks.includes(0)) return NO_WEEK_0;
  if (weeks.some((week) => week < 1 || week > last))
    return `expected trial weeks from 1 to ${last}`;
  return repeated(weeks);
}

function repeated(numbers: readonly number[]): string | undefined {
  const twice = numbers.find((number, index) => numbers.indexOf(number) < index);
  return twice === undefined ? undefined : `the number ${twice} is here twice`;
}

/** A schema whose value is read as study days, ascending. */
function studyDays(read: (value: unknown) => number[] | string) {
  return v.pipe(
    v.unknown(),
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

function readRepeated(least: number) {
  return (spec: unknown) => {
    if (typeof spec !== 'string') return REPEATED_SHAPE;
    const days = expandRepeated(spec);
    return typeof days === 'string' ? days : (daysProblem(days, least) ?? days);
  };
}

/** The ways of writing on which days something takes place, each read as study days. */
function occasions(least: number) {
  return {
    days: v.optional(studyDays(readDays(least))),
    weeks: v.optional(studyDays(readWeeks)),
    every: v.optional(studyDays(readRepeated(least))),
  };
}

/** The days of injections: Day 1 or later. */
export const INJECTION_OCCASIONS = occasions(1);
/** The days of assessments, which may be before Day 1. */
export const ASSESSMENT_OCCASIONS = occasions(-LAST_DAY);
