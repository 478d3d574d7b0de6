import { describe, expect, test } from 'vitest';
import { readStudy } from '../../../src/study/study-file.ts';
import { labelledStudy, LABELLED_TEMPLATE } from '../../support/labels.ts';

function problemsAfter(from: string, to: string): string[] {
  const text = LABELLED_TEMPLATE.replace(from, to);
  if (text === LABELLED_TEMPLATE) throw new Error(`the template has no ${from}`);
  const checked = readStudy(text, 'study.yaml');
  return checked.ok ? [] : checked.problems.map(({ line, message }) => `${line} ${message}`);
}

const lineOf = (text: string) =>
  LABELLED_TEMPLATE.split('\n').findIndex((line) => line.includes(text)) + 1;

test('a kit of DEPIL-2 has nine vials, each for its injection, in a box', () => {
  const { supplies, spareKits } = labelledStudy();
  expect(supplies.kit).toEqual({ units: 9, outer: true, unitPackaging: 'small' });
  expect(spareKits).toBe(0);
  expect(supplies.packaged).toEqual([{ lot: 'L2026-01', expiry: '2027-06' }]);
});

test('a study without supplies still has kits', () => {
  const checked = readStudy(
    LABELLED_TEMPLATE.replace(/\nsupplies:\n(?: .*\n)+/, '\n'),
    'study.yaml',
  );
  expect(checked).toMatchObject({
    ok: true,
    value: { supplies: { kit: { units: 9 }, packaged: [] } },
  });
});

describe('a problem in supplies', () => {
  test.each([
    [
      'no number of units',
      'units: each injection',
      'units: none',
      `${lineOf('units: each')} supplies.kit.units: expected each injection, or a number of units from 1 to 400, found "none"`,
    ],
    ['too many spare kits', 'spares: 0', 'spares: 10', /supplies\.kit\.spares: .*9/],
    [
      'another packaging',
      'unitPackaging: small',
      'unitPackaging: tiny',
      /supplies\.kit\.unitPackaging: expected immediate or small/,
    ],
    [
      'an expiry with a day',
      'expiry: 2027-06',
      'expiry: 2027-06-30',
      /expiry: expected the last month in which it may be used, as YYYY-MM/,
    ],
    [
      'a month that is none',
      'expiry: 2027-06',
      'expiry: 2027-13',
      /expiry: expected the last month/,
    ],
    [
      'an unknown law',
      'profile: eu-annex13',
      'profile: eu-xyz',
      /profile: expected one of eu-ctr, eu-annex13, us-312\.6/,
    ],
    [
      'an unknown arm',
      '{lot: L2026-01',
      '{arm: X, lot: L2026-01',
      /unknown arm "X"; the arms are: ILT101, PLACEBO/,
    ],
    [
      'the same twice',
      'expiry: 2027-06}',
      'expiry: 2027-06}, {lot: B}',
      /what is packaged for all arms and all batches is here twice/,
    ],
    [
      'an unknown key',
      '    languages: [fr]',
      '    colour: red\n    languages: [fr]',
      /colour: unknown key/,
    ],
  ])('%s', (_, from, to, expected) => {
    const problems = problemsAfter(from, to);
    expect(problems).toHaveLength(1);
    if (typeof expected === 'string') expect(problems[0]).toBe(expected);
    else expect(problems[0]).toMatch(expected);
  });

  test.each(['06.2027', '6.2027', '06/2027', '2027/06', "'06-2027'", '202706'])(
    'a month as labels have it is answered with the one that was meant: %s',
    (typed) => {
      const [problem] = problemsAfter('expiry: 2027-06', `expiry: ${typed}`);
      expect(problem).toMatch(/as YYYY-MM \(did you mean 2027-06\?\)(, found [\d.]+)?$/);
    },
  );
});

test.each([
  [
    'a text in a language that labels do not have',
    'route: voie sous-cutanée',
    'route: {fr: voie sous-cutanée, en: subcutaneous}',
  ],
  [
    'a text that is not in all languages',
    'languages: [fr]',
    'languages: [fr, en]\n    trialReference: {fr: DEPIL-2}',
  ],
  ['a language of which there are no words', 'languages: [fr]', 'languages: [fr, de]'],
])('%s stops nothing but labels', (_, from, to) => {
  expect(problemsAfter(from, to)).toEqual([]);
});
