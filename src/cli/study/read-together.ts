import type { Checked, Problem } from '../../errors.ts';
import { type Plan, readPlan, slotsOfPlan } from '../../randomization/plan.ts';
import { unknownPlace } from '../../schedule/holiday-places.ts';
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
  return {
    study: withKnownPlaces(read, study.name),
    plan: readPlan(plan.text, plan.name, read.design),
  };
}

/** A study whose countries and regions are known: with another one no calendar can be made. */
export function withKnownPlaces(study: Checked<Study>, file: string): Checked<Study> {
  if (!study.ok) return study;
  const problems = study.value.sites.flatMap((site): Problem[] => {
    const problem = unknownPlace(site);
    return problem === undefined ? [] : [{ file, message: `${problem.message}. ${problem.hint}` }];
  });
  return problems.length === 0 ? study : { ok: false, problems };
}

/** All problems of what was read. */
export function problemsOf(...read: readonly Checked<unknown>[]): Problem[] {
  return read.flatMap((one) => (one.ok ? [] : one.problems));
}
