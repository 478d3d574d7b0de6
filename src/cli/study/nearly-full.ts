import type { StratumUse } from '../../ledger/enrolment.ts';
import { ADD_SLOTS } from '../../words.ts';

/** A warning about a stratum that has few slots left. */
export function nearlyFullText({ stratum, left, slots }: StratumUse): string {
  const state = left === 0 ? 'is full' : 'is nearly full';
  return `stratum ${stratum} ${state}: ${left} of ${slots} slots left. The statistician can add some: ${ADD_SLOTS}`;
}
