import { EPOCHS } from '../../../study/cdisc-terms.ts';
import type { Study } from '../../../study/study.ts';
import { identifiers, sdtmDataset, type SdtmDataset, variable } from '../sdtm-dataset.ts';
import { elementsOfArms } from './elements.ts';

/** Trial Arms: each element of each arm, in its order. */
export function trialArms(
  study: Pick<Study, 'id' | 'arms' | 'schedule' | 'amendments' | 'cdisc'>,
): SdtmDataset {
  const rows = elementsOfArms(study).flatMap(({ arm, elements }) =>
    elements.map((element, index) => ({ arm, element, order: index + 1 })),
  );
  type Row = (typeof rows)[number];
  return sdtmDataset<Row>(
    {
      name: 'TA',
      label: 'Trial Arms',
      class: 'TRIAL DESIGN',
      structure: 'One record per planned Element per Arm',
      isReference: true,
    },
    [
      ...identifiers<Row>(study.id, 'TA'),
      variable('ARMCD', 'Planned Arm Code', 'Topic', ({ arm }) => arm.code, {
        core: 'R',
        key: 2,
        origin: 'Protocol',
      }),
      variable('ARM', 'Description of Planned Arm', 'Synonym Qualifier', ({ arm }) => arm.name, {
        core: 'R',
        origin: 'Protocol',
      }),
      variable('TAETORD', 'Planned Order of Element within Arm', 'Timing', ({ order }) => order, {
        type: 'number',
        core: 'R',
        key: 3,
      }),
      variable('ETCD', 'Element Code', 'Record Qualifier', ({ element }) => element.code, {
        core: 'R',
      }),
      variable('ELEMENT', 'Description of Element', 'Synonym Qualifier', (one) => one.element.name),
      variable(
        'TABRANCH',
        'Branch',
        'Rule',
        ({ arm, order }) => (order === 1 ? `Randomized to ${arm.name}` : ''),
        { core: 'E', origin: 'Protocol' },
      ),
      variable('TATRANS', 'Transition Rule', 'Rule', () => '', { core: 'E', origin: 'Protocol' }),
      variable('EPOCH', 'Epoch', 'Timing', ({ element }) => element.epoch, {
        core: 'R',
        list: EPOCHS,
      }),
    ],
    rows,
  );
}
