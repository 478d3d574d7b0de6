import * as v from 'valibot';
import { code, line, whole } from '../identifiers.ts';
import { reportRepeats } from '../repeats.ts';
import { mapping, type YamlFile, type YamlPath } from '../yaml-file.ts';

/** What an arm is: the treatment that is tested, a placebo, or any other treatment that it is compared with. */
export const ARM_TYPES = ['active', 'placebo', 'control'] as const;

/** A treatment arm. */
export interface Arm {
  readonly code: string;
  readonly name: string;
  readonly type: (typeof ARM_TYPES)[number];
  /** Its share of each block: 2 and 1 are 2:1. */
  readonly ratio: number;
  /** In a crossover: the treatment in each period of the schedule that is not a washout, in their order. */
  readonly periods?: readonly string[] | undefined;
}

export const ARM = mapping(
  {
    code: code(20),
    name: line(100),
    type: v.picklist(ARM_TYPES, 'expected active, placebo or control'),
    ratio: whole(1, 100),
    periods: v.optional(v.array(line(60))),
  },
  {
    code: 'A short name of the arm, such as PLACEBO: up to 20 letters, digits, dots, hyphens and underscores.',
    name: 'The treatment in words, as a physician reads it after a code-break.',
    type: 'active (the treatment that is tested), placebo, or control (any other treatment).',
    ratio:
      "The arm's share of each block: 2 in one arm and 1 in the other make an allocation of 2:1.",
    periods:
      'In a crossover: the treatment in each period of the schedule that is not a washout, in their order.',
  },
);

export const ARMS = v.pipe(v.array(ARM), v.minLength(2, 'expected at least two arms'));

/**
 * The codes that tables have in the place of an arm, and what each means there: those of CDISC (SDTM, ARMCD and ACTARMCD),
 * then randose's own.
 */
const RESERVED_CODES: ReadonlyMap<string, string> = new Map([
  ['SCRNFAIL', 'a participant who was not randomized, in CDISC tables'],
  ['NOTASSGN', 'a participant without an arm, in CDISC tables'],
  ['NOTTRT', 'a participant who was never treated, in CDISC tables'],
  ['UNPLAN', 'a participant who had an unplanned treatment, in CDISC tables'],
  ['MIXED', 'a participant who had kits of several arms, in unblinded tables'],
  ['OTHER', 'a kit of another study, in unblinded tables'],
]);

/**
 * Reports codes and names that two arms have, codes that tables have in the place of an arm, and sequences of treatments,
 * if they are not of all arms.
 *
 * @param isDraft whether no list was made yet; if one was, its codes stay as they are
 */
export function checkArms(yaml: YamlFile, isDraft: boolean): void {
  const arms = yaml.soundItems(['arms'], ARM);
  if (isDraft) reportReserved(yaml, arms);
  reportRepeats(yaml, arms, 'code', 'arm code');
  reportRepeats(yaml, arms, 'name', 'arm name');
  const [first, ...others] = arms.filter(({ value }) => value.periods !== undefined);
  if (first === undefined) return;
  const without = arms.find(({ value }) => value.periods === undefined);
  if (without !== undefined) {
    const message = `arm ${first.value.code} has periods, arm ${without.value.code} has none: write the treatments of each arm, period by period`;
    yaml.report(without.path, message);
  }
  for (const { path, value } of others) {
    const same = arms.find((one) => {
      return one.path !== path && one.value.periods?.join('\n') === value.periods?.join('\n');
    });
    if (same === undefined || same.path.at(-1)! > path.at(-1)!) continue;
    const message = `arm ${value.code} has the same treatments as arm ${same.value.code}`;
    yaml.report([...path, 'periods'], message);
  }
}

function reportReserved(
  yaml: YamlFile,
  arms: readonly { readonly path: YamlPath; readonly value: Arm }[],
): void {
  for (const { path, value } of arms) {
    const meaning = RESERVED_CODES.get(value.code.toUpperCase());
    if (meaning === undefined) continue;
    const message = `the code "${value.code}" means ${meaning}: choose another code for the arm`;
    yaml.report([...path, 'code'], message);
  }
}

/** Shares of arms by their codes, as a row of strata has them: `{ A: 5, P: 1 }`. */
export type SharesByArm = Readonly<Record<string, number>>;

/** The share of each arm in a stratum, in the order of the arms: its own, else that of the arms. */
export function sharesIn(
  arms: readonly Pick<Arm, 'code' | 'ratio'>[],
  { ratio }: { readonly ratio?: SharesByArm },
): readonly number[] {
  return arms.map((arm) => (ratio === undefined ? arm.ratio : shareOf(ratio, arm.code)));
}

function shareOf(ratio: SharesByArm, code: string): number {
  // Every JavaScript object has some names from the start, such as constructor.
  return Object.hasOwn(ratio, code) ? ratio[code]! : 0;
}

/** The smallest block: the sum of the ratio in lowest terms. Every block size is a multiple of this. */
export function blockUnit(ratio: readonly number[]): number {
  let sum = 0;
  for (const share of ratio) sum += share;
  return sum / ratio.reduce((a, b) => greatestCommonDivisor(a, b), 0);
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** A ratio as the field writes it: `2:1`, in the order of the arms. */
export function ratioText(shares: readonly number[]): string {
  return shares.join(':');
}

/**
 * The ratios of some strata: `2:1`; or, if they differ, with the strata that have each:
 * `1:1 in cohort=sentinel; 5:1 in cohort=main`. Of many strata the first ones are named.
 */
export function ratiosText(
  arms: readonly Pick<Arm, 'code' | 'ratio'>[],
  strata: readonly { readonly id: string; readonly ratio?: SharesByArm }[],
): string {
  const byRatio = new Map<string, { readonly id: string }[]>();
  for (const stratum of strata) {
    const ratio = ratioText(sharesIn(arms, stratum));
    byRatio.set(ratio, [...(byRatio.get(ratio) ?? []), stratum]);
  }
  if (byRatio.size < 2) return [...byRatio.keys()][0] ?? ratioText(sharesIn(arms, {}));
  return [...byRatio].map(([ratio, some]) => `${ratio} in ${stratumNames(some)}`).join('; ');
}

/** `cohort=main`, or `site=CRT, site=LYO and 4 more`. */
export function stratumNames(strata: readonly { readonly id: string }[], most = 3): string {
  const names = strata.map(({ id }) => id);
  // One more takes no more room than to say that there is one more.
  if (names.length <= most + 1) {
    return names.length < 2
      ? names.join('')
      : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  }
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** The codes of a study's arms, in their order. */
export function codesOf({ arms }: { readonly arms: readonly Pick<Arm, 'code'>[] }): string[] {
  return arms.map(({ code }) => code);
}
