import * as v from 'valibot';
import { STUDY } from '../../results/common-parts.ts';
import {
  COUNT,
  form,
  forms,
  list,
  members,
  NUMBER,
  oneOf,
  optional,
  says,
  TEXT,
  YES_NO,
} from '../../results/shapes.ts';

const METHOD = oneOf(['exact', 'simulated']);
const PER_ARM = list(NUMBER);

const SHARE = {
  best: says(NUMBER, 'Correct guesses of the best guesser, per assignment.'),
  excess: says(NUMBER, 'How much better that is than always naming the likeliest arm.'),
};
const DIFFERENCE = {
  largestImbalance: says(NUMBER, "The largest difference of an arm's number from its share."),
};
const CORRECT_GUESS = members({
  ...SHARE,
  convergence: says(NUMBER, 'Correct guesses of the convergence strategy, per assignment.'),
  certain: says(NUMBER, 'Assignments for which only one arm is possible.'),
});
const STANDARD_ERROR = members({
  best: says(NUMBER, 'Of best; 0 if exact.'),
  certain: says(NUMBER, 'Of certain; 0 if exact.'),
});
const BLOCKS = list(
  members({
    size: says(COUNT, 'The size of a block.'),
    weight: says(COUNT, 'Its weight; equal weights are 1.'),
  }),
);

const TOTALS = list(
  members({
    arm: says(TEXT, 'The code of the arm.'),
    expected: says(NUMBER, 'Its expected number of participants over all strata.'),
    variance: says(NUMBER, 'The variance of that number.'),
    varianceFromRatio: says(NUMBER, 'The variance of its difference from what the ratios ask for.'),
    distribution: says(
      list(v.tuple([NUMBER, NUMBER])),
      'Pairs of a possible total and its probability.',
    ),
  }),
);

const BY_STRATUM = members({
  ratio: says(PER_ARM, 'The share of each arm, in lowest terms; 0 if these strata do not have it.'),
  blocks: says(BLOCKS, 'Their block sizes, ascending.'),
  ids: says(list(TEXT), 'The names of these strata.'),
  slots: says(COUNT, 'How many slots each has.'),
  strata: says(COUNT, 'How many strata these are.'),
  correctGuess: says(CORRECT_GUESS, 'How well a guesser does in them.'),
  standardError: says(STANDARD_ERROR, 'Of these figures, if they are simulated.'),
  method: says(METHOD, 'How they were found.'),
  guessByPosition: says(
    members({
      best: says(list(NUMBER), 'Of the best guesser.'),
      convergence: says(list(NUMBER), 'Of the convergence strategy.'),
      certain: says(list(NUMBER), 'That only one arm is possible.'),
    }),
    'The same for each slot of the stratum.',
  ),
  imbalanceByPosition: says(
    members({
      greatest: says(list(NUMBER), "The greatest difference of an arm's number from its share."),
      variance: says(list(PER_ARM), 'The variance of the number of each arm.'),
    }),
    'How far the arms are from the ratio after each slot of the stratum.',
  ),
});

