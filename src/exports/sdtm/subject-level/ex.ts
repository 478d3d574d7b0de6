import { type InjectionRecord, isAdditional } from '../../../ledger/injections.ts';
import {
  DOSE_FORMS,
  EPOCHS,
  FREQUENCIES,
  ROUTES,
  SUBSTANCE_UNITS,
} from '../../../study/cdisc-terms.ts';
import type { Visit } from '../../../schedule/visits.ts';
import { treatmentPeriods } from '../../../study/sections/schedule.ts';
import type { Study } from '../../../study/study.ts';
import { epochOf } from '../epochs.ts';
import type { PlannedVisit } from '../planned-visits.ts';
import { cut, identifiers, sdtmDataset, type SdtmDataset, variable } from '../sdtm-dataset.ts';
import { type Amount, readAmount } from './amount.ts';
import type { KitFacts } from './ec.ts';
import { ownVisits, phaseOf } from './phases.ts';
import { byText, dayOn, type SdtmUnblinded } from './sdtm-participant.ts';
import {
  numbered,
  recordsOf,
  seqVariable,
  usubjidVariable,
  type WithSeq,
} from './subject-variables.ts';

/** What was given, and how much of it. */
interface Given {
  readonly treatment: string;
  readonly dose: number | null;
  readonly text: string;
  readonly unit: string;
}

interface Row {
  readonly usubjid: string;
  readonly participant: SdtmUnblinded;
  readonly record: InjectionRecord;
  readonly given: Given;
  readonly epoch: string;
  readonly link: string;
}

/** Exposure: each injection that was given, with the treatment of the kit that was really used. It names arms. */
export function exposureDataset(
  study: Study,
  participants: readonly SdtmUnblinded[],
  visits: ReadonlyMap<string, PlannedVisit>,
  kits: KitFacts,
): SdtmDataset {
  const rows = numbered(
    recordsOf(participants, (participant): Row[] => {
      const visitOf = ownVisits(study, participant, visits);
      return participant.injections
        .filter(({ result }) => result === 'given')
        .map((record) => {
          const visit = isAdditional(record) ? undefined : visitOf(record.visit);
          return {
            usubjid: participant.usubjid,
            participant,
            record,
            given: givenOf(study, participant, record, visit),
            epoch: epochOf(study, phaseOf(record, participant, visitOf) ?? ''),
            link: isAdditional(record) ? `ADDITIONAL ${record.seq}` : record.visit,
          };
        })
        .toSorted(
          (a, b) =>
            byText(a.given.treatment, b.given.treatment) || byText(a.record.date, b.record.date),
        );
    }),
  );
  type Numbered = WithSeq<Row>;
  const { doseForm, route } = study.cdisc;
  const kitOf = ({ record }: Row) => kits.used.get(record.seq) ?? '';
  return sdtmDataset<Numbered>(
    {
      name: 'EX',
      label: 'Exposure',
      class: 'INTERVENTIONS',
      structure: 'One record per injection given per subject',
      isReference: false,
    },
    [
      ...identifiers<Numbered>(study.id, 'EX'),
      usubjidVariable<Numbered>(),
      seqVariable<Numbered>('EX'),
      variable('EXREFID', 'Reference ID', 'Identifier', (row) => cut(kitOf(row)), {
        comment: 'The kit.',
      }),
      variable('EXLNKID', 'Link ID', 'Identifier', ({ link }) => link),
      variable('EXTRT', 'Name of Treatment', 'Topic', ({ given }) => given.treatment, {
        core: 'R',
        key: 3,
        origin: 'Derived',
        comment: 'By the kit that was used. Without one on record, by the arm of the slot.',
      }),
      variable('EXDOSE', 'Dose', 'Record Qualifier', ({ given }) => given.dose, {
        type: 'number',
        core: 'E',
        origin: 'Derived',
        comment:
          '0 for a placebo. Else the amount on record, or what the schedule plans; without them DOSE of TS, if there is one; if not, units of the product. Null if the amount on record is not a number with a unit of CDISC: then EXDOSTXT has it.',
      }),
      variable('EXDOSTXT', 'Dose Description', 'Record Qualifier', ({ given }) => cut(given.text), {
        origin: 'Collected',
      }),
      variable('EXDOSU', 'Dose Units', 'Variable Qualifier', ({ given }) => given.unit, {
        core: 'E',
      }),
      variable('EXDOSFRM', 'Dose Form', 'Variable Qualifier', () => doseForm ?? '', {
        core: 'E',
        list: DOSE_FORMS,
      }),
      variable('EXDOSFRQ', 'Dosing Frequency per Interval', 'Variable Qualifier', () => 'ONCE', {
        list: FREQUENCIES,
      }),
      variable('EXROUTE', 'Route of Administration', 'Variable Qualifier', () => route ?? '', {
        list: ROUTES,
      }),
      variable(
        'EXLOT',
        'Lot Number',
        'Record Qualifier',
        (row) => kits.lots.get(kitOf(row)) ?? '',
        {
          origin: 'Derived',
        },
      ),
      variable('EPOCH', 'Epoch', 'Timing', ({ epoch }) => epoch, { list: EPOCHS }),
      ...(['ST', 'EN'] as const).map((end) =>
        variable<Numbered>(
          `EX${end}DTC`,
          `${end === 'ST' ? 'Start' : 'End'} Date/Time of Treatment`,
          'Timing',
          ({ record }) => record.date,
          { type: 'date', core: 'E', ...(end === 'ST' && { key: 4 }), origin: 'Collected' },
        ),
      ),
      ...(['ST', 'EN'] as const).map((end) =>
        variable<Numbered>(
          `EX${end}DY`,
          `Study Day of ${end === 'ST' ? 'Start' : 'End'} of Treatment`,
          'Timing',
          ({ participant, record }) => dayOn(participant, record.date),
          { type: 'number', origin: 'Derived' },
        ),
      ),
    ],
    rows,
  );
}

