import { describe, expect, test } from 'vitest';
import { STUDY_TEMPLATE } from '../../../src/study/depil-2.ts';
import {
  levelsOfStratum,
  siteFactsOfStratum,
  siteOfStratum,
} from '../../../src/study/sections/strata.ts';
import { exchangeArms } from '../../../src/study/exchange.ts';
import { ratiosText, sharesIn, type Study } from '../../../src/study/study.ts';
import { readStudy } from '../../../src/study/study-file.ts';

/** The template with two sites and other words for its strata. */
function read(strata: string, factors = '') {
  const text = STUDY_TEMPLATE.replace(
    /\nstrata:\n(?: .*\n)+/,
    `\n  - code: LYO\n    name: Example Hospital Lyon\n\n${factors}\n${strata}\n`,
  ).replace(/\n\n# Each stratum has.*/, '');
  return readStudy(text, 'study.yaml');
}

function strataOf(strata: string, factors = ''): string[] {
  const checked = read(strata, factors);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value.strata.map(({ id, slots }) => `${id} ${slots}`);
}

function problems(strata: string, factors = ''): string[] {
  const checked = read(strata, factors);
  return checked.ok ? [] : checked.problems.map(({ message }) => message);
}

const SEX = 'factors: [{ name: sex, levels: [F, M] }]';
const SEX_AND_AGE = 'factors: [{ name: sex, levels: [F, M] }, { name: age, levels: [LT65, GE65] }]';

describe('strata', () => {
  test('are the sites, with a number for each stratum or for each site', () => {
    expect(strataOf('strata: { slotsPerStratum: 18 }')).toEqual(['site=CRT 18', 'site=LYO 18']);
    expect(strataOf('strata: { slotsPerSite: 18 }')).toEqual(
      strataOf('strata: { slotsPerStratum: 18 }'),
    );
  });

  test('are crossed with the factors, the last one changing fastest', () => {
    expect(strataOf('strata: { slotsPerSite: 24 }', SEX_AND_AGE)).toEqual([
      'site=CRT/sex=F/age=LT65 6',
      'site=CRT/sex=F/age=GE65 6',
      'site=CRT/sex=M/age=LT65 6',
      'site=CRT/sex=M/age=GE65 6',
      'site=LYO/sex=F/age=LT65 6',
      'site=LYO/sex=F/age=GE65 6',
      'site=LYO/sex=M/age=LT65 6',
      'site=LYO/sex=M/age=GE65 6',
    ]);
  });

  test('are given by a table, in the order of its rows', () => {
    const table = `strata:
  - { site: LYO, slotsPerSite: 12 }
  - { site: CRT, sex: M, slots: 6 }
  - { site: CRT, sex: F, slots: 9 }`;
    expect(strataOf(table, SEX)).toEqual([
      'site=LYO/sex=F 6',
      'site=LYO/sex=M 6',
      'site=CRT/sex=M 6',
      'site=CRT/sex=F 9',
    ]);
    const rows = `strata:
  - { site: LYO, slotsPerStratum: 3 }
  - { site: CRT, age: LT65, slotsPerStratum: 6 }
  - { site: CRT, age: GE65, slotsPerStratum: 9 }`;
    expect(strataOf(rows, SEX_AND_AGE).slice(4)).toEqual([
      'site=CRT/sex=F/age=LT65 6',
      'site=CRT/sex=M/age=LT65 6',
      'site=CRT/sex=F/age=GE65 9',
      'site=CRT/sex=M/age=GE65 9',
    ]);
  });
});

describe('what strata differ by', () => {
  const [fr, de] = [
    '{ code: CRT, name: A, country: FR, group: west }',
    '{ code: BER, name: B, country: DE, group: east }',
  ];
  const LEI = '{ code: LEI, name: C, country: DE, group: west }';
  /** The template with these sites. */
  function readAt(sites: readonly string[], rest: string) {
    const text = STUDY_TEMPLATE.replace(/\nsites:\n(?: .*\n)+/, `\nsites: [${sites.join(', ')}]\n`)
      .replace(/\nstrata:\n(?: .*\n)+/, `\n${rest}\n`)
      .replace(/\n\n# Each stratum has.*/, '');
    return readStudy(text, 'study.yaml');
  }
  const without = (key: string, site: string) => site.replace(new RegExp(`, ${key}: \\w+`), '');
  const plain = [fr, de].map((site) => without('group', site));
  const strataAt = (sites: readonly string[], rest: string) => {
    const read = readAt(sites, rest);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    return read.value.strata.map(({ id, slots }) => `${id} ${slots}`);
  };
  const problemsAt = (sites: readonly string[], rest: string) => {
    const read = readAt(sites, rest);
    return read.ok ? [] : read.problems.map(({ message }) => message);
  };

  test('is the site and all factors if study.yaml does not say', () => {
    const said = strataAt(plain, `${SEX}\nstratifyBy: [site, sex]\nstrata: { slotsPerStratum: 6 }`);
    expect(strataAt(plain, `${SEX}\nstrata: { slotsPerStratum: 6 }`)).toEqual(said);
    expect(said).toHaveLength(4);
  });

  test('is what stratifyBy names, in its order', () => {
    const number = 'strata: { slotsPerStratum: 6 }';
    expect(strataAt(plain, `${SEX}\nstratifyBy: [sex]\n${number}`)).toEqual(['sex=F 6', 'sex=M 6']);
    expect(strataAt(plain, `${SEX}\nstratifyBy: [sex, country]\n${number}`)).toEqual([
      'sex=F/country=FR 6',
      'sex=F/country=DE 6',
      'sex=M/country=FR 6',
      'sex=M/country=DE 6',
    ]);
    expect(
      strataAt(plain, `${SEX}\nstratifyBy: [sex, site]\nstrata: { slotsPerSite: 12 }`),
    ).toEqual(['sex=F/site=CRT 6', 'sex=F/site=BER 6', 'sex=M/site=CRT 6', 'sex=M/site=BER 6']);
  });

  test('is a country and a group that a site has together', () => {
    const by = 'stratifyBy: [country, group]';
    expect(strataAt([fr, de, LEI], `${by}\nstrata: { slotsPerStratum: 6 }`)).toEqual([
      'country=FR/group=west 6',
      'country=DE/group=west 6',
      'country=DE/group=east 6',
    ]);
    expect(
      problemsAt([fr, de], `${by}\nstrata: [{ country: FR, group: east, slots: 6 }]`),
    ).toContain('no site is in country=FR/group=east: remove this row, or correct it');
  });

  test('is the rows of a table without a site', () => {
    const table = `stratifyBy: [country, sex]
strata:
  - { country: DE, slotsPerStratum: 3 }
  - { country: FR, sex: M, slots: 6 }
  - { country: FR, sex: F, slots: 9 }`;
    expect(strataAt(plain, `${SEX}\n${table}`)).toEqual([
      'country=DE/sex=F 3',
      'country=DE/sex=M 3',
      'country=FR/sex=M 6',
      'country=FR/sex=F 9',
    ]);
  });

  test.each([
    [
      '[]',
      '',
      'stratifyBy: expected at least one name. For one list for all sites, give all sites the same group, and write [group]',
    ],
    [
      '[age]',
      '',
      '"age" is not something to stratify by; what is known here: site, country, group',
    ],
    [
      '[sex, weight]',
      SEX,
      '"weight" is not something to stratify by; what is known here: site, country, group, sex',
    ],
    ['[sex, sex]', SEX, '"sex" is here twice'],
    [
      '[site, country]',
      '',
      'each site has one country, so country adds nothing to site: remove one of the two',
    ],
    [
      '[country]',
      SEX,
      'factor "sex" is not in stratifyBy, so nothing depends on it: add it there, or remove the factor',
    ],
    [
      '[country]',
      'factors: [{ name: country, levels: [FR, DE] }]',
      '"country" is the country of a site here: give the factor another name',
    ],
    ['[group]', '', 'site "CRT" has no group, but the list is stratified by group: add group'],
    [
      '[country]',
      'numbers: { randomization: { site: true } }',
      'a list that is not stratified by site is made before anybody knows the site of a slot: write site: false',
    ],
  ])('stratifyBy: %s with %s is refused', (by, rest, message) => {
    const number = 'strata: { slotsPerStratum: 6 }';
    expect(problemsAt(plain, `${rest}\nstratifyBy: ${by}\n${number}`)).toContain(message);
  });

  test.each([
    [
      '{ slotsPerSite: 6 }',
      'slotsPerSite is for lists that are stratified by site: write slotsPerStratum (slots in each stratum)',
    ],
    [
      '[{ country: IT, slotsPerStratum: 6 }]',
      'no site has the country "IT"; the sites have: FR, DE',
    ],
    [
      '[{ site: CRT, slotsPerStratum: 6 }]',
      'site: unknown key; the keys known here are: country, sex, slots, slotsPerStratum, ratio',
    ],
    [
      '[{ country: FR, slots: 6 }]',
      'this row has no sex, so it means 2 strata: write slotsPerStratum (slots in each of them)',
    ],
    [
      '[{ country: FR, slotsPerStratum: 6 }]',
      '2 strata have no slots: country=DE/sex=F and country=DE/sex=M',
    ],
    ['[{ country: FR }]', 'expected exactly one of slots and slotsPerStratum, found none'],
  ])('strata: %s is refused if strata have no site', (strata, message) => {
    const text = `${SEX}\nstratifyBy: [country, sex]\nstrata: ${strata}`;
    expect(problemsAt(plain, text)).toContain(message);
  });

  test('is not known for sites that do not say it, or say it in two ways', () => {
    const number = 'strata: { slotsPerStratum: 6 }';
    const of = (sites: readonly string[], by: string) =>
      problemsAt(sites, `stratifyBy: ${by}\n${number}`);
    expect(of([plain[0]!, without('country', plain[1]!)], '[country]')).toEqual([
      'site "BER" has no country, but the list is stratified by country: add country',
    ]);
    expect(of([fr, de.replace('east', 'West')], '[group]')).toEqual([
      'group "West" differs from "west" in letter case only: write both alike',
    ]);
    expect(of([fr, plain[1]!], '[country]')).toEqual([
      'site "CRT" has a group, but the list is not stratified by group: add group to stratifyBy, or remove it here',
    ]);
  });
});

describe('the name of a stratum', () => {
  test('says its site, the facts of its sites and the levels of factors', () => {
    expect(siteOfStratum('sex=F/site=CRT')).toBe('CRT');
    expect(siteOfStratum('website=X')).toBeUndefined();
    expect(levelsOfStratum('sex=F/site=CRT')).toEqual({ sex: 'F' });
    expect(siteFactsOfStratum('country=FR/sex=F')).toEqual({ country: 'FR' });
    expect(levelsOfStratum('country=FR/sex=F')).toEqual({ sex: 'F' });
    // Older lists can have a factor with this name, and always have the site.
    expect(levelsOfStratum('site=CRT/country=FR')).toEqual({ country: 'FR' });
    expect(siteFactsOfStratum('site=CRT/country=FR')).toEqual({ site: 'CRT' });
  });
});

describe('a problem in the strata', () => {
  test.each([
    [
      'strata: {}',
      '',
      'expected exactly one of slots, slotsPerStratum and slotsPerSite, found none',
    ],
    [
      'strata: { slotsPerStratum: 6, slotsPerSite: 12 }',
      SEX,
      'expected exactly one of slots, slotsPerStratum and slotsPerSite, found slotsPerStratum and slotsPerSite',
    ],
    [
      'strata: { slotsPerSite: 9 }',
      SEX,
      '9 slots cannot be divided equally among the 2 strata of a site; slotsPerSite: 6 or 12 would fit',
    ],
    [
      'strata: [{ site: CRT, slots: 9 }, { site: LYO, slotsPerSite: 6 }]',
      SEX,
      'this row has no sex, so it means 2 strata: write slotsPerStratum (slots in each of them) or slotsPerSite (slots in all of them together)',
    ],
    [
      'strata: [{ site: CRT, sex: F, slotsPerSite: 9 }, { site: LYO, slotsPerSite: 6 }]',
      SEX,
      'slotsPerSite is for the whole site: remove the levels from this row, or write slots',
    ],
    [
      'strata: [{ site: CRT, sex: X, slots: 9 }, { site: LYO, slotsPerSite: 6 }]',
      SEX,
      '"X" is not a level of sex; its levels are: F, M',
    ],
    [
      'strata: [{ site: CRT, age: X, slots: 9 }, { site: LYO, slotsPerSite: 6 }]',
      SEX,
      'age: unknown key; the keys known here are: site, slots, slotsPerStratum, slotsPerSite, ratio, sex',
    ],
    [
      'strata: [{ site: CRT, slots: 9 }, { site: CRT, slots: 9 }, { site: LYO, slots: 6 }]',
      '',
      'stratum site=CRT is here twice',
    ],
    // A row that was copied and not changed: what it should say is missing.
    [
      'strata: [{ site: CRT, sex: F, slots: 9 }, { site: CRT, sex: F, slots: 9 }, { site: LYO, slotsPerSite: 6 }]',
      SEX,
      'stratum site=CRT/sex=M has no slots',
    ],
    [
      'strata: [{ site: CRT, sex: F, slots: 9 }, { site: LYO, slotsPerSite: 6 }]',
      SEX,
      'stratum site=CRT/sex=M has no slots',
    ],
    ['strata: [{ site: CRT, slots: 9 }]', '', 'site "LYO" has no stratum, and so no slots'],
    // Several are told at once.
    [
      'strata: [{ site: CRT, sex: F, slots: 9 }, { site: LYO, sex: M, slots: 6 }]',
      SEX,
      '2 strata have no slots: site=CRT/sex=M and site=LYO/sex=F',
    ],
    ['strata: 18', '', 'strata: expected keys with values, found 18'],
    ['strata: []', '', 'strata: expected at least one stratum'],
    [
      'strata: { slotsPerStratum: 6 }',
      'factors: [{ name: site, levels: [F, M] }]',
      'randose uses the name "site" for something else: choose another name for the factor',
    ],
    [
      'strata: { slotsPerStratum: 6 }',
      'factors: [{ name: constructor, levels: [F, M] }]',
      'randose uses the name "constructor" for something else: choose another name for the factor',
    ],
    [
      'strata: { slotsPerStratum: 6 }',
      'factors: [{ name: sex, levels: [F, f] }]',
      'level of sex "f" is here twice',
    ],
    [
      'strata: { slotsPerStratum: 6 }',
      'factors: [{ name: sex, levels: [F] }]',
      'factors[0].levels: expected at least two levels',
    ],
    [
      'strata: { slotsPerStratum: 6 }',
      'factors: [{ name: arm2, levels: [1, 2] }]',
      'factors[0].levels[0]: expected text, found 1 (put it in quotes)',
    ],
  ])('%s with %j is reported', (strata, factors, message) => {
    expect(problems(strata, factors)).toEqual(expect.arrayContaining([message]));
  });

  test('is reported once, not once for each site', () => {
    expect(problems('strata: { slotsPerSite: 9 }', SEX)).toHaveLength(1);
  });
});

describe('the patterns of numbers', () => {
  const withNumbers = (numbers: string, change = (text: string) => text) => {
    const text = change(`${STUDY_TEMPLATE}\nnumbers: ${numbers}\n`);
    const checked = readStudy(text, 'study.yaml');
    return checked.ok ? checked.value.numbers : checked.problems.map(({ message }) => message);
  };

  test('are the default ones if study.yaml says nothing', () => {
    const plain = {
      randomization: { prefix: 'R', site: false, width: undefined, check: false },
      kits: { prefix: '', site: false, width: 6 },
    };
    expect(withNumbers('{}')).toEqual(plain);
    expect(withNumbers('{ randomization: { width: 5 } }')).toEqual({
      ...plain,
      randomization: { ...plain.randomization, width: 5 },
    });
  });

  test.each([
    [
      '{ randomization: { prefix: "DUMMY" } }',
      'DUMMY marks the numbers of a rehearsal: choose another prefix',
    ],
    [
      '{ randomization: { prefix: "R-" } }',
      'numbers.randomization.prefix: expected up to 8 letters and digits',
    ],
    [
      '{ randomization: { width: 0 } }',
      'numbers.randomization.width: expected a whole number from 1 to 9',
    ],
    [
      '{ kits: { prefix: "KIT" } }',
      'numbers.kits.prefix: expected up to 6 characters of 34679ACDEFGHJKMNPQRTWXY, no two of which look alike',
    ],
    [
      '{ kits: { check: false } }',
      'numbers.kits.check: kit codes always have a check character: write true, or leave the line out, found false',
    ],
    [
      '{ kits: { length: 6 } }',
      'numbers.kits.length: unknown key; the keys known here are: prefix, site, width, check',
    ],
  ])('%s is refused', (numbers, message) => {
    expect(withNumbers(numbers)).toContain(message);
  });

  test('of kits are wide enough for the slots', () => {
    const many = (text: string) => text.replace('slots: 18', 'slots: 18000');
    expect(withNumbers('{ kits: { width: 4 } }', many)).toEqual([
      'kit codes of 4 characters are too few for 18000 slots; 5 characters are enough. If the list is sealed, its codes cannot change: ask for at most 8939 slots in all',
    ]);
    expect(withNumbers('{ kits: { width: 5 } }', many)).toMatchObject({ kits: { width: 5 } });
    // What the message says a sealed list can still have is right, to the slot.
    const slots = (count: number) => (text: string) => text.replace('slots: 18', `slots: ${count}`);
    expect(withNumbers('{ kits: { width: 4 } }', slots(8939))).toMatchObject({
      kits: { width: 4 },
    });
    expect(withNumbers('{ kits: { width: 4 } }', slots(8940))).toHaveLength(1);
  });

  test('of kits with a site need plain site codes', () => {
    const small = (text: string) => text.replaceAll('CRT', 'Crt');
    expect(withNumbers('{ kits: { site: true } }', small)).toEqual([
      'kit codes contain the site (numbers.kits.site), so its code may only have capital letters and digits, not "Crt"',
    ]);
  });
});

describe('a ratio of a stratum', () => {
  const COHORT = 'factors: [{ name: cohort, levels: [sentinel, main] }]\nstratifyBy: [cohort]';
  const table = (ratio: string) =>
    `strata:\n  - { cohort: sentinel, slots: 4, ratio: ${ratio} }\n  - { cohort: main, slots: 9 }`;

  test('is that of its row, by the codes of the arms; else that of the arms', () => {
    const checked = read(table('{ PLACEBO: 3, ILT101: 1 }'), COHORT);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const { arms, strata } = checked.value;
    expect(strata.map((stratum) => [stratum.id, sharesIn(arms, stratum)])).toEqual([
      ['cohort=sentinel', [1, 3]],
      ['cohort=main', [2, 1]],
    ]);
    expect(ratiosText(arms, strata)).toBe('1:3 in cohort=sentinel; 2:1 in cohort=main');
    expect(ratiosText(arms, strata.slice(1))).toBe('2:1');
    expect(ratiosText(arms, [])).toBe('2:1');
  });

  test('is for all strata of a row that means several', () => {
    const rows =
      'strata: [{ site: CRT, slotsPerSite: 8, ratio: { ILT101: 1, PLACEBO: 1 } }, { site: LYO, slotsPerSite: 6 }]';
    const checked = read(rows, SEX);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    expect(ratiosText(checked.value.arms, checked.value.strata)).toBe(
      '1:1 in site=CRT/sex=F and site=CRT/sex=M; 2:1 in site=LYO/sex=F and site=LYO/sex=M',
    );
  });

  test.each([
    ['1:1', 'write the share of each arm by its code, such as ratio: { ILT101: 1, PLACEBO: 1 }'],
    ['[1, 1]', 'write the share of each arm by its code, such as ratio: { ILT101: 1, PLACEBO: 1 }'],
    ['', 'write the share of each arm by its code, such as ratio: { ILT101: 1, PLACEBO: 1 }'],
    [
      '{ ILT101: 1 }',
      'no share for PLACEBO: add it, or PLACEBO: 0 if nobody in this row gets this arm',
    ],
    [
      '{ ILT101: 1, PLACEBO: 1, P: 1 }',
      '"P" is not the code of an arm; the arms are: ILT101, PLACEBO',
    ],
    [
      '{ ilt101: 1, PLACEBO: 1 }',
      '"ilt101" is not the code of an arm; the arms are: ILT101, PLACEBO',
    ],
    ['{ ILT101: 1.5, PLACEBO: 1 }', 'the share of ILT101: expected a whole number from 0 to 100'],
    ['{ ILT101: -1, PLACEBO: 1 }', 'the share of ILT101: expected a whole number from 0 to 100'],
    ['{ ILT101: 1, PLACEBO: "1" }', 'the share of PLACEBO: expected a whole number from 0 to 100'],
    [
      '{ ILT101: 1, PLACEBO: 0 }',
      'with one arm alone nothing is random: give two arms a share of 1 or more',
    ],
  ])('ratio: %s is refused', (ratio, message) => {
    expect(problems(table(ratio), COHORT)).toContain(message);
  });

  test('is refused at its place, with the rest of what is wrong', () => {
    const checked = read(table('{ ILT101: 1, PLACEBO: 1, P: 0 }'), COHORT);
    const text = table('').split('ratio')[0]!.split('\n').at(-1)!;
    expect(checked.ok ? [] : checked.problems).toMatchObject([
      { column: text.length + 'ratio: { ILT101: 1, PLACEBO: 1, '.length + 1 },
    ]);
  });

  test('that is not one is told once, and no plan is compared with it', () => {
    const text = STUDY_TEMPLATE.replace('slots: 18', 'slots: 18\n    ratio: 1:1');
    const draft = readStudy(text, 'study.yaml', 'draft');
    expect(draft.ok ? [] : draft.problems.map(({ message }) => message)).toEqual([
      'write the share of each arm by its code, such as ratio: { ILT101: 1, PLACEBO: 1 }',
    ]);
    expect(draft.design.strata).toBeUndefined();
  });

  test('an arm that no stratum has is refused', () => {
    const three = `strata: [{ site: CRT, slots: 6, ratio: RATIO }, { site: LYO, slots: 6, ratio: RATIO }]`;
    const text = STUDY_TEMPLATE.replace(
      '\nsites:',
      '\n  - { code: HIGH, name: High dose, type: active, ratio: 1 }\n\nsites:',
    )
      .replace(
        /\nstrata:\n(?: .*\n)+/,
        `\n  - { code: LYO, name: Example Hospital Lyon }\n${three}\n`,
      )
      .replaceAll('RATIO', '{ ILT101: 1, PLACEBO: 1, HIGH: 0 }');
    const checked = readStudy(text, 'study.yaml');
    expect(checked.ok ? [] : checked.problems.map(({ message }) => message)).toEqual([
      'no stratum has arm "HIGH": give it a share above 0',
    ]);
  });

  test('is refused beside one number for all strata, with what to write', () => {
    expect(problems('strata: { slotsPerStratum: 6, ratio: { ILT101: 1, PLACEBO: 1 } }')).toContain(
      'strata.ratio: all strata have the ratio of the arms here; for another one write a table of strata',
    );
  });

  test('a factor named ratio of an older study stays a factor; a new study cannot have one', () => {
    const old = 'factors: [{ name: ratio, levels: [high, low] }]';
    const rows =
      'strata: [{ site: CRT, ratio: high, slots: 9 }, { site: CRT, ratio: low, slots: 6 }, { site: LYO, slotsPerSite: 6 }]';
    expect(strataOf(rows, old)).toContain('site=CRT/ratio=high 9');
    const draft = readStudy(
      STUDY_TEMPLATE.replace('\nstrata:\n', `\n${old}\nstrata:\n`),
      'study.yaml',
      'draft',
    );
    expect(draft.ok ? [] : draft.problems.map(({ message }) => message)).toContain(
      'randose uses the name "ratio" for something else: choose another name for the factor',
    );
  });
});

describe('exchanged arms', () => {
  test('exchange their shares in every ratio, and twice is as before', () => {
    const text = STUDY_TEMPLATE.replace(
      'slots: 18',
      'slots: 18\n    ratio: { ILT101: 3, PLACEBO: 1 }',
    );
    const other = exchangeArms(text);
    const [one, two] = [text, other].map((file) => {
      const checked = readStudy(file, 'study.yaml');
      if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
      return checked.value;
    }) as [Study, Study];
    expect(two.arms.map(({ code }) => code)).toEqual(['PLACEBO', 'ILT101']);
    expect(two.strata[0]!.ratio).toEqual({ PLACEBO: 3, ILT101: 1 });
    expect(sharesIn(two.arms, two.strata[0]!)).toEqual(sharesIn(one.arms, one.strata[0]!));
    expect(exchangeArms(exchangeArms(other))).toBe(other);
  });
});
