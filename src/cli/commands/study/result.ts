import { LEDGER, PROBLEM, WOULD } from '../../results/common-parts.ts';
import {
  COUNT,
  DIGEST,
  form,
  forms,
  list,
  members,
  oneOf,
  orNull,
  says,
  TEXT,
  TIME,
  YES_NO,
} from '../../results/shapes.ts';

export const STUDY_RESULT = forms(
  form('The comparison of study.yaml with the one that was accepted last.', {
    accepted: says(
      members({
        seq: says(COUNT, 'The last ledger entry under it.'),
        time: says(TIME, 'When that was entered.'),
        digest: says(DIGEST, 'The SHA-256 of the text.'),
      }),
      'The study.yaml that was accepted last.',
    ),
    sealed: says(
      orNull(
        members({
          seq: says(COUNT, 'The ledger entry of the first batch.'),
          digest: says(DIGEST, 'The SHA-256 of the text.'),
        }),
      ),
      'The study.yaml that was sealed with the list; null if the ledger has no batch.',
    ),
    missing: says(YES_NO, 'Whether study.yaml is missing.'),
    changes: says(
      list(
        members({
          what: says(oneOf(['removed', 'added']), 'What was done with the line.'),
          line: says(TEXT, 'The line.'),
        }),
      ),
      'The lines that differ, from the accepted text to the file as it is.',
    ),
    problems: says(list(PROBLEM), 'What is wrong in the file as it is.'),
  }),
  form('With --restore: what was brought back.', {
    restored: says(COUNT, 'The ledger entry whose study.yaml it is.'),
    edited: says(orNull(TEXT), 'Where the edited file is now; null if there was none.'),
    entered: says(COUNT, 'How many entries of pending/ were entered late.'),
    ...LEDGER,
  }),
  WOULD,
);
