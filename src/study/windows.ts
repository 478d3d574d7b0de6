import * as v from 'valibot';

/** The days around a planned day on which a visit may take place. */
export interface VisitWindow {
  /** Days before the planned day. */
  readonly before: number;
  /** Days after it. */
  readonly after: number;
}

const MOST = 366;
const WINDOW_SHAPE =
  'expected the days before and after, such as -1/+2, ±2 or 0 (0 means only the planned day)';

/** A window as study.yaml has it: `-1/+2`, `-1 to +2 days`, `±2`, or 0. */
export const WINDOW = v.pipe(
  v.union([v.string(), v.number()], WINDOW_SHAPE),
  v.metadata({
    minimum: 0,
    maximum: 0,
    pattern: String.raw`^\s*(0|(±|\+/-|\+-)\s*\d{1,4}|([-−]\d{1,4}|0)\s*(/|[tT][oO]|,|\.\.)\s*(\+\d{1,4}|0))\s*([dD][aA][yY][sS]?)?\s*$`,
    patternErrorMessage: WINDOW_SHAPE,
    examples: ['-1/+2', '±2', 0],
  }),
  v.rawTransform(({ dataset, addIssue, NEVER }): VisitWindow => {
    const window = readWindow(String(dataset.value));
    if (window !== undefined && window.before <= MOST && window.after <= MOST) return window;
    addIssue({ message: window === undefined ? WINDOW_SHAPE : `expected at most ${MOST} days` });
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
  v.metadata({
    minimum: 1,
    maximum: MOST,
    pattern: String.raw`^\s*\d{1,4}\s*([dD][aA][yY][sS]?|[wW][eE][eE][kK][sS]?)?\s*$`,
    patternErrorMessage: INTERVAL_SHAPE,
    examples: ['6 days', '2 weeks'],
  }),
  v.rawTransform(({ dataset, addIssue, NEVER }): number => {
    const parts = /^(\d{1,4})\s*(days?|weeks?)?$/i.exec(String(dataset.value).trim());
    const days = parts && Number(parts[1]) * (/^week/i.test(parts[2] ?? '') ? 7 : 1);
    if (days !== null && days >= 1 && days <= MOST) return days;
    addIssue({ message: INTERVAL_SHAPE });
    return NEVER;
  }),
);
