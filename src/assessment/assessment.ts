import type { BlockSize } from '../randomization/blocks.ts';

/** What a guesser gets, per assignment: each a probability, averaged over the slots. */
export interface CorrectGuess {
  /** Correct guesses of the best guesser. */
  readonly best: number;
  /** `best` less what always guessing the likeliest arm gets: the greatest share of the ratio. */
  readonly excess: number;
  /**
   * Correct guesses of the convergence strategy: the arm whose number so far, divided by its share of
   * the ratio, is least; ties by a fair coin (Blackwell and Hodges 1957, for unequal ratios).
   */
  readonly convergence: number;
  /** Assignments that the guesser knows for certain before they are made. */
  readonly certain: number;
}

/** How a figure came about: computed from the design, or estimated from drawn lists. */
export type Method = 'exact' | 'simulated';

/** What a guesser who has seen all earlier assignments of the stratum gets at each place in it. */
export interface GuessByPosition {
  readonly best: readonly number[];
  readonly convergence: readonly number[];
  readonly certain: readonly number[];
}

/** How far the numbers of the arms are from the ratio after each place in a stratum, from place 1. */
export interface ImbalanceByPosition {
  /** The greatest |number of an arm - its share of the slots so far|, over all arms and lists. */
  readonly greatest: readonly number[];
  /** Per arm, in the order of the arms: the variance of its number. */
  readonly variance: readonly (readonly number[])[];
}

/** All strata that have the same number of slots: what holds for one holds for each of them. */
export interface StratumAssessment {
  readonly slots: number;
  /** How many strata have that many slots. */
  readonly strata: number;
  readonly correctGuess: CorrectGuess;
  /** Where simulated: the standard errors of `best` and `certain`; else 0. */
  readonly standardError: { readonly best: number; readonly certain: number };
  readonly method: Method;
  readonly guessByPosition: GuessByPosition;
  readonly imbalanceByPosition: ImbalanceByPosition;
}

/** The distribution of one arm's total over all strata. */
export interface ArmTotal {
  readonly arm: string;
  readonly expected: number;
  readonly variance: number;
  /** [total, probability], ascending, without what is impossible. */
  readonly distribution: readonly (readonly [number, number])[];
}

/** The arms' totals over all strata when a given number of participants has been randomized. */
export interface Stage {
  readonly participants: number;
  /** Where any of the slots that are not taken is equally likely to be the next one's stratum. */
  readonly arms: readonly ArmTotal[];
  /** However the participants are spread over the strata: the greatest |total - share|, any arm. */
  readonly greatest: number;
  /** However they are spread: per arm, the greatest variance of its total. */
  readonly greatestVariance: readonly number[];
}

/** What opening one participant's allocation tells of others, to somebody who knew nothing before. */
export interface CodeBreakInformation {
  /** The arm that was opened. */
  readonly revealed: string;
  /** Per arm: P(a slot of the same block has it). */
  readonly blockMate: readonly number[];
  /** Per arm: P(the slot after it in the stratum has it), averaged over the places. */
  readonly next: readonly number[];
}

/** A plan's figures for a design: what it gives away, how it balances, how many lists it has. */
export interface Assessment {
  /** The arms with their shares, in lowest terms. */
  readonly arms: readonly { readonly arm: string; readonly share: number }[];
  readonly blocks: readonly BlockSize[];
  readonly strata: number;
  readonly slots: number;
  /**
   * What the guesser knows beside the earlier assignments of the stratum and its number of slots:
   * with one block size every boundary, with several the sizes and their weights alone.
   */
  readonly guesserKnows: 'boundaries' | 'sizes';
  readonly method: Method;
  /** Over all strata, per assignment. */
  readonly correctGuess: CorrectGuess;
  readonly standardError: { readonly best: number; readonly certain: number };
  /** For a guesser who knows the boundaries too, as after a look at the list. */
  readonly withBoundaries: CorrectGuess;
  /** How that, and every `convergence`, was found: drawn for very large blocks of many arms alone. */
  readonly withBoundariesMethod: Method;
  readonly byStratum: readonly StratumAssessment[];
  readonly imbalance: {
    /** In a stratum, at any place: the greatest |number of an arm - its share|. */
    readonly greatest: number;
    /** At the place where it is greatest: per arm, the variance of its number in a stratum. */
    readonly greatestVariance: readonly number[];
    readonly method: Method;
    /** Largest standard error of a probability in `stages`, where simulated; else 0. */
    readonly standardError: number;
    /** False where `greatest` and `greatestVariance` of the stages are upper bounds. */
    readonly greatestIsExact: boolean;
    /** After each participant of the trial; where there are more than 2,000 slots, at 200 stages. */
    readonly stages: readonly Stage[];
    /** The number of participants that was asked for: one of `stages`. */
    readonly asked?: number;
    /** Where the strata's recruitment was given: the totals for just that. */
    readonly recruited?: {
      readonly perStratum: readonly number[];
      readonly arms: readonly ArmTotal[];
      /** The greatest |total - share| that is possible then, any arm. */
      readonly greatest: number;
    };
  };
  /** How many different lists of arms there are, over all strata. */
  readonly lists: bigint;
  /**
   * False where the sizes overlap in too many ways for that: then `lists` counts a list as often as
   * it can be cut into blocks, and there are no more than that. It takes sizes such as 2 and 100.
   */
  readonly listsAreCounted: boolean;
  /** log2 of that. */
  readonly bits: number;
  /** The list's Shannon entropy in bits: less than `bits` where lists are not equally likely. */
  readonly entropyBits: number;
  readonly codeBreak: readonly CodeBreakInformation[];
}
