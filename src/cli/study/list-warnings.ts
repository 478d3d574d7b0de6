import type { Plan } from '../../randomization/plan.ts';
import type { Study } from '../../study/study.ts';

/** What cannot be mended once a list is sealed: to whom it is. */
export function custodyWarnings({ officers, packers }: Study): string[] {
  const warnings: string[] = [];
  if (officers.length === 1) {
    warnings.push(
      'study.yaml names one officer: if that key is lost, code-break cards alone open envelopes.',
    );
  }
  if (packers.length === 0) {
    warnings.push('study.yaml names no packer: the packing list is sealed to the officers.');
  }
  return warnings;
}

/** Everyone can see how many slots a stratum gets; where they are one block, that is its size. */
export function shortStrataWarnings(
  strata: readonly { readonly id: string; readonly slots: number }[],
  { blocks }: Plan,
): string[] {
  const two = 2 * Math.min(...blocks.map(({ size }) => size));
  const short = strata.filter(({ slots }) => slots < two).map(({ id }) => id);
  if (short.length === 0) return [];
  const more = short.length > 3 ? ` and ${short.length - 3} more` : '';
  return [
    `one block is all that ${short.slice(0, 3).join(', ')}${more} will get: its size is plain from the number of slots.`,
  ];
}

/** What a rehearsal gives away. */
export const REHEARSAL_WARNING =
  'the arms of a rehearsal may be opened freely, and give its block sizes away: rehearse with other sizes than the trial has.';
