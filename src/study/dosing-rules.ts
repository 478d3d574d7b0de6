import * as v from 'valibot';

/** The days around a planned one on which a visit may take place. */
export interface VisitWindow {
  /** Days before the planned one. */
  readonly before: number;
  /** Days after it. */
  readonly after: number;
}

const MOST = 366;
const WINDOW_SHAPE =
  'expected the days before and after, such as -1/+2, ±2 or 0 (0 is the planned day alone)';

/** A window as study.yaml has it: `-1/+2`, `-1 to +2 days`, `±2`, or 0. */
export const WINDOW = v.pipe(
  v.union([v.string(), v.number()], WINDOW_SHAPE),
  v.rawTransform(({ dataset, addIssue, NEVER }): VisitWindow => {
    const window = readWindow(String(dataset.value));
    if (window !== undefined && window.before <= MOST && window.after <= MOST) return window;
    addIssue({ message: window === undefined ? WINDOW_SHAPE : `expected ${MOST} days at most` });
    return NEVER;
  }),
);

function readWindow(text: string): VisitWindow | undefined {
  const plain = text.trim().replace(/\s*days?$/i, '');
  if (plain === '0') return { before: 0, after: 0 };
  const even = /^(?:±|\+\/-|\+-)\s*(\d{1,4})$/.exec(plain);
  if (even) return { before: Number(even[1]), after: Number(even[1]) };
  const sides = /^(?:[-−](\d{1,4})|0)\s*(?:\/|to|,|\.\.)\s*(?:\+(\d{1,4})|0)$/i.exec(plain);
  if (!sides) return undefined;
  return { before: Number(sides[1] ?? 0), after: Number(sides[2] ?? 0) };
}

const INTERVAL_SHAPE = `expected a number of days from 1 to ${MOST}, such as 6 days`;

/** A length of time in whole days: `6 days`, `2 weeks`, or a number. */
export const INTERVAL_DAYS = v.pipe(
  v.union([v.string(), v.number()], INTERVAL_SHAPE),
  v.rawTransform(({ dataset, addIssue, NEVER }): number => {
    const parts = /^(\d{1,4})\s*(days?|weeks?)?$/i.exec(String(dataset.value).trim());
    const days = parts && Number(parts[1]) * (/^week/i.test(parts[2] ?? '') ? 7 : 1);
    if (days !== null && days >= 1 && days <= MOST) return days;
    addIssue({ message: INTERVAL_SHAPE });
    return NEVER;
  }),
);

/** What later injections are counted from: Day 1, or the injection before as it really happened. */
export const COUNTED_FROM = v.picklist(
  ['day 1', 'visit before'],
  'expected day 1, or visit before (as it happened)',
);
export type CountedFrom = v.InferOutput<typeof COUNTED_FROM>;

/** What a missed dose does to the later ones. */
export const AFTER_MISSED = v.picklist(
  ['nothing', 'move'],
  'expected nothing (the later injections stay) or move (they move by the days that were lost)',
);
export type AfterMissed = v.InferOutput<typeof AFTER_MISSED>;

/** Where in a visit an assessment is. */
export const TIMING = v.picklist(
  ['before dose', 'after dose'],
  'expected before dose, or after dose',
);
export type Timing = v.InferOutput<typeof TIMING>;
