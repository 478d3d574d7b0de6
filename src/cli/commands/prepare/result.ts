import {
  FILE,
  LEDGER,
  RANDOMIZATION_NUMBER,
  STUDY,
  SUBJECT,
  WOULD,
} from '../../results/common-parts.ts';
import { form, forms, list, says, TEXT, TIME } from '../../results/shapes.ts';

const PREPARED = {
  ...STUDY,
  ...SUBJECT,
  number: RANDOMIZATION_NUMBER,
  preparer: says(TEXT, 'The name of the preparer.'),
  to: says(TEXT, 'The public key of the preparer, who alone can read it.'),
  preparedBefore: says(list(TIME), 'When it was done before.'),
};

export const PREPARE_RESULT = forms(
  form('The arm, encrypted for the preparer.', {
    ...PREPARED,
    answer: says(TEXT, 'The encrypted arm (armored age).'),
    ...LEDGER,
  }),
  form('With --output: it is in a file.', { ...PREPARED, ...FILE, ...LEDGER }),
  WOULD,
);
