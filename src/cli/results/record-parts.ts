import * as v from 'valibot';
import type { Action } from '../../ledger/entry.ts';
import { CHANGED_DEVIATIONS, CONFLICTS, DATE_CHANGE, FLAGS } from './calendar-parts.ts';
import { LEDGER, STUDY, SUBJECT } from './common-parts.ts';
import { actsOf } from './ledger-parts.ts';
import { form, forms, list, says, TEXT } from './shapes.ts';

/** With --dry-run, of a command that records something. */
export function recordDryRun(...actions: readonly Action[]) {
  return form('With --dry-run: nothing was recorded or written.', {
    dryRun: says(v.literal(true), 'Nothing was recorded.'),
    ...actsOf(...actions),
    gives: says(list(TEXT), 'What the command would do, in sentences.'),
  });
}

/** The result of a command that records something about a participant. */
export function recordResult(...actions: readonly Action[]) {
  return forms(
    form('What was recorded.', {
      ...STUDY,
      ...SUBJECT,
      ...actsOf(...actions),
      changes: says(list(DATE_CHANGE), 'What changes in the calendar of the participant.'),
      ...CONFLICTS,
      ...FLAGS,
      ...CHANGED_DEVIATIONS,
      ...LEDGER,
    }),
    recordDryRun(...actions),
  );
}
