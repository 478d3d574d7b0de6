import type { Study } from '../../../study/study.ts';
import { cut, identifiers, sdtmDataset, type SdtmDataset, variable } from '../sdtm-dataset.ts';
import { elementsOfArms, type Element } from './elements.ts';

/** Trial Elements: each element once, with its rules and its length. */
export function trialElements(
  study: Pick<Study, 'id' | 'arms' | 'schedule' | 'amendments' | 'cdisc'>,
): SdtmDataset {
  const all = elementsOfArms(study).flatMap(({ elements }) => elements);
  const byCode = new Map(all.map((one) => [one.code, one]));
  const elements = [...byCode.values()].toSorted((a, b) => (a.code < b.code ? -1 : 1));
  return sdtmDataset<Element>(
    {
      name: 'TE',
      label: 'Trial Elements',
      class: 'TRIAL DESIGN',
      structure: 'One record per planned Element',
      isReference: true,
    },
    [
      ...identifiers<Element>(study.id, 'TE'),
      variable('ETCD', 'Element Code', 'Topic', ({ code }) => code, { core: 'R', key: 2 }),
      variable('ELEMENT', 'Description of Element', 'Synonym Qualifier', ({ name }) => name, {
        core: 'R',
      }),
      variable('TESTRL', 'Rule for Start of Element', 'Rule', (one) => cut(one.startRule), {
        core: 'R',
        origin: 'Protocol',
      }),
      variable('TEENRL', 'Rule for End of Element', 'Rule', (one) => cut(one.endRule), {
        origin: 'Protocol',
      }),
      variable(
        'TEDUR',
        'Planned Duration of Element',
        'Timing',
        ({ days }) => (days === undefined ? '' : `P${days}D`),
        { origin: 'Protocol' },
      ),
    ],
    elements,
  );
}
