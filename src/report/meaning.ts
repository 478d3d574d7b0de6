/** The explanation of a figure, for people who read the report years later. */
interface Meaning {
  readonly figure: string;
  readonly text: string;
  /** The source of the figure or of the concern; empty for plain counting. */
  readonly source: string;
}

export const MEANINGS: readonly Meaning[] = [
  {
    figure: 'Best guesser',
    text: 'Share of correct guesses if somebody always names the arm that is likeliest after all earlier assignments of the stratum. Nobody can guess better. If it is high, an investigator who learns earlier assignments can choose whom to enrol next.',
    source: 'Blackwell and Hodges 1957; ICH E9, 2.3.2',
  },
  {
    figure: 'Always guessing; excess',
    text: 'A person who knows only the ratio is right as often as the greatest share of the ratio, with any plan. The excess is what the best guesser gains beyond that. The choice of block sizes can change it.',
    source: 'Blackwell and Hodges 1957',
  },
  {
    figure: 'The least that any list gives away',
    text: 'The share of correct guesses of the best guesser for the list that is hardest to guess, among all whose arms are never farther from the ratio than the plan allows, in which each arm has its share at every place, and which ends exactly in the ratio. It is the optimum of a linear programme over the numbers of the arms; to remember more than these numbers does not help. How far a plan is above it is the price of its blocks.',
    source: '',
  },
  {
    figure: 'Maximal procedure; block urn design',
    text: 'Two procedures of the literature with a largest imbalance. At unequal ratios, both leave the ratio: at some places an arm is more or less likely than its share.',
    source: 'Berger, Ivanova and Knoll 2003; Zhao and Weng 2011; Kuznetsova and Tymofyeyev 2014',
  },
  {
    figure: 'Convergence strategy',
    text: 'Share of correct guesses if somebody always names the arm with the smallest number so far, divided by its share of the ratio; ties are broken by a fair coin. This needs no knowledge of the block sizes: it is what a person at a site would do.',
    source: 'Blackwell and Hodges 1957',
  },
  {
    figure: 'Known for certain',
    text: 'Share of assignments for which only one arm is left, so that they are known in advance, such as the last one of a block.',
    source: 'ICH E9, 2.3.2',
  },
  {
    figure: 'Greatest possible difference',
    text: 'The greatest difference in any possible list between the number of an arm and its share by the ratio, in participants.',
    source: 'ICH E9, 2.3.2',
  },
  {
    figure: 'Standard deviation',
    text: 'How far the number of an arm usually is from its share: the square root of its variance over all lists. If many totals are possible, about 2 of 3 lists are within one standard deviation and 19 of 20 within two.',
    source: '',
  },
  {
    figure: 'Totals at a stage',
    text: 'The number of an arm over all strata when this number of participants is randomized. The next participant is equally likely to get any free slot of any stratum. “Worst case over the strata” is for the numbers per stratum that give the greatest value.',
    source: '',
  },
  {
    figure: 'Different lists; bits; entropy',
    text: 'The number of different lists of arms that the plan can give over all strata, and its logarithm to base 2 (bits); 1.5e17 is 1.5 times 10 to the 17th. The entropy is smaller if some lists are likelier than others. If it is low, the list could be found by trying.',
    source: 'Shannon 1948',
  },
  {
    figure: 'What one code-break tells',
    text: 'After one participant’s allocation is opened: the probability of each arm for another participant of the same block, or for the next one of the stratum, if nothing else is known. If slots have replacement slots, a code-break also shows the arm of the other slot, which is the same.',
    source: '',
  },
];

export const SOURCES: readonly string[] = [
  'Blackwell D, Hodges JL. Design for the control of selection bias. Annals of Mathematical Statistics 1957; 28: 449–460.',
  'Berger VW, Ivanova A, Knoll MD. Minimizing predictability while retaining balance through the use of less restrictive randomization procedures. Statistics in Medicine 2003; 22: 3017–3028.',
  'International Council for Harmonisation. ICH E9: Statistical principles for clinical trials, 1998; section 2.3.2, Randomisation: blocks short enough to limit imbalance, long enough that the end of a block is not predictable, their lengths unknown to investigators and staff; more than one length, chosen at random, serves the same end.',
  'Kuznetsova OM, Tymofyeyev Y. Wide Brick Tunnel randomization: an unequal allocation procedure that limits the imbalance in treatment totals. Statistics in Medicine 2014; 33: 1514–1530.',
  'Shannon CE. A mathematical theory of communication. Bell System Technical Journal 1948; 27: 379–423.',
  'Zhao W, Weng Y. Block urn design: a new randomization algorithm for sequential trials with two or more treatments and balanced or unbalanced allocation. Contemporary Clinical Trials 2011; 32: 953–961.',
];
