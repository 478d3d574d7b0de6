/**
 * Histories of a stratum up to a place where the counts are in ratio, grouped so that those of one
 * group let the same guesses follow. What a history says about the rest of the stratum is the
 * vector of `ends`: per number of steps from here, the probability of the history together with
 * the block in progress ending there. Histories whose vectors are proportional may be added up.
 *
 * Those that are nearly proportional are added up as well. How far a history's vector may be from
 * its group's is kept as the group's `spread`, in Hilbert's projective metric
 *
 *     d(x, y) = max log(x_i / y_i) - min log(x_i / y_i),
 *
 * in which balls are convex, so that a sum of vectors is no further from each than they are from
 * one another. Whether the spread mattered is decided where guesses are made (guess-with-sizes.ts).
 */
export class HistoryClasses {
  /** The vectors, one after another. */
  private ends: number[] = [];
  private readonly steps: number;
  private readonly finest: number;
  private readonly widest: number;
  /** Logarithms of the first vector of each group, scaled to the sum 1. */
  private firsts: number[] = [];
  private spreads: number[] = [];
  /** The greatest distance of a vector from the first of its group. */
  private widths: number[] = [];
  private readonly byGrid = new Map<number, number>();
  private readonly logs: Float64Array;

  /**
   * @param steps length of the vectors
   * @param nearness how near vectors have to be in a group that is certain to come about
   *   (`finest`); rarer groups may be wider, by the square root, as they count for less, up to
   *   `widest`
   */
  constructor(steps: number, nearness: { finest: number; widest: number }) {
    this.steps = steps;
    this.finest = nearness.finest;
    this.widest = nearness.widest;
    this.logs = new Float64Array(steps);
  }

  get size(): number {
    return this.spreads.length;
  }

  copyEnds(group: number, to: Float64Array): void {
    for (let end = 0; end < this.steps; end += 1) to[end] = this.ends[group * this.steps + end]!;
  }

  /** Frees what the groups take. */
  clear(): void {
    this.ends = [];
    this.firsts = [];
    this.spreads = [];
    this.widths = [];
    this.byGrid.clear();
  }

  /** A bound for the distance of any history's vector from its group's. */
  spread(group: number): number {
    return this.spreads[group]! + 2 * this.widths[group]!;
  }

  /**
   * @param ends the vector; it is copied
   * @param spread of the histories that it stands for
   */
  add(ends: Float64Array, spread: number): void {
    let mass = 0;
    for (let end = 0; end < this.steps; end += 1) mass += ends[end]!;
    // Sixteen times rarer: four times wider.
    const level = Math.max(0, Math.floor(-Math.log2(mass) / 4));
    const grid = Math.min(this.finest * 4 ** level, this.widest);
    let hash = level;
    for (let end = 0; end < this.steps; end += 1) {
      const log = Math.log(ends[end]! / mass);
      this.logs[end] = log;
      hash = Math.imul(hash ^ Math.round(log / grid), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const group = this.byGrid.get(hash);
    const distance = group === undefined ? Infinity : this.distanceFromFirst(group);
    if (group !== undefined && distance <= 2 * grid) {
      for (let end = 0; end < this.steps; end += 1) {
        this.ends[group * this.steps + end]! += ends[end]!;
      }
      if (spread > this.spreads[group]!) this.spreads[group] = spread;
      if (distance > this.widths[group]!) this.widths[group] = distance;
      return;
    }
    if (group === undefined) this.byGrid.set(hash, this.size);
    for (let end = 0; end < this.steps; end += 1) {
      this.ends.push(ends[end]!);
      this.firsts.push(this.logs[end]!);
    }
    this.spreads.push(spread);
    this.widths.push(0);
  }

  /** Infinite where other ends are possible. */
  private distanceFromFirst(group: number): number {
    let least = Infinity;
    let most = -Infinity;
    for (let end = 0; end < this.steps; end += 1) {
      const first = this.firsts[group * this.steps + end]!;
      const log = this.logs[end]!;
      if (first === log) {
        if (log === -Infinity) continue;
      } else if (first === -Infinity || log === -Infinity) return Infinity;
      const difference = log - first;
      if (difference < least) least = difference;
      if (difference > most) most = difference;
    }
    return most - least;
  }
}
