import { describe, expect, test } from 'vitest';
import { wordingOf } from '../../src/labels/label-text.ts';
import {
  missingParticulars,
  missingTranslations,
  packagedKey,
} from '../../src/labels/missing-particulars.ts';
import type { LabelKind } from '../../src/labels/label.ts';
import { type Packaging, packagingOfUnit } from '../../src/labels/particulars.ts';
import { labelledStudy } from '../support/labels.ts';

type Change = [from: string | RegExp, to: string];

const PHONE: Change = [', phone: +33 1 00 00 00 00', ''];
const ADDRESS: Change = [/, address: "[^"]*"/, ''];
const gone = (name: string): Change => [new RegExp(` {4}${name}: .*\\n`), ''];
const tablets = (...texts: string[]): Change => [
  / {2}kit:\n(?: {4}.*\n)+/,
  `  kits:
    - {type: tablets, units: 84, ${texts.join(', ')}}
    - {type: syringe, units: each injection, injected: true, substance: Exampline}
`,
];

/** What is missing on a label by the law of Europe, without the paragraph. */
function missing(
  changes: readonly Change[],
  { kind = 'outer', type }: { kind?: LabelKind; type?: string } = {},
  packaging: Packaging = 'outer',
) {
  const wording = wordingOf(labelledStudy(...changes), 'eu-ctr', 1, 'CRT', type);
  return missingParticulars(wording, kind, packaging).map(({ what }) => what);
}

test('each gap says which paragraph asks for it, and on which label', () => {
  const wording = wordingOf(labelledStudy(gone('route')), 'eu-ctr', 1, 'CRT', undefined);
  const what = 'supplies.labels.route is missing';
  expect(missingParticulars(wording, 'outer', 'outer')).toEqual([
    { what, asked: 'Annex VI, A.1(1)(c) asks for it on the outer label' },
  ]);
  expect(missingParticulars(wording, 'unit', 'small')).toEqual([
    { what, asked: 'Annex VI, A.2.2(5)(b) asks for it on the label of a unit (small)' },
  ]);
  expect(missingParticulars(wording, 'unit', 'alone')).toEqual([
    { what, asked: 'Annex VI, A.1(1)(c) asks for it on the label of a unit (alone)' },
  ]);
});

describe('a contact', () => {
  const ADDRESS_IS = 'supplies.labels.contact.address';
  const PHONE_IS = 'supplies.labels.contact.phone';

  test('that is complete is not missing', () => {
    expect(missing([])).toEqual([]);
  });

  test('lacks one or both of address and telephone number', () => {
    expect(missing([ADDRESS])).toEqual([`${ADDRESS_IS} is missing`]);
    expect(missing([PHONE])).toEqual([`${PHONE_IS} is missing`]);
    expect(missing([ADDRESS, PHONE])).toEqual([`${ADDRESS_IS} and ${PHONE_IS} are missing`]);
  });

  test.each([
    [/name: Pharmacie Exemple/, 'name: NAME', 'supplies.labels.contact.name', 'small'],
    [/address: "[^"]*"/, 'address: ADDRESS', ADDRESS_IS, 'outer'],
    [/phone: \+33 1 00 00 00 00/, 'phone: NUMBER', PHONE_IS, 'outer'],
  ] as const)(
    'is not there if its words are those of a template: %s',
    (from, to, key, packaging) => {
      const word = to.split(': ')[1]!;
      expect(missing([[from, to]], { kind: 'unit' }, packaging)).toEqual([
        `${key} is still "${word}", a placeholder`,
      ]);
    },
  );

  test('says the first of two words of a template', () => {
    expect(
      missing([
        [/address: "[^"]*"/, 'address: ADDRESS'],
        [/phone: \+33 1 00 00 00 00/, 'phone: NUMBER'],
      ]),
    ).toEqual([`${ADDRESS_IS} is still "ADDRESS", a placeholder`]);
  });
});

test.each(['form', 'route', 'contents', 'directions', 'storage'])(
  'the word TEXT of a template is no %s',
  (name) => {
    const change: Change = [new RegExp(` {4}${name}: .*\\n`), `    ${name}: TEXT\n`];
    expect(missing([change])).toEqual([`supplies.labels.${name} is still "TEXT", a placeholder`]);
  },
);

