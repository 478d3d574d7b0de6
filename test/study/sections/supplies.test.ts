import { describe, expect, test } from 'vitest';
import { packagedText } from '../../../src/study/packaged.ts';
import { isInjected, makeUpOf } from '../../../src/study/sections/supplies.ts';
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
  ['a language of which there are no words', 'languages: [fr]', 'languages: [fr, nl]'],
])('%s stops nothing but labels', (_, from, to) => {
  expect(problemsAfter(from, to)).toEqual([]);
});

describe('kit types', () => {
  const KIT = / {2}kit:\n(?: {4}.*\n)+/;
  const TWO = `  kits:
    - { type: tablets, units: 84, unitLabels: false, spares: 1, form: comprimés }
    - { type: syringe, injected: true, storage: au froid }
`;
  const readWith = (kits: string) => {
    expect(LABELLED_TEMPLATE).toMatch(KIT);
    return readStudy(LABELLED_TEMPLATE.replace(KIT, kits), 'study.yaml');
  };

  test('each have a make-up, spare kits and texts of their own', () => {
    const checked = readWith(TWO);
    expect(checked).toMatchObject({
      ok: true,
      value: {
        hasKits: true,
        spareKits: 1,
        kitTypes: [
          { type: 'tablets', spares: 1 },
          { type: 'syringe', spares: 0 },
        ],
        supplies: {
          kit: { units: 84, outer: true, unitPackaging: 'small' },
          types: [
            { type: 'tablets', units: 84, unitLabels: false, injected: false, form: 'comprimés' },
            { type: 'syringe', units: 9, unitLabels: true, injected: true, storage: 'au froid' },
          ],
        },
      },
    });
  });

  test.each([
    ['beside kit', `  kit: { units: 3 }\n${TWO}`, /^\d+ either kit, .* or kits/],
    ['one alone', TWO.replace(/.*tablets.*\n/, ''), /expected two kit types at least/],
    ['none', '  kits: []\n', /expected two kit types at least/],
    ['the same twice', TWO.replace('syringe', 'Tablets'), /kit type "Tablets" is here twice/],
    ['a name with a space', TWO.replace('syringe', 'my syringe'), /kits\[1\]\.type: .*has a space/],
    ['no units', TWO.replace('units: 84, ', ''), /write how many units a kit of tablets has/],
    [
      'units for each injection that is given from another type',
      TWO.replace('units: 84', 'units: each injection'),
      /write how many units a kit of tablets has/,
    ],
    ['nothing injected', TWO.replace('injected: true', 'units: 9'), /write injected: true/],
    [
      'two injected',
      TWO.replace('units: 84', 'units: 84, injected: true'),
      /injections are given from one kit type, and tablets is injected already/,
    ],
    [
      'no label at all',
      TWO.replace('unitLabels: false', 'unitLabels: false, outer: false'),
      /without outer packaging only units have labels/,
    ],
    [
      'a product of another type',
      `${TWO}  packaged: [{ type: drops, lot: A }]\n`,
      /unknown kit type "drops"; the types are: tablets, syringe/,
    ],
    [
      'a product twice',
      `${TWO}  packaged: [{ type: tablets, lot: A }, { lot: B }, { type: tablets, lot: C }]\n`,
      /what is packaged for all arms and all batches \(tablets\) is here twice/,
    ],
  ])('%s is an error', (_, kits, expected) => {
    const text = kits.includes('packaged:')
      ? LABELLED_TEMPLATE.replace(/ {2}packaged: .*\n/, '')
      : LABELLED_TEMPLATE;
    const checked = readStudy(text.replace(KIT, kits), 'study.yaml');
    const problems = checked.ok ? [] : checked.problems;
    const texts = problems.map(({ line, message }) => `${line} ${message}`);
    expect(texts).toEqual([expect.stringMatching(expected)]);
  });

  test('a product of a type needs types', () => {
    expect(problemsAfter('expiry: 2027-06}', 'expiry: 2027-06, type: tablets}')).toEqual([
      expect.stringMatching(/unknown kit type "tablets"; the study has no kit types/),
    ]);
  });

  test('texts and products of a type take precedence over those of all kits', () => {
    const packaged = `  packaged: [{ lot: ALL, expiry: 2027-06 }, { type: syringe, lot: S, storage: au frais }]\n`;
    const text = LABELLED_TEMPLATE.replace(/ {2}packaged: .*\n/, '').replace(
      KIT,
      `${TWO}${packaged}`,
    );
    const checked = readStudy(text, 'study.yaml');
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const { supplies } = checked.value;
    expect(packagedText(supplies, 'PLACEBO', 1, 'tablets')).toMatchObject({
      lot: 'ALL',
      expiry: '2027-06',
      form: 'comprimés',
      route: 'voie sous-cutanée',
    });
    expect(packagedText(supplies, 'PLACEBO', 1, 'syringe')).toMatchObject({
      lot: 'S',
      expiry: '2027-06',
      storage: 'au frais',
      form: 'poudre stérile pour injection',
    });
    expect(makeUpOf(supplies, 'syringe').units).toBe(9);
    expect([isInjected(supplies, 'tablets'), isInjected(supplies, 'syringe')]).toEqual([
      ...[false, true],
    ]);
  });

  test('count in how many codes there must be', () => {
    const short = LABELLED_TEMPLATE.replace(/^numbers:[^]*?(?=^\w)/m, '').replace(
      /^supplies:/m,
      'numbers: { kits: { width: 4 } }\nsupplies:',
    );
    const withSlots = (text: string, slots: number) =>
      text.replace(/^strata:[^]*?(?=^\w)/m, `strata: { slotsPerSite: ${slots} }\n`);
    const many = TWO.replace('spares: 1', 'spares: 9');
    const read = (text: string) => {
      const checked = readStudy(text, 'study.yaml');
      return checked.ok ? [] : checked.problems.map(({ message }) => message);
    };
    expect(read(withSlots(short, 990))).toEqual([]);
    expect(read(withSlots(short.replace(KIT, many), 990))).toEqual([
      expect.stringMatching(/too few for .* with 2 kit types and 9 spare kits each; 5 characters/),
    ]);
  });
});
