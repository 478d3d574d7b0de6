import { isAdditional, type InjectionRecord } from '../../../ledger/injections.ts';
import { EPOCHS } from '../../../study/cdisc-terms.ts';
import type { CivilDate } from '../../../study/civil-date.ts';
import type { Study } from '../../../study/study.ts';
import type { PlannedVisit } from '../planned-visits.ts';
import { cut, identifiers, sdtmDataset, type SdtmDataset, variable } from '../sdtm-dataset.ts';
import { elementsOfArms } from '../trial-design/elements.ts';
import { ownVisits } from './phases.ts';
import { byText, dayOn, kitsGivenText, type SdtmUnblinded } from './sdtm-participant.ts';
import {
  numbered,
  recordsOf,
  seqVariable,
  usubjidVariable,
  type WithSeq,
} from './subject-variables.ts';

interface Row {
  readonly usubjid: string;
  readonly participant: SdtmUnblinded;
  readonly code: string;
  readonly name: string;
  readonly order: number | null;
  readonly epoch: string;
  readonly start: CivilDate;
  readonly end: CivilDate | undefined;
  readonly unplanned: string;
}

/** Subject Elements: the treatment elements that participants began, by their injections. It names arms. */
export function subjectElements(
  study: Study,
  participants: readonly SdtmUnblinded[],
  visits: ReadonlyMap<string, PlannedVisit>,
): SdtmDataset {
  const arms = new Map(elementsOfArms(study).map((one) => [one.arm.code, one.elements]));
  const rows = numbered(
    recordsOf(participants, (participant): Row[] => {
      const visitOf = ownVisits(study, participant, visits);
      const begun = (arms.get(participant.arm.code) ?? []).flatMap((element, index) => {
        const isIn = (record: InjectionRecord) =>
          !isAdditional(record) && element.isTreatment && element.hasVisit(visitOf(record.visit));
        const given = participant.injections
          .filter((record) => record.result === 'given' && isIn(record))
          .toSorted((a, b) => byText(a.date, b.date));
        const had = new Set(given.map((record) => participant.armGiven(record).arm.code));
        const isOpen = participant
          .dated()
          .visits.some(
            ({ visit, status }) =>
              visit.injection !== undefined &&
              element.hasVisit(visit) &&
              (status === 'planned' || status === 'moved'),
          );
        if (given.length === 0) return [];
        // All of it from kits of one arm is the element of that arm, as every arm has it at the same place.
        const [only] = had.size === 1 ? had : [];
        const actual = only === undefined ? undefined : arms.get(only)?.[index];
        return [{ element, actual, order: index + 1, given, isOpen }];
      });
      return begun.map(({ element, actual, order, given, isOpen }, index): Row => {
        return {
          usubjid: participant.usubjid,
          participant,
          code: actual?.code ?? 'UNPLAN',
          name: actual?.name ?? '',
          // Only what was planned for the arm of the slot has a place in it.
          order: actual?.code === element.code ? order : null,
          epoch: element.epoch,
          start: given[0]!.date,
          end: begun[index + 1]?.given[0]?.date ?? (isOpen ? undefined : given.at(-1)!.date),
          unplanned: actual === undefined ? kitsGivenText(participant, given) : '',
        };
      });
    }),
  );
  type Numbered = WithSeq<Row>;
  return sdtmDataset<Numbered>(
    {
      name: 'SE',
      label: 'Subject Elements',
      class: 'SPECIAL PURPOSE',
      structure: 'One record per actual Element per subject',
      isReference: false,
      comment:
        'Treatment elements only: the dates of screening and follow-up are collected elsewhere. The end of the last element is its last injection, once none of it is planned any more.',
    },
    [
      ...identifiers<Numbered>(study.id, 'SE'),
      usubjidVariable<Numbered>(),
      seqVariable<Numbered>('SE'),
      variable('ETCD', 'Element Code', 'Topic', ({ code }) => code, { core: 'R', key: 4 }),
      variable('ELEMENT', 'Description of Element', 'Synonym Qualifier', ({ name }) => name),
      variable('TAETORD', 'Planned Order of Element within Arm', 'Timing', ({ order }) => order, {
        type: 'number',
      }),
      variable('EPOCH', 'Epoch', 'Timing', ({ epoch }) => epoch, { list: EPOCHS }),
      variable('SESTDTC', 'Start Date/Time of Element', 'Timing', ({ start }) => start, {
        type: 'date',
        core: 'R',
        key: 3,
        origin: 'Derived',
      }),
      variable('SEENDTC', 'End Date/Time of Element', 'Timing', ({ end }) => end ?? null, {
        type: 'date',
        core: 'E',
        origin: 'Derived',
      }),
      variable(
        'SESTDY',
        'Study Day of Start of Element',
        'Timing',
        ({ participant, start }) => dayOn(participant, start),
        { type: 'number', origin: 'Derived' },
      ),
      variable(
        'SEENDY',
        'Study Day of End of Element',
        'Timing',
        ({ participant, end }) => dayOn(participant, end),
        { type: 'number', origin: 'Derived' },
      ),
      variable(
        'SEUPDES',
        'Description of Unplanned Element',
        'Synonym Qualifier',
        ({ unplanned }) => cut(unplanned),
      ),
    ],
    rows,
  );
}
