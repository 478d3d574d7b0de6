/**
 * The walks of the arms' counts from one place where they are exactly in the ratio to the next such place. A block can
 * only end at these places. Between two of them, only the counts tell anything about the boundaries. Distances are in
 * steps, the greatest number of slots that divides every block size.
 */
export interface Excursions {
  readonly arms: number;
  /** The longest block, in steps. */
  readonly steps: number;
  /** The positions of walks before they are in the ratio again, by place, ascending. */
  readonly cells: readonly Cell[];
  /**
   * At (cell × arms + arm) × steps + (end - 1): the probability that a walk reaches the cell and continues with the
   * arm, given that the current block ends `end` steps after the start of the walk.
   */
  readonly chances: Float64Array;
  /**
   * At [steps to the return][end]: the probability that the walk is in the ratio there for the first time, given the
   * end of the current block; 0 if the block ends earlier.
   */
  readonly returns: readonly (readonly number[])[];
}

/** A position of a walk. */
export interface Cell {
  /** Slots since the walk was in the ratio. */
  readonly place: number;
  /** Slots of each arm since then. The counts of arms with the same share are in descending order. */
  readonly counts: readonly number[];
}

interface Arrival extends Cell {
  /** Per end from 1: the probability of reaching this position, given that the block ends there. */
  readonly reached: Float64Array;
}

/**
 * The walks of a design.
 *
 * @param step how often each arm is in one step
 * @param steps the longest block, in steps
 * @param mostCells the most cells that are computed
 * @returns undefined if there are more cells
 */
export function excursions(
  step: readonly number[],
  steps: number,
  mostCells: number,
): Excursions | undefined {
  const stepSlots = step.reduce((a, b) => a + b, 0);
  const arms = step.length;
  const cells: Cell[] = [];
  const chances: number[] = [];
  const returns = Array.from({ length: steps + 1 }, () => new Array<number>(steps + 1).fill(0));
  const start = { place: 0, counts: step.map(() => 0), reached: new Float64Array(steps).fill(1) };
  let layer: Arrival[] = [start];
  for (let place = 0; layer.length > 0; place += 1) {
    const next = new Map<string, Arrival>();
    for (const { counts, reached } of layer) {
      if (place > 0 && place % stepSlots === 0 && inRatio(counts, step)) {
        for (let end = 1; end <= steps; end += 1)
          returns[place / stepSlots]![end] = reached[end - 1]!;
        continue;
      }
      if (cells.length >= mostCells) return undefined;
      cells.push({ place, counts });
      for (let arm = 0; arm < arms; arm += 1) {
        const onward = goOn(counts, reached, arm, step, stepSlots, place);
        chances.push(...onward);
        if (onward.every((chance) => chance === 0)) continue;
        const after = inOrder(counts.with(arm, counts[arm]! + 1), step);
        const key = after.join();
        const there = next.get(key)?.reached;
        if (there === undefined)
          next.set(key, { place: place + 1, counts: after, reached: onward });
        else for (let end = 0; end < steps; end += 1) there[end]! += onward[end]!;
      }
    }
    layer = [...next.values()];
  }
  return { arms, steps, cells, chances: Float64Array.from(chances), returns };
}

/** Per end: the probability of having the counts and continuing with the arm. */
function goOn(
  counts: readonly number[],
  reached: Float64Array,
  arm: number,
  step: readonly number[],
  stepSlots: number,
  place: number,
): Float64Array {
  return reached.map((probability, index) => {
    const left = (index + 1) * stepSlots - place;
    const leftOfArm = (index + 1) * step[arm]! - counts[arm]!;
    return probability === 0 || leftOfArm <= 0 ? 0 : (probability * leftOfArm) / left;
  });
}

function inRatio(counts: readonly number[], step: readonly number[]): boolean {
  const steps = counts[0]! / step[0]!;
  return counts.every((count, arm) => count === steps * step[arm]!);
}

/** The counts with those of arms of the same share in descending order: such arms can be exchanged. */
function inOrder(counts: readonly number[], step: readonly number[]): number[] {
  const ordered = [...counts];
  for (let arm = 1; arm < counts.length; arm += 1) {
    for (let at = arm; at > 0; at -= 1) {
      const before = step.lastIndexOf(step[at]!, at - 1);
      if (before < 0 || ordered[before]! >= ordered[at]!) break;
      [ordered[before], ordered[at]] = [ordered[at]!, ordered[before]!];
      at = before + 1;
    }
  }
  return ordered;
}