function givenOf(
  study: Study,
  participant: SdtmUnblinded,
  record: SdtmUnblinded['injections'][number],
  visit: Visit | undefined,
): Given {
  const { arms, cdisc, schedule } = study;
  const given = participant.armGiven(record).arm;
  const arm = arms.find(({ code }) => code === given.code);
  const at = treatmentPeriods(schedule).findIndex(({ name }) => name === visit?.period);
  const ofPeriod = at < 0 ? undefined : arm?.periods?.[at];
  const isPlacebo = arm?.type === 'placebo' || ofPeriod?.toLowerCase() === 'placebo';
  const said = (code: string) => cdisc.summary.find((one) => one.code === code)?.values ?? [];
  const [doses, units] = [said('DOSE'), said('DOSU')];
  const [dose, unit] = [Number(doses[0]), units[0] ?? ''];
  // One dose for the only arm that is tested is that of every injection from its kits.
  const isSaid =
    doses.length === 1 &&
    units.length === 1 &&
    Number.isFinite(dose) &&
    arms.filter(({ type }) => type === 'active').length === 1;
  const ownUnit = isSaid ? unit : (cdisc.doseUnit ?? '');
  const text = record.amount ?? '';
  const amount = readAmount(text);
  const planned = ofSubstance(readAmount(visit?.injection?.dose ?? ''));
  if (isPlacebo) {
    const unit = (ofSubstance(amount) ?? planned)?.unit ?? ownUnit;
    return { treatment: 'PLACEBO', dose: 0, text: '', unit };
  }
  const treatment = ofPeriod ?? given.name;
  if (amount !== undefined) return { treatment, dose: amount.value, text: '', unit: amount.unit };
  if (text !== '') return { treatment, dose: null, text, unit: '' };
  // The dose of a visit is the same in all arms.
  if (planned !== undefined && arm !== undefined) {
    return { treatment, dose: planned.value, text: '', unit: planned.unit };
  }
  return isSaid && arm?.type === 'active'
    ? { treatment, dose, text: '', unit }
    : { treatment, dose: 1, text: '', unit: cdisc.doseUnit ?? '' };
}

/** An amount that is how much of a substance was given, and not how much of the product. */
function ofSubstance(amount: Amount | undefined): Amount | undefined {
  return amount !== undefined && Object.hasOwn(SUBSTANCE_UNITS.terms, amount.unit)
    ? amount
    : undefined;
}
