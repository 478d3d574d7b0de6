import * as v from 'valibot';
import type { Checked } from '../errors.ts';
import { code, whole } from '../study/identifiers.ts';
import { ratioText, type Study } from '../study/study.ts';
import { mapping, YamlFile } from '../study/yaml-file.ts';
import { blockUnit, fillableSlots } from './blocks.ts';

/** The largest plan.yaml, in bytes: it is sealed in a space of fixed size (blinding/sealed-list.ts). */
export const MOST_PLAN_BYTES = 4096;

const PLAN_FILE = mapping({
  randose: v.optional(v.literal(1, 'expected 1, the version of this format'), 1),
  study: v.optional(code(32)),
  blocks: mapping({
    sizes: v.pipe(v.array(whole(1, 10_000)), v.minLength(1, 'expected one block size at least')),
  }),
});

/** The randomization plan: what blinded people may not see. */
export interface Plan {
  /** Ascending. */
  readonly blockSizes: readonly number[];
}

/**
 * Reads a plan file and holds it against the study.
 *
 * @param text the content of plan.yaml
 * @param file its name, for the problems
 * @param study what of the study is sound: while study.yaml has problems of its own, the plan is
 *   held against the rest of it
 * @returns the plan; or all that is wrong with it, each with its line and column
 */
export function readPlan(
  text: string,
  file: string,
  study: Partial<Pick<Study, 'id' | 'arms' | 'strata'>>,
): Checked<Plan> {
  const yaml = new YamlFile(text, file, PLAN_FILE);
  if (Buffer.byteLength(text) > MOST_PLAN_BYTES) {
    yaml.report([], `the plan is larger than ${MOST_PLAN_BYTES} bytes: shorten its comments`);
  }
  if (/[^\P{Cc}\n\r\t]/u.test(text)) yaml.report([], 'the plan holds control characters');
  checkRepeats(yaml);
  const name = yaml.sound(['study'], v.string());
  if (name !== undefined && study.id !== undefined && name !== study.id) {
    yaml.report(['study'], `this plan is for ${name}, but the study is ${study.id}`);
  }
  if (study.arms !== undefined) checkSizes(yaml, study.arms, study.strata ?? []);
  if (!yaml.isSound) return { ok: false, problems: yaml.problems };
  return { ok: true, value: { blockSizes: yaml.value.blocks.sizes.toSorted((a, b) => a - b) } };
}

type PlanYaml = YamlFile<typeof PLAN_FILE>;

function blockSizes(yaml: PlanYaml): { path: readonly (string | number)[]; value: number }[] {
  return yaml.soundItems(['blocks', 'sizes'], whole(1, 10_000));
}

function checkRepeats(yaml: PlanYaml): void {
  const seen = new Set<number>();
  for (const { path, value } of blockSizes(yaml)) {
    if (seen.has(value)) yaml.report(path, `block size ${value} stands here twice`);
    seen.add(value);
  }
}

function checkSizes(yaml: PlanYaml, arms: Study['arms'], strata: Study['strata']): void {
  const unit = blockUnit(arms.map((arm) => arm.ratio));
  const sizes = blockSizes(yaml);
  for (const { path, value } of sizes.filter((size) => size.value % unit !== 0)) {
    const below = value - (value % unit);
    const would = [below, below + unit].filter((size) => size > 0).join(' or ');
    yaml.report(
      path,
      `block size ${value} is no multiple of ${unit}, which the ratio ${ratioText(arms)} asks for; ${would} would do`,
    );
  }
  const usable = sizes.filter((size) => size.value % unit === 0);
  if (usable.length < sizes.length || usable.length === 0 || strata.length === 0) return;
  const values = usable.map((size) => size.value);
  const most = Math.max(...strata.map((stratum) => stratum.slots)) + Math.max(...values);
  const fillable = fillableSlots(values, most);
  for (const { id, slots } of strata.filter((stratum) => fillable[stratum.slots] === 0)) {
    const below = fillable.lastIndexOf(1, slots);
    const would = [below, fillable.indexOf(1, slots)].filter((count) => count > 0).join(' or ');
    yaml.report(
      ['blocks', 'sizes'],
      `stratum ${id} has ${slots} slots in study.yaml, which whole blocks of ${values.join(' or ')} cannot fill exactly; ${would} slots would do`,
    );
  }
  const filled = strata.filter((stratum) => fillable[stratum.slots] === 1);
  if (filled.length < strata.length) return;
  for (const { path, value } of usable) {
    if (!filled.some(({ slots }) => slots >= value && fillable[slots - value] === 1)) {
      yaml.report(
        path,
        `block size ${value} would never be drawn: no stratum's slots can be filled with it`,
      );
    }
  }
}
