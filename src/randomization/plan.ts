import * as v from 'valibot';
import type { Checked } from '../errors.ts';
import { code, whole } from '../study/identifiers.ts';
import { DUMMY_MARK, ratioText, type Stratum, type Study } from '../study/study.ts';
import { mapping, YamlFile } from '../study/yaml-file.ts';
import { counted } from '../words.ts';
import { type BlockSize, blockUnit, fillableSlots, weighted } from './blocks.ts';

/** The largest plan.yaml, in bytes: it is sealed in a space of fixed size (blinding/sealed-list.ts). */
export const MOST_PLAN_BYTES = 4096;

const SIZE = whole(1, 10_000);
const WEIGHT = whole(1, 1000);
const NO_SEED = {
  seed: 'the seed is drawn from the operating system and cannot be given: remove this line',
};
const PLAN_FILE = mapping(
  {
    randose: v.optional(v.literal(1, 'expected 1, the version of this format'), 1),
    study: v.optional(code(32)),
    blocks: mapping(
      {
        sizes: v.pipe(v.array(SIZE), v.minLength(1, 'expected at least one block size')),
        weights: v.optional(v.array(WEIGHT)),
      },
      NO_SEED,
    ),
  },
  NO_SEED,
);

/** The randomization plan, which blinded people may not see. */
export interface Plan {
  /** Ascending. If there is one, every block has this size; several are drawn by their weights. */
  readonly blocks: readonly BlockSize[];
}

/** The parts of a study that a plan must fit. Missing parts had errors. */
export type PlannedFor = Partial<Pick<Study, 'id' | 'arms'>> & {
  readonly strata?: readonly Pick<Stratum, 'id' | 'slots'>[];
  /** Whether the slots of the strata are those of a further batch alone. */
  readonly isExtension?: boolean;
  /** Whether a list was made from the plan. If not, texts that other programs read differently are refused. */
  readonly isSealed?: boolean;
};

/**
 * Reads a plan file and compares it with the study.
 *
 * @param text the content of plan.yaml
 * @param file its name, for the problems
 * @param study the parts of the study that have no errors: the plan is compared with these
 * @returns the plan; or all its problems, each with its line and column
 */
export function readPlan(text: string, file: string, study: PlannedFor): Checked<Plan> {
  const yaml = new YamlFile(text, file, PLAN_FILE);
  if (Buffer.byteLength(text) > MOST_PLAN_BYTES) {
    yaml.report([], `the plan is larger than ${MOST_PLAN_BYTES} bytes: shorten its comments`);
  }
  if (/[^\P{Cc}\n\r\t]/u.test(text)) yaml.report([], 'the plan has control characters');
  if (study.isSealed !== true) yaml.reportUnclear();
  checkRepeats(yaml);
  checkWeights(yaml);
  const name = yaml.sound(['study'], v.string());
  const id = study.id?.replace(DUMMY_MARK, '');
  if (name !== undefined && id !== undefined && name !== id) {
    yaml.report(['study'], `this plan is for ${name}, but the study is ${id}`);
  }
  if (study.arms !== undefined) checkSizes(yaml, study.arms, study);
  if (!yaml.isSound) return { ok: false, problems: yaml.problems };
  const { sizes, weights } = yaml.value.blocks;
  return { ok: true, value: { blocks: weighted(sizes, weights) } };
}

type PlanYaml = YamlFile<typeof PLAN_FILE>;

function blockSizes(yaml: PlanYaml): { path: readonly (string | number)[]; value: number }[] {
  return yaml.soundItems(['blocks', 'sizes'], SIZE);
}

function checkRepeats(yaml: PlanYaml): void {
  const seen = new Set<number>();
  for (const { path, value } of blockSizes(yaml)) {
    if (seen.has(value)) yaml.report(path, `block size ${value} is here twice`);
    seen.add(value);
  }
}

function checkWeights(yaml: PlanYaml): void {
  const sizes = yaml.sound(['blocks', 'sizes'], v.array(SIZE));
  const weights = yaml.sound(['blocks', 'weights'], v.array(WEIGHT));
  if (sizes === undefined || weights === undefined || sizes.length === weights.length) return;
  const message = `${counted(weights.length, 'weight')} for ${counted(sizes.length, 'block size')}: write one weight for each size, in the same order`;
  yaml.report(['blocks', 'weights'], message);
}

function checkSizes(
  yaml: PlanYaml,
  arms: Study['arms'],
  { strata = [], isExtension = false }: PlannedFor,
): void {
  const unit = blockUnit(arms.map((arm) => arm.ratio));
  const sizes = blockSizes(yaml);
  for (const { path, value } of sizes.filter((size) => size.value % unit !== 0)) {
    const below = value - (value % unit);
    const fitting = [below, below + unit].filter((size) => size > 0).join(' or ');
    yaml.report(
      path,
      `block size ${value} is not a multiple of ${unit}, as the ratio ${ratioText(arms)} requires; ${fitting} would fit`,
    );
  }
  const usable = sizes.filter((size) => size.value % unit === 0);
  if (usable.length < sizes.length || usable.length === 0 || strata.length === 0) return;
  const values = usable.map((size) => size.value);
  const most = Math.max(...strata.map((stratum) => stratum.slots)) + Math.max(...values);
  const fillable = fillableSlots(values, most);
  for (const { id, slots } of strata.filter((stratum) => fillable[stratum.slots] === 0)) {
    const below = fillable.lastIndexOf(1, slots);
    const fitting = [below, fillable.indexOf(1, slots)].filter((count) => count > 0).join(' or ');
    const asked = isExtension
      ? `gets ${counted(slots, 'more slot')}`
      : `has ${counted(slots, 'slot')} in study.yaml`;
    yaml.report(
      ['blocks', 'sizes'],
      `stratum ${id} ${asked}, which whole blocks of ${values.join(' or ')} cannot fill exactly; ${fitting} ${isExtension ? 'more' : 'slots'} would fit`,
    );
  }
  const filled = strata.filter((stratum) => fillable[stratum.slots] === 1);
  if (filled.length < strata.length) return;
  for (const { path, value } of usable) {
    if (!filled.some(({ slots }) => slots >= value && fillable[slots - value] === 1)) {
      yaml.report(
        path,
        `block size ${value} would never be drawn: no stratum can be filled exactly with such a block; remove the size, or change the slots of a stratum`,
      );
    }
  }
}
