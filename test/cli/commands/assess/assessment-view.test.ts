import { describe, expect, test } from 'vitest';
import { formatAssessmentTable } from '../../../../src/cli/commands/assess/assessment-view.ts';
import { PLAIN } from '../../../../src/cli/output/palette.ts';
import { assessPlan } from '../../../../src/assessment/assess.ts';
import type { Candidate } from '../../../../src/report/candidate.ts';
import {
  asSimulated,
  inBetween,
  oneBlockSize,
  TWO_TO_ONE,
  YARDSTICKS,
} from '../../../support/assessments.ts';

const THREE = { name: 'plan-3.yaml', assessment: oneBlockSize(3) };
const SIX = { name: 'plan-6.yaml', assessment: oneBlockSize(6) };
const MIXED = {
  name: 'plans/2026/three-and-six.yaml',
  assessment: asSimulated(inBetween(THREE.assessment, SIX.assessment)),
};

function table(candidates: readonly Candidate[], columns = 80): string {
  return formatAssessmentTable(candidates, 'DEPIL-2', PLAIN, columns, YARDSTICKS);
}

/** The cells of the first row with that label. */
function cells(text: string, label: string): string[] {
  const line = text.split('\n').find((one) => one.trim().startsWith(label)) ?? '';
  return line.trim().slice(label.length).trim().split(/ {2,}/);
}

describe('one plan', () => {
  const text = table([THREE]);

  test('says what it was assessed for', () => {
    expect(text).toContain('DEPIL-2: 1 plan assessed  CONFIDENTIAL\n');
    expect(text).toContain('Ratio   2 ILT101 : 1 PLACEBO\n');
    expect(text).toContain('Strata  1 stratum of 18 slots\n');
    expect(text).toContain('plan-3.yaml: block size 3\n');
  });

  test('says at the end who must not see it', () => {
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^CONFIDENTIAL: .* block sizes/);
  });

  test('does not repeat its figures for a guesser who also knows the boundaries', () => {
    expect(text).not.toContain('also knows where each block ends');
    expect(text).toContain('All figures are exact.');
  });
});

describe('plans side by side', () => {
  const text = table([THREE, SIX]);

  // By hand: blocks of 3 at 2:1 give 7/9, 4/9 and 13/18; blocks of 6 give 67/90, 26/90 and 61/90.
  test('have the figures worked out by hand', () => {
    expect(cells(text, 'Always guessing ILT101')).toEqual(['0.6667', '0.6667']);
    expect(cells(text, 'Best guesser, correct')).toEqual(['0.7778', '0.7444']);
    expect(cells(text, 'excess over always guessing')).toEqual(['0.1111', '0.0778']);
    expect(cells(text, 'Convergence strategy, correct')).toEqual(['0.7222', '0.6778']);
    expect(cells(text, 'Known for certain beforehand')).toEqual(['0.4444', '0.2889']);
    expect(cells(text, 'Different lists')).toEqual(['729', '3,375']);
    expect(cells(text, 'in bits')).toEqual(['9.5098', '11.7207']);
  });

  // After 9: three whole blocks of 3; or one of 6 and 3 of the next, where 3 of 6 hold 1 to 3 ILT101.
  test('show the totals at a quarter, a half and all of the slots', () => {
    expect(text).toContain('after 5 (a quarter)? The ratio: 3.33 : 1.67\n');
    expect(text).toContain('after 18 (all)? The ratio: 12 : 6\n');
    const half = text.slice(text.indexOf('after 9 (half)? The ratio: 6 : 3\n'));
    expect(cells(half, 'Greatest difference possible')).toEqual(['0.0000', '1.0000']);
    expect(cells(half, 'Standard deviation, ILT101')).toEqual(['0.0000', '0.6325']);
    expect(cells(half, '95 of 100 times, ILT101')).toEqual(['6', '5 to 7']);
  });

  test('show a stage once, with all its names', () => {
    const asked = { ...SIX.assessment.imbalance, asked: 9 };
    const one = { ...SIX, assessment: { ...SIX.assessment, imbalance: asked } };
    const shown = table([one]);
    expect(shown).toContain('after 9 (as asked, half)? The ratio: 6 : 3\n');
    expect(shown.match(/after 9 /g)).toHaveLength(1);
  });

  test('show what a code-break reveals', () => {
    const placebo = text.slice(text.indexOf('If one PLACEBO is opened'));
    expect(cells(placebo, 'another of its block')).toEqual(['1.0000', '0.8000']);
    expect(cells(placebo, 'the next of the stratum')).toEqual(['0.8889', '0.7778']);
  });
});

