import { describe, expect, test } from 'vitest';
import { STUDY_TEMPLATE } from '../../../src/study/depil-2.ts';
import { readStudy } from '../../../src/study/study-file.ts';

/** The replacements of the template with a line more, or what is wrong with it. */
function withLine(line: string, change = (text: string) => text) {
  const checked = readStudy(change(`${STUDY_TEMPLATE}\n${line}\n`), 'study.yaml');
  return checked.ok ? checked.value.replacements : checked.problems.map(({ message }) => message);
}

const TWO_SITES = (text: string) =>
  text
    .replace('    slots: 18', '    slots: 18\n  - { site: LYO, slots: 12 }')
    .replace('strata:', '  - { code: LYO, name: Other Hospital }\nstrata:');

describe('replacements', () => {
  test('have an offset, or are not there', () => {
    expect(withLine('')).toBeUndefined();
    expect(withLine('replacements:')).toBeUndefined();
    expect(withLine('replacements: { offset: 1000 }')).toEqual({ offset: 1000 });
  });

  test.each([
    ['replacements: true', 'expected keys with values'],
    ['replacements: {}', 'replacements.offset'],
    ['replacements: { offset: 0 }', 'expected a whole number from 1 to 9999999'],
    ['replacements: { offset: 10.5 }', 'expected a whole number from 1 to 9999999'],
    ['replacements: { offset: "1000" }', 'replacements.offset'],
    ['replacements: { ofset: 1000 }', 'unknown key'],
    ['replacements: { offset: 18 }', 'the study has 18 slots. Write 1000'],
  ])('%s is refused', (line, message) => {
    expect(withLine(line)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });

  test('have an offset that no count reaches: in the study, or in each site if numbers have it', () => {
    expect(withLine('replacements: { offset: 19 }')).toEqual({ offset: 19 });
    expect(withLine('replacements: { offset: 30 }', TWO_SITES)).toEqual([
      'the offset must be larger than the number of slots: the study has 30 slots. Write 1000. If the list is sealed, the offset cannot change: ask for at most 29 slots in all',
    ]);
    const bySite = 'numbers: { randomization: { site: true } }\nreplacements: { offset: ';
    expect(withLine(`${bySite}19 }`, TWO_SITES)).toEqual({ offset: 19 });
    expect(withLine(`${bySite}18 }`, TWO_SITES)).toEqual([
      'the offset must be larger than the number of slots: site CRT has 18 slots. Write 1000. If the list is sealed, the offset cannot change: ask for at most 17 slots at a site',
    ]);
  });

  test('need kit codes for twice as many kits', () => {
    const line = 'numbers: { kits: { width: 4 } }';
    const slots = (count: number) => (text: string) => text.replace('slots: 18', `slots: ${count}`);
    expect(withLine(line, slots(8939))).toBeUndefined();
    const both = `${line}\nreplacements: { offset: 10000 }`;
    expect(withLine(both, slots(4469))).toEqual({ offset: 10000 });
    expect(withLine(both, slots(4470))).toEqual([
      expect.stringMatching(
        /4470 slots with a replacement slot each; .* at most 4469 slots in all$/,
      ),
    ]);
  });
});
