import * as v from 'valibot';
import type { Checked } from '../errors.ts';
import { code, whole } from '../study/identifiers.ts';
import { partsOfStratum, type SlotsFitPlan, type SlotsSaid } from '../study/sections/strata.ts';
import {
  DUMMY_MARK,
  ratioText,
  sharesIn,
  type Stratum,
  stratumNames,
  type Study,
} from '../study/study.ts';
import { shown } from '../study/stored-text.ts';
import { mapping, YamlFile, type YamlPath } from '../study/yaml-file.ts';
import { counted } from '../words.ts';
import { type BlockSize, blockUnit, weighted } from './blocks.ts';
import type { Fraction } from './count-states.ts';
import { type Sizes, sizesThatFill, slotProblems, type StratumToFill } from './slots-to-fill.ts';

/** The largest plan.yaml, in bytes: it is sealed in a space of fixed size (blinding/sealed-list.ts). */
export const MOST_PLAN_BYTES = 4096;

const MOST_SIZE = 10_000;
const SIZE = whole(1, MOST_SIZE);
const WEIGHT = whole(1, 1000);
const NO_SEED = {
  seed: 'the seed is drawn from the operating system and cannot be given: remove this line',
};
const BLOCKS = mapping(
  {
    sizes: v.pipe(v.array(SIZE), v.minLength(1, 'expected at least one block size')),
    weights: v.optional(v.array(WEIGHT)),
  },
  {
    sizes:
      'One block size, or several that are drawn at random, such as [3, 6]. Each is a multiple of the sum of the ratio.',
    weights:
      'How often each size is drawn, in the order of the sizes. All are equally likely if it is left out.',
  },
  NO_SEED,
);
const NO_RATIO = {
  ratio: 'the ratio is public: write it into the row of the strata in study.yaml',
};
/** The other keys of a row are what strata differ by; `checkRows` knows which there are. */
const ROW = v.pipe(
  v.objectWithRest({ blocks: BLOCKS }, v.unknown()),
  v.metadata({
    says: {
      blocks:
        'The block sizes of these strata. Beside it, which strata: site or a factor, such as cohort: sentinel.',
    },
  }),
);
/** The one procedure other than permuted blocks. */
const LEAST_PREDICTABLE = 'least predictable';
const PARTICIPANTS = /^(\d{1,4})(?:\/([1-9]\d{0,3})|\.(\d{1,4}))? participants?$/;
export const PLAN_SHAPE = mapping(
  {
    randose: v.optional(v.literal(1, 'expected 1, the version of this format'), 1),
    study: v.optional(code(32)),
    blocks: v.optional(BLOCKS),
    strata: v.optional(v.array(ROW), []),
    procedure: v.optional(v.literal(LEAST_PREDICTABLE, `expected ${LEAST_PREDICTABLE}`)),
    largestImbalance: v.optional(
      v.pipe(
        v.string('expected a number of participants, such as 4/3 participants'),
        v.regex(PARTICIPANTS, 'expected a number of participants, such as 4/3 participants'),
      ),
    ),
    leastProbability: v.optional(
      v.pipe(
        v.number('expected a probability, such as 0.1'),
        v.minValue(0, 'expected a probability from 0 to 0.5'),
        v.maxValue(0.5, 'expected a probability from 0 to 0.5'),
      ),
    ),
  },
  {
    randose: 'The version of this format: 1.',
    study: 'The id of the study (study.id in study.yaml): a plan is not used for another study.',
    blocks: 'The block sizes of all strata that no row of strata is about. CONFIDENTIAL.',
    strata: 'Rows for strata with block sizes of their own.',
    procedure:
      'In the place of blocks, least predictable: the list that is hardest to guess within largestImbalance. Without it, permuted blocks.',
    largestImbalance:
      'How far the number of an arm in a stratum can be from its share of the participants so far, such as 4/3 participants. CONFIDENTIAL.',
    leastProbability:
      'If several arms can be next, each has at least this probability, such as 0.1. None if it is left out.',
  },
  { ...NO_SEED, ...NO_RATIO },
);

/** The randomization plan, which blinded people may not see. */
export interface Plan {
  /**
   * Of the strata that no row is about; ascending. If there is one, every block has this size; several are drawn by
   * their weights. None if the rows are about all strata.
   */
  readonly blocks: readonly BlockSize[];
  /** Strata with block sizes of their own; missing if there are none. No stratum is in two rows. */
  readonly strata?: readonly PlanRow[];
  /** In the place of block sizes, of which there are none then. */
  readonly leastPredictable?: LeastPredictablePlan;
}

