import type { Study } from '../../study/study.ts';

/** The epochs of phases that usually have these names. */
const USUAL: Readonly<Record<string, string>> = {
  induction: 'INDUCTION TREATMENT',
  maintenance: 'CONTINUATION TREATMENT',
};

/** The epoch of a phase: as study.yaml says it, or as its name means it. */
export function epochOf({ cdisc: { epochs } }: Pick<Study, 'cdisc'>, phase: string): string {
  if (Object.hasOwn(epochs, phase)) return epochs[phase]!;
  const name = phase.toLowerCase();
  return Object.hasOwn(USUAL, name) ? USUAL[name]! : 'TREATMENT';
}
