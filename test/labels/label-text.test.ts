import { describe, expect, test } from 'vitest';
import type { LineKind } from '../../src/labels/label.ts';
import {
  BLANK,
  caption,
  captioned,
  contactOf,
  dateOn,
  keyOfTexts,
  lineOf,
  showsExpiry,
  visitOn,
  type Wording,
  wordingOf,
} from '../../src/labels/label-text.ts';
import { wordsIn } from '../../src/labels/label-words.ts';
import type { Packaging } from '../../src/labels/particulars.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { ProfileName } from '../../src/study/profiles.ts';
import { BILINGUAL, labelledStudy } from '../support/labels.ts';

type Change = [from: string | RegExp, to: string];
interface Asked {
  readonly changes?: readonly Change[];
  readonly profile?: ProfileName;
  readonly site?: string | undefined;
  readonly type?: string;
}

/** Tablets and syringes: the tablets say their own form, contents and storage. */
const TYPES: Change = [
  / {2}kit:\n(?: {4}.*\n)+/,
  `  kits:
    - type: tablets
      units: 84
      unitLabels: false
      form: comprimés
      contents: 84 comprimés
      storage: À conserver au sec
    - {type: syringe, units: each injection, injected: true}
`,
];
const LANGUAGES: Change = ['languages: [fr]', 'languages: [fr, en]'];
const NO_LOT: Change = ['lot: L2026-01, ', ''];
const NO_EXPIRY: Change = [', expiry: 2027-06', ''];
const NO_ADDRESS: Change = [/, address: "[^"]*"/, ''];
const NO_CONTACT: Change = [/ {4}contact: .*\n/, ''];
const NO_INVESTIGATOR: Change = [/ {4}investigator: .*\n/, ''];
const TWO_SITES: readonly Change[] = [
  ['    investigator: Dr Exemple\n', '  - { code: LYO, name: Lyon, investigator: Dr Deux }\n'],
  [
    /\nstrata:\n(?: .*\n)+/,
    '\nfactors: [{ name: age, levels: [LT65, GE65] }]\nstratifyBy: [age]\nstrata: { slotsPerStratum: 18 }\n',
  ],
];
const registrations = (...rows: string[]): Change => [
  / {2}registrations:\n(?: {4}.*\n)+/,
  rows.length === 0 ? '' : `  registrations:\n${rows.map((row) => `    ${row}\n`).join('')}`,
];
const NOBODY_KNOWS = { site: undefined };

function wording({ changes = [], profile = 'eu-annex13', type, ...more }: Asked = {}): Wording {
  const site = 'site' in more ? more.site : 'CRT';
  return wordingOf(labelledStudy(...changes), profile, 1, site, type);
}

const line = (kind: LineKind, packaging: Packaging, asked?: Asked) =>
  lineOf(wording(asked), kind, packaging);
const text = (kind: LineKind, packaging: Packaging, asked?: Asked) =>
  line(kind, packaging, asked)?.text;

describe('the contact', () => {
  const ADDRESS = "Pharmacie Exemple, 1 rue de l'Exemple, 94000 Créteil";

  test.each(['outer', 'alone'] as const)('%s: with caption and address', (packaging) => {
    expect(contactOf(wording(), packaging)).toEqual({
      caption: 'Contact / levée d’insu en urgence',
      phone: '+33 1 00 00 00 00',
      text: ADDRESS,
      keys: ['supplies.labels.contact.name', 'supplies.labels.contact.address'],
    });
  });

  test.each(['immediate', 'small'] as const)('%s: only name and telephone', (packaging) => {
    expect(contactOf(wording(), packaging)).toEqual({
      caption: undefined,
      phone: '+33 1 00 00 00 00',
      text: 'Pharmacie Exemple',
      keys: ['supplies.labels.contact.name'],
    });
  });

  test('without an address its name stands alone', () => {
    expect(contactOf(wording({ changes: [NO_ADDRESS] }), 'outer')).toMatchObject({
      caption: 'Contact / levée d’insu en urgence',
      text: 'Pharmacie Exemple',
      keys: ['supplies.labels.contact.name'],
    });
  });

  test('is not there if study.yaml has none', () => {
    expect(contactOf(wording({ changes: [NO_CONTACT] }), 'outer')).toBeUndefined();
  });
});

