import { type InjectionRecord, isAdditional } from '../../../ledger/injections.ts';
import {
  DOSE_FORMS,
  DOSE_UNITS,
  EPOCHS,
  FREQUENCIES,
  MOODS,
  NO_YES,
  ROUTES,
} from '../../../study/cdisc-terms.ts';
import type { CivilDate } from '../../../study/civil-date.ts';
import type { Study } from '../../../study/study.ts';
import { epochOf } from '../epochs.ts';
import type { PlannedVisit } from '../planned-visits.ts';
import { cut, identifiers, sdtmDataset, type SdtmDataset, variable } from '../sdtm-dataset.ts';
import { readAmount } from './amount.ts';
import { ownVisits, phaseOf } from './phases.ts';
import {
  byText,
  dayOn,
  type NumberedVisit,
  numberedVisit,
  type SdtmParticipant,
  unplannedVisits,
} from './sdtm-participant.ts';
import {
  numbered,
  recordsOf,
  seqVariable,
  usubjidVariable,
  visitVariables,
  type WithSeq,
} from './subject-variables.ts';

/** What is known of kits. */
export interface KitFacts {
  /** The kit of each injection that was given, by the entry of its record; as it is written on it if it is of another study. */
  readonly used: ReadonlyMap<number, string>;
  /** The lot of each kit. */
  readonly lots: ReadonlyMap<string, string | undefined>;
}

interface Row {
  readonly usubjid: string;
  readonly participant: SdtmParticipant;
  readonly visit: NumberedVisit | undefined;
  readonly epoch: string;
  readonly link: string;
  readonly date: CivilDate;
  /** What happened to the injection; undefined for a record of the plan. */
  readonly record: InjectionRecord | undefined;
}

/**
 * Exposure as Collected: each injection as it is planned now, and as it was given or missed. It counts what was taken
 * from a kit, and not how much of a substance that was: this is the same in every arm.
 */
export function exposureAsCollected(
  study: Study,
  participants: readonly SdtmParticipant[],
  visits: ReadonlyMap<string, PlannedVisit>,
  kits: KitFacts,
): SdtmDataset {
  type Numbered = WithSeq<Row>;
  const { treatment, doseUnit, doseForm, route } = study.cdisc;
  const isBlinded = study.blinding === 'blinded';
  const textOf = ({ record }: Row) => amountText(record, isBlinded);
  const amountOf = (row: Row) => readAmount(textOf(row));
  const kitOf = ({ record }: Row) => kits.used.get(record?.seq ?? 0) ?? '';
  // A recorded amount is not one unit of the product, also if it cannot be said here.
  const isCounted = ({ record }: Row) =>
    record?.result !== 'not done' && record?.amount === undefined;
  const [number, name, day] = visitVariables<Numbered>();
  return sdtmDataset<Numbered>(
    {
      name: 'EC',
      label: 'Exposure as Collected',
      class: 'INTERVENTIONS',
      structure: 'One record per injection, planned or performed, per subject',
      isReference: false,
      comment:
        'A moved injection has the date to which it was moved last. An injection that is no longer planned has no record with ECMOOD SCHEDULED.',
    },
    [
      ...identifiers<Numbered>(study.id, 'EC'),
      usubjidVariable<Numbered>(),
      seqVariable<Numbered>('EC'),
      variable('ECREFID', 'Reference ID', 'Identifier', (row) => cut(kitOf(row)), {
        comment:
          'The kit that the injection was given from, by its record or by what the subject had.',
        origin: 'Collected',
      }),
      variable(
        'ECSPID',
        'Sponsor-Defined Identifier',
        'Identifier',
        ({ record }) => (record === undefined ? '' : `LEDGER ${record.seq}`),
        { comment: 'The entry of the ledger that records it.' },
      ),
      variable('ECLNKID', 'Link ID', 'Identifier', ({ link }) => link),
      variable('ECTRT', 'Name of Treatment', 'Topic', () => treatment, {
        core: 'R',
        key: 3,
        comment: 'The name as blinded people know it.',
      }),
      variable(
        'ECMOOD',
        'Mood',
        'Record Qualifier',
        ({ record }) => (record === undefined ? 'SCHEDULED' : 'PERFORMED'),
        { key: 5, list: MOODS },
      ),
      variable(
        'ECPRESP',
        'Pre-Specified',
        'Variable Qualifier',
        ({ record }) => (record === undefined || isAdditional(record) ? '' : 'Y'),
        { list: NO_YES },
      ),
      variable(
        'ECOCCUR',
        'Occurrence',
        'Record Qualifier',
        ({ record }) => {
          if (record === undefined || isAdditional(record)) return '';
          return record.result === 'given' ? 'Y' : 'N';
        },
        { list: NO_YES, origin: 'Collected' },
      ),
      variable(
        'ECREASOC',
        'Reason for Occur Value',
        'Record Qualifier',
        ({ record }) => (record?.result === 'not done' ? cut(record.reason ?? '') : ''),
        { origin: 'Collected', comment: 'At most 200 bytes: the ledger has the whole text.' },
      ),
      variable(
        'ECDOSE',
        'Dose',
        'Record Qualifier',
        (row) => (isCounted(row) ? 1 : (amountOf(row)?.value ?? null)),
        {
          type: 'number',
          core: 'E',
          comment:
            'The amount on record, if it is a number with a unit of CDISC, and blinded people may read it; without one, units of the product, 1 for each injection. Null if it was not given.',
        },
      ),
      variable(
        'ECDOSTXT',
        'Dose Description',
        'Record Qualifier',
        (row) => (amountOf(row) === undefined ? cut(textOf(row)) : ''),
        { origin: 'Collected', comment: 'An amount on record that is not a number with a unit.' },
      ),
      variable(
        'ECDOSU',
        'Dose Units',
        'Variable Qualifier',
        (row) => (isCounted(row) ? (doseUnit ?? '') : (amountOf(row)?.unit ?? '')),
        { core: 'E', list: DOSE_UNITS },
      ),
      variable('ECDOSFRM', 'Dose Form', 'Variable Qualifier', () => doseForm ?? '', {
        core: 'E',
        list: DOSE_FORMS,
      }),
      variable('ECDOSFRQ', 'Dosing Frequency per Interval', 'Variable Qualifier', () => 'ONCE', {
        list: FREQUENCIES,
      }),
      variable('ECROUTE', 'Route of Administration', 'Variable Qualifier', () => route ?? '', {
        list: ROUTES,
      }),
      variable(
        'ECLOT',
        'Lot Number',
        'Record Qualifier',
        (row) => kits.lots.get(kitOf(row)) ?? '',
        { origin: 'Derived' },
      ),
      number,
      name,
      day,
      variable('EPOCH', 'Epoch', 'Timing', ({ epoch }) => epoch, { list: EPOCHS }),
      ...(['ST', 'EN'] as const).map((end) =>
        variable<Numbered>(
          `EC${end}DTC`,
          end === 'ST' ? 'Start Date/Time of Treatment' : 'End Date/Time of Treatment',
          'Timing',
          ({ date }) => date,
          {
            type: 'date',
            core: 'E',
            ...(end === 'ST' && { key: 4 }),
            origin: 'Collected',
            comment: 'The planned date, or the date on which it was given or given up.',
          },
        ),
      ),
      ...(['ST', 'EN'] as const).map((end) =>
        variable<Numbered>(
          `EC${end}DY`,
          `Study Day of ${end === 'ST' ? 'Start' : 'End'} of Treatment`,
          'Timing',
          ({ participant, date }) => dayOn(participant, date),
          { type: 'number', origin: 'Derived' },
        ),
      ),
    ],
    numbered(recordsOf(participants, (one) => rowsOf(study, one, visits))),
  );
}

