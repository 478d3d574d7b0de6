/**
 * Histories of a stratum up to a place where the counts are in the ratio. The histories of one group lead to the same
 * guesses. What a history tells about the rest of the stratum is its vector of `ends`: per number of steps from here,
 * the probability of this history, and that the current block ends there. Histories with proportional vectors are added
 * up.
 *
 * Histories with nearly proportional vectors are added up too. The `spread` of a group is how far the vector of a history
 * can be from that of its group, in Hilbert's projective metric
 *
 *     d(x, y) = max log(x_i / y_i) - min log(x_i / y_i),
 *
 * in which balls are convex. So a sum of vectors is at most as far from each of them as they are from one another.
 * guess-with-sizes.ts decides whether the spread makes a difference.
 */
export class HistoryClasses {
  /** The vectors of the groups, one after another. */
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
   * @param nearness how near the vectors of a group must be if the group has probability 1 (`finest`). Rarer groups can
   *   be wider, by the square root, because they count less, up to `widest`
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

  /** Frees the memory of the groups. */
  clear(): void {
    this.ends = [];
    this.firsts = [];
    this.spreads = [];
    this.widths = [];
    this.byGrid.clear();
  }

  /** A bound for the distance between the vector of any history and that of its group. */
  spread(group: number): number {
    return this.spreads[group]! + 2 * this.widths[group]!;
  }

  /**
   * Adds a vector to its group, or to a new one.
   *
   * @param ends the vector; it is copied
   * @param spread of the histories in it
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

  /** The distance to the first vector of a group; infinite if the possible ends differ. */
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