describe('lot and expiry', () => {
  const LOT = 'N° de lot : L2026-01';
  const BOTH = `${LOT} · À utiliser avant fin : 06/2027`;

  test.each([
    ['outer', true, BOTH],
    ['alone', true, BOTH],
    ['immediate', false, LOT],
    ['small', false, LOT],
  ] as const)('%s: until when it can be used: %s', (packaging, expected, lot) => {
    expect(showsExpiry(packaging)).toBe(expected);
    expect(text('lot', packaging)).toBe(lot);
  });

  test('stand alone if study.yaml does not say the other one, and are no line if it says none', () => {
    expect(text('lot', 'outer', { changes: [NO_LOT] })).toBe('À utiliser avant fin : 06/2027');
    expect(text('lot', 'outer', { changes: [NO_EXPIRY] })).toBe(LOT);
    expect(line('lot', 'small', { changes: [NO_LOT] })).toBeUndefined();
  });
});

describe('a text of study.yaml', () => {
  test.each([
    ['substance', 'outer', 'ILT101 1 MUI ou placebo', ['substance'], true],
    [
      'contents',
      'outer',
      'poudre stérile pour injection, voie sous-cutanée, 9 flacons',
      ['form', 'route', 'contents'],
      false,
    ],
    [
      'contents',
      'alone',
      'poudre stérile pour injection, voie sous-cutanée, 1 flacon',
      ['form', 'route', 'unitContents'],
      false,
    ],
    [
      'contents',
      'immediate',
      'poudre stérile pour injection, voie sous-cutanée, 1 flacon',
      ['form', 'route', 'unitContents'],
      false,
    ],
    ['contents', 'small', 'voie sous-cutanée', ['route'], false],
    ['directions', 'outer', "Voir le guide d'administration remis au site", ['directions'], false],
    [
      'storage',
      'outer',
      "À conserver entre 2 °C et 8 °C, à l'abri de la lumière",
      ['storage'],
      false,
    ],
  ] as const)(
    '%s, %s: names the keys that can be shortened',
    (kind, packaging, said, names, isStrong) => {
      const keys = names.map((name) => `supplies.labels.${name}`);
      expect(line(kind, packaging)).toEqual({ kind, text: said, isStrong, keys });
    },
  );

  test.each(['lot', 'trial', 'investigator', 'trial_use', 'children'] as const)(
    'is not in the line %s, so nobody can shorten it',
    (kind) => {
      expect(line(kind, 'outer')).not.toHaveProperty('keys');
      expect(line(kind, 'outer')!.isStrong).toBe(kind === 'lot' || kind === 'trial_use');
    },
  );

  test('is no line if study.yaml does not have it', () => {
    const changes: Change[] = [[/ {4}directions: .*\n/, '']];
    expect(line('directions', 'outer', { changes })).toBeUndefined();
  });

  test('is left out of the keys if study.yaml does not have it', () => {
    const changes: Change[] = [[/ {4}form: .*\n/, '']];
    expect(line('contents', 'outer', { changes })).toMatchObject({
      text: 'voie sous-cutanée, 9 flacons',
      keys: ['supplies.labels.route', 'supplies.labels.contents'],
    });
  });

  test('of a kit type is found under that type, the others under all labels', () => {
    const tablets = { changes: [TYPES], type: 'tablets' };
    expect(line('contents', 'outer', tablets)).toMatchObject({
      text: 'comprimés, voie sous-cutanée, 84 comprimés',
      keys: [
        'supplies.kits[tablets].form',
        'supplies.labels.route',
        'supplies.kits[tablets].contents',
      ],
    });
    const syringe = { changes: [TYPES], type: 'syringe' };
    expect(line('storage', 'outer', syringe)!.keys).toEqual(['supplies.labels.storage']);
    // The tablets say the same: that is no text of the syringe.
    const same: Change = ['form: comprimés', 'route: voie sous-cutanée'];
    expect(line('contents', 'small', { changes: [TYPES, same], type: 'syringe' })!.keys).toEqual([
      'supplies.labels.route',
    ]);
    expect(keyOfTexts({ type: 'tablets' })).toBe('supplies.kits[tablets]');
    expect(keyOfTexts({ type: undefined })).toBe('supplies.labels');
  });

  test('of a packaged product is found there, of a kit type too', () => {
    const cool: Change = ['expiry: 2027-06', 'expiry: 2027-06, storage: Au frais'];
    const stored = { text: 'Au frais', keys: ['supplies.packaged[].storage'] };
    expect(line('storage', 'outer', { changes: [cool] })).toMatchObject(stored);
    const tablets = { changes: [TYPES, cool], type: 'tablets' };
    expect(line('storage', 'outer', tablets)).toMatchObject(stored);
  });

  test('that only one language has stands alone', () => {
    const changes = [LANGUAGES, ['contents: 9 flacons', 'contents: {fr: 9 flacons}'] as Change];
    const only = [[/ {4}form: .*\n/, ''] as Change, [/ {4}route: .*\n/, ''] as Change];
    expect(text('contents', 'outer', { changes: [...changes, ...only] })).toBe('9 flacons');
    const english: Change = ['contents: 9 flacons', 'contents: {en: 9 vials}'];
    expect(text('contents', 'outer', { changes: [LANGUAGES, english, ...only] })).toBe('9 vials');
  });
});