/** What a least predictable list keeps. */
export interface LeastPredictablePlan {
  /** The largest |number of an arm - its share of the participants so far| in a stratum. */
  readonly largestImbalance: Fraction;
  /** If several arms can be next, the least probability of each. */
  readonly leastProbability: number;
}

/** The block sizes of the strata that have some levels in their names, such as cohort=sentinel. */
interface PlanRow {
  readonly levels: Readonly<Record<string, string>>;
  readonly blocks: readonly BlockSize[];
}

/** The block sizes of a stratum: its own, else those of the whole plan. @param stratum its name */
export function blocksIn({ blocks, strata = [] }: Plan, stratum: string): readonly BlockSize[] {
  return strata.find(({ levels }) => isAbout(levels, stratum))?.blocks ?? blocks;
}

/** Whether a stratum has all these levels in its name. */
function isAbout(levels: PlanRow['levels'], stratum: string): boolean {
  const parts = partsOfStratum(stratum);
  return Object.entries(levels).every(([name, level]) => parts[name] === level);
}

/** A stratum that a plan must fit. */
type PlannedStratum = Pick<Stratum, 'id' | 'slots' | 'ratio'>;

/** The parts of a study that a plan must fit. Missing parts had errors. */
export type PlannedFor = Partial<Pick<Study, 'id' | 'arms'>> & {
  readonly strata?: readonly PlannedStratum[];
  /** Whether the slots of the strata are those of a further batch alone. */
  readonly isExtension?: boolean;
  /** All strata that rows can be about, if others than `strata`. */
  readonly known?: readonly Pick<Stratum, 'id'>[];
  /** The numbers of slots as study.yaml says them; without them each stratum is told by itself. */
  readonly slotsSaid?: readonly SlotsSaid[];
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
  const yaml = new YamlFile(text, file, PLAN_SHAPE);
  if (Buffer.byteLength(text) > MOST_PLAN_BYTES) {
    yaml.report([], `the plan is larger than ${MOST_PLAN_BYTES} bytes: shorten its comments`);
  }
  if (/[^\P{Cc}\n\r\t]/u.test(text)) yaml.report([], 'the plan has control characters');
  if (study.isSealed !== true) yaml.reportUnclear();
  const rows = yaml.soundItems(['strata'], v.looseObject({}));
  const all = [['blocks'], ...rows.map(({ path }) => [...path, 'blocks'])];
  for (const path of all) {
    checkRepeats(yaml, path);
    checkWeights(yaml, path);
  }
  const name = yaml.sound(['study'], v.string());
  const id = study.id?.replace(DUMMY_MARK, '');
  if (name !== undefined && id !== undefined && name !== id) {
    yaml.report(['study'], `this plan is for ${name}, but the study is ${id}`);
  }
  const isByCounts = yaml.has(['procedure']);
  if (isByCounts) checkLeastPredictable(yaml, study);
  else checkNoLeastPredictable(yaml);
  // Without one of its rows nobody knows which strata have the other sizes.
  if (!isByCounts && yaml.areSound(['strata'])) {
    if (!yaml.has(['blocks']) && rows.length === 0) yaml.report([], 'blocks is missing');
    checkStrata(yaml, rows, study);
  }
  if (!yaml.isSound) return { ok: false, problems: yaml.problems };
  const { blocks, strata, largestImbalance, leastProbability = 0 } = yaml.value;
  if (largestImbalance !== undefined) {
    const leastPredictable = { largestImbalance: fractionOf(largestImbalance), leastProbability };
    return { ok: true, value: { blocks: [], leastPredictable } };
  }
  const sizesOf = (one: BlocksYaml) => weighted(one.sizes, one.weights);
  return {
    ok: true,
    value: {
      blocks: blocks === undefined ? [] : sizesOf(blocks),
      ...(strata.length > 0 && {
        strata: strata.map(({ blocks: own, ...levels }) => {
          return { levels: levels as PlanRow['levels'], blocks: sizesOf(own) };
        }),
      }),
    },
  };
}

