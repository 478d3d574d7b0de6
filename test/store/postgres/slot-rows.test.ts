import { expect, test } from 'vitest';
import type { Slot } from '../../../src/randomization/list.ts';
import { slotRows } from '../../../src/store/postgres/slot-rows.ts';

test('slots of a list go to the server with their site, their kits as a randomization names them, and all their kits', () => {
  const slots = [
    { number: 'R001', batch: 1, stratum: 'sex=F', sequence: 1 },
    {
      number: 'R002',
      batch: 1,
      stratum: 'site=S08/sex=F',
      sequence: 1,
      kit: 'AAAA',
      spares: ['AAAC'],
    },
    {
      number: 'R003',
      batch: 2,
      stratum: 'site=S08',
      sequence: 1,
      kit: 'AAAA',
      kitType: 'tablets',
      further: [{ type: 'syrup', kit: 'AAAC', spares: ['AAAD'] }],
    },
    { number: 'R004', batch: 1, stratum: 'sex=F', sequence: 1, replacementFor: 'R001' },
  ] as unknown as Slot[];
  expect(slotRows(slots)).toEqual([
    { number: 'R001', batch: 1, stratum: 'sex=F', sequence: 1, allKits: [], site: null },
    {
      number: 'R002',
      batch: 1,
      stratum: 'site=S08/sex=F',
      sequence: 1,
      kit: 'AAAA',
      allKits: ['AAAA', 'AAAC'],
      site: 'S08',
    },
    {
      number: 'R003',
      batch: 2,
      stratum: 'site=S08',
      sequence: 1,
      kit: 'AAAA',
      kits: [
        { type: 'tablets', kit: 'AAAA' },
        { type: 'syrup', kit: 'AAAC' },
      ],
      allKits: ['AAAA', 'AAAC', 'AAAD'],
      site: 'S08',
    },
    {
      number: 'R004',
      batch: 1,
      stratum: 'sex=F',
      sequence: 1,
      allKits: [],
      site: null,
      replacementFor: 'R001',
    },
  ]);
});
