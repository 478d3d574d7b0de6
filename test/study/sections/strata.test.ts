import { describe, expect, test } from 'vitest';
import { STUDY_TEMPLATE } from '../../../src/study/depil-2.ts';
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
  return checked.value.strata.map(({ id, site, slots }) => `${id} ${site} ${slots}`);
}

function problems(strata: string, factors = ''): string[] {
  const checked = read(strata, factors);
  return checked.ok ? [] : checked.problems.map(({ message }) => message);
}

const SEX = 'factors: [{ name: sex, levels: [F, M] }]';
const SEX_AND_AGE = 'factors: [{ name: sex, levels: [F, M] }, { name: age, levels: [LT65, GE65] }]';

describe('strata', () => {
  test('are the sites, with a number for each stratum or for each site', () => {
    expect(strataOf('strata: { slotsPerStratum: 18 }')).toEqual([
      'site=CRT CRT 18',
      'site=LYO LYO 18',
    ]);
    expect(strataOf('strata: { slotsPerSite: 18 }')).toEqual(
      strataOf('strata: { slotsPerStratum: 18 }'),
    );
  });

  test('are crossed with the factors, the last one changing fastest', () => {
    expect(strataOf('strata: { slotsPerSite: 24 }', SEX_AND_AGE)).toEqual([
      'site=CRT/sex=F/age=LT65 CRT 6',
      'site=CRT/sex=F/age=GE65 CRT 6',
      'site=CRT/sex=M/age=LT65 CRT 6',
      'site=CRT/sex=M/age=GE65 CRT 6',
      'site=LYO/sex=F/age=LT65 LYO 6',
      'site=LYO/sex=F/age=GE65 LYO 6',
      'site=LYO/sex=M/age=LT65 LYO 6',
      'site=LYO/sex=M/age=GE65 LYO 6',
    ]);
  });

  test('are given by a table, in the order of its rows', () => {
    const table = `strata:
  - { site: LYO, slotsPerSite: 12 }
  - { site: CRT, sex: M, slots: 6 }
  - { site: CRT, sex: F, slots: 9 }`;
    expect(strataOf(table, SEX)).toEqual([
      'site=LYO/sex=F LYO 6',
      'site=LYO/sex=M LYO 6',
      'site=CRT/sex=M CRT 6',
      'site=CRT/sex=F CRT 9',
    ]);
    const rows = `strata:
  - { site: LYO, slotsPerStratum: 3 }
  - { site: CRT, age: LT65, slotsPerStratum: 6 }
  - { site: CRT, age: GE65, slotsPerStratum: 9 }`;
    expect(strataOf(rows, SEX_AND_AGE).slice(4)).toEqual([
      'site=CRT/sex=F/age=LT65 CRT 6',
      'site=CRT/sex=M/age=LT65 CRT 6',
      'site=CRT/sex=F/age=GE65 CRT 9',
      'site=CRT/sex=M/age=GE65 CRT 9',
    ]);
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
      '9 slots cannot be divided equally among the 2 strata of a site; 8 or 10 can',
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
      'age: unknown key; the keys known here are: site, slots, slotsPerStratum, slotsPerSite, sex',
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
