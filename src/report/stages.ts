import type { ArmTotal, Assessment, Stage } from '../assessment/assessment.ts';

/** A stage of recruitment: its name and its totals. */
export interface NamedStage {
  /** `half`, or `as recruited`. */
  readonly name: string;
  /** The numbers per stratum, if given and short enough to read: `3 + 4`. */
  readonly spread?: string;
  readonly participants: number;
  readonly arms: readonly ArmTotal[];
  /** The greatest difference of an arm's total from its share. */
  readonly greatest: number;
  /** For each arm, the greatest over all numbers per stratum; missing if the numbers were given. */
  readonly greatestVariance?: Stage['greatestVariance'];
}

/** The stage that was asked for, a quarter, half and all of the slots, and the actual recruitment, if given. */
export function namedStages({ slots, imbalance }: Assessment): NamedStage[] {
  const { stages, recruited, asked } = imbalance;
  const named = [
    ...(asked === undefined ? [] : [{ name: 'as asked', participants: asked }]),
    { name: 'a quarter', participants: Math.round(slots / 4) },
    { name: 'half', participants: Math.round(slots / 2) },
    { name: 'all', participants: slots },
  ].flatMap(({ name, participants }): NamedStage[] => {
    const stage = nearest(stages, participants);
    return stage === undefined ? [] : [{ name, ...stage }];
  });
  const stagesOnce = merged(named);
  if (recruited === undefined) return stagesOnce;
  const { perStratum, arms, greatest } = recruited;
  const participants = perStratum.reduce((sum, count) => sum + count, 0);
  // With hundreds of strata nobody would read the line.
  const isReadable = perStratum.length > 1 && perStratum.length <= 8;
  return [
    ...stagesOnce,
    {
      name: 'as recruited',
      ...(isReadable && { spread: perStratum.join(' + ') }),
      participants,
      arms,
      greatest,
    },
  ];
}

/** Stages after the same number of participants are one: `as asked, a quarter`. */
function merged(stages: readonly NamedStage[]): NamedStage[] {
  const counts = [...new Set(stages.map(({ participants }) => participants))];
  return counts.map((count) => {
    const same = stages.filter(({ participants }) => participants === count);
    return { ...same[0]!, name: same.map(({ name }) => name).join(', ') };
  });
}

/** The range of an arm's total in at least 95 of 100 lists: at most 2.5 % are below it, and at most 2.5 % above. */
export function usualRange({ distribution }: ArmTotal): readonly [number, number] {
  // Sums of probabilities have rounding errors.
  const rounding = 1e-12;
  return [quantile(distribution, 0.025 - rounding), quantile(distribution, 0.975 - rounding)];
}

function quantile(distribution: ArmTotal['distribution'], probability: number): number {
  let sum = 0;
  for (const [total, chance] of distribution) {
    sum += chance;
    if (sum >= probability) return total;
  }
  return distribution.at(-1)?.[0] ?? 0;
}

function nearest(stages: readonly Stage[], participants: number): Stage | undefined {
  const distance = (stage: Stage) => Math.abs(stage.participants - participants);
  return stages.reduce<Stage | undefined>(
    (best, stage) => (best === undefined || distance(stage) < distance(best) ? stage : best),
    undefined,
  );
}
