import { describe, expect, test } from 'vitest';
import { readPlan } from '../../src/randomization/plan.ts';
import { PLAN_TEMPLATE, STUDY_TEMPLATE } from '../../src/study/depil-2.ts';
import { readStudy } from '../../src/study/study-file.ts';
import { templateStudy } from '../support/designs.ts';

/** What is wrong with the template after a change, as `line:column message`. */
function problemsAfter(...changes: [from: string, to: string][]): string[] {
  let text = STUDY_TEMPLATE;
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`the template has no ${from}`);
    text = text.replace(from, to);
  }
  const checked = readStudy(text, 'study.yaml');
  return checked.ok
    ? []
    : checked.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

/** The line of the template that a text first stands on, from 1. */
function lineOf(text: string): number {
  return STUDY_TEMPLATE.split('\n').findIndex((line) => line.includes(text)) + 1;
}

describe('the DEPIL-2 template', () => {
  test('is the trial of the registry', () => {
    const study = templateStudy();
    expect(study.id).toBe('DEPIL-2');
    expect(study.registrations).toMatchObject({
      'ClinicalTrials.gov': 'NCT04133233',
      EudraCT: '2018-002777-22',
    });
    expect(study.arms.map(({ code, type, ratio }) => [code, type, ratio])).toEqual([
      ['ILT101', 'active', 2],
      ['PLACEBO', 'placebo', 1],
    ]);
    expect(study.strata).toEqual([{ id: 'site=CRT', slots: 18 }]);
    expect(study.schedule.phases).toEqual([
      { name: 'induction', days: [1, 2, 3, 4, 5] },
      { name: 'maintenance', days: [15, 22, 29, 36] },
    ]);
  });

  test('says nothing of its arms outside the arms', () => {
    // A label of a blinded trial names the substance and the placebo, both on every kit.
    const outside = STUDY_TEMPLATE.replace(/^arms:\n(?: .*\n)*/m, '').replace(
      'substance: ILT101 1 MUI ou placebo',
      '',
    );
    expect(outside).not.toBe(STUDY_TEMPLATE);
    expect(outside).not.toMatch(/ILT101|placebo/i);
  });
});

