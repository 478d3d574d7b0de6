import type { CodeBreakInformation } from './assessment.ts';
import { type CountWalk, successionsOfWalk } from './count-walk.ts';
import { type Allocation, type BlockProcess, fullBlock } from './block-process.ts';

/**
 * What the opened allocation of a randomly chosen slot tells about its neighbours: about another slot of its block,
 * and about the next slot of its stratum. In a block of B slots that has an arm f times, another slot has this arm
 * with the probability f / (B - 1), or (f - 1) / (B - 1) if it is the opened arm. Each arm has its share in every
 * slot, so the opened arm tells nothing about the size of the block. But a slot is in a large block more often than a
 * block is large. Arms that are drawn by their numbers are one block, and the next slot follows their chances. If strata have
 * different ratios, an arm is opened more often in those in which its share is greater.
 */
export function codeBreakInformation(
  arms: readonly string[],
  strata: readonly {
    readonly allocation: Allocation;
    readonly process: BlockProcess;
    readonly walk: CountWalk | undefined;
    readonly strata: number;
  }[],
): CodeBreakInformation[] {
  const successions = strata.map(({ walk }) => walk && successionsOfWalk(walk));
  return arms.map((revealed, opened) => {
    const before = arms.map(() => 0);
    const mate = arms.map(() => 0);
    const next = arms.map(() => 0);
    let slots = 0;
    let slotsWithNext = 0;
    for (const [index, { allocation, process, strata: equal }] of strata.entries()) {
      const after = successions[index]?.[opened];
      const { ratio, unit } = allocation;
      const weight = (equal * ratio[opened]!) / unit;
      if (weight === 0) continue;
      slots += weight * process.slots;
      slotsWithNext += weight * (process.slots - 1);
      for (const [arm, share] of ratio.entries()) {
        before[arm]! += (weight * process.slots * share) / unit;
      }
      for (const { size, probability } of process.possible) {
        for (const [arm, full] of fullBlock(allocation, size).entries()) {
          const others = full - (arm === opened ? 1 : 0);
          mate[arm]! += (weight * probability * size * others) / (size - 1);
          if (after === undefined) next[arm]! += weight * probability * others;
        }
      }
      for (const [arm, often] of after?.entries() ?? []) next[arm]! += equal * often;
      for (const boundary of process.boundary.subarray(1, process.slots)) {
        for (const [arm, share] of ratio.entries())
          next[arm]! += (weight * boundary * share) / unit;
      }
    }
    return {
      revealed,
      before: before.map((sum) => sum / slots),
      blockMate: mate.map((sum) => sum / slots),
      next: next.map((sum) => sum / slotsWithNext),
    };
  });
}
