import { describe, expect, test } from 'vitest';
import {
  type Sizes,
  sizesThatFill,
  slotProblems,
  type StratumToFill,
} from '../../src/randomization/slots-to-fill.ts';
import type { SlotsSaid } from '../../src/study/sections/strata.ts';

describe('block sizes', () => {
  test.each([
    [[3], 0, true],
    [[3], 1, false],
    [[3], 3, true],
    [[3], -3, false],
    [[4, 6], 14, true],
    [[4, 6], 13, false],
    // Beyond the first thousand: 1001 = 7 × 143.
    [[7], 1000, false],
    [[7], 1001, true],
    [[7], 1002, false],
    [[7], 9996, true],
    [[7], 9997, false],
  ])('of %j fill %i slots: %s', (values, slots, expected) => {
    expect(sizesThatFill(values).fill(slots)).toBe(expected);
  });

  test.each([
    [[4, 6], 6, 14, true],
    [[4, 6], 6, 8, false],
    [[4, 6], 4, 4, true],
    [[4, 6], 6, 4, false],
  ])('of %j have one of %i among them in %i slots: %s', (values, size, slots, expected) => {
    expect(sizesThatFill(values).canHave(size, slots)).toBe(expected);
  });
});

const PLACE = { file: 'study.yaml', place: { line: 7, column: 9 } };

/** A number of study.yaml. */
function said(key: string, number: number, each: number, strata: readonly string[]): SlotsSaid {
  return { key, number, each, strata, ...PLACE };
}

function stratum(id: string, slots: number, sizes: Sizes): StratumToFill {
  return { id, slots, sizes };
}

function problems(
  strata: readonly StratumToFill[],
  numbers?: readonly SlotsSaid[],
  isExtension = false,
) {
  return slotProblems(strata, numbers, { planName: 'plan.yaml', isExtension });
}

describe('a number of slots that whole blocks cannot fill', () => {
  const threeSix = sizesThatFill([3, 6]);
  const four = sizesThatFill([4]);
  const fourSix = sizesThatFill([4, 6]);

  test('is named with its place, and with the next numbers that fit', () => {
    expect(
      problems([stratum('site=A', 10, threeSix)], [said('slots', 10, 10, ['site=A'])]),
    ).toEqual([
      {
        file: 'study.yaml',
        line: 7,
        column: 9,
        message:
          'stratum site=A has 10 slots, which whole blocks of 3 or 6 (plan.yaml) cannot fill exactly; slots: 9 or 12 would fit',
        sizes: threeSix,
      },
    ]);
  });

  test('is named without a place if study.yaml is not known', () => {
    const strata = [stratum('site=A', 10, threeSix), stratum('site=B', 12, threeSix)];
    const [problem, ...others] = problems([...strata, stratum('site=C', 1, four)]);
    expect(problem).toEqual({
      message:
        'stratum site=A has 10 slots, which whole blocks of 3 or 6 (plan.yaml) cannot fill exactly; slots: 9 or 12 would fit',
      sizes: threeSix,
    });
    expect(others.map(({ message }) => message)).toEqual([
      'stratum site=C has 1 slot, which whole blocks of 4 (plan.yaml) cannot fill exactly; slots: 4 would fit',
    ]);
  });

  test('is no problem if it fits, and none if the stratum gets no slots', () => {
    const strata = [stratum('site=A', 12, threeSix), stratum('site=B', 0, four)];
    expect(problems(strata)).toEqual([]);
    expect(problems(strata, [said('slots', 12, 12, ['site=A', 'site=B', 'site=C'])])).toEqual([]);
  });

  test.each<[string, StratumToFill[], SlotsSaid, string]>([
    [
      'of several strata',
      [stratum('site=A', 10, fourSix), stratum('site=B', 11, fourSix)],
      said('slotsPerStratum', 11, 11, ['site=B']),
      'stratum site=B has 11 slots, which whole blocks of 4 or 6 (plan.yaml) cannot fill exactly; slotsPerStratum: 10 or 12 would fit',
    ],
    [
      'for a site, whose strata share it',
      [stratum('sex=F', 11, fourSix), stratum('sex=M', 11, fourSix)],
      said('slotsPerSite', 22, 11, ['sex=F', 'sex=M']),
      'slotsPerSite: 22 gives 2 strata 11 slots each, which whole blocks of 4 or 6 (plan.yaml) cannot fill exactly; slotsPerSite: 20 or 24 would fit',
    ],
    [
      'for strata with sizes of their own: all of them must fit',
      [stratum('sex=F', 10, threeSix), stratum('sex=M', 10, four)],
      said('slotsPerStratum', 10, 10, ['sex=F', 'sex=M']),
      'slotsPerStratum: 10 gives 2 strata 10 slots each, which whole blocks of 3 or 6; or 4 (plan.yaml) cannot fill exactly; slotsPerStratum: 12 would fit',
    ],
    [
      'for a stratum that fits and one that does not',
      [stratum('sex=F', 9, threeSix), stratum('sex=M', 9, four)],
      said('slotsPerStratum', 9, 9, ['sex=F', 'sex=M']),
      'stratum sex=M has 9 slots, which whole blocks of 4 (plan.yaml) cannot fill exactly; slotsPerStratum: 12 would fit',
    ],
    // 4 and 8 could be filled, but never with a block of 6.
    [
      'unless a size would never be drawn',
      [stratum('site=A', 7, fourSix)],
      said('slots', 7, 7, ['site=A']),
      'stratum site=A has 7 slots, which whole blocks of 4 or 6 (plan.yaml) cannot fill exactly; slots: 10 would fit',
    ],
    [
      'unless a size would never be drawn: it can be drawn in another stratum with these sizes',
      [stratum('site=A', 7, fourSix), stratum('site=B', 10, fourSix)],
      said('slots', 7, 7, ['site=A']),
      'stratum site=A has 7 slots, which whole blocks of 4 or 6 (plan.yaml) cannot fill exactly; slots: 6 or 8 would fit',
    ],
    [
      'unless a size would never be drawn: a stratum that is wrong itself, gets no slots or has other sizes does not help',
      [
        stratum('site=A', 7, fourSix),
        stratum('site=B', 11, fourSix),
        stratum('site=C', 0, fourSix),
        stratum('site=D', 10, sizesThatFill([4, 6])),
      ],
      said('slots', 7, 7, ['site=A']),
      'stratum site=A has 7 slots, which whole blocks of 4 or 6 (plan.yaml) cannot fill exactly; slots: 10 would fit',
    ],
  ])('%s', (_, strata, number, message) => {
    expect(problems(strata, [number]).map((problem) => problem.message)).toEqual([message]);
  });

  test('says nothing of numbers that fit if there is none near', () => {
    // Both fit only in multiples of 9973 × 9967.
    const strata = [
      stratum('sex=F', 20, sizesThatFill([9973])),
      stratum('sex=M', 20, sizesThatFill([9967])),
    ];
    const number = said('slotsPerStratum', 20, 20, ['sex=F', 'sex=M']);
    expect(problems(strata, [number]).map(({ message }) => message)).toEqual([
      'slotsPerStratum: 20 gives 2 strata 20 slots each, which whole blocks of 9973; or 9967 (plan.yaml) cannot fill exactly',
    ]);
  });

  test.each([
    [30_020, '; slots: 30020 would fit'],
    [30_021, ''],
  ])('is at most 30 000 from one that fits: %i', (size, would) => {
    expect(problems([stratum('site=A', 20, sizesThatFill([size]))])[0]!.message).toBe(
      `stratum site=A has 20 slots, which whole blocks of ${size} (plan.yaml) cannot fill exactly${would}`,
    );
  });
});

