import { describe, expect, test } from 'vitest';
import { RandoseError } from '../../src/errors.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { ProfileName } from '../../src/study/profiles.ts';
import type { Label, LabelKind } from '../../src/labels/label.ts';
import {
  BILINGUAL,
  exampleLabels,
  kitsToLabel,
  labelledStudy,
  wordsOn,
} from '../support/labels.ts';

type Change = [from: string | RegExp, to: string];

function refusal(changes: Change[], kind: LabelKind, profile: ProfileName): string[] {
  try {
    exampleLabels(labelledStudy(...changes), [kind], undefined, profile);
  } catch (error) {
    if (error instanceof RandoseError && error.code === 'invalid-study') {
      return error.problems.map(({ message }) => message);
    }
    throw error;
  }
  return [];
}

const gone = (line: RegExp): Change => [line, ''];
const CONTACT = gone(/ {4}contact: .*\n/);
const IMMEDIATE: Change = ['unitPackaging: small', 'unitPackaging: immediate'];
const ALONE: Change = ['unitPackaging: small', 'outer: false'];
const LOT: Change = ['lot: L2026-01, ', ''];
const EXPIRY: Change = [', expiry: 2027-06', ''];
const PHONE: Change = [', phone: +33 1 00 00 00 00', ''];
const ADDRESS: Change = [/, address: "[^"]*"/, ''];
const INVESTIGATOR = gone(/ {4}investigator: .*\n/);
const SUBSTANCE = gone(/ {4}substance: .*\n/);
const FORM = gone(/ {4}form: .*\n/);
const ROUTE = gone(/ {4}route: .*\n/);
const CONTENTS = gone(/ {4}contents: .*\n/);
const UNIT_CONTENTS = gone(/ {4}unitContents: .*\n/);
const DIRECTIONS = gone(/ {4}directions: .*\n/);
const STORAGE = gone(/ {4}storage: .*\n/);

/**
 * What each law asks for, as its text numbers it: Regulation (EU) 536/2014, Annex VI, A.1(1), A.2.1(4) and
 * A.2.2(5), the period of use on inner labels left off (Delegated Regulation (EU) 2022/2239); EudraLex, Volume 4,
 * Annex 13 (2010), paragraphs 26, 29 and 30.
 */
