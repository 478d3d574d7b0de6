import type { ArmTotal, Assessment, Stage } from '../assessment/assessment.ts';

/** A stage of recruitment that is looked at: how it is named, and the totals then. */
export interface NamedStage {
  /** `half`, or `as recruited`. */
  readonly name: string;
  /** How many in each stratum, where that was given and can be read: `3 + 4`. */
  readonly spread?: string;
  readonly participants: number;
  readonly arms: readonly ArmTotal[];
  /** The greatest difference of an arm's total from its share. */
  readonly greatest: number;
  /** Per arm, however participants are spread; missing where the spread was given. */
  readonly greatestVariance?: Stage['greatestVariance'];
}

/** What was asked for; a quarter, half and all of the slots taken; and what was recruited where that was given. */
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
  if (recruited === undefined) return named;
  const { perStratum, arms, greatest } = recruited;
  const participants = perStratum.reduce((sum, count) => sum + count, 0);
  // Hundreds of strata would make a line that nobody reads.
  const isReadable = perStratum.length > 1 && perStratum.length <= 8;
  return [
    ...named,
    {
      name: 'as recruited',
      ...(isReadable && { spread: perStratum.join(' + ') }),
      participants,
      arms,
      greatest,
    },
  ];
}

/** The totals between which the arm lies in 95 of 100 lists at least; as narrow on either side. */
export function usualRange({ distribution }: ArmTotal): readonly [number, number] {
  // Sums of probabilities are off by their rounding.
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
