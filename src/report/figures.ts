import type { ArmTotal, Assessment, StratumAssessment } from '../assessment/assessment.ts';
import type { GuessedShare } from '../assessment/least-possible.ts';
import { ratioText, stratumNames } from '../study/study.ts';
import { type NamedStage, namedStages, usualRange } from './stages.ts';
import { armsIn, type Candidate, hasRatios, unitOf } from './candidate.ts';

/** The figures that answer one question, for every candidate. */
interface FigureGroup {
  readonly heading: string;
  readonly rows: readonly FigureRow[];
}

/** One figure: its label, and its value for each candidate. */
interface FigureRow {
  readonly label: string;
  readonly cells: readonly string[];
}

/** The meaning of the marks on figures that are not exact. */
export function marksText(candidates: readonly Candidate[]): string {
  const isSimulated = candidates.some(
    ({ assessment: { method, withBoundariesMethod, imbalance } }) =>
      [method, withBoundariesMethod, imbalance.method].includes('simulated'),
  );
  const isBounded = candidates.some(
    ({ assessment }) => !assessment.listsAreCounted || !assessment.imbalance.greatestIsExact,
  );
  if (isBounded && !isSimulated) return '≤ marks an upper bound. All other figures are exact.';
  return isSimulated
    ? '± gives the standard error of a figure estimated from simulated lists; ≈ marks other estimated figures, ≤ an upper bound. All other figures are exact.'
    : 'All figures are exact.';
}

/** How to read the totals over all strata. */
export function totalsText(candidates: readonly Candidate[]): string {
  const text =
    'Totals over all strata: the next participant is equally likely to get any free slot. At least 95 of 100 times the total is in the given range.';
  return candidates.some(({ assessment }) => hasRatios(assessment))
    ? `${text} Strata have different ratios: differences are from what the ratio of each stratum asks for, and the totals also depend on how many participants come from which strata.`
    : text;
}

/** The assumptions about what the guesser knows, in words. */
export function guesserText(candidates: readonly Candidate[]): string {
  const knowing = (what: Assessment['guesserKnows']) =>
    candidates.some(({ assessment }) => assessment.guesserKnows === what);
  const seen =
    'It is assumed that the guesser has seen every earlier assignment of the stratum, as in an open trial, and knows the plan and the number of slots.';
  const boundaries = 'With one block size the guesser therefore knows where each block ends.';
  const sizes =
    'With several block sizes the guesser knows the sizes and their weights, but not the size of each block.';
  const chances =
    'With a least predictable list the guesser knows the chances of each arm at each place.';
  return [
    seen,
    knowing('boundaries') && boundaries,
    knowing('sizes') && sizes,
    knowing('chances') && chances,
  ]
    .filter((sentence) => sentence !== false)
    .join(' ');
}

/**
 * All figures, grouped by the question that they answer, in reading order.
 *
 * @param candidates plans for one design: the same arms, strata and slots
 */
export function figureGroups(candidates: readonly Candidate[]): FigureGroup[] {
  const assessments = candidates.map(({ assessment }) => assessment);
  const [first] = assessments;
  if (first === undefined) return [];
  return [
    guessGroup(assessments, first),
    ...leastGroups(candidates),
    ...ratioGroups(assessments, first),
    ...boundaryGroups(assessments),
    stratumGroup(assessments, first),
    ...stageGroups(assessments, first),
    listGroup(assessments),
    ...codeBreakGroups(assessments, first),
  ];
}

/** The arms to report: of two arms only the first, since the second follows from it. */
export function tellingArms({ arms }: Pick<Assessment, 'arms'>): number[] {
  return arms.length === 2 ? [0] : arms.map((_, index) => index);
}

/** The same for all strata: the likeliest arm can be another one in each of them. */
function alwaysOverStrata(assessment: Assessment): string {
  const texts = assessment.byStratum.map((one) => alwaysText({ arms: armsIn(assessment, one) }));
  return new Set(texts).size === 1 ? texts[0]! : 'always guessing the likeliest arm';
}

/** The name of the strategy that always guesses the likeliest arm. @param arms with their shares in one stratum */
export function alwaysText({ arms }: Pick<Assessment, 'arms'>): string {
  const most = Math.max(...arms.map(({ share }) => share));
  const likeliest = arms.filter(({ share }) => share === most);
  return likeliest.length === 1
    ? `always guessing ${likeliest[0]!.arm}`
    : 'always guessing one arm';
}

/** The share of correct guesses of always guessing the likeliest arm. */
export function alwaysShare({ arms }: Pick<Assessment, 'arms'>): number {
  return Math.max(...arms.map(({ share }) => share)) / unitOf({ arms });
}

/** `6 : 3`: the numbers of each arm that the ratio gives at a stage; the mean if they depend on the strata. */
export function sharesText({ arms }: Pick<NamedStage, 'arms'>): string {
  return arms.map(({ expected }) => short(expected)).join(' : ');
}

