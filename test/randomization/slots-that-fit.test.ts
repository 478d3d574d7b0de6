import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { missingSlots } from '../../src/randomization/list.ts';
import { readPlan, slotsOfPlan } from '../../src/randomization/plan.ts';
import type { Problem } from '../../src/errors.ts';
import { STUDY_TEMPLATE } from '../../src/study/depil-2.ts';
import { readStudy } from '../../src/study/study-file.ts';

interface Asked {
  readonly factors: readonly number[];
  readonly sites: number;
  readonly key: 'slotsPerSite' | 'slotsPerStratum';
  readonly number: number;
  readonly sizes: readonly number[];
}

/** A study.yaml at 2:1 with sites and factors, and one number of slots. */
function studyText({ factors, sites, key, number }: Asked): string {
  const rows = Array.from({ length: sites }, (_, index) => `  - { code: S${index}, name: Site }`);
  const lists = factors.map((count, index) => {
    const levels = Array.from({ length: count }, (_, level) => `L${level}`).join(', ');
    return `  - { name: f${index}, levels: [${levels}] }`;
  });
  const factorsText = lists.length === 0 ? '' : `factors:\n${lists.join('\n')}\n`;
  const text = STUDY_TEMPLATE.replace(
    /^sites:\n(?:[ #].*\n)+/m,
    `sites:\n${rows.join('\n')}\n${factorsText}`,
  ).replace(/^strata:.*\n(?:[ #].*\n)+/m, `strata: { ${key}: ${number} }\n`);
  expect(text).toContain(`${key}: ${number}`);
  return text;
}

/** All problems of study.yaml and the plan, as `allocate` finds them; of a further batch, if there are slots. */
function problemsOf(asked: Asked, before?: number): readonly Problem[] {
  const text = studyText(asked);
  const planText = `blocks: { sizes: [${asked.sizes.join(', ')}] }`;
  const study = readStudy(text, 'study.yaml', 'draft', slotsOfPlan(planText));
  const { strata, ...design } = study.design;
  const slots = (strata ?? []).flatMap(({ id }) =>
    Array.from({ length: before ?? 0 }, () => ({ stratum: id, batch: 1 })),
  );
  const wanted = missingSlots(strata ?? [], slots as unknown as Parameters<typeof missingSlots>[1]);
  const plan = readPlan(planText, 'plan.yaml', {
    ...design,
    ...(strata && { known: strata, strata: wanted }),
    isExtension: before !== undefined,
  });
  return [study, plan].flatMap((read) => (read.ok ? [] : read.problems));
}

/** The numbers that a message proposes for a key. */
function proposed({ message }: Problem, key: string): number[] {
  const [, text = ''] = new RegExp(`; ${key}: ([^;]*) would fit`).exec(message) ?? [];
  return [...text.replace(/\([^)]*\)/g, '').matchAll(/\d+/g)].map(([number]) => Number(number));
}

const asked = fc.record({
  factors: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  sites: fc.integer({ min: 1, max: 3 }),
  key: fc.constantFrom('slotsPerSite' as const, 'slotsPerStratum' as const),
  number: fc.integer({ min: 1, max: 200 }),
  sizes: fc
    .uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 })
    .map((units) => units.map((unit) => 3 * unit)),
});

describe('a number of slots that does not fit', () => {
  test('is not compared with sizes that must be changed first', () => {
    const asked = { factors: [2], sites: 1, key: 'slotsPerSite', number: 19, sizes: [8] } as const;
    const [slots] = problemsOf(asked);
    expect(slots!.message).toContain('slotsPerSite: 18 or 24 would fit');
  });

  test('is told once, with numbers that fit', () => {
    let count = 0;
    fc.assert(
      fc.property(asked, (one) => {
        const problems = problemsOf(one);
        const about = problems.filter(({ message }) => message.includes('cannot'));
        if (about.length === 0) return;
        expect(about).toHaveLength(1);
        expect(about[0]).toMatchObject({ file: 'study.yaml' });
        const numbers = proposed(about[0]!, one.key);
        expect(numbers.length).toBeGreaterThan(0);
        for (const number of numbers) {
          expect({ one, number, problems: problemsOf({ ...one, number }) }).toMatchObject({
            problems: [],
          });
          count += 1;
        }
      }),
    );
    expect(count).toBeGreaterThan(50);
  });

  test('in a further batch too: the number is that of all batches', () => {
    let count = 0;
    fc.assert(
      fc.property(asked, fc.integer({ min: 1, max: 20 }), (some, before) => {
        const one = { ...some, key: 'slotsPerStratum' as const, number: before + some.number };
        const about = problemsOf(one, before).filter(({ message }) => message.includes('cannot'));
        expect(about.length).toBeLessThan(2);
        for (const number of about.flatMap((problem) => proposed(problem, one.key))) {
          expect(number).toBeGreaterThan(before);
          expect(problemsOf({ ...one, number }, before)).toEqual([]);
          count += 1;
        }
      }),
    );
    expect(count).toBeGreaterThan(50);
  });

  test('of twelve strata says how many there are, and where the number is', () => {
    const one = {
      factors: [2, 2],
      sites: 3,
      key: 'slotsPerSite',
      number: 40,
      sizes: [3, 6],
    } as const;
    const lines = studyText(one).split('\n');
    expect(problemsOf(one)).toEqual([
      {
        file: 'study.yaml',
        line: lines.findIndex((line) => line.startsWith('strata:')) + 1,
        column: 25,
        message:
          'slotsPerSite: 40 gives 12 strata 10 slots each, which whole blocks of 3 or 6 (plan.yaml) cannot fill exactly; slotsPerSite: 36 or 48 would fit',
      },
    ]);
    expect(problemsOf({ ...one, number: 46 }).map(({ message }) => message)).toEqual([
      '46 slots cannot be divided equally among the 4 strata of a site; slotsPerSite: 36 or 48 would fit',
    ]);
  });
});
