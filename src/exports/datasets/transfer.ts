import type { EntryOf } from '../../ledger/entry.ts';
import type { ParticipantFacts } from '../../ledger/participant-facts.ts';
import { toSeconds } from '../../ledger/times.ts';
import { levelsOfStratum } from '../../study/sections/strata.ts';
import type { Study } from '../../study/study.ts';
import { type Dataset, makeDataset, type Variable } from './dataset.ts';

/** A participant as blinded people know them. */
export interface Randomized {
  readonly randomization: EntryOf<'randomization'>;
  readonly facts: ParticipantFacts;
}

/**
 * Each participant without the arm, in the order of randomization, to be compared with another system. What the
 * unblinded table has too has the same name and the same meaning there.
 */
export function transferDataset(
  study: Pick<Study, 'id' | 'factors'>,
  participants: readonly Randomized[],
): Dataset {
  const about = { name: 'TRANSFER', label: 'Randomized Participants, Blinded' };
  return makeDataset(about, variablesOf(study, participants), participants);
}

function variablesOf(
  { id, factors }: Pick<Study, 'id' | 'factors'>,
  participants: readonly Randomized[],
): Variable<Randomized>[] {
  const types = (participants[0]?.randomization.kits ?? []).map(({ type }) => type);
  const text = (name: string, label: string, of: Variable<Randomized>['of']) =>
    ({ name, label, type: 'text', of }) as const;
  return [
    { ...text('STUDYID', 'Study Identifier', () => id), key: 1 },
    {
      ...text('SUBJID', 'Subject Identifier for the Study', ({ facts }) => facts.ids.current),
      key: 2,
    },
    text('SITEID', 'Study Site Identifier', (one) => one.randomization.site),
    text('STRATUM', 'Randomization Stratum', (one) => one.randomization.stratum),
    ...factors.map(({ name }, index) => ({
      ...text(`STRAT${index + 1}`, `Stratum Factor: ${name}`, ({ randomization }) => {
        return levelsOfStratum(randomization.stratum)[name] ?? '';
      }),
      title: name,
    })),
    text('RANDNO', 'Randomization Number', (one) => one.randomization.number),
    text('KITNO', 'Kit Number', (one) => one.randomization.kit ?? ''),
    ...types.map((type, index) => ({
      ...text(`KITNO${index + 1}`, `Kit Number: ${type}`, ({ randomization: { kits = [] } }) => {
        return kits.find((one) => one.type === type)?.kit ?? '';
      }),
      title: `KITNO_${type}`,
    })),
    {
      name: 'RANDDTC',
      label: 'Date/Time of Randomization (UTC)',
      type: 'datetime',
      of: ({ randomization }) => toSeconds(randomization.time),
    },
    {
      name: 'DAY1DTC',
      label: 'Planned Date of Day 1',
      type: 'date',
      of: ({ randomization }) => randomization.day1 ?? null,
    },
    text('STATUS', 'Status of the Participant', ({ facts }) => statusOf(facts)),
    ...factors.map(({ name }, index) => ({
      ...text(`STRAT${index + 1}C`, `Corrected: ${name}`, ({ facts }) => {
        return facts.corrected[name] ?? '';
      }),
      title: `${name}_corrected`,
    })),
    {
      name: 'WITHDDTC',
      label: 'Date of Withdrawal',
      type: 'date',
      of: ({ facts }) => facts.withdrawal?.date ?? null,
    },
    {
      ...text('WITHDFR', 'Withdrawn From', ({ facts }) => facts.withdrawal?.from ?? ''),
      title: 'WITHDFROM',
    },
    text('RANDERR', 'Randomized in Error', ({ facts }) => (facts.inError ? 'Y' : '')),
    text('RANDSUBJ', 'Subject Identifier at Randomization', ({ facts }) => facts.ids.randomizedAs),
    text('SITECUR', 'Current Study Site Identifier', ({ facts, randomization }) => {
      return facts.transfers.at(-1)?.to ?? randomization.site;
    }),
    text('REPLACES', 'Replaces the Subject', ({ facts }) => {
      return facts.replacement.replaced?.subject ?? '';
    }),
    text('REPLBY', 'Replaced by the Subject', ({ facts }) => {
      return facts.replacement.replacedBy?.subject ?? '';
    }),
  ];
}

/** What a participant is now. An error counts before a withdrawal. */
function statusOf({ inError, withdrawal }: ParticipantFacts): string {
  if (inError !== undefined) return 'RANDOMIZED IN ERROR';
  return withdrawal === undefined
    ? 'RANDOMIZED'
    : `WITHDRAWN FROM ${withdrawal.from.toUpperCase()}`;
}
