import type {
  ArmTotal,
  Assessment,
  CorrectGuess,
  Stage,
  StratumAssessment,
} from '../../src/assessment/assessment.ts';
import type { Yardsticks } from '../../src/report/candidate.ts';

/** What an assessment is made for: the arms with their shares, and the slots of each stratum. */
export interface AssessedDesign {
  readonly arms: Assessment['arms'];
  readonly slots: readonly number[];
  readonly recruited?: readonly number[];
}

/** DEPIL-2's: 2:1, one stratum of 18. */
export const TWO_TO_ONE: AssessedDesign = {
  arms: [
    { arm: 'ILT101', share: 2 },
    { arm: 'PLACEBO', share: 1 },
  ],
  slots: [18],
};

/** What any list of 18 at 2:1 gives away, and known procedures. */
export const YARDSTICKS: Yardsticks = {
  curve: [
    { largestImbalance: 1, best: 0.731481, excess: 0.064815 },
    { largestImbalance: 4 / 3, best: 0.708333, excess: 0.041667 },
  ],
  known: [
    {
      procedure: 'maximal procedure',
      largestImbalance: 4 / 3,
      best: 0.7209,
      excess: 0.0543,
      fromRatio: 0.031,
      balancedAtEnd: 1,
    },
    {
      procedure: 'block urn design',
      factor: 2,
      largestImbalance: 4 / 3,
      best: 0.7005,
      excess: 0.0338,
      fromRatio: 0.027,
      balancedAtEnd: 0.59,
    },
  ],
};

/**
 * The figures of blocks of one size, worked out within the block, for the views to show. Slow and
 * plain: hypergeometric numbers of an arm in a block, and strata added one by one.
 */