const REQUIRED: [string, Change[], string, Partial<Record<string, string>>][] = [
  // label: [outer, alone, immediate, small] by profile
  [
    'the contact',
    [CONTACT],
    'supplies.labels.contact',
    {
      'eu-ctr outer': 'A.1(1)(a)',
      'eu-ctr alone': 'A.1(1)(a)',
      'eu-ctr immediate': 'A.2.1(4)(a)',
      'eu-ctr small': 'A.2.2(5)(a)',
      'eu-annex13 outer': '26(a)',
      'eu-annex13 alone': '26(a)',
      'eu-annex13 immediate': '29(a)',
      'eu-annex13 small': '30(a)',
    },
  ],
  [
    'its telephone number',
    [PHONE],
    'supplies.labels.contact.phone',
    {
      'eu-ctr outer': 'A.1(1)(a)',
      'eu-ctr alone': 'A.1(1)(a)',
      'eu-annex13 outer': '26(a)',
      'eu-annex13 alone': '26(a)',
    },
  ],
  [
    'its address',
    [ADDRESS],
    'supplies.labels.contact.address',
    {
      'eu-ctr outer': 'A.1(1)(a)',
      'eu-ctr alone': 'A.1(1)(a)',
      'eu-annex13 outer': '26(a)',
      'eu-annex13 alone': '26(a)',
    },
  ],
  [
    'the substance',
    [SUBSTANCE],
    'supplies.labels.substance',
    { 'eu-ctr outer': 'A.1(1)(b)', 'eu-ctr alone': 'A.1(1)(b)' },
  ],
  [
    'the form',
    [FORM],
    'supplies.labels.form',
    {
      'eu-ctr outer': 'A.1(1)(c)',
      'eu-ctr alone': 'A.1(1)(c)',
      'eu-ctr immediate': 'A.2.1(4)(b)',
      'eu-annex13 outer': '26(b)',
      'eu-annex13 alone': '26(b)',
      'eu-annex13 immediate': '29(b)',
    },
  ],
  [
    'the route',
    [ROUTE],
    'supplies.labels.route',
    {
      'eu-ctr outer': 'A.1(1)(c)',
      'eu-ctr alone': 'A.1(1)(c)',
      'eu-ctr immediate': 'A.2.1(4)(b)',
      'eu-ctr small': 'A.2.2(5)(b)',
      'eu-annex13 outer': '26(b)',
      'eu-annex13 alone': '26(b)',
      'eu-annex13 immediate': '29(b)',
      'eu-annex13 small': '30(b)',
    },
  ],
  [
    'the quantity in the kit',
    [CONTENTS],
    'supplies.labels.contents',
    { 'eu-ctr outer': 'A.1(1)(c)', 'eu-annex13 outer': '26(b)' },
  ],
  [
    'the quantity in a unit',
    [UNIT_CONTENTS],
    'supplies.labels.unitContents',
    {
      'eu-ctr alone': 'A.1(1)(c)',
      'eu-ctr immediate': 'A.2.1(4)(b)',
      'eu-annex13 alone': '26(b)',
      'eu-annex13 immediate': '29(b)',
    },
  ],
  [
    'the lot',
    [LOT],
    'supplies.packaged[].lot',
    {
      'eu-ctr outer': 'A.1(1)(d)',
      'eu-ctr alone': 'A.1(1)(d)',
      'eu-ctr immediate': 'A.2.1(4)(c)',
      'eu-ctr small': 'A.2.2(5)(c)',
      'eu-annex13 outer': '26(c)',
      'eu-annex13 alone': '26(c)',
      'eu-annex13 immediate': '29(c)',
      'eu-annex13 small': '30(c)',
    },
  ],
  [
    'the investigator',
    [INVESTIGATOR],
    'sites[CRT].investigator',
    {
      'eu-ctr outer': 'A.1(1)(g)',
      'eu-ctr alone': 'A.1(1)(g)',
      'eu-annex13 outer': '26(f)',
      'eu-annex13 alone': '26(f)',
    },
  ],
  [
    'the directions',
    [DIRECTIONS],
    'supplies.labels.directions',
    {
      'eu-ctr outer': 'A.1(1)(h)',
      'eu-ctr alone': 'A.1(1)(h)',
      'eu-annex13 outer': '26(g)',
      'eu-annex13 alone': '26(g)',
    },
  ],
  [
    'the storage conditions',
    [STORAGE],
    'supplies.labels.storage',
    {
      'eu-ctr outer': 'A.1(1)(j)',
      'eu-ctr alone': 'A.1(1)(j)',
      'eu-annex13 outer': '26(i)',
      'eu-annex13 alone': '26(i)',
    },
  ],
  [
    'the period of use',
    [EXPIRY],
    'supplies.packaged[].expiry',
    {
      'eu-ctr outer': 'A.1(1)(k)',
      'eu-ctr alone': 'A.1(1)(k)',
      'eu-annex13 outer': '26(j)',
      'eu-annex13 alone': '26(j)',
    },
  ],
];
const PACKAGINGS: Record<string, [LabelKind, Change[]]> = {
  outer: ['outer', []],
  alone: ['unit', [ALONE]],
  immediate: ['unit', [IMMEDIATE]],
  small: ['unit', []],
};

describe.each(REQUIRED)('without %s', (_, changes, key, paragraphs) => {
  test.each(
    (['eu-ctr', 'eu-annex13', 'us-312.6'] as const).flatMap((profile) =>
      Object.keys(PACKAGINGS).map((packaging) => [profile, packaging] as const),
    ),
  )('%s, %s', (profile, packaging) => {
    const [kind, more] = PACKAGINGS[packaging]!;
    const problems = refusal([...changes, ...more], kind, profile);
    const paragraph = paragraphs[`${profile} ${packaging}`];
    if (paragraph === undefined) {
      expect(problems).toEqual([]);
      return;
    }
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(key);
    expect(problems[0]).toContain(`${paragraph} asks for it`);
  });
});

