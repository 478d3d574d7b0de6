import { LEDGER, STUDY, WOULD } from '../../results/common-parts.ts';
import { COUNT, form, forms, optional, says, TEXT } from '../../results/shapes.ts';

export const ALLOCATE_RESULT = forms(
  form('The batch that was drawn and sealed.', {
    ...STUDY,
    folder: says(TEXT, 'The study folder that has the list; of a rehearsal its own folder.'),
    batch: says(COUNT, 'The batch of the list, from 1.'),
    list: says(TEXT, 'The id of the list.'),
    slots: says(COUNT, 'How many slots the batch has.'),
    strata: says(COUNT, 'How many strata it has.'),
    replacements: optional(
      says(COUNT, 'How many of the slots are replacement slots; left out if none is.'),
    ),
    ...LEDGER,
  }),
  form('An allocation that had been interrupted was finished.', LEDGER),
  WOULD,
);
