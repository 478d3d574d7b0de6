import type { Candidate, Yardsticks } from './candidate.ts';

/**
 * Assessments as data for programs (docs/FORMATS.md). The number of lists is a JSON number if that is exact,
 * else text with its decimal digits.
 */
export function assessmentData(
  candidates: readonly Candidate[],
  study: string,
  { curve, known }: Yardsticks,
) {
  return {
    study,
    plans: candidates.map(({ name, least, assessment: { lists, ...figures } }) => ({
      plan: name,
      ...figures,
      lists: lists <= Number.MAX_SAFE_INTEGER ? Number(lists) : String(lists),
      ...(least !== undefined && { leastPossible: least }),
    })),
    leastPossible: curve,
    knownProcedures: known,
  };
}