describe('what is simulated', () => {
  const text = table([THREE, SIX, MIXED]);

  test('is marked, with its standard error if there is one', () => {
    expect(cells(text, 'Best guesser, correct')).toEqual(['0.7778', '0.7444', '0.7611 ±0.0004']);
    expect(cells(text, 'Known for certain beforehand')[2]).toBe('0.3667 ±0.0007');
    expect(cells(text, 'Convergence strategy, correct')[2]).toBe('0.7000');
    expect(text).toMatch(/± gives the standard error/);
  });

  test('also has the figures for a guesser who knows the boundaries', () => {
    const more = text.slice(text.indexOf('also knows where each block ends'));
    expect(cells(more, 'Best guesser, correct')).toEqual(['0.7778', '0.7444', '0.7611']);
  });
});

describe('the width', () => {
  const many = [THREE, SIX, MIXED, { ...MIXED, name: 'another/three-and-six.yaml' }];

  test.each([60, 80, 120])('of %i columns is kept, whatever the number of plans', (columns) => {
    const lines = table(many, columns).split('\n');
    expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThanOrEqual(columns);
    expect(lines.filter((line) => /[ ]$/.test(line))).toEqual([]);
  });

  test('puts the plans that do not fit below the others', () => {
    const text = table(many, 80);
    expect(text.match(/Best guesser, correct/g)).toHaveLength(4);
    expect(table(many, 120).match(/Best guesser, correct/g)).toHaveLength(2);
  });

  test('cuts a long name in the middle, and numbers names that would be the same', () => {
    const long = (name: string) => ({ ...THREE, name });
    const text = table([
      long('a/sizes-of-the-first-protocol-v1.yaml'),
      long('b/sizes-of-the-first-protocol-v1.yml'),
      long('sizes-of-the-first-protocol-v2.yaml'),
    ]);
    expect(text).toContain('  1 sizes…col-v1  2 sizes…col-v1  sizes-…ocol-v2\n');
    expect(text).toContain('a/sizes-of-the-first-protocol-v1.yaml: block size 3\n');
  });
});

describe('several strata', () => {
  test('are counted, and the actual recruitment is shown per stratum', () => {
    const design = { ...TWO_TO_ONE, slots: [18, 18, 24], recruited: [10, 7, 0] };
    const text = table([{ name: 'plan.yaml', assessment: oneBlockSize(6, design) }]);
    expect(text).toContain('Strata  1 stratum of 24 and 2 of 18 slots, 60 in total\n');
    expect(text).toContain('after 17 (as recruited: 10 + 7 + 0)?');
    expect(text).toContain('worst case over the strata');
  });
});

test('very many arms only make the table long', () => {
  const arms = Array.from({ length: 400 }, (_, index) => ({ code: `A${index}`, ratio: 1 }));
  const assessment = assessPlan({
    arms,
    strata: [{ id: 'site=S1', slots: 400 }],
    blocks: [{ size: 400, weight: 1 }],
  });
  const plans = [{ name: 'plan.yaml', assessment }];
  const table = formatAssessmentTable(plans, 'TRIAL', PLAIN, 80, { curve: [], known: [] });
  expect(table).toContain('A399');
});

describe('what any list gives away', () => {
  const least = { best: 0.708333, excess: 0.041667 };
  const text = table([
    { ...THREE, least },
    { ...SIX, least: undefined },
  ]);

  test('is beside each plan for which it is known', () => {
    expect(text).toContain('The least that any list gives away, with the same greatest difference');
    expect(text).toMatch(
      /Best guesser, correct {2,}0\.7083\n {4}excess over always guessing {2,}0\.0417\n/,
    );
  });

  test('is in a table by the greatest difference, with known procedures', () => {
    expect(text).toMatch(/Difference +Least excess +Maximal proc\. +Block urn\n/);
    expect(text).toMatch(/ 1 +0\.0648\n +4\/3 +0\.0417 +0\.0543 \(0\.031\) +0\.0338 \(0\.027\)\n/);
    expect(text).toContain('how far the probability');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('is left out if it is not known', () => {
    const without = formatAssessmentTable([THREE], 'DEPIL-2', PLAIN, 80, { curve: [], known: [] });
    expect(without).not.toContain('least that any list');
  });
});