test('everything that is missing is reported at once [R-080]', () => {
  const problems = refusal([CONTACT, LOT, STORAGE], 'outer', 'eu-ctr');
  expect(problems.map((text) => text.split(' is missing')[0])).toEqual([
    'supplies.labels.contact',
    'supplies.packaged[].lot',
    'supplies.labels.storage',
  ]);
});

test('a substance that does not name the placebo is refused if the law requires the name', () => {
  const change: Change = ['ILT101 1 MUI ou placebo', 'ILT101 1 MUI'];
  expect(refusal([change], 'outer', 'eu-ctr')[0]).toMatch(
    /does not name the placebo.*A\.1\(1\)\(b\)/,
  );
  expect(refusal([change], 'outer', 'eu-annex13')).toEqual([]);
});

test('what the laws ask for is on the labels [R-080]', () => {
  const [outer, unit] = exampleLabels(labelledStudy(), ['outer', 'unit'], undefined, 'eu-ctr');
  for (const words of [
    'Contact / levée d’insu en urgence',
    '+33 1 00 00 00 00',
    "Pharmacie Exemple, 1 rue de l'Exemple, 94000 Créteil", // a
    'ILT101 1 MUI ou placebo', // b
    'poudre stérile pour injection, voie sous-cutanée, 9 flacons', // c
    'N° de lot : L2026-01', // d
    'DEPIL-2 (2018-002777-22), Assistance Publique - Hôpitaux de Paris · Centre : CRT', // e
    '474WW4E',
    'N° patient : ____', // f
    'Investigateur : Dr Exemple', // g
    "Voir le guide d'administration", // h
    'Uniquement pour essais cliniques', // i
    'À conserver entre 2 °C et 8 °C', // j
    'À utiliser avant fin : 06/2027', // k
    'Tenir hors de portée des enfants', // l
  ]) {
    expect(wordsOn(outer!)).toContain(words);
  }
  for (const words of [
    'Pharmacie Exemple',
    'voie sous-cutanée',
    'L2026-01',
    'DEPIL-2 · Centre : CRT',
    '474WW4E',
    'Visite J1',
  ]) {
    expect(wordsOn(unit!)).toContain(words);
  }
});

test('the words of 21 CFR 312.6 are on every label of its profile, and on no other', () => {
  const caution =
    'Caution: New Drug—Limited by Federal (or United States) law to investigational use.';
  const kinds: LabelKind[] = ['outer', 'unit'];
  for (const label of exampleLabels(labelledStudy(), kinds, undefined, 'us-312.6')) {
    expect(wordsOn(label)).toContain(caution);
  }
  for (const label of exampleLabels()) expect(wordsOn(label)).not.toContain('Caution');
});

test('one label has several languages, and a text that is the same in all only once', () => {
  const [outer] = exampleLabels(labelledStudy(...BILINGUAL), ['outer']);
  const words = wordsOn(outer!);
  expect(words).toContain(
    'N° de lot / Batch No. : L2026-01 · À utiliser avant fin / Use by end of : 06/2027',
  );
  expect(words).toContain('ILT101 1 MUI ou placebo / ILT101 1 MIU or placebo');
  expect(words).toContain('Uniquement pour essais cliniques / For clinical trial use only');
  expect(words).toContain("\nVoir le guide d'administration remis au site\n"); // the same in both
});

test('the words of the trial take precedence, and can be of a language that randose does not have', () => {
  const own = labelledStudy(['languages: [fr]', 'languages: [fr]\n    words: {fr: {lot: Lot n°}}']);
  expect(wordsOn(exampleLabels(own)[0]!)).toContain('Lot n° : L2026-01');
  const dutch = labelledStudy([
    'languages: [fr]',
    `languages: [nl]
    words:
      nl: {contact: Noodcontact, lot: Partij, expiry: Te gebruiken tot, trial: Onderzoek, site: Centrum, investigator: Onderzoeker, kit: Behandelingsnr., subject: Patiënt, visit: Bezoek, injection: Injectie, trialUse: Uitsluitend voor klinisch onderzoek, children: Buiten bereik van kinderen, reprint: HERDRUK, specimen: SPECIMEN, dummy: OEFENING}`,
  ]);
  expect(wordsOn(exampleLabels(dutch)[0]!)).toContain('Uitsluitend voor klinisch onderzoek');
  expect(exampleLabels(dutch, ['unit'])[0]!.lines[0]!.text).toBe('Injectie 1/9 · Bezoek D1');
});

