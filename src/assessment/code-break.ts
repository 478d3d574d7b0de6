import type { CodeBreakInformation } from './assessment.ts';
import { type Allocation, type BlockProcess, fullBlock } from './block-process.ts';

/**
 * What the opened allocation of a randomly chosen slot tells about its neighbours: about another slot of its block,
 * and about the next slot of its stratum. In a block of B slots that has an arm f times, another slot has this arm
 * with the probability f / (B - 1), or (f - 1) / (B - 1) if it is the opened arm. Each arm has its share in every
 * slot, so the opened arm tells nothing about the size of the block. But a slot is in a large block more often than a
 * block is large.
 */
export function codeBreakInformation(
  allocation: Allocation,
  arms: readonly string[],
  strata: readonly { readonly process: BlockProcess; readonly strata: number }[],
): CodeBreakInformation[] {
  const { ratio, unit } = allocation;
  return arms.map((revealed, opened) => {
    const mate = ratio.map(() => 0);
    const next = ratio.map(() => 0);
    let slots = 0;
    let slotsWithNext = 0;
    for (const { process, strata: equal } of strata) {
      slots += equal * process.slots;
      slotsWithNext += equal * (process.slots - 1);
      for (const { size, probability } of process.possible) {
        for (const [arm, full] of fullBlock(allocation, size).entries()) {
          const others = full - (arm === opened ? 1 : 0);
          mate[arm]! += (equal * probability * size * others) / (size - 1);
          next[arm]! += equal * probability * others;
        }
      }
      for (const boundary of process.boundary.subarray(1, process.slots)) {
        for (const [arm, share] of ratio.entries()) next[arm]! += (equal * boundary * share) / unit;
      }
    }
    return {
      revealed,
      blockMate: mate.map((sum) => sum / slots),
      next: next.map((sum) => sum / slotsWithNext),
    };
  });
}