/** The records of one participant, by date; performed ones come first, as their keys say it. */
function rowsOf(
  study: Pick<Study, 'cdisc' | 'amendments'>,
  participant: SdtmParticipant,
  visits: ReadonlyMap<string, PlannedVisit>,
): Row[] {
  const { usubjid, injections } = participant;
  const dated = participant.dated();
  const moves = participant.moves();
  const unplanned = unplannedVisits(participant, visits);
  const visitOf = ownVisits(study, participant, visits);
  const planned = dated.visits.flatMap(({ visit, planned: date, status }): Row[] => {
    if (visit.injection === undefined || status === 'cancelled') return [];
    return [
      {
        usubjid,
        participant,
        visit: numberedVisit(visits, visit.name),
        epoch: epochOf(study, visit.injection.phase),
        link: visit.name,
        date: moves.get(visit.name)?.date ?? date,
        record: undefined,
      },
    ];
  });
  const performed = injections.map((record): Row => {
    const isExtra = isAdditional(record);
    return {
      usubjid,
      participant,
      visit: isExtra ? unplanned.get(record.seq) : numberedVisit(visits, record.visit),
      epoch: epochOf(study, phaseOf(record, participant, visitOf) ?? ''),
      link: isExtra ? `ADDITIONAL ${record.seq}` : record.visit,
      date: record.date,
      record,
    };
  });
  return [...performed, ...planned].toSorted(
    (a, b) =>
      byText(a.date, b.date) ||
      Number(a.record === undefined) - Number(b.record === undefined) ||
      (a.visit?.number ?? 0) - (b.visit?.number ?? 0),
  );
}

/** An amount of the substance, such as international units. */
const OF_SUBSTANCE = /(?:\b|\d)(?:M?IU|M?UI|I\.U\.|U\.I\.)(?:\b|\/|$)|international units?/i;

/**
 * How much was given, in the words of the record. In a blinded study international units are left out: a placebo has
 * none.
 */
function amountText(record: InjectionRecord | undefined, isBlinded: boolean): string {
  if (record?.result !== 'given' || record.amount === undefined) return '';
  return isBlinded && OF_SUBSTANCE.test(record.amount) ? '' : record.amount;
}