test('units: one label for each injection, dated if somebody has the kit, none if it is cancelled', () => {
  const study = labelledStudy();
  const units = exampleLabels(study, ['unit'], kitsToLabel(study, ['474WW4E']));
  expect(units.map(({ visit }) => visit)).toEqual([
    'D1',
    'D2',
    'D3',
    'D4',
    'D5',
    'D15',
    'D22',
    'D29',
    'D36',
  ]);
  expect(units[5]!.lines[0]!.text).toBe('Injection 6/9 · Visite J15');
  const injections = units.map(({ visit }, index) => ({
    index: index + 1,
    visit: visit!,
    date: `2026-06-${10 + index}` as CivilDate,
    isCancelled: index === 2,
  }));
  const dispensed = exampleLabels(
    study,
    ['unit'],
    kitsToLabel(study, ['474WW4E'], { subject: 'CRT-001', injections }),
  );
  expect(dispensed.map(({ unit }) => unit)).toEqual([1, 2, 4, 5, 6, 7, 8, 9]);
  expect(dispensed[0]!.lines[0]!.text).toBe('Injection 1/9 · Visite J1 · 10/06/2026');
  expect(wordsOn(dispensed[0]!)).toContain('N° patient : CRT-001');
});

test('units: the day of a cycle, and the dose of the visit, if the schedule has them', () => {
  const study = labelledStudy();
  const injections = [
    { index: 1, visit: 'D1', cycle: 'C1D1', dose: '600 mg', date: null },
    { index: 2, visit: 'D36', cycle: 'C2D8', dose: undefined, date: '2026-07-06' as CivilDate },
  ];
  const kits = kitsToLabel(study, ['474WW4E'], { injections });
  const [first, second] = exampleLabels(study, ['unit'], kits);
  expect(first!.lines[0]!.text).toBe('Injection 1/2 · Visite J1 (C1J1) · 600 mg');
  expect(second!.lines[0]!.text).toBe('Injection 2/2 · Visite J36 (C2J8) · 06/07/2026');
  // Other programs read the visit under its own name.
  expect(second!.visit).toBe('D36');
});

test('units of a kit that has fewer units than injections are numbered, and name no visit', () => {
  const study = labelledStudy(['units: each injection', 'units: 4']);
  const units = exampleLabels(study, ['unit'], kitsToLabel(study, ['474WW4E']));
  expect(units.map(({ lines }) => lines[0]!.text)).toEqual(['1/4', '2/4', '3/4', '4/4']);
  expect(units.every(({ visit }) => visit === null)).toBe(true);
});

test('a label need not warn of children if the product is not taken home', () => {
  const study = labelledStudy(['languages: [fr]', 'languages: [fr]\n    takenHome: false']);
  expect(wordsOn(exampleLabels(study, ['outer'], undefined, 'eu-ctr')[0]!)).not.toContain(
    'enfants',
  );
});

test('a kit without outer packaging has no outer label, and its units have all particulars', () => {
  const labels: Label[] = exampleLabels(labelledStudy(ALONE), ['outer', 'unit']);
  expect(new Set(labels.map(({ kind }) => kind))).toEqual(new Set(['unit']));
  expect(wordsOn(labels[0]!)).toContain('Uniquement pour essais cliniques');
  expect(wordsOn(labels[0]!)).toContain('1 flacon');
});

