import {
  ARM,
  LEDGER,
  PERIODS,
  RANDOMIZATION_NUMBER,
  SAME_ARM,
  STUDY,
  SUBJECT,
  WOULD,
} from '../../results/common-parts.ts';
import { form, forms, optional, orNull, says, TEXT, TIME } from '../../results/shapes.ts';

export const REVEAL_RESULT = forms(
  form('The arm of a participant, in a study that is open label.', {
    ...STUDY,
    ...SUBJECT,
    number: RANDOMIZATION_NUMBER,
    kit: optional(says(TEXT, 'The kit; left out without kits.')),
    arm: says(ARM, 'The arm.'),
    ...PERIODS,
    ...SAME_ARM,
    revealedBefore: says(orNull(TIME), 'When it was first revealed before, or null.'),
    ...LEDGER,
  }),
  WOULD,
);
