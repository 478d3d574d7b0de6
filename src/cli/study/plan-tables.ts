import { countTables, type NoTable, type TableOf } from '../../assessment/count-tables.ts';
import { blockUnit, lowestTerms } from '../../randomization/blocks.ts';
import { type Fraction, valueOf } from '../../randomization/count-states.ts';
import type { PlanToDraw } from '../../randomization/list.ts';
import type { LeastPredictablePlan, Plan } from '../../randomization/plan.ts';
import { invalidStudy } from '../../store/folder/study-folder.ts';
import { ratioText, sharesIn, type Stratum, type Study } from '../../study/study.ts';
import { placeInYaml } from '../../study/yaml-file.ts';
import { counted, fractionText } from '../../words.ts';
import type { Output } from '../output/output.ts';

/**
 * A plan with all that its list depends on: a least predictable list needs the chances of the arms, which a solver finds.
 *
 * @param file the plan as it is written, for its problem
 * @param strata those that get slots, with the slots that they get
 * @throws RandoseError `invalid-study` if no list keeps what the plan asks for, with what would fit
 */
export async function withTables(
  output: Output,
  plan: Plan,
  file: PlanFile,
  { arms }: Pick<Study, 'arms'>,
  strata: readonly Pick<Stratum, 'id' | 'slots' | 'ratio'>[],
): Promise<PlanToDraw> {
  if (plan.leastPredictable === undefined) return plan;
  const { linearSolver } = await import('../../system/linear-solver.ts');
  const unlike = new Map<string, TableOf>();
  for (const stratum of strata) {
    const one = { ratio: lowestTerms(sharesIn(arms, stratum)), slots: stratum.slots };
    unlike.set(JSON.stringify(one), one);
  }
  const of = [...unlike.values()];
  for (const text of boundWarnings(plan.leastPredictable, file.name, of)) output.warn(text);
  const made = countTables(plan.leastPredictable, of, await linearSolver(), (found) => {
    output.progress(found, of.length, 'finding the least predictable lists');
  });
  if ('tables' in made) return { ...plan, tables: made.tables };
  const place = placeInYaml(file.text, [boundOf(made.none)]);
  throw invalidStudy([{ file: file.name, message: noTableText(made.none), ...place }]);
}

/** The name of a plan's file, and its content. */
interface PlanFile {
  readonly name: string;
  readonly text: string;
}

/** The bound of the plan that no list keeps. */
function boundOf({ why }: NoTable): 'largestImbalance' | 'leastProbability' {
  return why === 'too likely' ? 'leastProbability' : 'largestImbalance';
}

/** Why no list keeps what the plan asks for, and what would fit. */
function noTableText(none: NoTable): string {
  const { ratio, slots, why, fits } = none;
  const list = `list of ${counted(slots, 'slot')} at ${ratioText(ratio)}`;
  const value = typeof fits === 'object' ? participantsText(fits) : String(fits);
  const would = fits === undefined ? '' : `; ${boundOf(none)}: ${value} would fit`;
  switch (why) {
    case 'too narrow':
      return `no ${list} is always within largestImbalance and keeps the ratio at every place${would}`;
    case 'too wide':
      return `the table of a ${list} is too large with this largestImbalance${would}`;
    case 'too long':
      return `a ${list} is too long for this largestImbalance; strata of up to ${value} slots would fit, or a smaller one`;
    case 'too likely':
      return `no ${list} is within largestImbalance if each arm has at least leastProbability${would}`;
  }
}

/** `4/3 participants`, as a plan has it. */
function participantsText(fraction: Fraction): string {
  const number = fractionText(valueOf(fraction));
  return `${number} ${number === '1' ? 'participant' : 'participants'}`;
}

/**
 * That a bound is between two that make a difference, such as 1.33 at 2:1: numbers differ from their share by thirds there, so it
 * is the same as 1.
 */
function boundWarnings(
  { largestImbalance }: LeastPredictablePlan,
  planName: string,
  of: readonly TableOf[],
): string[] {
  const { denominator } = largestImbalance;
  const bound = valueOf(largestImbalance);
  // As it was typed: 1.33, not 133/100.
  const typed = denominator % 10 === 0 ? String(bound) : fractionText(bound);
  const ratios = new Map(of.map(({ ratio }) => [ratioText(ratio), blockUnit(ratio)]));
  return [...ratios].flatMap(([ratio, unit]) => {
    const steps = (largestImbalance.numerator * unit) / denominator;
    if (Number.isInteger(steps)) return [];
    const [below, above] = [Math.floor(steps), Math.ceil(steps)].map((numerator) => {
      return participantsText({ numerator, denominator: unit });
    });
    return [
      `${planName}: at ${ratio}, largestImbalance: ${typed} participants is the same as ${below!}; the next one that makes a difference is ${above!}.`,
    ];
  });
}
