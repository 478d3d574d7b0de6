import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STUDY_TEMPLATE } from '../../../src/study/depil-2.ts';
import { readStudy } from '../../../src/study/study-file.ts';
import { FIXTURES } from '../../support/command-line.ts';

/** What is wrong with the template and this section, as `line of the section: message`. */
function problemsOf(section: string, template = STUDY_TEMPLATE): string[] {
  const before = template.split('\n').length - 1;
  const checked = readStudy(`${template}${section}`, 'study.yaml');
  return checked.ok
    ? []
    : checked.problems.map(({ line = 0, message }) => `${line - before}: ${message}`);
}

function cdiscOf(section: string) {
  const checked = readStudy(`${STUDY_TEMPLATE}${section}`, 'study.yaml');
  if (!checked.ok) throw new Error(checked.problems[0]!.message);
  return checked.value.cdisc;
}

describe('cdisc', () => {
  test('has defaults, so that a study without it can be exported', () => {
    const defaults = {
      subject: '{study}-{subject}',
      treatment: 'MASKED',
      epochs: {},
      doseUnit: undefined,
      doseForm: undefined,
      route: undefined,
      plannedSubjects: undefined,
      summary: [],
    };
    expect(cdiscOf('')).toEqual(defaults);
    expect(cdiscOf('cdisc: {}\n')).toEqual(defaults);
    expect(cdiscOf('cdisc:\n')).toEqual(defaults);
  });

  test('says what the rest of study.yaml does not', () => {
    const said = cdiscOf(`cdisc:
  subject: '{study}-{site}-{subject}'
  treatment: STUDY INJECTION
  epochs: { induction: TREATMENT, maintenance: OPEN LABEL TREATMENT }
  doseUnit: VIAL
  doseForm: INJECTION, POWDER, LYOPHILIZED, FOR SOLUTION
  route: SUBCUTANEOUS
  plannedSubjects: 16
  ts:
    INDIC: Bipolar disorder
    OBJPRIM: [to see one thing, to see another]
    AGEMAX: 65
    OURS: { name: A parameter of ours, value: [1, two] }
`);
    expect(said).toEqual({
      subject: '{study}-{site}-{subject}',
      treatment: 'STUDY INJECTION',
      epochs: { induction: 'TREATMENT', maintenance: 'OPEN LABEL TREATMENT' },
      doseUnit: 'VIAL',
      doseForm: 'INJECTION, POWDER, LYOPHILIZED, FOR SOLUTION',
      route: 'SUBCUTANEOUS',
      plannedSubjects: 16,
      summary: [
        { code: 'INDIC', name: undefined, values: ['Bipolar disorder'] },
        { code: 'OBJPRIM', name: undefined, values: ['to see one thing', 'to see another'] },
        { code: 'AGEMAX', name: undefined, values: ['65'] },
        { code: 'OURS', name: 'A parameter of ours', values: ['1', 'two'] },
      ],
    });
  });

  test.each([
    ['doseunit: VIAL', /unknown key; the keys known here are: subject, treatment, epochs/],
    [
      'doseUnit: VAIL',
      /"VAIL" is not a term .* \(C71620\)\. Did you mean "VIAL"\? The terms are: VIAL; SYRINGE; /,
    ],
    ['doseUnit: vial', /Did you mean "VIAL"\?/],
    ['doseUnit: IU', /a placebo has none of the substance/],
    ['doseUnit: 10^6 IU', /a placebo has none of the substance/],
    ['doseForm: POWDER', /not a term of CDISC's list Pharmaceutical Dosage Form/],
    ['route: SUBCUTANEUS', /Did you mean "SUBCUTANEOUS"\?/],
    ['epochs: { induction: INDUCTION }', /not a term of CDISC's list Epoch/],
    [
      'epochs: { inducton: TREATMENT }',
      /unknown phase "inducton"; the phases are: induction, maintenance/,
    ],
    ["subject: '{study}'", /expected a pattern with \{subject\}/],
    ["subject: '{subject} of {study}'", /expected a pattern with \{subject\}/],
    ['plannedSubjects: 0', /expected a whole number from 1 to 1000000/],
    ['ts: { indic: x }', /at most 8 capital letters and digits/],
    [
      'ts: { INDICC: x }',
      /does not know the parameter INDICC\. Did you mean INDIC\? .*INDICC: \{name: NAME, value: VALUE\}/,
    ],
    [
      'ts: { INDIC: { name: Indication, value: x } }',
      /INDIC is called "Trial Disease\/Condition Indication"/,
    ],
    ['ts: { NARMS: 3 }', /leave NARMS out: it comes from arms/],
    ['ts: { TBLIND: DOUBLE-BLIND }', /TBLIND: "DOUBLE-BLIND" is not a term/],
    ['ts: { OBJPRIM: [] }', /expected a value at least/],
  ])('%s is a problem with its line', (said, expected) => {
    const problems = problemsOf(`cdisc:\n  ${said}\n`);
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems[0]).toMatch(/^2: /);
  });

  test('a treatment that names an arm is refused in a blinded study only', () => {
    for (const treatment of ['ILT101', 'placebo', 'ILT101 or placebo']) {
      expect(problemsOf(`cdisc:\n  treatment: ${treatment}\n`)).toEqual([
        expect.stringMatching(/^2: ".*" names an arm \(.*\), and this study is blinded/),
      ]);
    }
    const open = STUDY_TEMPLATE.replace('randose: 1\n', 'randose: 1\nblinding: open label\n');
    expect(problemsOf('cdisc:\n  treatment: ILT101\n', open)).toEqual([]);
  });

  test('a code of one letter is an arm all the same', () => {
    const file = join(FIXTURES, 'designs', 'two-doses-by-age', 'study.yaml');
    expect(problemsOf('cdisc:\n  treatment: A\n', readFileSync(file, 'utf8'))).toHaveLength(1);
  });
});