/** At most two decimals, without trailing zeros. */
function short(value: number): string {
  return String(Number(value.toFixed(2)));
}

function guessGroup(assessments: readonly Assessment[], first: Assessment): FigureGroup {
  return {
    heading: 'How much can be guessed? Share of all assignments',
    rows: [
      row(capital(alwaysOverStrata(first)), assessments, (one) => figure(one.always)),
      row('Best guesser, correct', assessments, (one) =>
        estimated(one.correctGuess.best, one.standardError.best, one.method),
      ),
      row('  excess over always guessing', assessments, (one) =>
        estimated(one.correctGuess.excess, one.standardError.best, one.method),
      ),
      row('Convergence strategy, correct', assessments, (one) =>
        roughly(figure(one.correctGuess.convergence), one.withBoundariesMethod),
      ),
      row('Known for certain beforehand', assessments, (one) =>
        estimated(one.correctGuess.certain, one.standardError.certain, one.method),
      ),
    ],
  };
}

/** Empty if it is known for no plan. */
function leastGroups(candidates: readonly Candidate[]): FigureGroup[] {
  if (candidates.every(({ least }) => least === undefined)) return [];
  const cells = (of: (one: GuessedShare) => number) =>
    candidates.map(({ least }) => (least === undefined ? '' : figure(of(least))));
  return [
    {
      heading:
        'The least that any list gives away, with the same greatest difference in a stratum, the ratio at every place, and exactly at the end',
      rows: [
        { label: 'Best guesser, correct', cells: cells(({ best }) => best) },
        { label: '  excess over always guessing', cells: cells(({ excess }) => excess) },
      ],
    },
  ];
}

/** The guesses in the strata of each ratio; empty if all strata have the same one. */
function ratioGroups(assessments: readonly Assessment[], first: Assessment): FigureGroup[] {
  if (!hasRatios(first)) return [];
  const ratios = [...new Set(first.byStratum.map(({ ratio }) => ratioText(ratio)))];
  return ratios.map((text) => {
    const strata = (one: Assessment) => {
      return one.byStratum.filter(({ ratio }) => ratioText(ratio) === text);
    };
    const { ratio } = strata(first)[0]!;
    const share = Math.max(...ratio) / ratio.reduce((a, b) => a + b, 0);
    const mean = (one: Assessment, of: (some: StratumAssessment) => number) => {
      const slots = (some: StratumAssessment) => some.strata * some.slots;
      const total = strata(one).reduce((sum, some) => sum + slots(some), 0);
      return strata(one).reduce((sum, some) => sum + slots(some) * of(some), 0) / total;
    };
    const isDrawn = (one: Assessment) =>
      strata(one).some(({ method }) => method === 'simulated') ? 'simulated' : 'exact';
    const names = stratumNames(strata(first).flatMap(({ ids }) => ids.map((id) => ({ id }))));
    return {
      heading: `The same for the ratio ${text}: in ${names}`,
      rows: [
        row('Always guessing the likeliest arm', assessments, () => figure(share)),
        row('Best guesser, correct', assessments, (one) =>
          roughly(figure(mean(one, ({ correctGuess }) => correctGuess.best)), isDrawn(one)),
        ),
        row('Known for certain beforehand', assessments, (one) =>
          roughly(figure(mean(one, ({ correctGuess }) => correctGuess.certain)), isDrawn(one)),
        ),
      ],
    };
  });
}

/** Empty if every plan has one block size: then these figures are the same as before. */
function boundaryGroups(assessments: readonly Assessment[]): FigureGroup[] {
  if (assessments.every(({ guesserKnows }) => guesserKnows !== 'sizes')) return [];
  return [
    {
      heading: 'The same, if the guesser also knows where each block ends',
      rows: [
        row('Best guesser, correct', assessments, (one) =>
          roughly(figure(one.withBoundaries.best), one.withBoundariesMethod),
        ),
        row('  excess over always guessing', assessments, (one) =>
          roughly(figure(one.withBoundaries.excess), one.withBoundariesMethod),
        ),
        row('Known for certain beforehand', assessments, (one) =>
          roughly(figure(one.withBoundaries.certain), one.withBoundariesMethod),
        ),
      ],
    },
  ];
}

function stratumGroup(assessments: readonly Assessment[], first: Assessment): FigureGroup {
  return {
    heading: 'How far from the ratio in one stratum, at the worst position? In participants',
    rows: [
      row('Greatest difference possible', assessments, (one) => figure(one.imbalance.greatest)),
      ...tellingArms(first).map((arm) =>
        row(`Standard deviation, ${first.arms[arm]!.arm}`, assessments, ({ imbalance }) =>
          deviation(imbalance.greatestVariance[arm]),
        ),
      ),
    ],
  };
}