type PlanYaml = YamlFile<typeof PLAN_SHAPE>;
type BlocksYaml = v.InferOutput<typeof BLOCKS>;
/** A row of the table of strata, whatever it has. */
interface RowYaml {
  readonly path: YamlPath;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Reports what a least predictable list cannot have, lacks, or does not fit. */
function checkLeastPredictable(yaml: PlanYaml, { arms, strata = [], isSealed }: PlannedFor): void {
  for (const key of ['blocks', 'strata']) {
    if (!yaml.has([key])) continue;
    yaml.report([key], `${key}: a ${LEAST_PREDICTABLE} list has no blocks: remove this`, true);
  }
  if (!yaml.has(['largestImbalance'])) {
    yaml.report(
      [],
      `largestImbalance is missing: write how far the arms can be from the ratio, such as largestImbalance: 4/3 participants`,
    );
  }
  const text = yaml.sound(['largestImbalance'], v.string());
  if (text !== undefined && fractionOf(text).numerator === 0) {
    yaml.report(['largestImbalance'], 'the arms cannot always be in the ratio: write more than 0');
  }
  if (arms === undefined || isSealed === true) return;
  for (const { shares, some } of strataByRatio(arms, strata)) {
    const unit = blockUnit(shares);
    const wrong = some.filter(({ slots }) => slots % unit !== 0);
    if (wrong.length === 0) continue;
    const counts = [...new Set(wrong.map(({ slots }) => slots))].join(' or ');
    const below = wrong[0]!.slots - (wrong[0]!.slots % unit);
    const fitting = [below, below + unit].filter((one) => one > 0).join(' or ');
    const slotsAre = counts === '1' ? '1 slot is' : `${counts} slots are`;
    const message = `${stratumNames(wrong)}: ${slotsAre} not a multiple of ${unit}, the sum of the ratio ${ratioText(shares)}, so that the list cannot end in the ratio: change the slots in study.yaml; ${fitting} would fit`;
    yaml.report(['procedure'], message);
  }
}

function checkNoLeastPredictable(yaml: PlanYaml): void {
  for (const key of ['largestImbalance', 'leastProbability']) {
    if (!yaml.has([key])) continue;
    const message = `${key}: it needs procedure: ${LEAST_PREDICTABLE}, and no blocks; or remove this`;
    yaml.report([key], message, true);
  }
}

/** The number in a text such as `4/3 participants`. */
function fractionOf(text: string): Fraction {
  const [, whole = '', denominator, decimals = ''] = PARTICIPANTS.exec(text) ?? [];
  if (denominator !== undefined) {
    return { numerator: Number(whole), denominator: Number(denominator) };
  }
  return { numerator: Number(whole + decimals), denominator: 10 ** decimals.length };
}

/** @param path that of `blocks` */
function blockSizes(yaml: PlanYaml, path: YamlPath): { path: YamlPath; value: number }[] {
  return yaml.soundItems([...path, 'sizes'], SIZE);
}

function checkRepeats(yaml: PlanYaml, blocks: YamlPath): void {
  const seen = new Set<number>();
  for (const { path, value } of blockSizes(yaml, blocks)) {
    if (seen.has(value)) yaml.report(path, `block size ${value} is here twice`);
    seen.add(value);
  }
}

function checkWeights(yaml: PlanYaml, blocks: YamlPath): void {
  const sizes = yaml.sound([...blocks, 'sizes'], v.array(SIZE));
  const weights = yaml.sound([...blocks, 'weights'], v.array(WEIGHT));
  if (sizes === undefined || weights === undefined || sizes.length === weights.length) return;
  const message = `${counted(weights.length, 'weight')} for ${counted(sizes.length, 'block size')}: write one weight for each size, in the same order`;
  yaml.report([...blocks, 'weights'], message);
}

/** Reports rows that are about no stratum or about one of another row, and sizes that do not fit their strata. */
function checkStrata(yaml: PlanYaml, rows: readonly RowYaml[], study: PlannedFor): void {
  const { arms, strata = [], known = strata, isExtension = false } = study;
  const levels = rows.map((row) => levelsOfRow(yaml, row, known));
  if (levels.some((one) => one === undefined)) return;
  const rowOf = new Map<string, number>();
  for (const [index, one] of levels.entries()) {
    const about = known.filter(({ id }) => isAbout(one!, id));
    if (about.length === 0 && known.length > 0) {
      yaml.report(rows[index]!.path, 'this row is about no stratum of study.yaml: remove it');
    }
    const twice = about.filter(({ id }) => rowOf.has(id));
    if (twice.length > 0) {
      const first = rows[rowOf.get(twice[0]!.id)!]!.path;
      const { line } = yaml.placeOf(first);
      const message = `${stratumNames(twice)} ${twice.length === 1 ? 'is' : 'are'} in the row of line ${line} too: each stratum can be in one row`;
      yaml.report(rows[index]!.path, message);
    }
    for (const { id } of about) if (!rowOf.has(id)) rowOf.set(id, index);
  }
  const others = strata.filter(({ id }) => !rowOf.has(id));
  if (others.length > 0 && rows.length > 0 && !yaml.has(['blocks'])) {
    const message = `${stratumNames(others)} ${others.length === 1 ? 'has' : 'have'} no block sizes: add a row, or blocks, which is for all strata that are in no row`;
    yaml.report(['strata'], message);
  }
  if (others.length === 0 && strata.length > 0 && !isExtension) {
    if (yaml.has(['blocks'])) {
      yaml.report(['blocks'], 'every stratum is in a row of strata: remove this', true);
    }
  }
  if (arms === undefined) return;
  const all = { arms, hasRows: rows.length > 0, isSealed: study.isSealed };
  const isAsked = rows.length === 0;
  const places = [
    { path: ['blocks'] as YamlPath, index: undefined, isAsked },
    ...rows.map(({ path }, index) => ({ path: [...path, 'blocks'], index, isAsked: false })),
  ];
  const planned = places.flatMap(({ path, index, isAsked }): Planned[] => {
    const own = strata.filter(({ id }) => rowOf.get(id) === index);
    if (own.length === 0 && !isAsked) return [];
    const sizes = checkSizes(yaml, path, own, all);
    if (sizes === undefined) return [];
    const ids = known.filter(({ id }) => rowOf.get(id) === index).map(({ id }) => id);
    return [{ path, sizes, ids, hasRows: all.hasRows }];
  });
  checkSlots(yaml, planned, study);
}

/** The levels that a row names, as they are in the names of strata; undefined if it has problems, which are reported. */
function levelsOfRow(
  yaml: PlanYaml,
  { path, value }: RowYaml,
  known: readonly Pick<Stratum, 'id'>[],
): PlanRow['levels'] | undefined {
  const names = new Map<string, Set<string>>();
  for (const { id } of known) {
    for (const [name, level] of Object.entries(partsOfStratum(id))) {
      names.set(name, (names.get(name) ?? new Set()).add(level));
    }
  }
  const levels = Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'blocks'));
  let isSound = true;
  if (Object.keys(levels).length === 0) {
    const example = [...names.keys()].join(' or ') || 'a factor';
    const message = `this row does not say which strata it is about: add ${example}, or write its sizes into blocks, above strata`;
    yaml.report(path, message);
    isSound = false;
  }
  for (const [name, level] of Object.entries(levels)) {
    const its = names.get(name);
    if (known.length === 0 || its?.has(level as string) === true) continue;
    isSound = false;
    const refused =
      (NO_SEED as Record<string, string>)[name] ?? (NO_RATIO as Record<string, string>)[name];
    if (its === undefined) {
      const keys = [...names.keys(), 'blocks'].join(', ');
      const message = refused ?? `unknown key; the keys known here are: ${keys}`;
      yaml.report([...path, name], `${name}: ${message}`, true);
    } else {
      const message = `"${shown(String(level), 60)}" is not a level of ${name} in study.yaml; there: ${[...its].join(', ')}`;
      yaml.report([...path, name], message);
    }
  }
  return isSound ? (levels as PlanRow['levels']) : undefined;
}

