import { createHmac } from 'node:crypto';
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { referenceLists } from '../../src/randomization/reference-lists.ts';
import { design, planOf } from '../support/designs.ts';

/** The arms of blocks of two, AB or BA, from the stream that docs/ALGORITHM.md, 15, names. */
function byHand(batch: number, list: number, stratum: string, slots: number): string[] {
  const seed = Buffer.from(`${'00'.repeat(31)}0${batch - 1}`, 'hex');
  const label = `randose algorithm 1\nreference\nTRIAL\nbatch ${list}\npermutations\n${stratum}`;
  const arc4 = seedrandom(createHmac('sha256', seed).update(label).digest('hex'));
  return Array.from({ length: slots / 2 }, () => {
    // The second place is exchanged with the first one if 0 is drawn, and with itself if 1 is.
    return (arc4.int32() >>> 0) % 2 === 0 ? ['B', 'A'] : ['A', 'B'];
  }).flat();
}

describe('reference lists', () => {
  test.each([1, 2])('come from a seed that everybody knows: batch %i', (batch) => {
    const lists = [...referenceLists(design([1, 1], [20, 8]), planOf([2]), batch, 3)];
    const expected = [1, 2, 3].flatMap((draw) => [
      { draw, stratum: 'site=S1', arms: byHand(batch, draw, 'site=S1', 20) },
      { draw, stratum: 'site=S2', arms: byHand(batch, draw, 'site=S2', 8) },
    ]);
    expect(lists).toEqual(expected);
  });

  test('have the ratio of each stratum in lowest terms', () => {
    const made = design([4, 2], [3, 2]);
    const strata = [made.strata[0]!, { ...made.strata[1]!, ratio: { A: 3, B: 3 } }];
    const plan = {
      blocks: planOf([3]).blocks,
      strata: [{ levels: { site: 'S2' }, blocks: planOf([2]).blocks }],
    };
    for (const { stratum, arms } of referenceLists({ ...made, strata }, plan, 1, 5)) {
      expect(arms.toSorted().join('')).toBe(stratum === 'site=S1' ? 'AAB' : 'AB');
    }
  });
});
