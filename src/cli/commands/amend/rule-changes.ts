import type { Amendment, Phase, Schedule, Study } from '../../../study/study.ts';
import { counted } from '../../../words.ts';

/** The rules of a phase between its injections, as study.yaml writes them. Windows and doses are told by visit. */
const RULES: readonly (readonly [name: string, valueOf: (phase: Phase) => string | undefined])[] = [
  [
    'leastInterval',
    ({ leastInterval }) =>
      leastInterval === undefined ? undefined : counted(leastInterval, 'day'),
  ],
  ['countedFrom', ({ countedFrom }) => countedFrom],
  ['afterMissed', ({ afterMissed }) => afterMissed],
  ['course', ({ course }) => (course === undefined ? undefined : 'the days move together')],
];

/** A rule that a phase has another value of than before, in words. */
interface RuleChange {
  /** Its key in study.yaml. */
  readonly name: string;
  readonly text: string;
  /** Whether the phase has lost the rule. */
  readonly isDropped: boolean;
}

/** The rules between injections that an amendment changes. A phase with another name has no rules before. */
export function ruleChanges(
  { schedule, amendments }: Pick<Study, 'schedule' | 'amendments'>,
  amendment: Amendment,
): RuleChange[] {
  const at = amendments.findIndex(({ id }) => id === amendment.id);
  const before = amendments[at - 1]?.schedule ?? schedule;
  return RULES.flatMap(([name, valueOf]) => {
    const changes = changesOf(before, amendment.schedule, valueOf);
    const kinds = new Map<string, string[]>();
    for (const { phase, was, is } of changes) {
      const change = `${was ?? 'none'} → ${is ?? 'none'}`;
      kinds.set(change, [...(kinds.get(change) ?? []), phase]);
    }
    return [...kinds].map(([change, phases]) => ({
      name,
      text: `${name}: ${change} (${phases.join(', ')})`,
      isDropped: change.endsWith('→ none'),
    }));
  });
}

function changesOf(before: Schedule, now: Schedule, valueOf: (phase: Phase) => string | undefined) {
  return now.phases.flatMap((phase) => {
    const earlier = before.phases.find(({ name }) => name === phase.name);
    const [was, is] = [earlier && valueOf(earlier), valueOf(phase)];
    return earlier === undefined || was === is ? [] : [{ phase: phase.name, was, is }];
  });
}
