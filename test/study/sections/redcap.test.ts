import { expect, test } from 'vitest';
import { readStudy } from '../../../src/study/study-file.ts';

const SITES = `sites:
  - { code: CRT, name: One, country: FR }
  - { code: LYO, name: Two, country: BE }
`;

/** A study with a part redcap. @param more of the study, with the strata */
function studyWith(redcap: string, more = 'strata: { slotsPerStratum: 6 }\n'): string {
  return `randose: 1
study: { id: T-1, title: Test, sponsor: Example }
arms:
  - { code: A, name: Active, type: active, ratio: 1 }
  - { code: P, name: Placebo, type: placebo, ratio: 1 }
${SITES}factors: [{ name: sex, levels: [F, M] }]
${more}${more.includes('supplies:') ? '' : 'supplies: none\n'}schedule: none
redcap:
${redcap}`;
}

const WHOLE = `  dag: { CRT: 1330, LYO: 1331 }
  factors:
    sex: { field: sex, codes: { F: 1, M: 2 } }
`;

/** What is wrong with the part, with the line of it. */
function problems(redcap: string, more?: string, purpose: 'use' | 'redcap' = 'redcap'): string[] {
  const text = studyWith(redcap, more);
  const checked = readStudy(text, 'study.yaml', purpose);
  const first = text.split('\n').indexOf('redcap:');
  return checked.ok
    ? []
    : checked.problems.map(({ line = 0, message }) => `${line - 1 - first}: ${message}`);
}

test('says the group of each site, and field and codes of each factor', () => {
  const checked = readStudy(studyWith(WHOLE), 'study.yaml', 'redcap');
  expect(checked.ok && checked.value.redcap).toEqual({
    number: 'randomization number',
    dag: { CRT: 1330, LYO: 1331 },
    factors: { sex: { field: 'sex', codes: { F: '1', M: '2' } } },
  });
  const without = readStudy(studyWith('').replace('redcap:\n', ''), 'study.yaml');
  expect(without.ok && without.value.redcap).toBe(undefined);
});

const BY_COUNTRY = 'stratifyBy: [country, sex]\nstrata: { slotsPerStratum: 6 }\n';
const SEX = '    sex: { field: sex, codes: { F: 1, M: 2 } }\n';

test('a site can be a field too, and so can country and group', () => {
  const site = '    site: { field: centre, codes: { CRT: crt_1, LYO: "02" } }\n';
  expect(problems(`  factors:\n${site}${SEX}`)).toEqual([]);
  const country = '    country: { field: country, codes: { FR: 1, BE: 2 } }\n';
  expect(problems(`  factors:\n${country}${SEX}`, BY_COUNTRY)).toEqual([]);
});

test.each([
  [
    'a site without a group, a level without a code',
    `  dag: { CRT: 1330 }\n  factors:\n    sex: { field: sex, codes: { F: 1 } }\n`,
    ['1: site LYO has no data access group: add LYO: …', '3: level M has no value: add M: …'],
  ],
  [
    'nothing',
    '  number: randomization number\n',
    [
      '1: the list is stratified by site: add dag: {CRT: NUMBER, …}, the number of each site’s data access group, or factors.site if the project has a field for the site',
      '1: the list is stratified by sex: add sex: {field: NAME, codes: {LEVEL: VALUE, …}} to redcap.factors',
    ],
  ],
])('%s: what is missing is told for the table, and not before', (_, redcap, expected) => {
  expect(problems(redcap)).toEqual(expected);
  expect(problems(redcap, undefined, 'use')).toEqual([]);
});

test.each([
  [
    'two sites in one group',
    WHOLE.replace('1331', '1330'),
    '1: data access group 1330 is that of CRT already',
  ],
  ['two levels with one code', WHOLE.replace('M: 2', 'M: 1'), '3: value 1 is that of F already'],
  [
    'an unknown site',
    WHOLE.replace('LYO: 1331', 'LYO: 1331, PAR: 9'),
    '1: unknown site "PAR"; there are: CRT, LYO',
  ],
  [
    'an unknown level',
    WHOLE.replace('M: 2', 'M: 2, X: 3'),
    '3: unknown level "X"; there are: F, M',
  ],
  [
    'an unknown factor',
    `${WHOLE}    age: { field: age, codes: { A: 1 } }\n`,
    '4: the list is not stratified by "age"; it is stratified by: site, sex',
  ],
  [
    'a site twice',
    `${WHOLE}    site: { field: s, codes: { CRT: 1, LYO: 2 } }\n`,
    '4: the sites are in dag already: leave one of the two out',
  ],
  [
    'a group that is no number',
    WHOLE.replace('1331', 'lyon'),
    '1: redcap.dag.LYO: expected a whole number from 1 to 1000000000, found "lyon"',
  ],
  [
    'kits of a study without',
    `  number: kit\n${WHOLE}`,
    '1: the study has no kits: write randomization number',
  ],
])('%s is refused with its line', (_, redcap, expected) => {
  const more = 'strata: { slotsPerStratum: 6 }\nsupplies: none\n';
  expect(problems(redcap, more)).toEqual([expected]);
  expect(problems(redcap, more, 'use')).toEqual([expected]);
});

