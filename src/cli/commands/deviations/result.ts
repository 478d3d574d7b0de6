import { STUDY, SUBJECT } from '../../results/common-parts.ts';
import { list, members, oneOf, optional, says, TEXT } from '../../results/shapes.ts';

const KINDS = ['randomization', 'injection', 'additional injection', 'assessment', 'kit'] as const;

export const DEVIATIONS_RESULT = members({
  ...STUDY,
  deviations: says(
    list(
      members({
        ...SUBJECT,
        site: says(TEXT, 'The site that had the participant on that date.'),
        randomization_number: says(TEXT, 'The randomization number.'),
        kind: says(oneOf(KINDS), 'What it is a deviation of.'),
        visit: says(TEXT, 'The visit, such as D15; empty if it is of none.'),
        title: says(TEXT, 'What was done; empty for a randomization.'),
        planned_date: says(TEXT, 'The date by the schedule; empty if there is none.'),
        date: says(TEXT, 'The date of the event.'),
        rule: says(TEXT, 'The rule that it breaks.'),
        text: says(TEXT, 'What is wrong, in words; empty if the rule says it.'),
        declared: says(oneOf(['Y', '']), 'Y if somebody said so when it was entered.'),
        reason: says(TEXT, 'The reason; empty if there is none.'),
        ledger: says(TEXT, 'The number of the ledger entry, as a text; empty if not declared.'),
      }),
    ),
    'A row for each rule that an event breaks, with the columns of the CSV.',
  ),
  file: optional(says(TEXT, 'The file that was written; only with --output.')),
});
