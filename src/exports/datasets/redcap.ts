import type { Slot } from '../../randomization/list.ts';
import type { Redcap } from '../../study/sections/redcap.ts';
import { partsOfStratum } from '../../study/sections/strata.ts';
import { type Dataset, makeDataset, type Variable } from './dataset.ts';

/**
 * The allocation table of REDCap's blinded model: what REDCap gives each participant, the data access group, and a column
 * for each stratification field, under REDCap's own names and in its own order. It cuts what is beyond by its position, so
 * that no other column is there. No arm is in it.
 *
 * @param stratifyBy what strata differ by, in the order of the columns
 * @param slots in the order of the list: REDCap gives the first one that is free in a stratum
 */
export function redcapDataset(
  { number, dag, factors }: Redcap,
  stratifyBy: readonly string[],
  slots: readonly Slot[],
): Dataset {
  const fields = stratifyBy.filter((name) => dag === undefined || name !== 'site');
  const variables: Variable<Slot>[] = [
    {
      ...column('RANDNO', 'What REDCap Gives', 'redcap_randomization_number'),
      of: (slot) => (number === 'kit' ? required(slot.kit, slot.number) : slot.number),
    },
    ...(dag === undefined
      ? []
      : [
          {
            ...column('DAG', 'Data Access Group', 'redcap_data_access_group'),
            of: ({ stratum }: Slot) => coded(dag, partsOfStratum(stratum).site),
          },
        ]),
    ...fields.map((name, index) => {
      const { field = '', codes = {} } = factors[name] ?? {};
      return {
        ...column(`STRAT${index + 1}`, `Stratification: ${name}`, field),
        of: ({ stratum }: Slot) => coded(codes, partsOfStratum(stratum)[name]),
      };
    }),
  ];
  const about = { name: 'REDCAP', label: 'REDCap Allocation Table, Blinded Model' };
  return makeDataset(about, variables, slots);
}

function column(name: string, label: string, title: string) {
  return { name, label, title, type: 'text' } as const;
}

/** REDCap refuses an empty cell. study.yaml was checked: one that is missing is a bug. */
function required(value: string | number | undefined, of: string): string {
  if (value === undefined) throw new Error(`${of} has no value for REDCap`);
  return String(value);
}

function coded(codes: Readonly<Record<string, string | number>>, level = ''): string {
  return required(codes[level], level);
}
