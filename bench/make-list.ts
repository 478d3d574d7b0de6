/** A whole process that makes one list and writes it as CSV, not sealed: R is compared with it. */
import { formatAllocationCsv } from '../src/exports/tables/allocation-table.ts';
import { makeAllocationList } from '../src/randomization/list.ts';
import { weighted } from '../src/randomization/blocks.ts';

const list = makeAllocationList(
  {
    id: 'BENCH',
    domain: 'production',
    numbers: {
      randomization: { prefix: 'R', site: false, width: undefined, check: false },
      kits: { prefix: '', site: false, width: 6 },
    },
    arms: [
      { code: 'ILT101', ratio: 2 },
      { code: 'PLACEBO', ratio: 1 },
    ],
    strata: [{ id: 'site=S1', slots: Number(process.argv[2]) }],
  },
  { blocks: weighted([3, 6]) },
  new Uint8Array(32).fill(7),
);
process.stdout.write(formatAllocationCsv(list));
