import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { readPlan } from '../../src/randomization/plan.ts';
import { STUDY_TEMPLATE } from '../../src/study/depil-2.ts';
import { readStudy } from '../../src/study/study-file.ts';
import { meantBy } from '../../src/study/typed-slips.ts';
import { templateStudy } from '../support/designs.ts';

// What word processors and hurried hands write into study.yaml and plan.yaml: the message says what to write.

/** The problems of the template with another text in it. */
function problemsWith(from: string, to: string): string[] {
  expect(STUDY_TEMPLATE).toContain(from);
  const read = readStudy(STUDY_TEMPLATE.replace(from, to), 'study.yaml');
  return read.ok ? [] : read.problems.map(({ message }) => message);
}

function problemsOfPlan(plan: string): string[] {
  const read = readPlan(plan, 'plan.yaml', templateStudy());
  return read.ok ? [] : read.problems.map(({ message }) => message);
}

describe('a list in plan.yaml without its brackets', () => {
  test.each([
    ['blocks:\n  sizes: 3, 6\n', 'Instead of 3, 6 write [3, 6]'],
    ['blocks:\n  sizes: 3, 6]\n', 'Instead of 3, 6] write [3, 6]'],
    ['blocks:\n  sizes: (3, 6)\n', 'Instead of (3, 6) write [3, 6]'],
    ['blocks: { sizes: 3, 6 }\n', 'brackets are missing around the list: write "sizes: [3, 6]"'],
    [
      'blocks: { sizes: 3, 6, weights: [1, 2] }\n',
      'brackets are missing around the list: write "sizes: [3, 6]"',
    ],
    ['blocks: { sizes: 3, 6] }\n', 'write [ before the list, "sizes: [3, 6]"'],
    ['blocks: { sizes: [3, 6 }\n', 'this [ is not closed: write ] at the end'],
    ['blocks: { sizes: [3; 6] }\n', 'Instead of 3; 6 write 3, 6'],
    ['blocks: { sizes: [3 6] }\n', 'Instead of 3 6 write 3, 6'],
    ['blocks: { sizes: [3，6] }\n', 'Instead of 3，6 write 3, 6'],
  ])('%j', (plan, told) => {
    expect(problemsOfPlan(plan)).toEqual([expect.stringContaining(told)]);
  });
});

