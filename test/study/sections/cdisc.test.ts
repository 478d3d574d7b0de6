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
    DOSE: 65
    AGEMAX: { nullFlavor: PINF }
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
        { code: 'INDIC', values: ['Bipolar disorder'] },
        { code: 'OBJPRIM', values: ['to see one thing', 'to see another'] },
        { code: 'DOSE', values: ['65'] },
        { code: 'AGEMAX', values: [], nullFlavor: 'PINF' },
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
    [
      'ts: { AGEMIN: 18 ans }',
      /AGEMIN: "18 ans" is not a duration in ISO 8601: expected P and numbers with Y, M, D or W, such as P18Y or P60D/,
    ],
    ['ts: { AGEMAX: 65 }', /AGEMAX: "65" is not a duration .* \{nullFlavor: PINF\}/],
    ['ts: { PLNTRDUR: P3W2D }', /PLNTRDUR: "P3W2D" is not a duration/],
    ['ts: { TRGFUDUR: P }', /TRGFUDUR: "P" is not a duration/],
    ['ts: { LENGTH: [P60D, 8 weeks] }', /LENGTH: "8 weeks" is not a duration/],
    [
      'ts: { SSTDTC: 1/2/2026 }',
      /SSTDTC: "1\/2\/2026" is not a date: expected YYYY-MM-DD, such as 2026-06-15/,
    ],
    ["ts: { DCUTDTC: '2026-02-30' }", /DCUTDTC: 2026-02-30 does not exist in the calendar/],
    ["ts: { SENDTC: '2026-02-03T25:00' }", /SENDTC: "2026-02-03T25:00" is not a date/],
    ['ts: { DOSE: one million }', /DOSE: "one million" is not a number/],
    ['ts: { NCOHORT: 2.5 }', /NCOHORT: "2\.5" is not a whole number/],
    [
      'ts: { FCNTRY: [FRA, FR] }',
      /FCNTRY: "FR" is not a country in three letters \(ISO 3166-1 alpha-3\)\. Did you mean FRA\?/,
    ],
    ['ts: { FCNTRY: France }', /FCNTRY: "France" is not a country in three letters/],
    [
      'ts: { TPHASE: Phase II Trial }',
      /TPHASE: .* Trial Phase .*\(C66737\)\. Did you mean "PHASE II TRIAL"\?/,
    ],
    ['ts: { TTYPE: [SAFETY, Efficacy] }', /TTYPE: .* Did you mean "EFFICACY"\?/],
    ['ts: { TINDTP: cure }', /TINDTP: "cure" has small letters: CDISC's terms have capitals/],
    ['ts: { HLTSUBJI: No }', /HLTSUBJI: .* The terms are: N; Y/],
    ['ts: { AGEMAX: { nullFlavor: NONE } }', /"NONE" is not a null flavor .* PINF/],
    [
      'ts: { AGEMAX: { value: P65Y, nullFlavor: PINF } }',
      /AGEMAX: write either value or nullFlavor/,
    ],
    ['ts: { AGEMAX: {} }', /AGEMAX: write either value or nullFlavor/],
    ['ts: { OURS: { nullFlavor: NA } }', /does not know the parameter OURS/],
  ])('%s is a problem with its line', (said, expected) => {
    const problems = problemsOf(`cdisc:\n  ${said}\n`);
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems[0]).toMatch(/^2: /);
  });

  test.each([
    ['AGEMIN', ['P18Y', 'P18M', 'P6W', 'P1Y6M', 'PT36H', 'P0.5Y']],
    ['SSTDTC', ["'2026-01-02'", "'2026-01-02T09:30'"]],
    ['DOSE', ['0', '0.5', '1000000']],
    ['NCOHORT', ['3']],
    ['FCNTRY', ['FRA', 'CHE']],
    ['TPHASE', ['PHASE II TRIAL', 'PHASE II/III TRIAL', 'NOT APPLICABLE']],
    // CDISC has more terms than those with a code that was checked.
    ['TTYPE', ['EFFICACY', 'BIO-AVAILABILITY']],
    ['TINDTP', ['TREATMENT', 'CURE']],
    ['INTTYPE', ['DRUG', 'BIOLOGIC']],
  ])('%s can be each value of its form', (code, values) => {
    for (const value of values)
      expect(problemsOf(`cdisc:\n  ts: { ${code}: ${value} }\n`)).toEqual([]);
  });

  test('each wrong value of a list has its own line', () => {
    const lines = [
      'cdisc:',
      '  ts:',
      '    LENGTH:',
      '      - P60D',
      '      - 60 days',
      '      - 9 weeks',
    ];
    expect(problemsOf(`${lines.join('\n')}\n`)).toEqual([
      expect.stringMatching(/^5: LENGTH: "60 days"/),
      expect.stringMatching(/^6: LENGTH: "9 weeks"/),
    ]);
  });

  test('a treatment that names an arm is refused in a blinded study only', () => {
    for (const treatment of ['ILT101', 'placebo', 'ILT101 1 million IU']) {
      expect(problemsOf(`cdisc:\n  treatment: ${treatment}\n`)).toEqual([
        expect.stringMatching(
          /^2: cdisc\.treatment: ".*" names one arm \(.*\) and not all, and this study is blinded/,
        ),
      ]);
    }
    const open = STUDY_TEMPLATE.replace('randose: 1\n', 'randose: 1\nblinding: open label\n');
    expect(problemsOf('cdisc:\n  treatment: ILT101\n', open)).toEqual([]);
  });

  test('a treatment that names all arms, as the label does, tells none', () => {
    for (const treatment of ['ILT101 or placebo', 'placebo/ILT101', 'STUDY INJECTION']) {
      expect(problemsOf(`cdisc:\n  treatment: ${treatment}\n`)).toEqual([]);
    }
    const third = STUDY_TEMPLATE.replace(
      /^ {2}- code: PLACEBO\n/m,
      '  - code: IL2LOW\n    name: Low-dose aldesleukin\n    type: active\n    ratio: 1\n$&',
    );
    expect(third).not.toBe(STUDY_TEMPLATE);
    // One arm of three is not named: it is not the one that somebody has.
    expect(problemsOf('cdisc:\n  treatment: ILT101 or placebo\n', third)).toHaveLength(1);
    const all = 'ILT101, low-dose aldesleukin or placebo';
    expect(problemsOf(`cdisc:\n  treatment: ${all}\n`, third)).toEqual([]);
  });

  test('a code of one letter is an arm all the same', () => {
    const file = join(FIXTURES, 'designs', 'two-doses-by-age', 'study.yaml');
    expect(problemsOf('cdisc:\n  treatment: A\n', readFileSync(file, 'utf8'))).toHaveLength(1);
  });
});
