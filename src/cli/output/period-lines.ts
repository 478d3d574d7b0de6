import type { PeriodTreatment } from '../../study/sections/schedule.ts';

/** The treatments of an arm that was opened, a line for each period of a crossover. */
export function periodLines(treatments: readonly PeriodTreatment[]): string {
  return treatments.map(({ period, treatment }) => `  ${period}: ${treatment}\n`).join('');
}