function stageGroups(assessments: readonly Assessment[], first: Assessment): FigureGroup[] {
  const stages = assessments.map(namedStages);
  return namedStages(first).map((stage, index) => {
    const { name, spread, participants, greatestVariance } = stage;
    const at = (one: Assessment) => stages[assessments.indexOf(one)]?.[index];
    return {
      heading: `How far from the ratio in total, after ${participants} (${name}${spread === undefined ? '' : `: ${spread}`})? ${hasRatios(first) ? 'The ratios, on average' : 'The ratio'}: ${sharesText(stage)}`,
      rows: [
        row('Greatest difference possible', assessments, (one) =>
          bound(figure(at(one)?.greatest), at(one), one),
        ),
        ...tellingArms(first).flatMap((arm) => {
          const name = first.arms[arm]!.arm;
          return [
            row(`Standard deviation, ${name}`, assessments, (one) =>
              ofTotals(deviation(at(one)?.arms[arm]?.varianceFromRatio), at(one)?.arms[arm], one),
            ),
            ...(greatestVariance === undefined || first.strata === 1
              ? []
              : [
                  row('  worst case over the strata', assessments, (one) =>
                    bound(deviation(at(one)?.greatestVariance?.[arm]), at(one), one),
                  ),
                ]),
            row(`95 of 100 times, ${name}`, assessments, (one) => {
              const total = at(one)?.arms[arm];
              if (total === undefined) return '';
              const [from, to] = usualRange(total);
              return ofTotals(from === to ? `${from}` : `${from} to ${to}`, total, one);
            }),
          ];
        }),
      ],
    };
  });
}

function listGroup(assessments: readonly Assessment[]): FigureGroup {
  const isUneven = assessments.some(
    ({ bits, entropyBits }) => figure(bits) !== figure(entropyBits),
  );
  return {
    heading: 'How many lists are there, over all strata?',
    rows: [
      row('Different lists', assessments, (one) => atMost(countText(one.lists), one)),
      row('  in bits', assessments, (one) => atMost(figure(one.bits), one)),
      ...(isUneven
        ? [
            row('Entropy in bits', assessments, ({ entropyBits, method }) =>
              roughly(figure(entropyBits), method),
            ),
          ]
        : []),
    ],
  };
}

function codeBreakGroups(assessments: readonly Assessment[], first: Assessment): FigureGroup[] {
  return first.codeBreak.map(({ revealed }) => {
    const told = (one: Assessment) => one.codeBreak.find((some) => some.revealed === revealed);
    return {
      heading: `If one ${revealed} is opened: probabilities of other participants`,
      rows: first.arms.flatMap(({ arm }, index) => [
        row(`${arm}, before`, assessments, (one) => figure(told(one)?.before[index])),
        row('  another of its block', assessments, (one) => figure(told(one)?.blockMate[index])),
        row('  the next of the stratum', assessments, (one) => figure(told(one)?.next[index])),
      ]),
    };
  });
}

function row(
  label: string,
  assessments: readonly Assessment[],
  cell: (one: Assessment) => string,
): FigureRow {
  return { label, cells: assessments.map(cell) };
}

function figure(value = Number.NaN): string {
  // A value that is rounded to zero has no sign.
  return Number.isNaN(value) ? '' : value.toFixed(4).replace(/^-(?=0\.0000$)/, '');
}

function estimated(value: number, error: number, method: Assessment['method']): string {
  return method === 'simulated' ? `${figure(value)} ±${figure(error)}` : figure(value);
}

function roughly(text: string, method: Assessment['method']): string {
  return method === 'simulated' && text !== '' ? `≈${text}` : text;
}

/** A total is exact if only one is possible, also if the others are simulated. */
function ofTotals(text: string, total: ArmTotal | undefined, { imbalance }: Assessment): string {
  return total?.distribution.length === 1 ? text : roughly(text, imbalance.method);
}

/** Marks the number of lists as an upper bound if a list may have been counted several times. */
function atMost(text: string, { listsAreCounted }: Assessment): string {
  return listsAreCounted ? text : `≤${text}`;
}

/** Marks an upper bound: with very many strata only a bound is known. Actual recruitment is always exact. */
function bound(text: string, stage: NamedStage | undefined, { imbalance }: Assessment): string {
  const isExact = imbalance.greatestIsExact || stage?.greatestVariance === undefined;
  return isExact || text === '' ? text : `≤${text}`;
}

function deviation(variance = Number.NaN): string {
  return figure(Math.sqrt(Math.max(0, variance)));
}

/** All digits of a short number, else `1.234e56`. */
function countText(count: bigint): string {
  const digits = String(count);
  if (digits.length <= 9) return digits.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${digits[0]!}.${digits.slice(1, 4)}e${digits.length - 1}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
