import type { StratumUse } from '../../ledger/enrolment.ts';
import { ADD_SLOTS } from '../../words.ts';

/** Of more strata than these, the first ones are named in one sentence. */
const MOST_NAMED = 3;

/** Warnings about strata that have few slots left. @param areListed whether all of them are shown beside it */
export function nearlyFullTexts(strata: readonly StratumUse[], areListed = false): string[] {
  if (strata.length <= MOST_NAMED) return strata.map(nearlyFullText);
  const full = strata.filter(({ left }) => left === 0).length;
  const none = full === 0 ? '' : `, ${full === strata.length ? 'all' : full} of them none`;
  const named = strata.slice(0, MOST_NAMED).map(({ stratum, left, slots }) => {
    return `${stratum} ${left} of ${slots}`;
  });
  const all = areListed ? '' : ' (all of them: randose status)';
  return [
    `${strata.length} strata have few slots left${none}: ${named.join(', ')} and ${strata.length - MOST_NAMED} more${all}. The statistician can add some: ${ADD_SLOTS}`,
  ];
}

function nearlyFullText({ stratum, left, slots }: StratumUse): string {
  const state = left === 0 ? 'is full' : 'is nearly full';
  return `stratum ${stratum} ${state}: ${left} of ${slots} slots left. The statistician can add some: ${ADD_SLOTS}`;
}