export function oneBlockSize(size: number, design: AssessedDesign = TWO_TO_ONE): Assessment {
  const { arms, slots, recruited } = design;
  const unit = sum(arms.map(({ share }) => share));
  const perBlock = arms.map(({ share }) => (share * size) / unit);
  const likeliest = Math.max(...perBlock) / size;
  const block = withinBlock(perBlock);
  const guess = (): CorrectGuess => ({
    best: mean(block.map(({ best }) => best)),
    excess: mean(block.map(({ best }) => best)) - likeliest,
    convergence: mean(block.map(({ convergence }) => convergence)),
    certain: mean(block.map(({ certain }) => certain)),
  });
  const byPlace = <T>(count: number, value: (place: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => value(index % size));
  const deviations = perBlock.map((ofArm) => deviationsOf(ofArm, size));
  const variances = perBlock.map((ofArm) =>
    Array.from({ length: size }, (_, index) => hypergeometric(ofArm, size, index + 1).variance),
  );
  const greatest = Array.from({ length: size }, (_, index) =>
    Math.max(...deviations.flatMap(({ up, down }) => [up[index]!, down[index]!])),
  );
  const byStratum = [...new Set(slots)].map((count): StratumAssessment => ({
    ratio: arms.map(({ share }) => share),
    blocks: [{ size, weight: 1 }],
    ids: slots.flatMap((other, index) => (other === count ? [`site=S${index + 1}`] : [])),
    slots: count,
    strata: slots.filter((other) => other === count).length,
    correctGuess: guess(),
    standardError: { best: 0, certain: 0 },
    method: 'exact',
    guessByPosition: {
      best: byPlace(count, (place) => block[place]!.best),
      convergence: byPlace(count, (place) => block[place]!.convergence),
      certain: byPlace(count, (place) => block[place]!.certain),
    },
    imbalanceByPosition: {
      greatest: byPlace(count, (place) => greatest[place]!),
      variance: variances.map((ofArm) => byPlace(count, (place) => ofArm[place]!)),
    },
  }));
  const lists = slots.reduce(
    (product, count) => product * arrangements(perBlock) ** BigInt(count / size),
    1n,
  );
  const bits = (sum(slots) / size) * Math.log2(Number(arrangements(perBlock)));
  return {
    arms,
    blocks: [{ size, weight: 1 }],
    strata: slots.length,
    slots: sum(slots),
    guesserKnows: 'boundaries',
    method: 'exact',
    always: likeliest,
    correctGuess: guess(),
    standardError: { best: 0, certain: 0 },
    withBoundaries: guess(),
    byStratum,
    imbalance: {
      greatest: Math.max(...greatest),
      greatestVariance: variances.map((ofArm) => Math.max(...ofArm)),
      method: 'exact',
      standardError: 0,
      greatestIsExact: true,
      stages: stagesOf(arms, perBlock, size, slots),
      ...(recruited && { recruited: recruitedTotals(arms, perBlock, size, recruited) }),
    },
    lists,
    listsAreCounted: true,
    withBoundariesMethod: 'exact',
    bits,
    entropyBits: bits,
    codeBreak: arms.map(({ arm }, opened) => {
      const blockMate = perBlock.map(
        (ofArm, index) => (ofArm - (index === opened ? 1 : 0)) / (size - 1),
      );
      return {
        revealed: arm,
        before: perBlock.map((ofArm) => ofArm / size),
        blockMate,
        next: blockMate.map(
          (chance, index) => (chance * (size - 1) + perBlock[index]! / size) / size,
        ),
      };
    }),
  };
}

/** Invented figures of a plan with the sizes of both: everything half way between the two. */
export function inBetween(a: Assessment, b: Assessment): Assessment {
  const mixed = between(a, b) as Assessment;
  return {
    ...mixed,
    blocks: [...a.blocks, ...b.blocks],
    byStratum: mixed.byStratum.map((one) => ({ ...one, blocks: [...a.blocks, ...b.blocks] })),
    guesserKnows: 'sizes',
    lists: a.lists * b.lists,
    bits: a.bits + b.bits,
    entropyBits: a.bits + b.bits - 1.25,
  };
}

function recruitedTotals(
  arms: Assessment['arms'],
  perBlock: readonly number[],
  size: number,
  perStratum: readonly number[],
): NonNullable<Assessment['imbalance']['recruited']> {
  const totals = arms.map(({ arm }, index) =>
    totalOf(
      arm,
      perStratum
        .map((count) => numberAfter(perBlock[index]!, size, count))
        .reduce((all, one) => add(all, one)),
    ),
  );
  // Strata are independent, so that their extremes come together.
  const greatest = Math.max(
    ...totals.flatMap(({ distribution, expected }) =>
      distribution.map(([total]) => Math.abs(total - expected)),
    ),
  );
  return { perStratum, arms: totals, greatest };
}

/** The same figures, as if they had been estimated from drawn lists. */
export function asSimulated(assessment: Assessment): Assessment {
  const standardError = { best: 0.0004, certain: 0.0007 };
  return {
    ...assessment,
    method: 'simulated',
    standardError,
    byStratum: assessment.byStratum.map((one) => ({ ...one, method: 'simulated', standardError })),
    imbalance: { ...assessment.imbalance, method: 'simulated', standardError: 0.0011 },
  };
}

/** Per place of a block: the guesser's chances, over all orders of the block. */
function withinBlock(perBlock: readonly number[]) {
  const size = sum(perBlock);
  let states = new Map([[perBlock.join(), { left: perBlock, chance: 1 }]]);
  return Array.from({ length: size }, (_, place) => {
    const next: typeof states = new Map();
    const chances = { best: 0, convergence: 0, certain: 0 };
    for (const { left, chance } of states.values()) {
      const remaining = size - place;
      const behind = left.map(
        (count, arm) => place * (perBlock[arm]! / size) - perBlock[arm]! + count,
      );
      const furthest = left.filter((_, arm) => behind[arm]! > Math.max(...behind) - 1e-9);
      chances.best += (chance * Math.max(...left)) / remaining;
      chances.convergence += (chance * mean(furthest)) / remaining;
      if (left.includes(remaining)) chances.certain += chance;
      left.forEach((count, arm) => {
        if (count === 0) return;
        const after = left.with(arm, count - 1);
        const known = next.get(after.join())?.chance ?? 0;
        next.set(after.join(), { left: after, chance: known + (chance * count) / remaining });
      });
    }
    states = next;
    return chances;
  });
}

/** The number of an arm among the first places of a block: its distribution and variance. */
function hypergeometric(ofArm: number, size: number, places: number) {
  const distribution = new Map<number, number>();
  for (
    let count = Math.max(0, places - size + ofArm);
    count <= Math.min(ofArm, places);
    count += 1
  ) {
    const ways = choose(ofArm, count) * choose(size - ofArm, places - count);
    distribution.set(count, ways / choose(size, places));
  }
  const share = ofArm / size;
  const variance = (places * share * (1 - share) * (size - places)) / Math.max(1, size - 1);
  return { distribution, variance };
}

function numberAfter(ofArm: number, size: number, places: number): Map<number, number> {
  const whole = Math.floor(places / size) * ofArm;
  const { distribution } = hypergeometric(ofArm, size, places % size);
  return new Map([...distribution].map(([count, chance]) => [whole + count, chance]));
}

function deviationsOf(ofArm: number, size: number): { up: number[]; down: number[] } {
  const extremes = Array.from({ length: size }, (_, index) => {
    const counts = [...hypergeometric(ofArm, size, index + 1).distribution.keys()];
    const share = ((index + 1) * ofArm) / size;
    return { up: Math.max(...counts) - share, down: share - Math.min(...counts) };
  });
  return { up: extremes.map(({ up }) => up), down: extremes.map(({ down }) => down) };
}

function stagesOf(
  arms: Assessment['arms'],
  perBlock: readonly number[],
  size: number,
  slots: readonly number[],
): Stage[] {
  const all = sum(slots);
  const totals = perBlock.map((ofArm) => totalsByParticipants(ofArm, size, slots));
  const extremes = perBlock.map((ofArm) => {
    const { up, down } = deviationsOf(ofArm, size);
    const variances = Array.from(
      { length: size },
      (_, index) => hypergeometric(ofArm, size, index + 1).variance,
    );
    const [highest, lowest, variance] = [up, down, variances].map((ofPlace) =>
      greatestSums(ofPlace, slots),
    );
    return { highest: highest!, lowest: lowest!, variance: variance! };
  });
  return Array.from({ length: all }, (_, index) => ({
    participants: index + 1,
    arms: arms.map(({ arm }, number) => totalOf(arm, totals[number]![index + 1]!)),
    greatest: Math.max(
      ...extremes.flatMap(({ highest, lowest }) => [highest[index + 1]!, lowest[index + 1]!]),
    ),
    greatestVariance: extremes.map(({ variance }) => variance[index + 1]!),
  }));
}

/** Per number of participants: an arm's total, where every order of the strata is equally likely. */
function totalsByParticipants(
  ofArm: number,
  size: number,
  slots: readonly number[],
): Map<number, number>[] {
  let totals = [new Map([[0, 1]])];
  let taken = 0;
  for (const count of slots) {
    const next = Array.from({ length: taken + count + 1 }, () => new Map<number, number>());
    totals.forEach((before, participants) => {
      for (let here = 0; here <= count; here += 1) {
        const weight =
          (choose(taken, participants) * choose(count, here)) /
          choose(taken + count, participants + here);
        const into = next[participants + here]!;
        for (const [total, chance] of add(before, numberAfter(ofArm, size, here))) {
          into.set(total, (into.get(total) ?? 0) + weight * chance);
        }
      }
    });
    totals = next;
    taken += count;
  }
  return totals;
}

/** Per number of participants: the greatest sum over the strata, however they are spread. */
function greatestSums(ofPlace: readonly number[], slots: readonly number[]): number[] {
  let greatest = [0];
  for (const count of slots) {
    const next = new Array<number>(greatest.length + count).fill(0);
    greatest.forEach((before, participants) => {
      for (let here = 0; here <= count; here += 1) {
        const value = here === 0 ? 0 : ofPlace[(here - 1) % ofPlace.length]!;
        next[participants + here] = Math.max(next[participants + here]!, before + value);
      }
    });
    greatest = next;
  }
  return greatest;
}

function totalOf(arm: string, totals: ReadonlyMap<number, number>): ArmTotal {
  const distribution = [...totals].sort(([a], [b]) => a - b);
  const expected = sum(distribution.map(([total, chance]) => total * chance));
  const variance = sum(distribution.map(([total, chance]) => (total - expected) ** 2 * chance));
  return { arm, expected, variance, varianceFromRatio: variance, distribution };
}

function add(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): Map<number, number> {
  const both = new Map<number, number>();
  for (const [one, chance] of a) {
    for (const [other, further] of b) {
      both.set(one + other, (both.get(one + other) ?? 0) + chance * further);
    }
  }
  return both;
}

/** Half way between two values of the same shape; a distribution is the mixture of both. */
function between(a: unknown, b: unknown, key = ''): unknown {
  if (key === 'distribution') {
    const mixed = new Map<number, number>();
    for (const [total, chance] of [...(a as [number, number][]), ...(b as [number, number][])]) {
      mixed.set(total, (mixed.get(total) ?? 0) + chance / 2);
    }
    return [...mixed].sort(([one], [other]) => one - other);
  }
  if (typeof a === 'number' && typeof b === 'number') return (a + b) / 2;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.map((value: unknown, index) => between(value, b[index]));
  }
  if (typeof a !== 'object' || a === null) return a;
  return Object.fromEntries(
    Object.entries(a).map(([name, value]) => [
      name,
      between(value, (b as Record<string, unknown>)[name], name),
    ]),
  );
}

function arrangements(perBlock: readonly number[]): bigint {
  let ways = 1n;
  let placed = 0n;
  for (const count of perBlock) {
    for (let one = 1n; one <= BigInt(count); one += 1n) {
      placed += 1n;
      ways = (ways * placed) / one;
    }
  }
  return ways;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i += 1) ways = (ways * (n - k + i)) / i;
  return ways;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
