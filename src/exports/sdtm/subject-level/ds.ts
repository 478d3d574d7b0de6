import type { EntryOf } from '../../../ledger/entry.ts';
import {
  DISPOSITION_PARTS,
  DISPOSITION_TERMS,
  DISPOSITIONS,
  EPOCHS,
  REASONS_NOT_COMPLETED,
} from '../../../study/cdisc-terms.ts';
import type { CivilDate } from '../../../study/civil-date.ts';
import type { Study } from '../../../study/study.ts';
import type { PlannedVisit } from '../planned-visits.ts';
import { cut, identifiers, sdtmDataset, type SdtmDataset, variable } from '../sdtm-dataset.ts';
import { epochOn } from './epoch-on.ts';
import { byText, dayOn, type SdtmParticipant } from './sdtm-participant.ts';
import {
  numbered,
  recordsOf,
  seqVariable,
  usubjidVariable,
  type WithSeq,
} from './subject-variables.ts';

interface Row {
  readonly usubjid: string;
  readonly participant: SdtmParticipant;
  /** The randomization number; empty for a withdrawal. */
  readonly number: string;
  readonly seqOfEntry: number;
  readonly term: string;
  readonly decoded: string;
  readonly category: string;
  readonly part: string;
  readonly epoch: string;
  readonly date: CivilDate;
}

/** Disposition: the randomization of each participant, and the withdrawals from the treatment and from the study. */
export function disposition(
  study: Pick<Study, 'id' | 'cdisc' | 'amendments'>,
  participants: readonly SdtmParticipant[],
  visits: ReadonlyMap<string, PlannedVisit>,
): SdtmDataset {
  const rows = numbered(recordsOf(participants, (one) => rowsOf(study, one, visits)));
  type Numbered = WithSeq<Row>;
  return sdtmDataset<Numbered>(
    {
      name: 'DS',
      label: 'Disposition',
      class: 'EVENTS',
      structure: 'One record per disposition status or protocol milestone per subject',
      isReference: false,
      comment:
        'The milestone RANDOMIZED, and withdrawals. Other milestones, and who completed the treatment or the study, are collected elsewhere.',
    },
    [
      ...identifiers<Numbered>(study.id, 'DS'),
      usubjidVariable<Numbered>(),
      seqVariable<Numbered>('DS'),
      variable('DSREFID', 'Reference ID', 'Identifier', ({ number }) => number, {
        comment: 'The randomization number.',
      }),
      variable(
        'DSSPID',
        'Sponsor-Defined Identifier',
        'Identifier',
        ({ seqOfEntry }) => `LEDGER ${seqOfEntry}`,
        { comment: 'The entry of the ledger that records it.' },
      ),
      variable(
        'DSTERM',
        'Reported Term for the Disposition Event',
        'Topic',
        ({ term }) => cut(term),
        {
          core: 'R',
          origin: 'Collected',
          comment: 'Of a withdrawal the reason, as it was written.',
        },
      ),
      variable(
        'DSDECOD',
        'Standardized Disposition Term',
        'Synonym Qualifier',
        ({ decoded }) => decoded,
        {
          core: 'R',
          key: 6,
          list: DISPOSITION_TERMS,
          comment:
            'Empty for a withdrawal whose reason is not a term of the list (C66727): it is to be coded.',
        },
      ),
      variable(
        'DSCAT',
        'Category for Disposition Event',
        'Grouping Qualifier',
        ({ category }) => category,
        { core: 'E', key: 4, list: DISPOSITIONS },
      ),
      variable(
        'DSSCAT',
        'Subcategory for Disposition Event',
        'Grouping Qualifier',
        ({ part }) => part,
        { key: 5, list: DISPOSITION_PARTS },
      ),
      variable('EPOCH', 'Epoch', 'Timing', ({ epoch }) => epoch, { list: EPOCHS }),
      variable('DSSTDTC', 'Start Date/Time of Disposition Event', 'Timing', ({ date }) => date, {
        type: 'date',
        core: 'E',
        key: 3,
        origin: 'Collected',
        comment: 'The date at the site.',
      }),
      variable(
        'DSSTDY',
        'Study Day of Start of Disposition Event',
        'Timing',
        ({ participant, date }) => dayOn(participant, date),
        { type: 'number', origin: 'Derived' },
      ),
    ],
    rows,
  );
}

function rowsOf(
  study: Pick<Study, 'cdisc' | 'amendments'>,
  participant: SdtmParticipant,
  visits: ReadonlyMap<string, PlannedVisit>,
): Row[] {
  const { usubjid, randomization, randomizedOn, facts } = participant;
  const randomized: Row = {
    usubjid,
    participant,
    number: randomization.number,
    seqOfEntry: randomization.seq,
    term: 'RANDOMIZED',
    decoded: 'RANDOMIZED',
    category: 'PROTOCOL MILESTONE',
    part: '',
    epoch: epochOn(study, participant, visits, randomizedOn, true),
    date: randomizedOn,
  };
  const withdrawn = facts.withdrawals.map((entry): Row => ({
    usubjid,
    participant,
    number: '',
    seqOfEntry: entry.seq,
    term: entry.reason ?? '',
    decoded: reasonTerm(entry) ?? '',
    category: 'DISPOSITION EVENT',
    part: entry.from === 'study' ? 'STUDY PARTICIPATION' : 'STUDY TREATMENT',
    epoch: epochOn(study, participant, visits, entry.date),
    date: entry.date,
  }));
  return [randomized, ...withdrawn].toSorted(
    (a, b) =>
      byText(a.date, b.date) ||
      byText(a.category, b.category) ||
      byText(a.part, b.part) ||
      byText(a.decoded, b.decoded),
  );
}

/** The reason of a withdrawal as CDISC's term, if somebody wrote one; undefined if it is in other words. */
export function reasonTerm({ reason }: EntryOf<'withdrawal'>): string | undefined {
  const written = (reason ?? '').trim().replace(/\.$/, '').toUpperCase();
  return Object.hasOwn(REASONS_NOT_COMPLETED.terms, written) ? written : undefined;
}
