import type { KitAccount } from '../../../ledger/accountability.ts';
import type { EntryOf, KitEvent } from '../../../ledger/entry.ts';
import { ACCOUNTABILITY_TESTS, DOSE_UNITS, EPOCHS } from '../../../study/cdisc-terms.ts';
import type { CivilDate } from '../../../study/civil-date.ts';
import { subjectKey } from '../../../study/identifiers.ts';
import { isInjected } from '../../../study/sections/supplies.ts';
import type { Study } from '../../../study/study.ts';
import type { PlannedVisit } from '../planned-visits.ts';
import { identifiers, sdtmDataset, type SdtmDataset, variable } from '../sdtm-dataset.ts';
import type { KitFacts } from './ec.ts';
import { epochOn } from './epoch-on.ts';
import { byText, dayOn, type NumberedVisit, type SdtmParticipant } from './sdtm-participant.ts';
import {
  numbered,
  recordsOf,
  seqVariable,
  usubjidVariable,
  visitVariables,
  type WithSeq,
} from './subject-variables.ts';
import { recordedVisits } from './sv.ts';

/** What can happen to the units of a kit at its participant's, as CDISC names it. */
const TESTS: Readonly<Partial<Record<KitEvent, readonly [string, string]>>> = {
  dispensed: ['DISPAMT', 'Dispensed Amount'],
  returned: ['RETAMT', 'Returned Amount'],
  lost: ['LOSTAMT', 'Lost Amount'],
};

interface Row {
  readonly usubjid: string;
  readonly participant: SdtmParticipant;
  readonly kit: string;
  readonly type: string | undefined;
  readonly seqOfEntry: number;
  readonly test: readonly [string, string];
  readonly units: number;
  readonly unit: string;
  readonly date: CivilDate;
  readonly visit: NumberedVisit | undefined;
  readonly epoch: string;
}

/** Product Accountability: the units that participants got, gave back or lost. What was taken back is left out. */
export function productAccountability(
  study: Study,
  participants: readonly SdtmParticipant[],
  visits: ReadonlyMap<string, PlannedVisit>,
  accounts: readonly KitAccount[],
  used: KitFacts['used'],
): SdtmDataset {
  const kits = new Map<string, KitAccount[]>();
  for (const account of accounts) {
    if (account.holder === undefined || account.events.length === 0) continue;
    const key = subjectKey(account.holder);
    const own = kits.get(key);
    if (own === undefined) kits.set(key, [account]);
    else own.push(account);
  }
  const rows = numbered(
    recordsOf(participants, (one) => {
      const own = kits.get(subjectKey(one.facts.ids.current)) ?? [];
      return own.length === 0 ? [] : rowsOf(study, one, visits, own, used);
    }),
  );
  type Numbered = WithSeq<Row>;
  const hasTypes = study.kitTypes.length > 0;
  const [number, name, day] = visitVariables<Numbered>({ core: 'E' });
  const amount = ({ units }: Row) => String(units);
  return sdtmDataset<Numbered>(
    {
      name: 'DA',
      label: 'Product Accountability',
      class: 'FINDINGS',
      structure: 'One record per product accountability finding per subject',
      isReference: false,
      comment: 'Only what participants got and gave back. export accountability has the stock.',
    },
    [
      ...identifiers<Numbered>(study.id, 'DA'),
      usubjidVariable<Numbered>(),
      seqVariable<Numbered>('DA'),
      variable('DAREFID', 'Reference ID', 'Identifier', ({ kit }) => kit, {
        key: 5,
        comment: 'The kit.',
      }),
      variable(
        'DASPID',
        'Sponsor-Defined Identifier',
        'Identifier',
        ({ seqOfEntry }) => `LEDGER ${seqOfEntry}`,
        { comment: 'The entry of the ledger that records it.' },
      ),
      variable(
        'DATESTCD',
        'Short Name of Accountability Assessment',
        'Topic',
        ({ test }) => test[0],
        { core: 'R', key: 3, list: ACCOUNTABILITY_TESTS },
      ),
      variable(
        'DATEST',
        'Name of Accountability Assessment',
        'Synonym Qualifier',
        ({ test }) => test[1],
        { core: 'R' },
      ),
      variable('DACAT', 'Category', 'Grouping Qualifier', () => 'STUDY MEDICATION'),
      ...(hasTypes
        ? [
            variable<Numbered>(
              'DASCAT',
              'Subcategory',
              'Grouping Qualifier',
              ({ type }) => type ?? '',
              {
                comment: 'The kit type.',
              },
            ),
          ]
        : []),
      variable('DAORRES', 'Result or Finding in Original Units', 'Result Qualifier', amount, {
        core: 'E',
        origin: 'Collected',
      }),
      variable('DAORRESU', 'Original Units', 'Variable Qualifier', ({ unit }) => unit, {
        list: DOSE_UNITS,
      }),
      variable('DASTRESC', 'Result or Finding in Standard Format', 'Result Qualifier', amount, {
        core: 'E',
        origin: 'Derived',
      }),
      variable(
        'DASTRESN',
        'Numeric Result/Finding in Standard Units',
        'Result Qualifier',
        ({ units }) => units,
        { type: 'number', origin: 'Derived' },
      ),
      variable('DASTRESU', 'Standard Units', 'Variable Qualifier', ({ unit }) => unit, {
        list: DOSE_UNITS,
      }),
      number,
      name,
      day,
      variable('EPOCH', 'Epoch', 'Timing', ({ epoch }) => epoch, { list: EPOCHS }),
      variable('DADTC', 'Date/Time of Collection', 'Timing', ({ date }) => date, {
        type: 'date',
        core: 'E',
        key: 4,
        origin: 'Collected',
      }),
      variable(
        'DADY',
        'Study Day of Visit/Collection/Exam',
        'Timing',
        ({ participant, date }) => dayOn(participant, date),
        { type: 'number', origin: 'Derived' },
      ),
    ],
    rows,
  );
}