describe('the labels of a kit at the depot', () => {
  const second: Change = [
    '    investigator: Dr Exemple\n',
    '    investigator: Dr Exemple\n  - { code: LYO, name: Lyon, investigator: Dr Deux }\n',
  ];
  const strata: Change = [
    /\nstrata:\n(?: .*\n)+/,
    '\nfactors: [{ name: age, levels: [LT65, GE65] }]\nstratifyBy: [age]\nstrata: { slotsPerStratum: 18 }\n',
  ];
  const atDepot = (study: ReturnType<typeof labelledStudy>) =>
    kitsToLabel(study, ['474WW4E'], { site: undefined });

  test('have blanks for the site and the investigator, but not on a unit inside the box', () => {
    const study = labelledStudy(strata, second);
    const [outer, unit] = exampleLabels(study, ['outer', 'unit'], atDepot(study));
    expect(wordsOn(outer!)).toMatch(/Centre : _+/);
    expect(wordsOn(outer!)).toMatch(/Investigateur : _+/);
    expect(wordsOn(unit!)).not.toContain('Centre');
  });

  test('need the investigator of every site to which it can go', () => {
    const study = labelledStudy(strata, [
      second[0],
      second[1].replace(', investigator: Dr Deux', ''),
    ]);
    expect(() => exampleLabels(study, ['outer'], atDepot(study), 'eu-ctr')).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({
            message: expect.stringContaining('sites[LYO].investigator is missing') as string,
          }) as object,
        ],
      }) as Error,
    );
  });

  test('say the site once it is known', () => {
    const study = labelledStudy(strata, second);
    const [outer] = exampleLabels(
      study,
      ['outer'],
      kitsToLabel(study, ['474WW4E'], { site: 'LYO' }),
    );
    expect(wordsOn(outer!)).toContain('Centre : LYO');
    expect(wordsOn(outer!)).toContain('Investigateur : Dr Deux');
  });
});

test('a letter and an accent that were typed separately are printed as one character', () => {
  const study = labelledStudy(['Pharmacie Exemple', 'Pharmacie de Cre\u0301teil']);
  expect(wordsOn(exampleLabels(study)[0]!)).toContain('Pharmacie de Cr\u00e9teil');
});

test('a card that participants carry may say the address and telephone number instead', () => {
  const card: Change = ['languages: [fr]', 'languages: [fr]\n    contactOnCard: true'];
  for (const profile of ['eu-ctr', 'eu-annex13'] as const) {
    expect(refusal([card, PHONE, ADDRESS], 'outer', profile)).toEqual([]);
    expect(refusal([card, CONTACT], 'outer', profile)).toHaveLength(1);
  }
});

test('a text must be in every language of the labels; a further language does no harm', () => {
  const half: Change = [
    'languages: [fr]',
    'languages: [fr, en]\n    trialReference: {fr: DEPIL-2}',
  ];
  expect(refusal([half], 'outer', 'eu-ctr')).toEqual([
    'supplies.labels.trialReference is missing in: en',
  ]);
  const more: Change = [
    'route: voie sous-cutanée',
    'route: {fr: voie sous-cutanée, en: subcutaneous}',
  ];
  expect(refusal([more], 'outer', 'eu-ctr')).toEqual([]);
  expect(() => exampleLabels(labelledStudy(['languages: [fr]', 'languages: [fr, nl]']))).toThrow(
    /label words in "nl" are missing: contact, lot/,
  );
});

test('a site has its labels in its own languages; a kit at the depot in those of the study', () => {
  const study = labelledStudy(
    [/- code: CRT\n/, '- code: CRT\n    languages: [de]\n'],
    [
      'substance: ILT101 1 MUI ou placebo',
      'substance: {fr: ILT101 ou placebo, de: ILT101 oder Placebo}',
    ],
  );
  const words = (site: string | undefined) =>
    wordsOn(exampleLabels(study, ['outer'], kitsToLabel(study, ['474WW4E'], { site }))[0]!);
  expect(words('CRT')).toContain('ILT101 oder Placebo');
  expect(words('CRT')).toContain('Zentrum: CRT');
  expect(words(undefined)).toContain('ILT101 ou placebo');
  expect(words(undefined)).not.toContain('Zentrum');
  // Nobody could print the German labels of the study without a German text.
  const half = labelledStudy(
    [/- code: CRT\n/, '- code: CRT\n    languages: [de]\n'],
    ['substance: ILT101 1 MUI ou placebo', 'substance: {fr: ILT101 ou placebo}'],
  );
  expect(() => exampleLabels(half, ['outer'])).toThrow(/particular/);
});

test('specimens have their own mark, and no other', () => {
  const study = labelledStudy();
  const kits = kitsToLabel(study, ['474WW4E'], { isSpecimen: true, had: ['outer'] });
  expect(exampleLabels(study, ['outer'], kits)[0]!.marks).toEqual([
    { text: 'SPÉCIMEN', isShown: true },
  ]);
});
