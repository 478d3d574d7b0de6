import { isAdditional } from '../../../ledger/injections.ts';
import { NO_YES } from '../../../study/cdisc-terms.ts';
import type { DatedVisits } from '../../../schedule/calendar.ts';
import { daysFromDay1 } from '../../../schedule/study-day.ts';
import { addDays, type CivilDate } from '../../../study/civil-date.ts';
import type { Study } from '../../../study/study.ts';
import type { PlannedVisit } from '../planned-visits.ts';
import { cut, identifiers, sdtmDataset, type SdtmDataset, variable } from '../sdtm-dataset.ts';
import {
  dayOn,
  type NumberedVisit,
  numberedVisit,
  type SdtmParticipant,
  unplannedVisits,
} from './sdtm-participant.ts';
import { recordsOf, usubjidVariable, visitVariables } from './subject-variables.ts';

/** A visit of a participant that was recorded. */
export interface RecordedVisit {
  readonly visit: NumberedVisit;
  readonly occurred: boolean;
  /** Undefined if it did not take place. */
  readonly start: CivilDate | undefined;
  readonly end: CivilDate | undefined;
  readonly reason: string;
  readonly isUnplanned: boolean;
}

interface Row extends RecordedVisit {
  readonly usubjid: string;
  readonly participant: SdtmParticipant;
}

/** Subject Visits: the visits of which an injection or an assessment is on record. */
export function subjectVisits(
  { id }: Pick<Study, 'id'>,
  participants: readonly SdtmParticipant[],
  visits: ReadonlyMap<string, PlannedVisit>,
): SdtmDataset {
  const rows = recordsOf(participants, (participant): Row[] => {
    const { usubjid } = participant;
    return recordedVisits(participant, visits).map((one) => ({ ...one, usubjid, participant }));
  });
  const date = (end: 'start' | 'end') => (one: Row) => one[end] ?? null;
  const [number, name, day] = visitVariables<Row>({ core: 'R', key: 3 });
  return sdtmDataset<Row>(
    {
      name: 'SV',
      label: 'Subject Visits',
      class: 'SPECIAL PURPOSE',
      structure: 'One record per actual or planned visit per subject',
      isReference: false,
      comment:
        'Visits with an injection or an assessment on record. Other visits are collected elsewhere.',
    },
    [
      ...identifiers<Row>(id, 'SV'),
      usubjidVariable<Row>(),
      { ...number, role: 'Topic' },
      name,
      variable(
        'SVPRESP',
        'Pre-specified',
        'Variable Qualifier',
        ({ isUnplanned }) => (isUnplanned ? '' : 'Y'),
        { core: 'E', list: NO_YES },
      ),
      variable(
        'SVOCCUR',
        'Occurrence',
        'Record Qualifier',
        ({ isUnplanned, occurred }) => (isUnplanned ? '' : occurred ? 'Y' : 'N'),
        { core: 'E', list: NO_YES, origin: 'Collected' },
      ),
      variable(
        'SVREASOC',
        'Reason for Occur Value',
        'Record Qualifier',
        ({ reason }) => cut(reason),
        { origin: 'Collected' },
      ),
      day,
      variable('SVSTDTC', 'Start Date/Time of Observation', 'Timing', date('start'), {
        type: 'date',
        core: 'E',
        origin: 'Collected',
      }),
      variable('SVENDTC', 'End Date/Time of Observation', 'Timing', date('end'), {
        type: 'date',
        core: 'E',
        origin: 'Collected',
      }),
      ...(['start', 'end'] as const).map((end) =>
        variable<Row>(
          end === 'start' ? 'SVSTDY' : 'SVENDY',
          `Study Day of ${end === 'start' ? 'Start' : 'End'} of Observation`,
          'Timing',
          (one) => dayOn(one.participant, one[end]),
          { type: 'number', origin: 'Derived' },
        ),
      ),
      variable(
        'SVUPDES',
        'Description of Unplanned Visit',
        'Synonym Qualifier',
        ({ isUnplanned }) => (isUnplanned ? 'Additional injection' : ''),
      ),
    ],
    rows,
  );
}

/** The visits of a participant that were recorded, by their numbers. */
export function recordedVisits(
  participant: SdtmParticipant,
  visits: ReadonlyMap<string, PlannedVisit>,
): RecordedVisit[] {
  const { injections } = participant;
  const dated = participant.dated();
  const doses = new Map(
    injections.flatMap((one) => (isAdditional(one) ? [] : [[one.visit, one] as const])),
  );
  // An amendment can take out a visit that somebody came to.
  const attended = new Map(
    [...dated.dropped, ...dated.visits].map((one) => [one.visit.name, [...one.attended.values()]]),
  );
  const isAfterEnd = visitsAfterEnd(participant, dated);
  const planned = [...visits.keys()].flatMap((name): RecordedVisit[] => {
    const dose = doses.get(name);
    const records = [...(attended.get(name) ?? []), ...(dose === undefined ? [] : [dose])];
    if (records.length === 0) return [];
    const done = records.filter(({ result }) => result !== 'not done');
    if (done.length === 0 && isAfterEnd(name)) return [];
    const dates = done.map(({ date }) => date).toSorted();
    const visit = numberedVisit(visits, name)!;
    const reason = done.length > 0 ? '' : (records.at(-1)?.reason ?? '');
    return [
      {
        visit,
        occurred: done.length > 0,
        start: dates[0],
        end: dates.at(-1),
        reason,
        isUnplanned: false,
      },
    ];
  });
  const unplanned = unplannedVisits(participant, visits);
  const additional = injections.filter(isAdditional).map(({ seq, date }): RecordedVisit => ({
    visit: unplanned.get(seq)!,
    occurred: true,
    start: date,
    end: date,
    reason: '',
    isUnplanned: true,
  }));
  return [...planned, ...additional].toSorted((a, b) => a.visit.number - b.visit.number);
}

/**
 * Whether a visit was planned for after the withdrawal from the study. There is no record of it then, also if it was
 * given up before.
 */
function visitsAfterEnd(
  { facts, moves }: SdtmParticipant,
  { day1, visits, dropped }: DatedVisits,
): (name: string) => boolean {
  const end = facts.withdrawals.find(({ from }) => from === 'study')?.date;
  if (end === undefined) return () => false;
  const moved = moves();
  const dates = [
    ...dropped.map(({ visit }) => [visit.name, addDays(day1, daysFromDay1(visit.day))] as const),
    ...visits.map(({ visit, planned }) => [visit.name, planned] as const),
  ];
  const after = dates.filter(([name, planned]) => (moved.get(name)?.date ?? planned) > end);
  const names = new Set(after.map(([name]) => name));
  return (name) => names.has(name);
}
