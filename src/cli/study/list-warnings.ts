import { templateSubstance } from '../../study/depil-2.ts';
import { blocksIn, type Plan } from '../../randomization/plan.ts';
import { isExampleKey } from '../../study/example-people.ts';
import { stratumNames, type Study } from '../../study/study.ts';
import { listed } from '../../words.ts';

/** A warning about people whose keys everybody has: they came with an example study. Whatever is sealed to them is open. */
export function exampleKeyWarnings({
  officers,
  statisticians,
  packers,
  cardMakers,
  preparers,
}: Pick<Study, 'officers' | 'statisticians' | 'packers' | 'cardMakers' | 'preparers'>): string[] {
  const all = [...officers, ...statisticians, ...packers, ...cardMakers, ...preparers];
  const names = all.flatMap(({ name, recipient }) => (isExampleKey(recipient) ? [name] : []));
  if (names.length === 0) return [];
  return [
    `DO NOT USE THIS FOR A TRIAL: study.yaml has example keys, which are published with randose, for ${listed(names)}. Anybody can open what is sealed to them. Before the list is drawn, give each person a key of their own: randose keygen.`,
  ];
}

/** Warnings about who can open a list: that is hard to change once the list is sealed. */
export function custodyWarnings({
  custody,
  officers,
  statisticians,
  packers,
  cardMakers,
  hasKits,
}: Study): string[] {
  const warnings: string[] = [];
  if (officers.length === 1) {
    warnings.push(
      'study.yaml names one officer. If that key is lost, only code-break cards open envelopes.',
    );
  }
  if (statisticians.length === 0 && custody.rule === 'any') {
    warnings.push('study.yaml names no statistician: only officers can open the list.');
  }
  if (hasKits && packers.length === 0) {
    warnings.push('study.yaml names no packer: the packing list is sealed to the officers.');
  }
  if (cardMakers.length === 0) {
    warnings.push(
      'study.yaml names no card maker: the code-break cards are sealed to the officers.',
    );
  }
  return warnings;
}

/** Everyone can see how many slots a stratum gets. If they are one block, that is the block size. */
export function shortStrataWarnings(
  strata: readonly { readonly id: string; readonly slots: number }[],
  plan: Plan,
): string[] {
  if (plan.leastPredictable !== undefined) return [];
  const short = strata
    .filter(({ id, slots }) => slots < 2 * Math.min(...blocksIn(plan, id).map(({ size }) => size)))
    .map(({ id }) => id);
  if (short.length === 0) return [];
  const more = short.length > 3 ? ` and ${short.length - 3} more` : '';
  return [
    `${short.slice(0, 3).join(', ')}${more}: all slots are one block, so the number of slots shows the block size.`,
  ];
}

/**
 * A plan with one block size: whoever works it out knows where each block ends.
 *
 * @param strata those that get their sizes from the plan
 * @param isCompared whether it is beside another plan already
 */
export function oneSizeWarnings(
  planPath: string,
  strata: readonly { readonly id: string }[],
  plan: Plan,
  isCompared = false,
): string[] {
  const withOne = strata.filter(({ id }) => blocksIn(plan, id).length === 1);
  if (withOne.length === 0) return [];
  const where = withOne.length < strata.length ? ` for ${stratumNames(withOne)}` : '';
  const next = isCompared
    ? ''
    : ` To compare plans, run: randose assess --plan ${planPath} --against OTHER`;
  return [
    `${planPath} has one block size${where}: whoever works it out knows where each block ends, and what comes last in it. Two sizes or more hide that.${next}`,
  ];
}

/** Everything in study.yaml and the plan that is hard to change once the list is sealed. */
export function listWarnings(study: Study, planPath: string, plan: Plan): string[] {
  return [
    ...studyWarnings(study),
    ...shortStrataWarnings(study.strata, plan),
    ...oneSizeWarnings(planPath, study.strata, plan),
  ];
}

/** The same of study.yaml alone. */
export function studyWarnings(study: Study): string[] {
  return [
    ...exampleKeyWarnings(study),
    ...templateProductWarnings(study),
    ...custodyWarnings(study),
  ];
}

/** A warning about what a rehearsal shows. */
export const REHEARSAL_WARNING =
  'anyone can open the arms of a rehearsal, and they show how its plan draws: use another plan than the trial.';

/** That the labels name the product of the template, in another study. */
export function templateProductWarnings(study: Study): string[] {
  const substance = templateSubstance(study);
  if (substance === undefined || !study.hasKits) return [];
  return [
    `the labels of ${study.id} would name "${substance}", the product of the template: write your own under supplies.labels.substance in study.yaml.`,
  ];
}
