import { describe, expect, test } from 'vitest';
import { expandRepeated } from '../../../src/study/days.ts';
import { STUDY_TEMPLATE } from '../../../src/study/depil-2.ts';
import { readStudy } from '../../../src/study/study-file.ts';

const INDUCTION = '    - {phase: induction, days: 1-5}\n';
const MAINTENANCE = '    - {phase: maintenance, weeks: 3-6}\n';

/** The template with another schedule of injections. */
function withInjections(injections: string, more = '') {
  const text = STUDY_TEMPLATE.replace(INDUCTION + MAINTENANCE, injections).replace(
    'schedule:\n',
    `schedule:\n${more}`,
  );
  // Assessments are looked at elsewhere.
  return readStudy(text.replace(/ {2}assessments:\n[\s\S]*?(?=\n# Who)/, ''), 'study.yaml');
}

function daysOf(injections: string): number[] {
  const read = withInjections(injections);
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '));
  return read.value.schedule.phases.flatMap(({ days }) => [...days]);
}

function problemsOf(injections: string, more = ''): string[] {
  const read = withInjections(injections, more);
  const first = STUDY_TEMPLATE.split('\n').findIndex((line) => line.includes('induction')) + 1;
  const added = more.split('\n').length - 1;
  // Lines are counted from the first of the injections.
  return read.ok
    ? []
    : read.problems.map(
        ({ message, line = 0, column }) => `${line - first - added + 1}:${column ?? 0} ${message}`,
      );
}

describe('occasions', () => {
  test('five days every 28 days, 18 times: azacitidine by the book', () => {
    const days = expandRepeated('28 days, 18 times, five days each') as number[];
    expect(days).toHaveLength(90);
    expect(days.slice(0, 7)).toEqual([1, 2, 3, 4, 5, 29, 30]);
    expect(days.at(-1)).toBe(17 * 28 + 5);
  });

  test.each([
    [
      '2 weeks from Day 15, until Day 183',
      [15, 29, 43, 57, 71, 85, 99, 113, 127, 141, 155, 169, 183],
    ],
    ['every 2 weeks from Day 15, until Day 42', [15, 29]],
    ['week, 3 times', [1, 8, 15]],
    ['28 days, two times, 2 days each', [1, 2, 29, 30]],
    ['7 days from Day -14, 3 times', [-14, -7, 1]],
    ['5 days, until Day 7, 3 days each', [1, 2, 3, 6, 7]],
  ])('%s', (text, days) => {
    expect(expandRepeated(text)).toEqual(days);
  });

  test.each([
    ['28 days', 'expected something like'],
    ['0 days, 3 times', 'expected something like'],
    ['28 days, 0 times', 'expected something like'],
    ['7 days from Day 0, 3 times', 'there is no Day 0'],
    ['2 days, 3 times, 5 days each', 'do not fit'],
    ['7 days from Day 15, until Day 8', 'is before'],
    ['28 months, 2 times', 'expected something like'],
    ['1 day, 9999 times', 'at most'],
  ])('%s is refused', (text, message) => {
    expect(expandRepeated(text)).toContain(message);
  });

  test('are written in study.yaml as days, weeks or every', () => {
    expect(daysOf('    - {phase: a, days: "1, 3-5"}\n    - {phase: b, weeks: [2, 4]}\n')).toEqual([
      ...[1, 3, 4, 5],
      ...[8, 22],
    ]);
    expect(daysOf('    - {phase: a, every: "28 days, 2 times, five days each"}\n')).toEqual([
      ...[1, 2, 3, 4, 5],
      ...[29, 30, 31, 32, 33],
    ]);
    expect(problemsOf('    - {phase: a, days: 1, weeks: 2}\n')).toEqual([
      '1:7 this phase needs exactly one of days (such as 1-5), weeks (such as 3-6) and every',
    ]);
  });
});

describe('windows and the least interval', () => {
  test.each([
    ['-1/+2', { before: 1, after: 2 }],
    ['-1 to +2 days', { before: 1, after: 2 }],
    ['±2', { before: 2, after: 2 }],
    ['0/+3', { before: 0, after: 3 }],
    ['0', { before: 0, after: 0 }],
  ])('%s', (window, expected) => {
    const read = withInjections(`    - {phase: a, weeks: 1-3, window: ${window}}\n`);
    expect(read.ok && read.value.schedule.phases[0]!.window).toEqual(expected);
  });

  test.each(['2', '+2', '-1', '2/1', '+1/-1', 'soon', '-400/+1'])('%s is refused', (window) => {
    const [problem, ...others] = problemsOf(`    - {phase: a, weeks: 1-3, window: ${window}}\n`);
    expect(others).toEqual([]);
    expect(problem).toContain('1:38');
  });

  test('that overlap are an error at their line', () => {
    expect(
      problemsOf(`${INDUCTION}    - {phase: maintenance, weeks: 3-6, window: -3/+4}\n`),
    ).toEqual([
      '2:48 the windows of Day 15 and Day 22 overlap: both injections could be on one day',
    ]);
    expect(
      problemsOf(`${INDUCTION}    - {phase: maintenance, weeks: 3-6, window: -3/+3}\n`),
    ).toEqual([]);
    // The first of them reaches back into the induction.
    expect(problemsOf(`${INDUCTION}    - {phase: maintenance, days: 7, window: -2/+1}\n`)).toEqual([
      '2:45 the windows of Day 5 and Day 7 overlap: both injections could be on one day',
    ]);
    expect(problemsOf('    - {phase: a, days: 1-5, window: 0/+1}\n')).toHaveLength(1);
  });

  test('that no window can meet are an error at their line', () => {
    const weekly = (interval: number) =>
      problemsOf(
        `${INDUCTION}    - phase: maintenance\n      weeks: 3-6\n      window: -1/+1\n      leastInterval: ${interval} days\n`,
      );
    // Day 15 can be 11 days after Day 5; the four weekly ones lie at most 3 × 7 + 2 days apart.
    expect(weekly(7)).toEqual([]);
    expect(weekly(8)).toEqual([
      '5:22 Day 36 cannot be 8 days after the injection before it: no day of its window is late enough',
    ]);
    expect(problemsOf(INDUCTION, '  leastInterval: 2 days\n')[0]).toContain(
      'Day 2 cannot be 2 days after the injection before it: it is planned 1 day after it, and has no window',
    );
  });

  test('apply to all phases, or to one', () => {
    const read = withInjections(
      '    - {phase: a, days: 1, dose: 1 mg, route: oral}\n    - {phase: b, days: 30, leastInterval: 2 weeks}\n',
      '  leastInterval: 5 days\n  countedFrom: visit before\n  afterMissed: move\n',
    );
    expect(read.ok && read.value.schedule.phases).toEqual([
      {
        name: 'a',
        days: [1],
        dose: '1 mg',
        route: 'oral',
        leastInterval: 5,
        countedFrom: 'visit before',
        afterMissed: 'move',
      },
      {
        name: 'b',
        days: [30],
        leastInterval: 14,
        countedFrom: 'visit before',
        afterMissed: 'move',
      },
    ]);
  });
});

test('an assessment before or after a dose needs an injection on its day', () => {
  const text = STUDY_TEMPLATE.replace(
    '      days: [1, 5, 15, 60]',
    '      days: [1, 5, 15, 60]\n      timing: before dose',
  );
  const read = readStudy(text, 'study.yaml');
  expect(read.ok ? [] : read.problems.map(({ message }) => message)).toEqual([
    '"before dose", but there is no injection on Day 60',
  ]);
});

describe('when a site works', () => {
  const site = (keys: string) => {
    const read = readStudy(
      STUDY_TEMPLATE.replace('    country: FR\n    timeZone: Europe/Paris\n', keys),
      'study.yaml',
    );
    return read.ok ? read.value.sites[0] : read.problems.map(({ message }) => message).join('; ');
  };

  test('is read as it is written', () => {
    expect(
      site(
        '    openDays: Mon-Fri\n    openOn: [2026-05-01]\n    closed: [2026-08-03 to 2026-08-14, {on: 2026-12-24, reason: stocktaking}]\n',
      ),
    ).toMatchObject({
      openDays: [1, 2, 3, 4, 5],
      openOn: ['2026-05-01'],
      closed: [
        { from: '2026-08-03', to: '2026-08-14', reason: 'closed' },
        { from: '2026-12-24', to: '2026-12-24', reason: 'stocktaking' },
      ],
    });
  });

  test.each([
    ['    country: France\n', 'expected two capital letters'],
    ['    timeZone: Paris\n', 'expected a time zone'],
    ['    openDays: Fri-Mon\n', 'expected weekdays'],
    ['    openDays: Funday\n', 'expected weekdays'],
    ['    openOn: [2026-02-30]\n', '2026-02-30 does not exist in the calendar'],
    ['    closed: [2026-08-14 to 2026-08-03]\n', 'the earlier one first'],
    ['    closed: [026-3-1]\n', '"026-3-1" is not a date'],
    ['    whitMonday: maybe\n', 'expected worked or off'],
  ])('%s', (keys, problem) => {
    expect(site(keys)).toContain(problem);
  });
});
