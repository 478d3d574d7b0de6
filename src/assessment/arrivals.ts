import type { Counts } from './imbalance.ts';

/**
 * The distribution of an arm's total in some strata, after each number of participants in them, as its characteristic
 * function. Each free slot is equally likely to be the next participant's. The transformed number is the total minus the
 * arm's share of the participants; such numbers add up over strata. If strata have different ratios, it is the total itself.
 */
export interface Transforms {
  readonly slots: number;
  /** At participants × (frequencies of the circle) + frequency. */
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/**
 * Whole numbers on a circle. Totals that are `points` apart are the same point, so there must be more points than totals
 * with any weight. The number of points is odd.
 */
export class Circle {
  readonly points: number;
  /** How many frequencies are not the conjugate of another one. */
  readonly frequencies: number;
  private readonly share: number;
  private readonly unit: number;
  /** The mean of the total, per participant. */
  private readonly mean: number;
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;

  /**
   * @param share the share of the arm, out of `unit`
   * @param differs whether it is only the mean over strata with different ratios
   */
  constructor(points: number, share: number, unit: number, differs = false) {
    this.points = points;
    this.frequencies = (points + 1) / 2;
    this.share = differs ? 0 : share;
    this.unit = differs ? 1 : unit;
    this.mean = share / unit;
    const angles = points * this.unit;
    const turns = Float64Array.from({ length: angles }, (_, n) => (2 * Math.PI * n) / angles);
    this.cosines = turns.map(Math.cos);
    this.sines = turns.map(Math.sin);
  }

  /** The transforms of one stratum. */
  ofStratum(counts: readonly Counts[]): Transforms {
    const real = new Float64Array(counts.length * this.frequencies);
    const imaginary = new Float64Array(counts.length * this.frequencies);
    for (const [taken, { least, chances }] of counts.entries()) {
      for (const [index, chance] of chances.entries()) {
        const turn = this.onCircle((least + index) * this.unit - taken * this.share);
        let angle = 0;
        for (let frequency = 0; frequency < this.frequencies; frequency += 1) {
          const at = taken * this.frequencies + frequency;
          real[at]! += chance * this.cosines[angle]!;
          imaginary[at]! += chance * this.sines[angle]!;
          angle += turn;
          if (angle >= this.cosines.length) angle -= this.cosines.length;
        }
      }
    }
    return { slots: counts.length - 1, real, imaginary };
  }

  /**
   * The distribution of the total.
   *
   * @param participants in all strata
   * @param least the least possible total
   * @param most the greatest possible total
   * @returns the possible totals; their probabilities are right to 1e-15
   */
  distribution(
    real: Float64Array,
    imaginary: Float64Array,
    participants: number,
    least: number,
    most: number,
  ): Counts {
    const middle = Math.round(participants * this.mean);
    const reach = (this.points - 1) / 2;
    const from = Math.max(least, middle - reach);
    const to = Math.min(most, middle + reach);
    const chances = Array.from({ length: to - from + 1 }, (_, index) => {
      const turn = this.onCircle((from + index) * this.unit - participants * this.share);
      let sum = real[0]!;
      let angle = 0;
      for (let frequency = 1; frequency < this.frequencies; frequency += 1) {
        angle += turn;
        if (angle >= this.cosines.length) angle -= this.cosines.length;
        const a = real[frequency]! * this.cosines[angle]!;
        sum += 2 * (a + imaginary[frequency]! * this.sines[angle]!);
      }
      return Math.max(0, sum / this.points);
    });
    return { least: from, chances };
  }

  private onCircle(turn: number): number {
    const angles = this.cosines.length;
    return ((turn % angles) + angles) % angles;
  }
}

/**
 * Two lots of strata as one.
 *
 * @param stages the numbers of participants that are needed; for other numbers the result is 0
 */
export function together(
  first: Transforms,
  second: Transforms,
  frequencies: number,
  stages?: readonly number[],
): Transforms {
  const slots = first.slots + second.slots;
  const real = new Float64Array((slots + 1) * frequencies);
  const imaginary = new Float64Array((slots + 1) * frequencies);
  const wanted = stages ?? Array.from({ length: slots + 1 }, (_, n) => n);
  for (const participants of wanted) {
    const to = participants * frequencies;
    const { least, chances } = hypergeometric(first.slots, second.slots, participants);
    for (const [index, chance] of chances.entries()) {
      const one = (least + index) * frequencies;
      const other = (participants - least - index) * frequencies;
      for (let frequency = 0; frequency < frequencies; frequency += 1) {
        const a = first.real[one + frequency]! * chance;
        const b = first.imaginary[one + frequency]! * chance;
        const c = second.real[other + frequency]!;
        const d = second.imaginary[other + frequency]!;
        real[to + frequency]! += a * c - b * d;
        imaginary[to + frequency]! += a * d + b * c;
      }
    }
  }
  return { slots, real, imaginary };
}

/** The cost of `together`, in multiplications. */
export function workOf(first: number, second: number, frequencies: number, stages: number): number {
  const deviation = Math.sqrt((first * second) / (4 * (first + second)));
  return stages * Math.min(first + 1, second + 1, 19 * deviation + 1) * frequencies;
}

/**
 * How many of the participants are in the first lot of strata: the hypergeometric distribution, computed from its mode
 * outwards. Probabilities below 1e-20 of that of the mode are left out.
 */
export function hypergeometric(first: number, second: number, participants: number): Counts {
  const least = Math.max(0, participants - second);
  const most = Math.min(first, participants);
  const mode = Math.min(
    most,
    Math.max(least, Math.floor(((participants + 1) * (first + 1)) / (first + second + 2))),
  );
  const above = [1];
  for (let n = mode; n < most && above.at(-1)! > 1e-20; n += 1) {
    const ratio = ((first - n) * (participants - n)) / ((n + 1) * (second - participants + n + 1));
    above.push(above.at(-1)! * ratio);
  }
  const below = [1];
  for (let n = mode; n > least && below.at(-1)! > 1e-20; n -= 1) {
    const ratio = (n * (second - participants + n)) / ((first - n + 1) * (participants - n + 1));
    below.push(below.at(-1)! * ratio);
  }
  const chances = [...below.slice(1).reverse(), ...above];
  const total = chances.reduce((a, b) => a + b, 0);
  return { least: mode - below.length + 1, chances: chances.map((chance) => chance / total) };
}
