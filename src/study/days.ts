import * as v from 'valibot';

/** The last study day a schedule may name: ten years. */
const LAST_DAY = 3653;

/**
 * Reads the numbers that a schedule lists: one number, a range such as `1-5` (ends included), or a
 * list of either.
 *
 * @returns the numbers in the order given, or undefined where the text is no such thing.
 */
export function expandRanges(spec: unknown): number[] | undefined {
  if (Array.isArray(spec)) {
    const parts = spec.map(expandRanges);
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  if (typeof spec === 'number') return Number.isInteger(spec) ? [spec] : undefined;
  if (typeof spec !== 'string') return undefined;
  const range = /^([1-9]\d{0,4})\s*-\s*([1-9]\d{0,4})$/.exec(spec.trim());
  if (!range) return undefined;
  const [first, last] = [Number(range[1]), Number(range[2])];
  if (first > last || last > LAST_DAY) return undefined;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function ranges(what: string, least: number, most: number) {
  const example = `expected ${what}: a number, a range such as 1-5, or a list of them`;
  return v.pipe(
    v.unknown(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const numbers = expandRanges(dataset.value);
      const problem =
        numbers === undefined || numbers.length === 0
          ? example
          : numbers.includes(0)
            ? `there is no ${what === 'study days' ? 'Day' : 'Week'} 0: Day 1 is the day of the first injection, the day before it is Day -1`
            : numbers.some((number) => number < least || number > most)
              ? `expected ${what} from ${least} to ${most}`
              : new Set(numbers).size < numbers.length
                ? 'a number stands here twice'
                : undefined;
      if (problem !== undefined || numbers === undefined) {
        addIssue({ message: problem ?? example });
        return NEVER;
      }
      return numbers;
    }),
  );
}

/** Study days on which something may be injected: Day 1 or later. */
export const injectionDays = ranges('study days', 1, LAST_DAY);
/** Trial weeks: Week 1 begins on Day 1. */
export const weeks = ranges('trial weeks', 1, Math.floor(LAST_DAY / 7));
/** Study days of assessments, which may lie before Day 1. */
export const assessmentDays = ranges('study days', -LAST_DAY, LAST_DAY);
