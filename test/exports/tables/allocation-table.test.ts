import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  allocationRows,
  formatAllocationCsv,
} from '../../../src/exports/tables/allocation-table.ts';
import { makeAllocationList } from '../../../src/randomization/list.ts';
import { anyList, anyNumbers } from '../../support/designs.ts';

test('another program reads any table back unchanged', () => {
  fc.assert(
    fc.property(anyList, anyNumbers, ({ design, plan, seed }, numbers) => {
      const slots = makeAllocationList({ ...design, numbers }, plan, seed);
      const read: Record<string, string>[] = parse(formatAllocationCsv(slots), { columns: true });
      expect(read).toEqual(
        allocationRows(slots).map((row) =>
          Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])),
        ),
      );
    }),
  );
});
