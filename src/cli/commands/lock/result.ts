import { LEDGER, STUDY } from '../../results/common-parts.ts';
import { recordDryRun } from '../../results/record-parts.ts';
import { form, forms, says, YES_NO } from '../../results/shapes.ts';

const DONE = form('What was recorded.', {
  ...STUDY,
  locked: says(YES_NO, 'Whether the database is locked now.'),
  ...LEDGER,
});

export const LOCK_RESULT = forms(DONE, recordDryRun('lock'));
export const UNLOCK_RESULT = forms(DONE, recordDryRun('unlock'));
