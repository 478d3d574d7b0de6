import fc from 'fast-check';
import { expect, test } from 'vitest';
import { armInText } from '../../src/study/arms-in-text.ts';

const arm = (code: string, name: string, periods?: string[]) => ({ code, name, periods });
const DEPIL = [
  arm('ILT101', 'ILT101 (interleukin-2) 1 million IU, subcutaneous'),
  arm('PLACEBO', 'Placebo, subcutaneous'),
];
const LETTERS = [arm('A', 'Arm A'), arm('B', 'Arm B')];
const DOSES = [arm('LOW', 'Low dose'), arm('HIGH', 'High dose'), arm('CTRL', 'Control')];
const CROSSOVER = [
  arm('AB', 'First', ['Zolpidem', 'Doxepin']),
  arm('BA', 'Second', ['Doxepin', 'Zolpidem']),
];

test.each([
  ['he had ilt101, now fever', DEPIL, 'ilt101'],
  ['was on placebo.', DEPIL, 'placebo'],
  ['SAE after interleukin-2', DEPIL, 'interleukin-2'],
  ['participant is in arm A', LETTERS, 'arm A'],
  ['group B, so continue', LETTERS, 'group B'],
  ['the B arm was meant', LETTERS, 'B arm'],
  ['Groupe A selon le médecin', LETTERS, 'Groupe A'],
  ['had the low dose', DOSES, 'low dose'],
  ['control arm', DOSES, 'control arm'],
  ['in arm AB', CROSSOVER, 'arm AB'],
])('"%s" names an arm', (text, arms, named) => {
  expect(armInText(text, arms)).toBe(named);
});

test.each([
  ['serious adverse event, treatment depends on the arm', DEPIL],
  ['subcutaneous injection into the wrong arm', DEPIL],
  ['A. Example leaves, B. Example takes over', LETTERS],
  ['a fall: arm a bit swollen, group at risk', LETTERS],
  ['pain in the arm. A nurse saw it', LETTERS],
  ['ACTIVE bleeding, blood pressure LOW, out of control', [...DOSES, arm('ACTIVE', 'Active')]],
  ['the BAG was broken, ABnormal', CROSSOVER],
  ['', DEPIL],
])('"%s" names none', (text, arms) => {
  expect(armInText(text, arms)).toBeUndefined();
});

test('a name is found in any letter case, whatever is around it', () => {
  const arms = [arm('RISK-10', 'Skin kit (Ÿ study)'), arm('P', 'Placebo')];
  // As a search that ignores case takes them: the long s is an s, the Kelvin sign a k.
  const written: Record<string, string[]> = { s: ['s', 'S', '\u017f'], k: ['k', 'K', '\u212a'] };
  const name = fc.constantFrom('risk-10', 'skin kit', 'ÿ study').chain((words) => {
    const signs = Array.from(words, (sign) => {
      if (sign === ' ') return fc.constantFrom(' ', '\n ', '\u00a0');
      return fc.constantFrom(...(written[sign] ?? [sign, sign.toUpperCase()]));
    });
    return fc.tuple(...signs).map((all) => all.join(''));
  });
  const around = fc.string({ unit: fc.constantFrom(...Array.from('xŸß.,-İ( ')) });
  fc.assert(
    fc.property(around, name, around, (before, named, after) => {
      expect(armInText(`${before} ${named} ${after}`, arms)).toBe(named);
    }),
  );
});
