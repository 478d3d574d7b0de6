import { FILE, LEDGER, STUDY, WOULD } from '../../results/common-parts.ts';
import { COUNT, form, forms, says } from '../../results/shapes.ts';

export const CARDS_RESULT = forms(
  form('The code-break cards.', {
    ...STUDY,
    ...FILE,
    cards: says(COUNT, 'How many cards it has.'),
    ...LEDGER,
  }),
  WOULD,
);
