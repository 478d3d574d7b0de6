import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * The time at which command lines run. Lists are made on 28 May 2026, before the first participants of the
 * fixtures; from then on the clock of a study goes on, and is moved forward to the day that somebody records. So
 * stories depend on no clock, and no ledger runs backwards.
 */
const START = Date.parse('2026-05-28T08:00:00Z');
/** What is recorded later than this is meant to be in the future. */
const LATEST = Date.parse('2028-01-01T00:00:00Z');
/** In no time zone is it another day at this time: UTC-9 to UTC+14. */
const HOUR = 'T09:30:00Z';

/** Every node that is started from here on has the test's clock. */
export function startTestClock(): void {
  const hook = join(import.meta.dirname, 'clock.cjs');
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --require ${hook}`.trim();
  setAhead(START - Date.now());
}

/** What the clock of each study is ahead of the machine's, in milliseconds. */
const aheadOf = new Map<string, number>();
let latest = START - Date.now();
let start = START;

/** Sets the clock for a command line: to the first day for a new list, to the day that it records, else on. */
export function setClockFor(words: readonly string[], cwd: string): void {
  const study = resolve(cwd, valueOf('--study', words) ?? '.');
  const isNewList = words[0] === 'allocate' && !words.includes('--extend');
  const before = isNewList ? start - Date.now() : (aheadOf.get(study) ?? latest);
  const isRecord = ['attend', 'dose', 'kit'].includes(words[0] ?? '');
  const date = isRecord ? valueOf('--date', words) : undefined;
  const recorded = date === undefined ? NaN : Date.parse(date + HOUR);
  const isLater = recorded - Date.now() > before && recorded < LATEST;
  const ahead = isLater ? recorded - Date.now() : before;
  aheadOf.set(study, ahead);
  latest = isNewList ? ahead : Math.max(latest, ahead);
  setAhead(ahead);
}

/** Until the test is over, lists are made at this time, and the clocks of all studies go on from it. */
export function startAt(time: string): void {
  setAll(Date.parse(time));
  onTestFinished(() => {
    setAll(START);
  });
}

/** The time at which lists are made. */
export function startOfLists(): number {
  return start;
}

/** The time at which the next command line on a study will run. */
export function timeOfClock(study: string): number {
  return Date.now() + (aheadOf.get(study) ?? latest);
}

/** Sets the clock of a study that was made elsewhere until this time. */
export function goOnWithClock(study: string, time: number): void {
  const ahead = time - Date.now();
  aheadOf.set(study, ahead);
  latest = Math.max(latest, ahead);
  setAhead(ahead);
}

function setAll(time: number): void {
  start = time;
  latest = time - Date.now();
  aheadOf.clear();
  setAhead(latest);
}

function setAhead(ahead: number): void {
  process.env.RANDOSE_TEST_CLOCK = String(ahead);
}

function valueOf(flag: string, words: readonly string[]): string | undefined {
  const index = words.indexOf(flag);
  return index < 0 ? undefined : words[index + 1];
}