function rowsOf(
  study: Study,
  participant: SdtmParticipant,
  visits: ReadonlyMap<string, PlannedVisit>,
  kits: readonly KitAccount[],
  used: KitFacts['used'],
): Row[] {
  const own = new Set(participant.injections.map(({ seq }) => used.get(seq)));
  const recorded = recordedVisits(participant, visits);
  const { usubjid } = participant;
  return kits
    .flatMap(({ kit, type, events }) => {
      return participantsEvents(events, own.has(kit)).flatMap((entry): Row[] => {
        const test = TESTS[entry.event];
        if (test === undefined || entry.units === null) return [];
        const { date, units, seq } = entry;
        const unit = isInjected(study.supplies, type) ? (study.cdisc.doseUnit ?? '') : '';
        const visit = recorded.find((one) => one.start === date)?.visit;
        const about = { usubjid, participant, kit, type, units, unit, date, visit };
        return [
          { ...about, test, seqOfEntry: seq, epoch: epochOn(study, participant, visits, date) },
        ];
      });
    })
    .toSorted(
      (a, b) => byText(a.test[0], b.test[0]) || byText(a.date, b.date) || byText(a.kit, b.kit),
    );
}

/**
 * What happened to a kit while its participant had it: from when it was dispensed, until it came back. A kit that was
 * never recorded as dispensed is theirs too if an injection was given to them from it. What is lost before or after that
 * is stock.
 */
function participantsEvents(
  events: readonly EntryOf<'kit'>[],
  isUsed: boolean,
): readonly EntryOf<'kit'>[] {
  const dispensed = events.findIndex(({ event }) => event === 'dispensed');
  const first = dispensed >= 0 ? dispensed : isUsed ? 0 : events.length;
  const back = events.findIndex(({ event }) => event === 'returned');
  return events.slice(first, back === -1 ? events.length : back + 1);
}