test('all problems are told at once, beside those of shapes and of sites', () => {
  const redcap = `  number: both
  factors:
    sex: { field: Sex, codes: { F: 1, M: "a b" } }
    age: { field: age, codes: { A: 1, B: 1 } }
`;
  expect(problems(redcap).toSorted()).toEqual([
    expect.stringMatching(/^1: redcap\.number: expected randomization number or kit/),
    expect.stringMatching(/^1: the list is stratified by site: add dag: /),
    expect.stringMatching(/^3: redcap\.factors\.sex\.codes\.M: expected the value/),
    expect.stringMatching(/^3: redcap\.factors\.sex\.field: .*expected the name of a field/),
    expect.stringMatching(/^4: the list is not stratified by "age"/),
  ]);
  const groups = '  dag: { CRT: 0, LYO: 7, PAR: 7 }\n';
  expect(problems(`${groups}  factors: {}\n`).toSorted()).toEqual([
    '1: data access group 7 is that of LYO already',
    expect.stringMatching(/^1: redcap\.dag\.CRT: expected a whole number/),
    '1: unknown site "PAR"; there are: CRT, LYO',
    expect.stringMatching(/^2: the list is stratified by sex: add sex/),
  ]);
  const text = studyWith(`${groups}  factors:\n${SEX.replace('M: 2', 'M: 1')}`);
  const checked = readStudy(text.replace('code: LYO', 'code: "L Y"'), 'study.yaml', 'draft');
  const messages = checked.ok ? [] : checked.problems.map(({ message }) => message);
  expect(messages).toContain('data access group 7 is that of LYO already');
  expect(messages).toContain('value 1 is that of F already');
});

test.each(['Sex', '1sex', 'sex_', 'se__x', 'sex-2', 'âge', 'redcap_sex', ''])(
  '%j is no name of a field of REDCap',
  (field) => {
    const [problem, ...others] = problems(WHOLE.replace('field: sex', `field: "${field}"`));
    expect(problem).toMatch(/^3: redcap\.factors\.sex\.field: .*expected the name of a field of/);
    expect(others).toEqual([]);
  },
);

test.each(['1.5', '"1,5"', '"a b"', '""'])('%s is no coded value', (code) => {
  const [problem, ...others] = problems(WHOLE.replace('M: 2', `M: ${code}`));
  expect(problem).toMatch(
    /^3: redcap\.factors\.sex\.codes\.M: expected the value that REDCap stores/,
  );
  expect(others).toEqual([]);
});

test('a list that is not stratified by site has no groups', () => {
  const country = '    country: { field: country, codes: { FR: 1, BE: 2 } }\n';
  expect(problems(`  dag: { CRT: 1, LYO: 2 }\n  factors:\n${country}${SEX}`, BY_COUNTRY)).toEqual([
    '1: the list is not stratified by site, so REDCap must not randomize by data access group: leave dag out',
  ]);
});

test('two factors have two fields, and there are 14 at most', () => {
  const names = Array.from({ length: 15 }, (_, index) => `f${index + 1}`);
  const more = `strata: { slotsPerStratum: 1 }\nstratifyBy: [group, ${names.join(', ')}]\n`;
  const text = (fields: (name: string) => string) =>
    names
      .map((name) => `    ${name}: { field: ${fields(name)}, codes: { A: 1, B: 2 } }\n`)
      .join('');
  const study = (redcap: string) =>
    studyWith(redcap, more)
      .replace(
        '[{ name: sex, levels: [F, M] }]',
        `[${names.map((name) => `{ name: ${name}, levels: [A, B] }`).join(', ')}]`,
      )
      .replaceAll('country: FR', 'group: G')
      .replaceAll('country: BE', 'group: G');
  const told = (redcap: string) => {
    const checked = readStudy(study(redcap), 'study.yaml');
    return checked.ok ? [] : checked.problems.map(({ message }) => message);
  };
  expect(told(`  factors:\n${text((name) => name)}`)).toEqual([
    '15 fields: REDCap takes 14 at most',
  ]);
  expect(told(`  factors:\n${text((name) => (name === 'f2' ? 'f1' : name))}`)).toContain(
    'field "f1" is here twice',
  );
});

test('of several kit types REDCap cannot give one', () => {
  const more = `strata: { slotsPerStratum: 6 }
supplies:
  kits:
    - { type: tablets, units: 28 }
    - { type: syringe, units: 1 }
`;
  expect(problems(`  number: kit\n${WHOLE}`, more)).toEqual([
    '1: each participant has 2 kits, one of each type, and REDCap gives one number: write randomization number',
  ]);
});