test('a site that is known needs its own investigator, and no other', () => {
  const study = labelledStudy(
    ['    investigator: Dr Exemple\n', '  - { code: LYO, name: Lyon, investigator: Dr Deux }\n'],
    [
      /\nstrata:\n(?: .*\n)+/,
      '\nfactors: [{ name: age, levels: [LT65, GE65] }]\nstratifyBy: [age]\nstrata: { slotsPerStratum: 18 }\n',
    ],
  );
  const at = (site: string | undefined) =>
    missingParticulars(wordingOf(study, 'eu-ctr', 1, site, undefined), 'outer', 'outer');
  const what = 'sites[CRT].investigator is missing';
  expect(at('LYO')).toEqual([]);
  expect(at('CRT').map((gap) => gap.what)).toEqual([what]);
  expect(at(undefined).map((gap) => gap.what)).toEqual([what]);
});

describe('a kit type', () => {
  test('lacks its texts under its own name', () => {
    const changes = [tablets('form: tablets'), gone('route'), gone('substance')];
    expect(missing(changes, { type: 'tablets' })).toEqual([
      'supplies.kits[tablets].substance is missing',
      'supplies.kits[tablets].route is missing',
    ]);
  });

  test('lacks lot and expiry in a packaged product of its own', () => {
    const changes: Change[] = [
      tablets('form: tablets'),
      ['packaged: [{lot: L2026-01, expiry: 2027-06}]', 'packaged: [{type: syringe, lot: S1}]'],
    ];
    expect(missing(changes, { type: 'tablets' })).toEqual([
      'supplies.packaged[].lot (type: tablets) is missing',
      'supplies.packaged[].expiry (type: tablets) is missing',
    ]);
    expect(packagedKey('lot', undefined)).toBe('supplies.packaged[].lot');
  });

  test('can be the one that names the placebo, for all types', () => {
    const own: Change = ['substance: ILT101 1 MUI ou placebo', 'substance: ILT101'];
    const named = tablets('substance: tablets or placebo');
    expect(missing([own, named], { type: 'syringe' })).toEqual([]);
    expect(missing([own, named], { type: 'tablets' })).toEqual([]);
    const unnamed = [
      'supplies.kits[syringe].substance does not name the placebo ("… or placebo"), as a blinded label must',
    ];
    expect(missing([own, tablets('substance: tablets')], { type: 'syringe' })).toEqual(unnamed);
    // A type without a substance of its own has that of all labels.
    expect(missing([tablets('form: tablets')], { type: 'syringe' })).toEqual([]);
  });

  test('has its texts in every language of the labels', () => {
    const study = labelledStudy(
      ['languages: [fr]', 'languages: [fr, en, de]'],
      tablets('form: { fr: comprimés }', 'route: { fr: voie orale, en: by mouth, de: oral }'),
    );
    const file = 'study.yaml';
    expect(missingTranslations(wordingOf(study, 'eu-ctr', 1, 'CRT', 'tablets'))).toEqual([
      { file, message: 'supplies.kits[tablets].form is missing in: en, de' },
    ]);
    expect(missingTranslations(wordingOf(study, 'eu-ctr', 1, 'CRT', 'syringe'))).toEqual([]);
  });
});

describe('the placebo', () => {
  const substance = (text: string): Change => [
    'substance: ILT101 1 MUI ou placebo',
    `substance: ${text}`,
  ];
  const UNNAMED =
    'supplies.labels.substance does not name the placebo ("… or placebo"), as a blinded label must';

  test('must be named in every language that calls it so', () => {
    const two: Change = ['languages: [fr]', 'languages: [fr, en]'];
    expect(missing([two, substance('{fr: ILT101 ou placebo, en: ILT101}')])).toEqual([UNNAMED]);
    expect(missing([two, substance('{fr: ILT101 ou placebo, en: ILT101 or Placebo}')])).toEqual([]);
  });

  test('is not looked for in a language that calls it otherwise', () => {
    const words =
      '{contact: a, lot: a, expiry: a, trial: a, site: a, investigator: a, kit: a, subject: a, visit: a, injection: a, trialUse: a, children: a, reprint: a, specimen: a, dummy: a}';
    const greek: Change = ['languages: [fr]', `languages: [el, fr]\n    words: {el: ${words}}`];
    const named = '{el: ILT101 ή εικονικό φάρμακο, fr: ILT101 ou placebo}';
    expect(missing([greek, substance(named)])).toEqual([]);
  });

  test('need not be named if no arm has one', () => {
    const none: Change = ['    type: placebo', '    type: active'];
    expect(missing([none, substance('ILT101')])).toEqual([]);
  });
});

test('a unit inside a box has the packaging that study.yaml says; without a box it stands alone', () => {
  const unit = (outer: boolean, unitPackaging: 'immediate' | 'small') =>
    packagingOfUnit({ outer, unitPackaging, units: 1 });
  expect(unit(true, 'small')).toBe('small');
  expect(unit(true, 'immediate')).toBe('immediate');
  expect(unit(false, 'small')).toBe('alone');
  expect(unit(false, 'immediate')).toBe('alone');
});
