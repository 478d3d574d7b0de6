import { levelsOfStratum } from '../../../study/sections/strata.ts';
import type { Study } from '../../../study/study.ts';
import { cut, sdtmDataset, type SdtmDataset, variable } from '../sdtm-dataset.ts';
import type { SdtmParticipant } from './sdtm-participant.ts';
import { recordsOf, usubjidVariable } from './subject-variables.ts';

/** A qualifier that DM has no variable for. */
export interface Qualifier {
  readonly name: string;
  readonly label: string;
}

interface Row extends Qualifier {
  readonly usubjid: string;
  readonly value: string;
}

/** Supplemental qualifiers of DM: the randomization number, the stratum as it was used for the randomization, and the kits. */
export function supplementalDm(
  study: Pick<Study, 'id' | 'factors'>,
  participants: readonly SdtmParticipant[],
): SdtmDataset {
  const rows = recordsOf(participants, (one) =>
    qualifiersOf(study, one)
      // A qualifier without a value has no record.
      .filter(({ value }) => value !== '')
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  );
  return sdtmDataset<Row>(
    {
      name: 'SUPPDM',
      label: 'Supplemental Qualifiers for DM',
      class: 'RELATIONSHIP',
      structure: 'One record per IDVAR, IDVARVAL, and QNAM value per subject',
      isReference: false,
      comment:
        'STRATUM and STRAT1, STRAT2 and so on are as used for the randomization. STRAT1C and so on are corrected levels.',
    },
    [
      variable('STUDYID', 'Study Identifier', 'Identifier', () => study.id, {
        core: 'R',
        key: 1,
        origin: 'Protocol',
      }),
      variable('RDOMAIN', 'Related Domain Abbreviation', 'Identifier', () => 'DM', {
        core: 'R',
        key: 2,
      }),
      usubjidVariable<Row>(3),
      variable('IDVAR', 'Identifying Variable', 'Identifier', () => '', { core: 'E', key: 4 }),
      variable('IDVARVAL', 'Identifying Variable Value', 'Identifier', () => '', {
        core: 'E',
        key: 5,
      }),
      variable('QNAM', 'Qualifier Variable Name', 'Topic', ({ name }) => name, {
        core: 'R',
        key: 6,
      }),
      variable('QLABEL', 'Qualifier Variable Label', 'Synonym Qualifier', ({ label }) => label, {
        core: 'R',
      }),
      variable('QVAL', 'Data Value', 'Result Qualifier', ({ value }) => cut(value), { core: 'R' }),
      variable('QORIG', 'Origin', 'Record Qualifier', () => 'Assigned', { core: 'R' }),
      variable('QEVAL', 'Evaluator', 'Record Qualifier', () => '', { core: 'E' }),
    ],
    rows,
  );
}

function qualifiersOf({ factors }: Pick<Study, 'factors'>, participant: SdtmParticipant): Row[] {
  const { usubjid, randomization, facts } = participant;
  const { number, stratum, kit, kits = [] } = randomization;
  const levels = levelsOfStratum(stratum);
  const row = (name: string, label: string, value: string | undefined): Row => {
    return { usubjid, name, label: label.slice(0, 40), value: value ?? '' };
  };
  const { ids, transfers, inError, replacement, corrected } = facts;
  return [
    row('RANDNO', 'Randomization Number', number),
    row('STRATUM', 'Randomization Stratum', stratum),
    ...factors.flatMap(({ name }, index) => [
      row(`STRAT${index + 1}`, `Stratum Factor: ${name}`, levels[name]),
      row(`STRAT${index + 1}C`, `Corrected: ${name}`, corrected[name]),
    ]),
    row('KITNO', 'Kit Number', kit),
    ...kits.map((one, index) => row(`KITNO${index + 1}`, `Kit Number: ${one.type}`, one.kit)),
    row('SITECUR', 'Current Study Site Identifier', transfers.at(-1)?.to),
    row(
      'RANDSUBJ',
      'Subject Identifier at Randomization',
      ids.randomizedAs === ids.current ? '' : ids.randomizedAs,
    ),
    row('RANDERR', 'Randomized in Error', inError && 'Y'),
    row('REPLACES', 'Replaces the Subject', replacement.replaced?.subject),
    row('REPLBY', 'Replaced by the Subject', replacement.replacedBy?.subject),
  ];
}
