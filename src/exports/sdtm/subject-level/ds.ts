import { DISPOSITIONS, EPOCHS, MILESTONES } from '../../../study/cdisc-terms.ts';
import type { Study } from '../../../study/study.ts';
import { identifiers, sdtmDataset, type SdtmDataset, variable } from '../sdtm-dataset.ts';
import { dayOn, type SdtmParticipant } from './sdtm-participant.ts';
import { numbered, seqVariable, usubjidVariable } from './subject-variables.ts';

/** Disposition: the randomization of each participant. */
export function disposition(
  { id }: Pick<Study, 'id'>,
  participants: readonly SdtmParticipant[],
): SdtmDataset {
  const rows = [...numbered(participants)];
  type Row = (typeof rows)[number];
  return sdtmDataset<Row>(
    {
      name: 'DS',
      label: 'Disposition',
      class: 'EVENTS',
      structure: 'One record per disposition status or protocol milestone per subject',
      isReference: false,
      comment:
        'Only the milestone RANDOMIZED. Other milestones and dispositions are collected elsewhere.',
    },
    [
      ...identifiers<Row>(id, 'DS'),
      usubjidVariable<Row>(),
      seqVariable<Row>('DS'),
      variable('DSREFID', 'Reference ID', 'Identifier', (one) => one.randomization.number, {
        comment: 'The randomization number.',
      }),
      variable('DSTERM', 'Reported Term for the Disposition Event', 'Topic', () => 'RANDOMIZED', {
        core: 'R',
      }),
      variable(
        'DSDECOD',
        'Standardized Disposition Term',
        'Synonym Qualifier',
        () => 'RANDOMIZED',
        {
          core: 'R',
          key: 4,
          list: MILESTONES,
        },
      ),
      variable(
        'DSCAT',
        'Category for Disposition Event',
        'Grouping Qualifier',
        () => 'PROTOCOL MILESTONE',
        { core: 'E', list: DISPOSITIONS },
      ),
      variable('EPOCH', 'Epoch', 'Timing', () => 'SCREENING', { list: EPOCHS }),
      variable(
        'DSSTDTC',
        'Start Date/Time of Disposition Event',
        'Timing',
        ({ randomizedOn }) => randomizedOn,
        { type: 'date', core: 'E', key: 3, origin: 'Collected', comment: 'The date at the site.' },
      ),
      variable(
        'DSSTDY',
        'Study Day of Start of Disposition Event',
        'Timing',
        (one) => dayOn(one, one.randomizedOn),
        { type: 'number', origin: 'Derived' },
      ),
    ],
    rows,
  );
}
