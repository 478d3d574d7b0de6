import { describe, expect, test } from 'vitest';
import { readRepeats } from '../../../src/study/days.ts';
import { STUDY_TEMPLATE } from '../../../src/study/depil-2.ts';
import { scheduleParts } from '../../../src/study/sections/schedule.ts';
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

/** The days that repeat, or what is wrong with the text. */
function daysIn(text: string): readonly number[] | string {
  const read = readRepeats(text);
  return typeof read === 'string' ? read : read.days;
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
    const days = daysIn('28 days, 18 times, five days each') as number[];
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
    ['28 days, 2 times, days 1, 8, 15', [1, 8, 15, 29, 36, 43]],
    ['every 3 weeks, 2 times, on days 1-3 and 8', [1, 2, 3, 8, 22, 23, 24, 29]],
    ['28 days from Day 57, until Day 90, days 15, 1', [57, 71, 85]],
    ['28 days, 2 times, day 1', [1, 29]],
  ])('%s', (text, days) => {
    expect(daysIn(text)).toEqual(days);
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
    ['28 days, 6 times, days 1, 8, 29', 'Day 29 does not fit into a cycle of 28 days'],
    ['28 days, 6 times, days 2, 9', 'a cycle begins with its first injection'],
    ['28 days, 6 times, days 1, 8, 8', 'the number 8 is here twice'],
    ['28 days, 6 times, days 8-1', 'expected something like'],
    ['28 days, 6 times, days', 'expected something like'],
  ])('%s is refused', (text, message) => {
    expect(daysIn(text)).toContain(message);
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

describe('courses and cycles', () => {
  const phasesOf = (injections: string, more = '') => {
    const read = withInjections(injections, more);
    if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '));
    return read.value.schedule.phases;
  };
  /** A phase of cycles of 28 days, with further keys. */
  const cycles = (more = '', every = '28 days, 3 times, days 1, 8, 15') =>
    `    - phase: a\n      every: ${every}\n${more}`;
  const course = (rules: string) => `      course: {${rules}}\n`;

  test('are read as they are written', () => {
    expect(phasesOf(cycles(course('window: ±3, anchor: course before')))).toEqual([
      {
        name: 'a',
        days: [1, 8, 15, 29, 36, 43, 57, 64, 71],
        cycles: [1, 29, 57],
        course: { window: { before: 3, after: 3 }, anchor: 'course before' },
      },
    ]);
    expect(phasesOf('    - {phase: a, days: 1-5, course: {anchor: day 1}}\n')).toEqual([
      { name: 'a', days: [1, 2, 3, 4, 5], course: { anchor: 'day 1' } },
    ]);
    const fiveEach = cycles('', '28 days, 2 times, five days each');
    expect(phasesOf(fiveEach)[0]).not.toHaveProperty('cycles');
    expect(phasesOf(`${fiveEach}${course('window: ±1')}`)[0]!.cycles).toEqual([1, 29]);
    // The anchor says what a course is counted from; other phases keep the rule for all.
    const both = `${cycles(course('window: ±1'))}    - {phase: b, days: 90}\n`;
    const [one, other] = phasesOf(both, '  countedFrom: visit before\n');
    expect([one!.countedFrom, other!.countedFrom]).toEqual([undefined, 'visit before']);
  });

  test('with doses of single days, by day of the cycle or by study day', () => {
    const doses = '      dose: 2 mg\n      doses: {1: 0.5 mg, 8-9: 1 mg}\n';
    expect(phasesOf(cycles(doses, '28 days, 2 times, days 1, 8-9, 15'))[0]!.doses).toEqual({
      1: '0.5 mg',
      8: '1 mg',
      9: '1 mg',
      29: '0.5 mg',
      36: '1 mg',
      37: '1 mg',
    });
    const single = '    - {phase: a, days: [1, 15, 29], doses: {15: 2 mg}, dose: 1 mg}\n';
    expect(phasesOf(single)[0]!.doses).toEqual({ 15: '2 mg' });
    const weeks = '    - {phase: a, weeks: 1-3, doses: {1: 1 mg, 8: 2 mg}}\n';
    expect(phasesOf(weeks)[0]!.doses).toEqual({ 1: '1 mg', 8: '2 mg' });
  });

  test.each([
    [
      'days on which there is none',
      cycles('      doses: {1: 1 mg, 9: 2 mg}\n'),
      '3:24 this phase has no injection on Day 9 of a cycle',
    ],
    [
      'a day twice',
      '    - {phase: a, days: 1-5, doses: {1-3: 1 mg, 3: 2 mg}}\n',
      '1:37 Day 3 has two doses',
    ],
    [
      'no days',
      '    - {phase: a, days: 1-5, doses: {first: 1 mg}}\n',
      '1:44 schedule.injections[0].doses.first: expected days with their doses, such as {1: 1 mg, 8-15: 2 mg}',
    ],
    [
      'an anchor and countedFrom',
      cycles(`${course('anchor: day 1')}      countedFrom: day 1\n`),
      '4:20 a course says with anchor what it is counted from: leave countedFrom out',
    ],
    [
      'an unknown anchor',
      cycles(course('anchor: day 2')),
      '3:24 schedule.injections[0].course.anchor: expected day 1, or course before (the day on which that course really began), found "day 2"',
    ],
    [
      'no course before',
      `${INDUCTION}    - {phase: b, days: 15-17, course: {anchor: course before}}\n`,
      '2:48 no course comes before the one that begins on Day 15: write anchor: day 1',
    ],
    [
      'another phase inside a course',
      `${cycles(course('window: ±1'))}    - {phase: b, days: 31}\n`,
      '4:7 Day 31 is inside the course of a that begins on Day 29: a course moves as a whole, so nothing else can be on its days',
    ],
    [
      'cycles inside cycles',
      `${cycles()}    - {phase: b, every: "28 days from Day 80, 2 times, days 1, 8"}\n`,
      '3:25 the cycle from Day 80 begins inside the cycle of a from Day 57 to Day 84: write all days of a cycle in one phase (doses says the dose of single days)',
    ],
    [
      'windows so wide that a course can reach the one before',
      cycles(course('window: ±7')),
      '3:24 the course that begins on Day 29 can reach the course that begins on Day 57: Day 43 can be as late as Day 57',
    ],
    [
      'a window that reaches the course before on its own',
      cycles(course('window: -14/+0, anchor: course before')),
      '3:24 the course that begins on Day 1 can reach the course that begins on Day 29: Day 15 can be as late as Day 29',
    ],
    [
      'a window that reaches into the phase after',
      `${cycles(course('window: -1/+9'))}    - {phase: b, days: 80}\n`,
      '3:24 the windows of Day 71 and Day 80 overlap: both injections could be on one day',
    ],
    [
      'windows of days that overlap in a course',
      cycles(`${course('window: ±1')}      window: ±4\n`),
      '4:15 the windows of Day 8 and Day 15 overlap: both injections could be on one day',
    ],
    [
      'a least interval that its days do not have',
      cycles(`${course('window: ±1')}      leastInterval: 8 days\n`),
      '4:22 Day 8 cannot be 8 days after the injection before it: it is planned 7 days after it, and has no window',
    ],
  ])('refuse %s', (_, injections, problem) => {
    expect(problemsOf(injections)).toEqual([problem]);
  });

  test('may use their windows up to each other', () => {
    // Day 15 to Day 29 are 14 days: 6 after and 6 before leave two days apart.
    expect(problemsOf(cycles(course('window: ±6')))).toEqual([]);
    expect(problemsOf(cycles(course('window: -13/+30, anchor: course before')))).toEqual([]);
    // Each day moves with the first one, so that this is possible for a window of one day.
    expect(problemsOf(cycles(course('window: ±5'), '28 days, 3 times, days 1-5'))).toEqual([]);
  });

  test('change the digest of a schedule only if it has them', () => {
    const parts = (text: string) => {
      const read = withInjections(text);
      return read.ok ? scheduleParts(read.value.schedule)[0] : [];
    };
    expect(parts(INDUCTION)).toEqual([['induction', [1, 2, 3, 4, 5]]]);
    expect(parts(cycles('', '28 days, 2 times, 2 days each'))).toEqual([['a', [1, 2, 29, 30]]]);
    expect(parts(cycles('', '28 days, 2 times, days 1-2'))).toEqual([
      ['a', [1, 2, 29, 30], { cycles: [1, 29] }],
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
