import type { BlockSize } from '../randomization/blocks.ts';

/** How well a guesser does, per assignment: each figure is a probability, averaged over the slots. */
export interface CorrectGuess {
  /** Correct guesses of the best guesser. */
  readonly best: number;
  /** `best` minus the correct guesses of somebody who always names the likeliest arm: the greatest share of the ratio. */
  readonly excess: number;
  /**
   * Correct guesses of the convergence strategy, which names the arm whose number so far, divided by its share of
   * the ratio, is smallest; ties are broken by a fair coin (Blackwell and Hodges 1957, for unequal ratios).
   */
  readonly convergence: number;
  /** Assignments of which the guesser is certain before they are made. */
  readonly certain: number;
}

/** How a figure was found: computed from the design, or estimated from drawn lists. */
export type Method = 'exact' | 'simulated';

/** The same for each slot of a stratum, for a guesser who has seen all earlier assignments of the stratum. */
export interface GuessByPosition {
  readonly best: readonly number[];
  readonly convergence: readonly number[];
  readonly certain: readonly number[];
}

/** How far the arms' numbers are from the ratio after each slot of a stratum, from the first. */
export interface ImbalanceByPosition {
  /** The greatest |number of an arm - its share of the slots so far|, over all arms and lists. */
  readonly greatest: readonly number[];
  /** Per arm, in the order of the arms: the variance of its number. */
  readonly variance: readonly (readonly number[])[];
}

/** All strata that have the same ratio, block sizes and number of slots: each of them has these figures. */
export interface StratumAssessment {
  /** Each arm's share, in the order of the arms, in lowest terms; 0 if the strata do not have the arm. */
  readonly ratio: readonly number[];
  /** Ascending. */
  readonly blocks: readonly BlockSize[];
  /** The names of these strata. */
  readonly ids: readonly string[];
  readonly slots: number;
  /** How many strata these are. */
  readonly strata: number;
  readonly correctGuess: CorrectGuess;
  /** The standard errors of `best` and `certain` if they are simulated; else 0. */
  readonly standardError: { readonly best: number; readonly certain: number };
  readonly method: Method;
  readonly guessByPosition: GuessByPosition;
  readonly imbalanceByPosition: ImbalanceByPosition;
}

/** The distribution of one arm's total over all strata. */
export interface ArmTotal {
  readonly arm: string;
  /** Of all slots if strata have different ratios, and the participants of each stratum are not given. */
  readonly expected: number;
  readonly variance: number;
  /**
   * The variance of its difference from the number that the ratios of the strata ask for. It is less than `variance` if
   * strata have different ratios, because that number then depends on the spread of the participants over the strata.
   */
  readonly varianceFromRatio: number;
  /** [total, probability], ascending, only possible totals. */
  readonly distribution: readonly (readonly [number, number])[];
}

/** The arms' totals over all strata after a given number of participants. */
export interface Stage {
  readonly participants: number;
  /** If each free slot is equally likely to be the next participant's. */
  readonly arms: readonly ArmTotal[];
  /** The greatest |total - share| of any arm, for any spread of the participants over the strata. */
  readonly greatest: number;
  /** Per arm, the greatest variance of its total for any such spread. */
  readonly greatestVariance: readonly number[];
}

/** What one opened allocation tells about others, to somebody who knew nothing before. */
export interface CodeBreakInformation {
  /** The arm that was opened. */
  readonly revealed: string;
  /** Per arm: its share in the strata of such slots, each as often as the opened arm is in it. */
  readonly before: readonly number[];
  /** Per arm: P(another slot of the same block has it). */
  readonly blockMate: readonly number[];
  /** Per arm: P(the next slot of the stratum has it), averaged over the slots. */
  readonly next: readonly number[];
}

/** A plan's figures for a design: how much it gives away, how well it balances, how many lists it has. */
export interface Assessment {
  /** The arms with their shares in lowest terms; of all slots if strata have different ratios. */
  readonly arms: readonly { readonly arm: string; readonly share: number }[];
  /** Of the strata without sizes of their own; `byStratum` has those of every stratum. */
  readonly blocks: readonly BlockSize[];
  /** What a least predictable list keeps, which has no blocks: the largest imbalance in participants. */
  readonly leastPredictable?: {
    readonly largestImbalance: number;
    readonly leastProbability: number;
  };
  readonly strata: number;
  readonly slots: number;
  /**
   * What the guesser knows besides the earlier assignments and the number of slots of the stratum: with one block
   * size every boundary, with several only the sizes and their weights; of a least predictable list the chances of the arms.
   */
  readonly guesserKnows: 'boundaries' | 'sizes' | 'chances';
  readonly method: Method;
  /** Correct guesses of somebody who always names the likeliest arm of the stratum. */
  readonly always: number;
  /** Over all strata, per assignment. */
  readonly correctGuess: CorrectGuess;
  readonly standardError: { readonly best: number; readonly certain: number };
  /** For a guesser who also knows every boundary. */
  readonly withBoundaries: CorrectGuess;
  /** How `withBoundaries` and every `convergence` were found: simulated only for very large blocks of many arms. */
  readonly withBoundariesMethod: Method;
  readonly byStratum: readonly StratumAssessment[];
  readonly imbalance: {
    /** The greatest |number of an arm - its share| in a stratum, after any slot. */
    readonly greatest: number;
    /** Per arm, the greatest variance of its number in a stratum, after any slot. */
    readonly greatestVariance: readonly number[];
    readonly method: Method;
    /** The largest standard error of a probability in `stages` if they are simulated; else 0. */
    readonly standardError: number;
    /** False if `greatest` and `greatestVariance` of the stages are upper bounds. */
    readonly greatestIsExact: boolean;
    /** After each participant of the trial; with more than 2,000 slots at 200 stages. */
    readonly stages: readonly Stage[];
    /** The number of participants in the input: one of `stages`. */
    readonly asked?: number;
    /** The totals for the recruitment of each stratum in the input, if there is one. */
    readonly recruited?: {
      readonly perStratum: readonly number[];
      readonly arms: readonly ArmTotal[];
      /** The greatest possible |total - share| of any arm. */
      readonly greatest: number;
    };
  };
  /** How many different lists of arms there are, over all strata. */
  readonly lists: bigint;
  /**
   * False if the sizes overlap in too many ways, such as 2 and 100. Then `lists` counts a list once for each way
   * to cut it into blocks, and is an upper bound.
   */
  readonly listsAreCounted: boolean;
  /** log2 of `lists`. */
  readonly bits: number;
  /** The list's Shannon entropy in bits: less than `bits` if lists are not equally likely. */
  readonly entropyBits: number;
  /** For each arm that any slot has. */
  readonly codeBreak: readonly CodeBreakInformation[];
}