describe('a number of slots in a further batch', () => {
  const three = sizesThatFill([3]);
  const message = (strata: readonly StratumToFill[], number: SlotsSaid) =>
    problems(strata, [number], true).map((problem) => problem.message);

  // site=X has another error, and is not compared.
  test('is that of all batches, and the error says how many are more', () => {
    expect(
      message([stratum('site=A', 10, three)], said('slots', 28, 28, ['site=A', 'site=X'])),
    ).toEqual([
      'stratum site=A gets 10 more slots, which whole blocks of 3 (plan.yaml) cannot fill exactly; slots: 27 (9 more) or 30 (12 more) would fit',
    ]);
  });

  test('can be the number that there is: then the stratum gets no more', () => {
    expect(message([stratum('site=A', 1, three)], said('slots', 19, 19, ['site=A']))).toEqual([
      'stratum site=A gets 1 more slot, which whole blocks of 3 (plan.yaml) cannot fill exactly; slots: 21 (3 more) would fit',
    ]);
    // 6 are there in one, 5 in the other: at 6, the first one gets no more.
    const strata = [stratum('sex=F', 2, three), stratum('sex=M', 5, three)];
    expect(message(strata, said('slotsPerStratum', 8, 8, ['sex=F', 'sex=M']))).toEqual([
      'slotsPerStratum: 8 gives 2 strata 2 or 5 more slots each, which whole blocks of 3 (plan.yaml) cannot fill exactly; slotsPerStratum: 6 or 9 would fit',
    ]);
  });

  test('lets every size be drawn in each stratum with these sizes, as they are after the change', () => {
    // With 7 the first stratum can have a block of 3 and one of 4, but with one slot more or fewer it cannot. The
    // smallest numbers with which both can are 12 and 10.
    const sizes = sizesThatFill([3, 4]);
    const strata = [stratum('sex=F', 7, sizes), stratum('sex=M', 5, sizes)];
    expect(message(strata, said('slotsPerStratum', 20, 20, ['sex=F', 'sex=M']))).toEqual([
      'stratum sex=M gets 5 more slots, which whole blocks of 3 or 4 (plan.yaml) cannot fill exactly; slotsPerStratum: 25 would fit',
    ]);
  });

  test('is counted alike for strata that get the same', () => {
    const strata = ['F', 'M', 'X'].map((sex) => stratum(`sex=${sex}`, 4, three));
    const ids = strata.map(({ id }) => id);
    expect(message(strata, said('slotsPerSite', 30, 10, ids))).toEqual([
      'slotsPerSite: 30 gives 3 strata 4 more slots each, which whole blocks of 3 (plan.yaml) cannot fill exactly; slotsPerSite: 27 or 36 would fit',
    ]);
  });

  test('of a first batch is never 0', () => {
    const own = [stratum('sex=F', 2, three), stratum('sex=M', 5, three)];
    const strata = [...own, stratum('sex=X', 3, three)];
    const number = said('slotsPerStratum', 8, 8, ['sex=F', 'sex=M']);
    expect(problems(strata, [number])[0]!.message).toContain('; slotsPerStratum: 9 would fit');
  });
});
