/** A figure of an assessment in words, for who reads it years later. */
export interface Meaning {
  readonly figure: string;
  readonly text: string;
  /** Where the figure or the concern comes from; empty where it is plain counting. */
  readonly source: string;
}

export const MEANINGS: readonly Meaning[] = [
  {
    figure: 'Best guesser',
    text: 'Share of all assignments that are guessed right by who always names the arm that is likeliest after all earlier assignments of the stratum. Nobody can guess better. High: an investigator who learns earlier assignments can choose whom to enrol next.',
    source: 'Blackwell and Hodges 1957; ICH E9, 2.3.2',
  },
  {
    figure: 'Always guessing; excess',
    text: 'Who knows the ratio alone is right as often as the greatest share of the ratio, whatever the plan. The excess is what the best guesser gains beyond that, and what a choice of block sizes can change.',
    source: 'Blackwell and Hodges 1957',
  },
  {
    figure: 'Convergence strategy',
    text: 'Share that is guessed right by who always names the arm that has least of its share so far (its number divided by its share of the ratio), ties by a fair coin. It needs no knowledge of the block sizes: what a person at a site would do.',
    source: 'Blackwell and Hodges 1957',
  },
  {
    figure: 'Known for certain',
    text: 'Share of the assignments that only one arm is left for, so that they are known before they are made, such as the last of a block.',
    source: 'ICH E9, 2.3.2',
  },
  {
    figure: 'Greatest possible difference',
    text: 'The greatest difference that any list can have between the number of an arm and its share by the ratio, in participants.',
    source: 'ICH E9, 2.3.2',
  },
  {
    figure: 'Standard deviation',
    text: 'How far the number of an arm usually is from its share: the root of its variance over all lists. About 2 of 3 lists lie within one, 19 of 20 within two, where the totals are many.',
    source: '',
  },
  {
    figure: 'Totals at a stage',
    text: 'The number of an arm over all strata when so many are randomized. Which strata they come from is chance: each slot that is not taken is equally likely to be the next one’s. “At the worst spread” takes the spread over the strata that makes it greatest.',
    source: '',
  },
  {
    figure: 'Different lists; bits; entropy',
    text: 'How many lists of arms the plan can give over all strata, and the power of two that this is; 1.5e17 is 1.5 times 10 to the 17th. The entropy is less where some lists are likelier than others. Low: the list could be found by trying.',
    source: 'Shannon 1948',
  },
  {
    figure: 'What one code-break tells',
    text: 'When one participant’s allocation is opened: the probability that another participant of the same block, or the next one of the stratum, has each arm, for somebody who knew nothing before.',
    source: '',
  },
];

export const SOURCES: readonly string[] = [
  'Blackwell D, Hodges JL. Design for the control of selection bias. Annals of Mathematical Statistics 1957; 28: 449–460.',
  'International Council for Harmonisation. ICH E9: Statistical principles for clinical trials, 1998; section 2.3.2, Randomisation: blocks short enough to limit imbalance, long enough that the end of a block is not predictable, their lengths unknown to investigators and staff; more than one length, chosen at random, serves the same end.',
  'Shannon CE. A mathematical theory of communication. Bell System Technical Journal 1948; 27: 379–423.',
];