const PLAN = members({
  plan: says(TEXT, 'The file of the plan, as it was named.'),
  arms: says(
    list(
      members({
        arm: says(TEXT, 'The code of the arm.'),
        share: says(COUNT, 'Its share of the ratio, in lowest terms.'),
      }),
    ),
    'The arms; of all slots together if strata have different ratios.',
  ),
  blocks: says(BLOCKS, 'The block sizes of strata that have none of their own, ascending.'),
  leastPredictable: optional(
    says(
      members({
        largestImbalance: says(NUMBER, "The largest difference of an arm's number from its share."),
        leastProbability: says(NUMBER, 'The least probability of an arm, if several can be next.'),
      }),
      'What a least predictable list keeps, which has no blocks.',
    ),
  ),
  strata: says(COUNT, 'How many strata there are.'),
  slots: says(COUNT, 'How many slots there are.'),
  guesserKnows: says(
    oneOf(['boundaries', 'sizes', 'chances']),
    'What the guesser knows beside earlier assignments: every boundary, only the sizes, or of a least predictable list the chances of the arms.',
  ),
  method: says(METHOD, 'How correctGuess was found.'),
  always: says(NUMBER, 'Correct guesses of somebody who always names the likeliest arm.'),
  correctGuess: says(CORRECT_GUESS, 'How well a guesser does, over all strata.'),
  standardError: says(STANDARD_ERROR, 'Of these figures, if they are simulated.'),
  withBoundariesMethod: says(METHOD, 'How withBoundaries and convergence were found.'),
  withBoundaries: says(CORRECT_GUESS, 'How well a guesser does who also knows every boundary.'),
  byStratum: says(list(BY_STRATUM), 'The figures of strata with the same ratio, sizes and slots.'),
  imbalance: says(
    members({
      greatest: says(
        NUMBER,
        "The greatest difference of an arm's number from its share in a stratum.",
      ),
      greatestVariance: says(
        PER_ARM,
        'The greatest variance of the number of each arm in a stratum.',
      ),
      method: says(METHOD, 'How the probabilities of stages were found.'),
      standardError: says(NUMBER, 'The largest standard error of a probability; 0 if exact.'),
      greatestIsExact: says(YES_NO, 'False if the greatest values of stages are upper bounds.'),
      stages: says(
        list(
          members({
            participants: says(COUNT, 'How many participants there are.'),
            arms: says(TOTALS, 'The total of each arm, if any free slot is equally likely next.'),
            greatest: says(
              NUMBER,
              'The greatest difference from its share, for any spread over strata.',
            ),
            greatestVariance: says(PER_ARM, 'The greatest variance of each total, for any spread.'),
          }),
        ),
        'After each participant; of more than 2,000 slots at 200 stages.',
      ),
      asked: optional(says(COUNT, 'The number of participants of --participants.')),
      recruited: optional(
        says(
          members({
            perStratum: says(list(COUNT), 'How many participants each stratum has.'),
            arms: says(TOTALS, 'The total of each arm.'),
            greatest: says(NUMBER, 'The greatest possible difference of a total from its share.'),
          }),
          'The totals for the recruitment that --recruited names.',
        ),
      ),
    }),
    'How well the plan balances.',
  ),
  lists: says(
    v.union([COUNT, TEXT]),
    'How many different lists of arms there are; a text of digits if more than 2^53.',
  ),
  listsAreCounted: says(YES_NO, 'False if lists and bits are upper bounds.'),
  bits: says(NUMBER, 'The logarithm of lists to base 2.'),
  entropyBits: says(NUMBER, "Shannon's entropy of the list, in bits."),
  codeBreak: says(
    list(
      members({
        revealed: says(TEXT, 'The code of the arm that was opened.'),
        before: says(PER_ARM, 'The share of each arm before.'),
        blockMate: says(PER_ARM, 'The probability of each arm for another slot of the same block.'),
        next: says(PER_ARM, 'The probability of each arm for the next slot of the stratum.'),
      }),
    ),
    'What one opened allocation tells about others.',
  ),
  leastPossible: optional(
    says(
      members(SHARE),
      'What any list gives away at least that is never farther from the ratio than this plan in any stratum, keeps it at every place and ends in it; missing if that takes too long to find.',
    ),
  ),
});

const FIGURES = form('Without --draw.', {
  ...STUDY,
  plans: says(list(PLAN), 'The figures of each plan, in the order in which they were named.'),
  leastPossible: says(
    list(members({ ...DIFFERENCE, ...SHARE })),
    'The same by the largest imbalance in a stratum, ascending; empty if it takes too long to find.',
  ),
  knownProcedures: says(
    list(
      members({
        procedure: says(oneOf(['maximal procedure', 'block urn design']), 'Its name.'),
        factor: optional(says(COUNT, 'How many sets in the ratio the urn has at first.')),
        ...DIFFERENCE,
        ...SHARE,
        fromRatio: says(
          NUMBER,
          'The largest difference of the probability of an arm from its share.',
        ),
        balancedAtEnd: says(NUMBER, 'The probability that all strata are in the ratio at the end.'),
      }),
    ),
    'Procedures of the literature, to compare plans with.',
  ),
  file: optional(says(TEXT, 'The file that was written; only with --output.')),
});

const REFERENCE = form('With --draw.', {
  ...STUDY,
  lists: says(COUNT, 'How many reference lists were drawn.'),
  slots: says(COUNT, 'How many slots each has, in all strata.'),
  file: says(TEXT, 'The file that was written.'),
});

export const ASSESS_RESULT = forms(FIGURES, REFERENCE);