describe('trial and site', () => {
  const SPONSOR = 'Assistance Publique - Hôpitaux de Paris';
  const own = (reference: string): Change => [
    'languages: [fr]',
    `languages: [fr]\n    trialReference: ${reference}`,
  ];

  test.each([
    ['eu-annex13', `Réf. essai : DEPIL-2 (2018-002777-22), ${SPONSOR} · Centre : CRT`],
    ['eu-ctr', `Réf. essai : DEPIL-2 (2018-002777-22), ${SPONSOR} · Centre : CRT`],
    ['us-312.6', `Réf. essai : DEPIL-2 (NCT04133233), ${SPONSOR} · Centre : CRT`],
  ] as const)('%s: with the registration of its law', (profile, said) => {
    expect(text('trial', 'outer', { profile })).toBe(said);
    expect(text('trial', 'alone', { profile })).toBe(said);
    expect(text('trial', 'small', { profile })).toBe('Réf. essai : DEPIL-2 · Centre : CRT');
    expect(text('trial', 'immediate', { profile })).toBe('Réf. essai : DEPIL-2 · Centre : CRT');
  });

  test.each([
    ['NEURO: N1', 'EudraCT: E2', 'E2'],
    ['NEURO: N1', 'CTIS: C3', 'C3'],
    ['ACTIS: A1', 'EU CT number: E4', 'E4'],
    ['NEURO: N1', 'ACTIS: A5', 'N1'],
  ])('the European register is known by its name: %s, %s', (one, other, expected) => {
    const changes = [registrations(one, other)];
    expect(text('trial', 'outer', { changes })).toContain(`DEPIL-2 (${expected}),`);
  });

  test('without a registration it is the study id', () => {
    const changes = [registrations()];
    const said = `Réf. essai : DEPIL-2, ${SPONSOR} · Centre : CRT`;
    expect(text('trial', 'outer', { changes })).toBe(said);
  });

  test('the reference of the trial itself takes precedence, and need not repeat the sponsor', () => {
    const bare = { changes: [own('DEPIL 2')] };
    expect(text('trial', 'outer', bare)).toBe(`Réf. essai : DEPIL 2, ${SPONSOR} · Centre : CRT`);
    expect(text('trial', 'small', bare)).toBe('Réf. essai : DEPIL 2 · Centre : CRT');
    const whole = { changes: [own(`"DEPIL 2, ${SPONSOR}"`)] };
    expect(text('trial', 'outer', whole)).toBe(`Réf. essai : DEPIL 2, ${SPONSOR} · Centre : CRT`);
  });

  test('while nobody knows the site there is a blank on the box, and nothing on a unit inside', () => {
    const trial = `Réf. essai : DEPIL-2 (2018-002777-22), ${SPONSOR}`;
    expect(BLANK).toBe('________________');
    expect(text('trial', 'outer', NOBODY_KNOWS)).toBe(`${trial} · Centre : ${BLANK}`);
    expect(text('trial', 'alone', NOBODY_KNOWS)).toBe(`${trial} · Centre : ${BLANK}`);
    expect(text('trial', 'immediate', NOBODY_KNOWS)).toBe('Réf. essai : DEPIL-2');
    expect(text('trial', 'small', NOBODY_KNOWS)).toBe('Réf. essai : DEPIL-2');
  });
});

