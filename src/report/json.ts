import type { Candidate } from './candidate.ts';

/**
 * Assessments as data for programs (docs/FORMATS.md). The number of lists is a JSON number if that is exact,
 * else text with its decimal digits.
 */
export function assessmentData(candidates: readonly Candidate[], study: string) {
  return {
    study,
    plans: candidates.map(({ name, assessment: { lists, ...figures } }) => ({
      plan: name,
      ...figures,
      lists: lists <= Number.MAX_SAFE_INTEGER ? Number(lists) : String(lists),
    })),
  };
}
