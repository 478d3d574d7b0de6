import * as v from 'valibot';
import { FILE, LEDGER, STUDY, WOULD } from '../../results/common-parts.ts';
import { COUNT, form, forms, list, optional, says, TEXT } from '../../results/shapes.ts';

/** With kit types, each has a member of its own for its kit, and for its spare kits. */
const SLOT = v.objectWithRest(
  {
    randomization_number: says(TEXT, 'The randomization number.'),
    batch: says(COUNT, 'The batch of the list, from 1.'),
    stratum: says(TEXT, 'The stratum.'),
    sequence_in_stratum: says(COUNT, 'The place of the slot in its stratum, from 1.'),
    block: says(COUNT, 'The block, from 1 in each stratum.'),
    block_size: says(COUNT, 'The size of the block.'),
    sequence_in_block: says(COUNT, 'The place of the slot in its block, from 1.'),
    kit: optional(says(TEXT, 'The kit; with kit types there is kit_TYPE for each instead.')),
    spare_kits: optional(
      says(list(TEXT), 'The spare kits; with kit types spare_kits_TYPE for each instead.'),
    ),
    arm: says(TEXT, 'The code of the arm.'),
    replacement_for: optional(says(TEXT, 'Of a replacement slot: the slot that it is for.')),
  },
  v.union([TEXT, list(TEXT)]),
);

export const OPEN_RESULT = forms(
  form('The allocation table. It has the arms.', {
    ...STUDY,
    slots: says(list(SLOT), 'The slots, in the order of the list.'),
    ...LEDGER,
  }),
  form('With --output: the table is in a file.', { ...STUDY, ...FILE, ...LEDGER }),
  WOULD,
);