describe('the investigator', () => {
  test('is that of the site', () => {
    expect(text('investigator', 'outer')).toBe('Investigateur : Dr Exemple');
    expect(line('investigator', 'outer', { changes: [NO_INVESTIGATOR] })).toBeUndefined();
    expect(line('investigator', 'outer', { changes: TWO_SITES })).toBeUndefined();
    expect(text('investigator', 'outer', { changes: TWO_SITES, site: 'LYO' })).toBe(
      'Investigateur : Dr Deux',
    );
  });

  test('is a blank while nobody knows the site, if any site has one', () => {
    const blank = `Investigateur : ${BLANK}`;
    expect(text('investigator', 'outer', NOBODY_KNOWS)).toBe(blank);
    expect(text('investigator', 'outer', { changes: TWO_SITES, ...NOBODY_KNOWS })).toBe(blank);
    expect(
      line('investigator', 'outer', { changes: [NO_INVESTIGATOR], ...NOBODY_KNOWS }),
    ).toBeUndefined();
  });
});

describe('lines that words of randose make', () => {
  test.each([
    ['trial_use', 'Uniquement pour essais cliniques'],
    ['children', 'Tenir hors de portée des enfants'],
  ] as const)('%s', (kind, said) => {
    expect(line(kind, 'outer')).toEqual({ kind, text: said, isStrong: kind === 'trial_use' });
  });

  test.each(['injection', 'subject'] as const)('%s is not the same on all labels', (kind) => {
    expect(line(kind, 'outer')).toBeUndefined();
  });

  test('the caution is that of the United States alone', () => {
    expect(line('caution', 'outer')).toBeUndefined();
    expect(text('caution', 'small', { profile: 'us-312.6' })).toBe(
      'Caution: New Drug—Limited by Federal (or United States) law to investigational use.',
    );
  });
});

describe('labels in two languages', () => {
  const bilingual = () => wording({ changes: [...BILINGUAL] });

  test('have each word once if it is the same in both', () => {
    expect(caption(bilingual(), 'lot')).toBe('N° de lot / Batch No.');
    expect(caption(bilingual(), 'injection')).toBe('Injection');
    expect(captioned(bilingual(), 'lot', 'A')).toBe('N° de lot / Batch No. : A');
  });

  test('have the visit and its day in a cycle in both', () => {
    expect(visitOn(bilingual(), 'D36', undefined)).toBe('J36 / D36');
    expect(visitOn(bilingual(), 'D36', 'C2D8')).toBe('J36 / D36 (C2J8 / C2D8)');
    expect(visitOn(wording(), 'D36', 'C2D8')).toBe('J36 (C2J8)');
  });

  test('have a date as both write it, or else as ISO 8601 does', () => {
    const date = '2026-06-10' as CivilDate;
    expect(dateOn(wording(), date)).toBe('10/06/2026');
    expect(dateOn(bilingual(), date)).toBe('2026-06-10');
  });

  test('have the site from the start, and all texts as study.yaml says them', () => {
    const { site, languages, text: texts } = bilingual();
    expect(site?.code).toBe('CRT');
    expect(languages).toEqual(['fr', 'en']);
    expect(texts.lot).toBe('L2026-01');
  });
});

describe('the words of a language', () => {
  const WORDS =
    'contact lot expiry trial site investigator kit subject visit injection trialUse children reprint specimen dummy';
  const all = Object.fromEntries(WORDS.split(' ').map((name) => [name, name]));

  test('that randose does not have are asked for, all at once', () => {
    const some = { ...all, lot: undefined, dummy: undefined };
    expect(() => wordsIn('nl', some)).toThrow(
      expect.objectContaining({
        code: 'invalid-study',
        message: 'label words in "nl" are missing: lot, dummy',
        hint: 'Add them to study.yaml: supplies.labels.words.nl. randose has the words of: en, fr, de, es, it',
      }) as Error,
    );
  });

  test('have a colon without a space if randose does not know the language', () => {
    const words = JSON.stringify(all).replaceAll('"', '').replaceAll(/[:,]/g, '$& ');
    const changes: Change[] = [['languages: [fr]', `languages: [nl]\n    words: {nl: ${words}}`]];
    expect(captioned(wording({ changes }), 'lot', 'A')).toBe('lot: A');
  });
});