describe('days in study.yaml', () => {
  test.each([
    ['1, 8, 15', 'brackets are missing around the list: write "days: [1, 8, 15]"'],
    ['1, 8, 15]', 'write [ before the list, "days: [1, 8, 15]"'],
    ['(1, 8, 15)', 'brackets are missing around the list: write "days: [1, 8, 15]"'],
    ['[1; 8; 15]', 'Instead of [1; 8; 15] write [1, 8, 15]'],
    ['1–5', 'Instead of 1–5 write 1-5'],
    ['[1–5, 15]', 'Instead of [1–5, 15] write [1-5, 15]'],
    ['“1-5”', 'Instead of “1-5” write "1-5"'],
  ])('%s', (days, told) => {
    expect(problemsWith('days: 1-5', `days: ${days}`)).toEqual([expect.stringContaining(told)]);
  });

  // Without the quotation marks that study.yaml has, such a text begins something else, or breaks the list.
  test.each([
    '%s%n',
    '@5',
    '`5',
    '*x',
    '&x',
    '!x',
    '!!js/function x',
    '[',
    '{',
    ']',
    '}',
    '"',
    "'",
    '? ',
    '# ',
    '|',
  ])('with the text %j among them', (text) => {
    const warn = vi.spyOn(process, 'emitWarning');
    const days = JSON.stringify([1, 5, text]);
    expect(problemsWith('days: 1-5', `days: ${days}`)).toEqual([
      expect.stringMatching(/^schedule\.injections\[0\]\.days: expected study days/),
    ]);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test('with any texts among them, have an answer', () => {
    const parts = fc.constantFrom(...Array.from('[]{}"\'%@`*&!|>?:,-#;1 5x\n'));
    const text = fc.oneof(fc.string(), fc.string({ unit: parts, maxLength: 8 }));
    const items = fc.array(fc.oneof(text, fc.integer()), { minLength: 1 });
    fc.assert(
      fc.property(items, (given) => {
        for (const { source } of meantBy(given)) expect(source).toMatch(/^\[[^]*\]$/);
      }),
      { seed: 21, numRuns: 2000 },
    );
  });

  test('of a window have a hyphen or a minus sign; a long dash is told', () => {
    const maintenance = '{phase: maintenance, weeks: 3-6';
    const withWindow = (window: string) =>
      problemsWith(maintenance, `${maintenance}, window: ${window}`);
    expect([withWindow('-1/+2'), withWindow('−1/+2')]).toEqual([[], []]);
    expect(withWindow('–1/+2')).toEqual([
      expect.stringContaining('Instead of –1/+2 write -1/+2') as string,
    ]);
  });
});

test.each([
  ['code: PLACEBO', 'code: “PLACEBO”', 'Instead of “PLACEBO” write "PLACEBO"'],
  ['  id: DEPIL-2', '  id: ‘DEPIL-2’', "Instead of ‘DEPIL-2’ write 'DEPIL-2'"],
  ['  id: DEPIL-2', '  id: « DEPIL-2 »', 'Instead of « DEPIL-2 » write "DEPIL-2"'],
  ['  id: DEPIL-2', '  id: DEPIL–2', 'Instead of DEPIL–2 write DEPIL-2'],
  ['  - code: PLACEBO', '  – code: PLACEBO', 'this dash is not a hyphen: write "- "'],
  ['  id: DEPIL-2', '\u00a0 id: DEPIL-2', 'write an ordinary space'],
  ['  id: DEPIL-2', '  id:\u00a0DEPIL-2', 'write an ordinary space'],
])('a character of a word processor: %j becomes %j', (from, to, told) => {
  expect(problemsWith(from, to)).toEqual([expect.stringContaining(told)]);
});

describe('a text in curly quotation marks', () => {
  const draft = (from: string, to: string) => {
    const read = readStudy(STUDY_TEMPLATE.replace(from, to), 'study.yaml', 'draft');
    return read.ok ? [] : read.problems.map(({ message }) => message);
  };
  const inside = (name: string) =>
    draft('name: Hôpital Albert Chenevier, Créteil, France', `name: ${name}`);

  test.each(['“Example”', '„Example“', '« Example »', '‘Example’', '”Example”'])(
    '%s is refused before the list is sealed',
    (name) => {
      expect(inside(name)).toEqual([
        'a text is in curly quotation marks, which would be printed with it: write "Example"',
      ]);
      expect(
        problemsWith('name: Hôpital Albert Chenevier, Créteil, France', `name: ${name}`),
      ).toEqual([]);
    },
  );

  test.each(['"“Example”"', '“A” and “B”', 'Hôpital de l’Exemple', '“A” house'])(
    '%s is meant as it is written',
    (name) => {
      expect(inside(name)).toEqual([]);
    },
  );

  test('is one problem, not two, if nothing else is allowed there', () => {
    expect(draft('code: PLACEBO', 'code: “PLACEBO”')).toEqual([
      expect.stringContaining('Instead of “PLACEBO” write "PLACEBO"'),
    ]);
  });
});

test('a date of an amendment with long dashes', () => {
  const text = `${STUDY_TEMPLATE}
amendments:
  - id: A2
    from: 2026–12–01
    applies: everyone
    schedule: { injections: [{ phase: induction, days: 1-5 }] }
`;
  const read = readStudy(text, 'study.yaml');
  expect(read.ok ? [] : read.problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('Instead of 2026–12–01 write 2026-12-01'),
  ]);
});

test('a text that is wrong for another reason has no such advice', () => {
  const told = problemsWith('type: placebo', 'type: l’autre');
  expect(told).toEqual([expect.not.stringContaining('Instead of')]);
});

describe('a character that no keyboard has', () => {
  const inStudy = (from: string, to: string) => {
    const read = readStudy(STUDY_TEMPLATE.replace(from, to), 'study.yaml', 'draft');
    return read.ok ? [] : read.problems.map(({ message }) => message);
  };
  const SPACE = 'a no-break space (U+00A0) is here: write an ordinary space';
  test.each([
    ['    slots: 18', '    slots:\u00a018', SPACE],
    ['    slots: 18', '    slots: \u00a018', SPACE],
    ['    slots: 18', '    slots: 18\u00a0', SPACE],
    ['    slots: 18', '\u00a0\u00a0  slots: 18', SPACE],
    ['weeks: 3-6', 'weeks:\u00a03-6', SPACE],
    ['code: ILT101', 'code: ILT101\u00a0', SPACE],
    ['\nstrata:\n', '\n\u00a0strata:\n', SPACE],
    ['    slots: 18', '    slots: \u200b18', 'a space without width (U+200B) is here: remove it'],
  ])('%j as %j is named once in study.yaml', (from, to, message) => {
    expect(inStudy(from, to)).toEqual([message]);
  });

  test.each([
    ['blocks:\u00a0{ sizes: [3, 6] }', SPACE],
    ['blocks: { sizes: [3,\u00a06] }', SPACE],
    ['blocks:\n\u00a0 sizes: [3, 6]\n', SPACE],
    ['blocks: { sizes: [3] }\u00a0', SPACE],
    [
      '“blocks”: { sizes: [3] }',
      'a curly quotation mark “ (U+201C) is here: write a straight one ("), or none',
    ],
    [
      'blocks: “{ sizes: [3, 6] }”',
      'a curly quotation mark “ (U+201C) is here: write none in this line',
    ],
  ])('%j is named once in the plan', (text, message) => {
    const read = readPlan(text, 'plan.yaml', {});
    expect(read.ok ? [] : read.problems.map((one) => one.message)).toEqual([message]);
  });

  test('does no harm in a text, and is shown where another rule repeats it', () => {
    expect(inStudy('    investigator:', '    # 10\u00a0mg\n    investigator:')).toEqual([]);
    expect(inStudy('    slots: 18', '    slots\u00a0: 18')).toEqual([
      expect.stringMatching(/^slots<U\+00A0>: unknown key/),
    ]);
  });
});

test('a text within { } that a comma cuts is one error, with what to write', () => {
  const storage = (text: string) => {
    const read = readStudy(
      STUDY_TEMPLATE.replace('\n  labels:', `\n  labels:\n    storage: ${text}`),
      'study.yaml',
    );
    return read.ok ? [] : read.problems.map(({ message }) => message);
  };
  expect(storage("{fr: À conserver au frais, à l'abri de la lumière}")).toEqual([
    `within { } a comma ends a text: write fr: "À conserver au frais, à l'abri de la lumière"`,
  ]);
  expect(storage('{fr: Au frais, au sec, en: Keep cool, away from light}')).toEqual([
    'within { } a comma ends a text: write fr: "Au frais, au sec"',
    'within { } a comma ends a text: write en: "Keep cool, away from light"',
  ]);
  expect(storage('{fr: "Au frais, au sec", en: Keep cool}')).toEqual([]);
});