/** What block sizes are compared with, besides their strata. */
interface SizesOf {
  readonly arms: Study['arms'];
  /** Whether the plan has other sizes too, so that it must be said which strata are meant. */
  readonly hasRows: boolean;
  readonly isSealed: boolean | undefined;
}

/**
 * Reports block sizes that do not fit the ratio of their strata.
 *
 * @param path that of `blocks`
 * @param strata those that have these sizes
 * @returns the sizes, if slots can be compared with them
 */
function checkSizes(
  yaml: PlanYaml,
  path: YamlPath,
  strata: readonly PlannedStratum[],
  { arms, hasRows, isSealed = false }: SizesOf,
): Sizes | undefined {
  const sizes = blockSizes(yaml, path);
  const ratios = strataByRatio(arms, strata);
  let areMultiples = true;
  for (const { shares, some } of ratios) {
    const unit = blockUnit(shares);
    const where = ratios.length > 1 || hasRows ? ` of ${stratumNames(some)}` : '';
    for (const { path: at, value } of sizes.filter((size) => size.value % unit !== 0)) {
      areMultiples = false;
      const below = value - (value % unit);
      const near = [below, below + unit].filter((size) => size > 0 && size <= MOST_SIZE);
      const fitting = near.length === 0 ? 'no size' : near.join(' or ');
      const own =
        ratios.length > 1
          ? '. In plan.yaml these strata can have sizes of their own: add a row to strata'
          : '';
      yaml.report(
        at,
        `block size ${value} is not a multiple of ${unit}, as the ratio ${ratioText(shares)}${where} requires; ${fitting} would fit${own}`,
      );
    }
  }
  // A sealed plan once fitted its slots, by the rules of its time. Whether it does is seen when the list is made again.
  if (isSealed || !areMultiples || !yaml.areSound([...path, 'sizes'])) return undefined;
  if (sizes.length === 0) return undefined;
  return sizesThatFill(sizes.map((size) => size.value));
}

