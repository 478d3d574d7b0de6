import type { Assessment, StratumAssessment } from '../assessment/assessment.ts';
import type { GuessedShare, LeastPossible } from '../assessment/least-possible.ts';
import type { BlockSize } from '../randomization/blocks.ts';
import { stratumNames } from '../study/study.ts';
import { fractionText } from '../words.ts';

/** The longest name in a heading, in characters. */
const MOST_TITLE = 28;

/** A plan to be compared with others: its name and its figures. */
export interface Candidate {
  readonly name: string;
  readonly assessment: Assessment;
  /** What any list with the plan's largest imbalance in each stratum gives away at least; undefined if it is not known. */
  readonly least?: GuessedShare | undefined;
}

/** What any list of the design gives away at least, and known procedures, as something to compare plans with. */
export type Yardsticks = Pick<LeastPossible, 'curve' | 'known'>;

/** `3`, or `3, 6`, or if the weights differ `3 (weight 2), 6 (weight 1)`. */
export function blocksText(blocks: readonly BlockSize[]): string {
  const isEven = blocks.every(({ weight }) => weight === blocks[0]?.weight);
  return blocks
    .map(({ size, weight }) => (isEven ? `${size}` : `${size} (weight ${weight})`))
    .join(', ');
}

/** The headings of the candidates: short name and sizes. */
export function titles(candidates: readonly Candidate[]): string[] {
  const names = shortNames(candidates, MOST_TITLE);
  return candidates.map(({ assessment }, index) => `${names[index]!}: ${sizesText(assessment)}`);
}

/** `least predictable within 4/3 participants`, or `block size 3, 6`; or, if strata have different sizes, `block size 2 in cohort=sentinel; 6 in cohort=main`. */
export function sizesText({ byStratum, leastPredictable }: Assessment): string {
  if (leastPredictable !== undefined) {
    const { largestImbalance, leastProbability } = leastPredictable;
    const least = leastProbability > 0 ? `, probabilities from ${leastProbability}` : '';
    return `least predictable within ${fractionText(largestImbalance)} ${largestImbalance === 1 ? 'participant' : 'participants'}${least}`;
  }
  const sizes = byText(byStratum, ({ blocks }) => blocksText(blocks));
  if (sizes.length === 1) return `block size ${sizes[0]!.text}`;
  return `block size ${sizes.map(({ text, ids }) => `${text} in ${stratumNames(ids)}`).join('; ')}`;
}

/** The strata by a text about them, in the order of the strata that have it first. */
function byText(
  byStratum: Assessment['byStratum'],
  textOf: (one: StratumAssessment) => string,
): { text: string; ids: { id: string }[] }[] {
  const found = new Map<string, { id: string }[]>();
  for (const one of byStratum) {
    const text = textOf(one);
    found.set(text, [...(found.get(text) ?? []), ...one.ids.map((id) => ({ id }))]);
  }
  return [...found].map(([text, ids]) => ({ text, ids }));
}

/** The arms with their shares in some strata. */
export function armsIn({ arms }: Assessment, { ratio }: StratumAssessment): Assessment['arms'] {
  return arms.map(({ arm }, index) => ({ arm, share: ratio[index]! }));
}

/** Whether strata have different ratios. */
export function hasRatios({ byStratum }: Assessment): boolean {
  return new Set(byStratum.map(({ ratio }) => ratio.join())).size > 1;
}

/** The size of the smallest block that the ratio allows. */
export function unitOf({ arms }: Pick<Assessment, 'arms'>): number {
  return arms.reduce((sum, { share }) => sum + share, 0);
}

/** The strata with the most slots, which show best how a plan behaves over time. */
export function longestStratum({ byStratum }: Assessment): StratumAssessment {
  return byStratum.reduce((longest, one) => (one.slots > longest.slots ? one : longest));
}

/** `3 ILT101 : 1 PLACEBO`; or, if strata have different ratios, `1 A : 1 P in cohort=sentinel; 5 A : 1 P in cohort=main`. */
export function ratioOfArms(assessment: Assessment): string {
  const ratios = byText(assessment.byStratum, (one) =>
    armsIn(assessment, one)
      .map(({ arm, share }) => `${share} ${arm}`)
      .join(' : '),
  );
  if (ratios.length === 1) return ratios[0]!.text;
  return ratios.map(({ text, ids }) => `${text} in ${stratumNames(ids)}`).join('; ');
}

/** `3 strata of 18 slots and 1 of 24: 78 slots`. */
export function strataText({ byStratum, strata, slots }: Assessment): string {
  const counts = new Map<number, number>();
  for (const one of byStratum) counts.set(one.slots, (counts.get(one.slots) ?? 0) + one.strata);
  const parts = [...counts]
    .map(([each, equal]) => ({ slots: each, strata: equal }))
    .sort((a, b) => b.slots - a.slots)
    .map(
      (some, index) =>
        `${some.strata}${index > 0 ? '' : some.strata === 1 ? ' stratum' : ' strata'} of ${some.slots}`,
    );
  const listed =
    parts.length < 2
      ? parts.join('')
      : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
  return strata === 1 ? `${listed} slots` : `${listed} slots, ${slots} in total`;
}

/**
 * The names of the candidates with at most `most` characters: without folder and file extension, and if still
 * too long, without the middle, since file names often differ at the end. Equal names are numbered.
 */
export function shortNames(candidates: readonly Candidate[], most: number): string[] {
  const files = candidates.map(({ name }) => name.replace(/^.*[/\\]/s, '').replace(/\.ya?ml$/, ''));
  const cut = files.map((file) => withoutMiddle(file, most));
  return cut.map((name, index) => {
    if (cut.filter((other) => other === name).length === 1) return name;
    const number = `${index + 1} `;
    return number + withoutMiddle(files[index]!, most - number.length);
  });
}

function withoutMiddle(name: string, most: number): string {
  const characters = Array.from(name);
  if (characters.length <= most) return name;
  const end = Math.ceil((most - 1) / 2);
  return `${characters.slice(0, most - 1 - end).join('')}…${characters.slice(-end).join('')}`;
}
