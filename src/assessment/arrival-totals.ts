import { Circle, together, type Transforms, workOf } from './arrivals.ts';
import type { Method } from './assessment.ts';
import type { Counts } from './imbalance.ts';
import { simulationStream, standardErrorOf } from './simulation.ts';

/** Strata with the same number of slots, and the distribution of an arm's number in one of them after 0, 1, … slots. */
export interface EqualCounts {
  readonly strata: number;
  readonly counts: readonly Counts[];
}

/** The distribution of an arm's total over all strata. */
export interface ArrivalTotals {
  /** For each stage. */
  readonly totals: readonly Counts[];
  readonly method: Method;
  readonly standardError: number;
}

/** The least and the greatest possible total after some participants. */
export type Possible = (participants: number) => readonly [least: number, most: number];

/** The most multiplications, which take about two seconds. */
const MOST_WORK = 4e8;

/** The totals if each free slot is equally likely to be the next participant's. */
export function arrivalTotals(
  circle: Circle,
  groups: readonly EqualCounts[],
  stages: readonly number[],
  possible: Possible,
): ArrivalTotals {
  const { frequencies } = circle;
  const estimate = joined(
    groups.map(({ counts, strata }) => ({ lot: { slots: counts.length - 1, work: 0 }, strata })),
    (a, b, isLast) => {
      const slots = a.slots + b.slots;
      const numbers = isLast ? stages.length : slots;
      return { slots, work: a.work + b.work + workOf(a.slots, b.slots, frequencies, numbers) };
    },
  );
  const lots = groups.map(({ counts, strata }) => ({ lot: circle.ofStratum(counts), strata }));
  if (estimate.work > MOST_WORK) return simulated(circle, lots, stages, possible);
  const all = joined(lots, (a, b, isLast) =>
    together(a, b, frequencies, isLast ? stages : undefined),
  );
  const totals = stages.map((participants) => {
    const from = participants * frequencies;
    const real = all.real.subarray(from, from + frequencies);
    const imaginary = all.imaginary.subarray(from, from + frequencies);
    return circle.distribution(real, imaginary, participants, ...possible(participants));
  });
  return { totals, method: 'exact', standardError: 0 };
}

/**
 * Joins lots in pairs, so that equal pairs are joined once, and the smallest lots first.
 *
 * @param join its last argument is true for the last pair
 */
function joined<Lot extends { readonly slots: number }>(
  groups: readonly { readonly lot: Lot; readonly strata: number }[],
  join: (a: Lot, b: Lot, isLast: boolean) => Lot,
): Lot {
  const rest: Lot[] = [];
  for (const { lot, strata } of groups) {
    let doubled = lot;
    let left = strata;
    for (; left > 2; left = Math.floor(left / 2)) {
      if (left % 2 === 1) rest.push(doubled);
      doubled = join(doubled, doubled, false);
    }
    rest.push(...new Array<Lot>(left).fill(doubled));
  }
  while (rest.length > 1) {
    rest.sort((a, b) => b.slots - a.slots);
    const [smaller, larger] = [rest.pop()!, rest.pop()!];
    rest.push(join(smaller, larger, rest.length === 0));
  }
  return rest[0]!;
}

/**
 * The totals along drawn orders of arrival. Each stage has the exact distribution given the number in each stratum, so
 * that chance is only in the differences between orders.
 */
function simulated(
  circle: Circle,
  groups: readonly { readonly lot: Transforms; readonly strata: number }[],
  stages: readonly number[],
  possible: Possible,
): ArrivalTotals {
  const { frequencies } = circle;
  const lots = groups.flatMap(({ lot, strata }) => new Array<Transforms>(strata).fill(lot));
  const slots = lots.flatMap(({ slots: each }, stratum) => new Array<number>(each).fill(stratum));
  const perOrder = stages.length * (lots.length + circle.points) * frequencies + 50 * slots.length;
  const orders = Math.max(10, Math.min(100, Math.floor(MOST_WORK / perOrder)));
  const stream = simulationStream('permutations', 'arrivals');
  const drawn: number[][][] = stages.map(() => []);
  const ranges = stages.map((participants) => possible(participants));
  const least = stages.map(() => 0);
  for (let order = 0; order < orders; order += 1) {
    const taken = lots.map(() => 0);
    let participants = 0;
    for (const [stage, upTo] of stages.entries()) {
      for (; participants < upTo; participants += 1) {
        // Fisher and Yates' shuffle from the start, as far as needed.
        const other = participants + stream.integerBelow(slots.length - participants);
        [slots[participants], slots[other]] = [slots[other]!, slots[participants]!];
        taken[slots[participants]!]! += 1;
      }
      const [real, imaginary] = product(lots, taken, frequencies);
      const given = circle.distribution(real, imaginary, participants, ...ranges[stage]!);
      least[stage] = given.least;
      drawn[stage]!.push([...given.chances]);
    }
  }
  let standardError = 0;
  const totals = drawn.map((distributions, stage) => ({
    least: least[stage]!,
    chances: distributions[0]!.map((_, index) => {
      const chances = distributions.map((chance) => chance[index]!);
      standardError = Math.max(standardError, standardErrorOf(chances));
      return chances.reduce((a, b) => a + b, 0) / orders;
    }),
  }));
  return { totals, method: 'simulated', standardError };
}

/** The characteristic function of a sum: the product of those of the strata. */
function product(
  lots: readonly Transforms[],
  taken: readonly number[],
  frequencies: number,
): [Float64Array, Float64Array] {
  const real = new Float64Array(frequencies).fill(1);
  const imaginary = new Float64Array(frequencies);
  for (const [stratum, lot] of lots.entries()) {
    const from = taken[stratum]! * frequencies;
    for (let frequency = 0; frequency < frequencies; frequency += 1) {
      const a = real[frequency]!;
      const b = imaginary[frequency]!;
      const c = lot.real[from + frequency]!;
      const d = lot.imaginary[from + frequency]!;
      real[frequency] = a * c - b * d;
      imaginary[frequency] = a * d + b * c;
    }
  }
  return [real, imaginary];
}
