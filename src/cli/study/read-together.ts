import type { Checked, Problem } from '../../errors.ts';
import { type Plan, readPlan, slotsOfPlan } from '../../randomization/plan.ts';
import type { Study } from '../../study/study.ts';
import { readStudy } from '../../study/study-file.ts';

/** A file that was read, and the name that its problems have. */
interface NamedText {
  readonly name: string;
  readonly text: string;
}

/**
 * Reads study.yaml and a plan for a list that is still to be made, each compared with the other.
 *
 * @param purpose `seal` if there must be people who can open what is sealed
 */
export function readTogether(
  study: NamedText,
  plan: NamedText,
  purpose: 'seal' | 'draft',
): { readonly study: Checked<Study>; readonly plan: Checked<Plan> } {
  const read = readStudy(study.text, study.name, purpose, slotsOfPlan(plan.text));
  return { study: read, plan: readPlan(plan.text, plan.name, read.design) };
}

/** All problems of what was read. */
export function problemsOf(...read: readonly Checked<unknown>[]): Problem[] {
  return read.flatMap((one) => (one.ok ? [] : one.problems));
}
