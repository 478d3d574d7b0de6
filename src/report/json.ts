import type { Candidate } from './candidate.ts';

/**
 * Assessments as data for a program (docs/FORMATS.md). The number of lists is a number where a
 * program can count so far without loss, else text: its decimal digits.
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