/** Strata with the sizes that they have. */
interface Planned {
  /** The path of `blocks`. */
  readonly path: YamlPath;
  readonly sizes: Sizes;
  /** Also those that get no slots now. */
  readonly ids: readonly string[];
  readonly hasRows: boolean;
}

/** Reports numbers of slots that whole blocks cannot fill, and sizes that no stratum can have. */
function checkSlots(
  yaml: PlanYaml,
  planned: readonly Planned[],
  { strata = [], slotsSaid, isExtension = false }: PlannedFor,
): void {
  const slotsOf = new Map(strata.map(({ id, slots }) => [id, slots]));
  const toFill = planned.flatMap(({ ids, sizes }) =>
    ids.map((id): StratumToFill => ({ id, sizes, slots: slotsOf.get(id) ?? 0 })),
  );
  const about = { planName: yaml.file.split(/[/\\]/).at(-1) ?? '', isExtension };
  for (const { sizes, ...problem } of slotProblems(toFill, slotsSaid, about)) {
    if (problem.file !== undefined) yaml.problems.push(problem);
    else {
      const { path = [] } = planned.find((one) => one.sizes === sizes) ?? {};
      yaml.report([...path, 'sizes'], problem.message);
    }
  }
  for (const { path, sizes, hasRows } of planned) {
    const own = toFill.filter((one) => one.sizes === sizes);
    if (own.length === 0 || !own.every(({ slots }) => sizes.fill(slots))) continue;
    const none = hasRows ? `none of its strata` : 'no stratum';
    for (const { path: at, value } of blockSizes(yaml, path)) {
      if (own.some(({ slots }) => sizes.canHave(value, slots))) continue;
      yaml.report(
        at,
        `block size ${value} would never be drawn: ${none} can be filled exactly with such a block; remove the size, or change the slots of a stratum`,
      );
    }
  }
}

/**
 * Whether a stratum of so many slots fits a plan, for a study.yaml that is still wrong; undefined if the plan cannot say
 * it, or has other sizes for some strata. Sizes that are not multiples of the ratio's sum must be changed first: until
 * then, each number fits.
 */
export function slotsOfPlan(text: string): SlotsFitPlan | undefined {
  const plan = readPlan(text, '', { isSealed: true });
  if (!plan.ok || plan.value.strata !== undefined) return undefined;
  if (plan.value.leastPredictable !== undefined) return (slots, unit) => slots % unit === 0;
  const sizes = sizesThatFill(plan.value.blocks.map(({ size }) => size));
  return (slots, unit) =>
    sizes.values.some((size) => size % unit !== 0) ||
    sizes.values.every((size) => sizes.canHave(size, slots));
}

/** Strata by their ratios. Without strata the ratio is that of the arms. */
function strataByRatio(
  arms: Study['arms'],
  strata: readonly PlannedStratum[],
): { shares: readonly number[]; some: PlannedStratum[] }[] {
  if (strata.length === 0) return [{ shares: sharesIn(arms, {}), some: [] }];
  const found = new Map<string, { shares: readonly number[]; some: PlannedStratum[] }>();
  for (const stratum of strata) {
    const shares = sharesIn(arms, stratum);
    const same = found.get(ratioText(shares)) ?? { shares, some: [] };
    same.some.push(stratum);
    found.set(ratioText(shares), same);
  }
  return [...found.values()];
}
