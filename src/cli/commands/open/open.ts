import { allocationRows, formatAllocationCsv } from '../../../exports/tables/allocation-table.ts';
import { handOpenedList } from '../../study/opened-list.ts';
import type { OpenFlags } from './command.ts';
import type { Output } from '../../output/output.ts';

/**
 * `randose open`: the whole allocation list, with its blocks and arms, for a person who has a key to it. The ledger
 * says who opened it, before anything is opened and after.
 */
export async function open(output: Output, options: OpenFlags): Promise<void> {
  await handOpenedList(output, options, ({ study }, masters) => {
    const slots = masters.flatMap((master) => master.slots);
    const needsRows = options.format === 'json' || output.json;
    return {
      data: { study: study.id, slots: needsRows ? allocationRows(slots) : [] },
      csv: () => formatAllocationCsv(slots, options.csvFor),
      what: 'the whole list with its arms',
    };
  });
}