describe('a problem in study.yaml', () => {
  test.each<[string, [string, string][], string]>([
    [
      'what is out of scope',
      [['randose: 1', 'randose: 1\nminimization: true']],
      `${lineOf('randose: 1') + 1}:1 minimization: randose does not do minimization. docs/scope.md says why, and what to use instead`,
    ],
    [
      'an unknown key',
      [['randose: 1', 'randose: 1\nblocks: { sizes: [3] }']],
      `${lineOf('randose: 1') + 1}:1 blocks: unknown key; the keys known here are: randose, dummy, study, blinding, arms, sites, factors, stratifyBy, strata, subjects, numbers, replacements, schedule, amendments, supplies, redcap, officers, statisticians, packers, cardMakers, preparers, custody, cdisc`,
    ],
    [
      'a key of a site that is not indented',
      [['randose: 1', 'randose: 1\ninvestigator: Dr Example']],
      `${lineOf('randose: 1') + 1}:1 investigator: this key belongs under an item of sites: move it there, and indent it like the keys beside it`,
    ],
    [
      'a key two levels too far out',
      [['randose: 1', 'randose: 1\nunitPackaging: small']],
      `${lineOf('randose: 1') + 1}:1 unitPackaging: this key belongs under supplies.kit, or an item of supplies.kits: move it there, and indent it like the keys beside it`,
    ],
    [
      'a key one level too far out, of a part',
      [['supplies:\n', 'supplies:\n  takenHome: true\n']],
      `${lineOf('supplies:') + 1}:3 takenHome: this key belongs under labels: move it there, and indent it like the keys beside it`,
    ],
    [
      'a missing key',
      [['  sponsor: Assistance Publique - Hôpitaux de Paris\n', '']],
      `${lineOf('  id: DEPIL-2')}:3 study.sponsor is missing`,
    ],
    [
      'a number where text belongs',
      [['  id: DEPIL-2', '  id: 2018']],
      `${lineOf('  id: DEPIL-2')}:7 study.id: expected text, found 2018 (put it in quotes)`,
    ],
    [
      'a bad arm type',
      [['type: placebo', 'type: dummy']],
      `${lineOf('type: placebo')}:11 arms[1].type: expected active, placebo or control, found "dummy"`,
    ],
    [
      'a ratio that is no whole number',
      [['ratio: 2', 'ratio: 1.5']],
      `${lineOf('ratio: 2')}:12 arms[0].ratio: expected a whole number from 1 to 100`,
    ],
    [
      'the same arm twice, whatever its case',
      [['code: PLACEBO', 'code: ilt101']],
      `${lineOf('code: PLACEBO')}:11 arm code "ilt101" is here twice`,
    ],
    [
      'a stratum of no site',
      [['  - site: CRT', '  - site: CRX']],
      `${lineOf('  - site: CRT')}:11 unknown site "CRX"; the sites are: CRT`,
    ],
    [
      'no slots',
      [['slots: 18', 'slots: 0']],
      `${lineOf('slots: 18')}:12 strata[0].slots: expected a whole number from 1 to 1000000`,
    ],
    [
      'a Day 0',
      [['days: [1, 5, 15, 60]', 'days: [0, 5]']],
      `${lineOf('days: [1, 5, 15, 60]')}:13 schedule.assessments[0].days: there is no Day 0: Day 1 is the day of the first injection, the day before it is Day -1`,
    ],
    [
      'a range the wrong way round',
      [['weeks: 3-6', 'weeks: 6-3']],
      `${lineOf('weeks: 3-6')}:35 schedule.injections[1].weeks: expected trial weeks: a number, a range such as 3-6, or a list of them`,
    ],
    [
      'two injections on one day',
      [['weeks: 3-6', 'weeks: 1-4']],
      `${lineOf('phase: maintenance')}:7 Day 1 is already in induction: there would be two injections on one day`,
    ],
    [
      'a first injection after Day 1',
      [['days: 1-5', 'days: 2-6']],
      `${lineOf('  injections:') + 1}:5 the first injection is on Day 2, but Day 1 is by definition the day of the first injection`,
    ],
    [
      'a secret key where a recipient belongs',
      [['officers: []', 'officers: [{ name: A, recipient: AGE-SECRET-KEY-1QQQ }]']],
      `${lineOf('officers: []')}:34 officers[0].recipient: this is a SECRET key: remove it at once, and create a new key, because others may have read this one. A recipient begins with age1`,
    ],
    [
      'a recipient with a wrong character',
      [
        [
          'officers: []',
          'officers: [{ name: A, recipient: age1vr2ep4f2cc5ut8lll7qfuv6l9w8w5p4l5mljfzr7wjca0shvadmqqgvjvv }]',
        ],
      ],
      `${lineOf('officers: []')}:34 officers[0].recipient: not an age recipient (age1…): a character is wrong or missing; randose keygen prints it`,
    ],
  ])('%s', (_, changes, expected) => {
    expect(problemsAfter(...changes)).toContain(expected);
  });

  test.each([
    ['an alias of nothing', '  title: Low', '  title: *nothing\n  x: Low'],
    [
      'aliases without end',
      '  title: Low',
      `  title: &a [x]\n  b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n  c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n  d: [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n  x: Low`,
    ],
  ])('%s is a problem, not a bug', (_, from, to) => {
    expect(problemsAfter([from, to])).toHaveLength(1);
  });

  test('a secret key is never repeated in the message', () => {
    const problems = problemsAfter([
      'officers: []',
      'officers: [{ name: A, recipient: AGE-SECRET-KEY-1QQQ }]',
    ]);
    expect(problems.join()).not.toContain('KEY-1QQQ');
  });

  test('all problems are reported at once, of shape and of meaning', () => {
    const problems = problemsAfter(
      ['ratio: 2', 'ratio: two'],
      ['  - site: CRT', '  - site: CRX'],
      ['weeks: 3-6', 'weeks: 1-4'],
      ['officers: []', 'officer: []'],
      ['packers: []', 'pakers: []'],
    );
    expect(problems.map((problem) => problem.replace(/^\S+ /, ''))).toEqual([
      'arms[0].ratio: expected a whole number from 1 to 100, found "two"',
      expect.stringMatching(/^officer: unknown key/),
      expect.stringMatching(/^pakers: unknown key/),
      'unknown site "CRX"; the sites are: CRT',
      'site "CRT" has no stratum, and so no slots',
      'Day 1 is already in induction: there would be two injections on one day',
    ]);
  });

  test.each([
    ['', '1:1'],
    ['a: [1, 2', '1:4'],
    ['a: 1\na: 2\n', '2:1'],
    ['study: {\n', '1:8'],
  ])('a text that is not a YAML mapping is reported with its place: %j', (text, place) => {
    const checked = readStudy(text, 'study.yaml');
    expect(checked.ok).toBe(false);
    if (checked.ok) return;
    const [first] = checked.problems;
    expect(`${first?.line}:${first?.column}`).toBe(place);
  });

  describe('that other programs would read differently', () => {
    const unclear = STUDY_TEMPLATE.replace('  - code: CRT\n', '  - code: NO\n')
      .replace('  - site: CRT\n', '  - site: NO\n')
      .replace(
        '    country: FR\n',
        '    country: FR\n    whitMonday: off\n    openOn: [2026-05-01]\n',
      );

    test.each(['draft', 'seal', 'extend'] as const)('is one for %s', (purpose) => {
      const read = readStudy(unclear, 'study.yaml', purpose);
      const problems = read.ok ? [] : read.problems.map(({ message }) => message);
      const message = 'write "NO" in quotes: many programs read NO as false';
      expect(problems.filter((problem) => problem.startsWith('write'))).toEqual([message, message]);
    });

    test.each(['use', 'rewrap'] as const)(
      'is none for %s: what is sealed stays readable',
      (purpose) => {
        const read = readStudy(unclear, 'study.yaml', purpose);
        expect(read.design.strata).toEqual([{ id: 'site=NO', slots: 18 }]);
        expect(read.ok ? [] : read.problems.map(({ message }) => message)).toEqual(
          purpose === 'use' ? [] : [expect.stringContaining('nobody could open') as string],
        );
      },
    );

    test('is none in the templates', () => {
      expect(readStudy(STUDY_TEMPLATE, 'study.yaml', 'draft').ok).toBe(true);
      expect(readPlan(PLAN_TEMPLATE, 'plan.yaml', templateStudy()).ok).toBe(true);
    });
  });

  test.each(['DUMMY', 'dummy-1', 'DEPIL-DUMMY'])('an id with the mark of a rehearsal: %s', (id) => {
    const text = STUDY_TEMPLATE.replace('  id: DEPIL-2', `  id: ${id}`);
    const message = `DUMMY marks a rehearsal: choose another id than "${id}" for the trial. To rehearse it, use randose allocate --rehearsal`;
    expect(readStudy(text, 'study.yaml', 'draft')).toMatchObject({
      problems: [{ line: lineOf('  id: DEPIL-2'), column: 7, message }],
    });
    // What was sealed before this was refused stays readable.
    expect(readStudy(text, 'study.yaml').ok).toBe(id !== 'dummy-1');
  });

  test.each(['SCRNFAIL', 'NOTASSGN', 'NOTTRT', 'UNPLAN', 'MIXED', 'OTHER', 'other', 'NotTrt'])(
    'an arm whose code tables have in the place of an arm: %s',
    (code) => {
      const text = STUDY_TEMPLATE.replace('code: PLACEBO', `code: ${code}`);
      const message = expect.stringMatching(
        new RegExp(`^the code "${code}" means .* tables: choose another code for the arm$`),
      ) as string;
      for (const purpose of ['draft', 'seal'] as const) {
        const read = readStudy(text, 'study.yaml', purpose);
        const problems = read.ok ? [] : read.problems;
        expect(problems).toContainEqual({
          file: 'study.yaml',
          line: lineOf('code: PLACEBO'),
          column: 11,
          message,
        });
      }
      // What was sealed before this was refused stays readable.
      for (const purpose of ['use', 'extend'] as const) {
        const read = readStudy(text, 'study.yaml', purpose);
        const problems = read.ok ? [] : read.problems;
        expect(problems).not.toContainEqual(expect.objectContaining({ message }));
      }
    },
  );

  test('that nobody is named to seal to is a problem only for allocate', () => {
    expect(readStudy(STUDY_TEMPLATE, 'study.yaml').ok).toBe(true);
    expect(readStudy(STUDY_TEMPLATE, 'study.yaml', 'seal')).toMatchObject({
      ok: false,
      problems: [
        { line: lineOf('officers: []'), message: expect.stringContaining('nobody') as string },
      ],
    });
  });
});
