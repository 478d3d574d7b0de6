/** A row of a linear programme: `least <= sum of coefficient × variable <= most`. */
export interface LinearRow {
  readonly least: number;
  readonly most: number;
  /** [the variable's place in `costs`, its coefficient]. */
  readonly terms: readonly (readonly [variable: number, coefficient: number])[];
}

/** A linear programme: the sum of cost × variable is to be as small as possible. No variable is negative. */
export interface LinearProgramme {
  /** Of each variable. */
  readonly costs: readonly number[];
  readonly rows: readonly LinearRow[];
}

/** Where a linear programme has its least value. */
export interface LeastValue {
  readonly value: number;
  /** Of each variable. */
  readonly variables: Float64Array;
}

/**
 * Solves linear programmes. Several solutions can have the least value: which one is found depends on the solver.
 *
 * @returns undefined if no values keep all rows
 */
export type SolveLinear = (programme: LinearProgramme) => LeastValue | undefined;
