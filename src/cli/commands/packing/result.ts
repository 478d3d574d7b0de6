import { FILE, LEDGER, STUDY, WOULD } from '../../results/common-parts.ts';
import { COUNT, form, forms, list, members, optional, says, TEXT } from '../../results/shapes.ts';

export const PACKING_RESULT = forms(
  form('The packing list. It has the arms.', {
    ...STUDY,
    kits: says(
      list(
        members({
          kit: says(TEXT, 'The code of the kit.'),
          kit_type: optional(says(TEXT, 'Its type; only with kit types.')),
          arm_code: says(TEXT, 'The code of the arm.'),
          arm_name: says(TEXT, 'The name of the arm.'),
        }),
      ),
      'The kits, in the order in which they are packed.',
    ),
    ...LEDGER,
  }),
  form('With --output: the list is in a file.', {
    ...STUDY,
    ...FILE,
    kits: says(COUNT, 'How many kits it has.'),
    ...LEDGER,
  }),
  WOULD,
);
