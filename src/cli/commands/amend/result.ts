import * as v from 'valibot';
import { DATE_CHANGE } from '../../results/calendar-parts.ts';
import { LEDGER, STUDY, SUBJECT } from '../../results/common-parts.ts';
import { recordDryRun } from '../../results/record-parts.ts';
import {
  COUNT,
  DATE,
  form,
  forms,
  list,
  members,
  oneOf,
  optional,
  orNull,
  says,
  TEXT,
  YES_NO,
} from '../../results/shapes.ts';

export const AMEND_RESULT = forms(
  form('Without --id: the amendments of study.yaml.', {
    ...STUDY,
    amendments: says(
      list(
        members({
          id: says(TEXT, 'The id in study.yaml.'),
          from: says(DATE, 'From which date on.'),
          applies: says(oneOf(['later participants', 'everyone']), 'Whom it is for.'),
          inForceSince: says(orNull(COUNT), 'The ledger entry that put it in force, or null.'),
          isChanged: says(YES_NO, 'Whether it was edited since then.'),
          participants: says(COUNT, 'How many participants have it now.'),
        }),
      ),
      'The amendments, in the order of study.yaml.',
    ),
  }),
  form('With --id: what was put in force.', {
    ...STUDY,
    amendment: says(TEXT, 'The id of the amendment.'),
    from: says(DATE, 'From which date on.'),
    retracted: optional(says(v.literal(true), 'With --retract: it was taken back.')),
    participants: says(
      list(
        members({
          ...SUBJECT,
          changes: says(list(DATE_CHANGE), 'What changes in the calendar.'),
          otherRules: says(
            list(TEXT),
            'Visits that keep their date and get another window, dose or route.',
          ),
        }),
      ),
      'The participants who have the amendment with this.',
    ),
    ...LEDGER,
  }),
  recordDryRun('amendment', 'amendment consent'),
);
