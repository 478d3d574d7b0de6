import {
  KITS_BY_TYPE,
  LEDGER,
  RANDOMIZATION_NUMBER,
  STUDY,
  SUBJECT,
} from '../../results/common-parts.ts';
import { recordDryRun } from '../../results/record-parts.ts';
import { DATE, form, forms, list, members, optional, says, TEXT } from '../../results/shapes.ts';

/** Also the result of `replace`. */
export const RANDOMIZE_RESULT = forms(
  form('Who was randomized.', {
    ...STUDY,
    participants: says(
      list(
        members({
          ...SUBJECT,
          site: says(TEXT, 'The site.'),
          stratum: says(TEXT, 'The stratum.'),
          number: RANDOMIZATION_NUMBER,
          kit: optional(says(TEXT, 'The kit; left out without kits.')),
          kits: optional(says(KITS_BY_TYPE, 'The kits of all kit types; only with kit types.')),
          day1: optional(says(DATE, 'The planned date of Day 1; left out without a schedule.')),
          deviations: optional(says(list(TEXT), 'The rules that it breaks; left out if none.')),
          replaces: optional(
            says(TEXT, 'The participant whom this one replaces, if there is one.'),
          ),
        }),
      ),
      'The participants, in the order in which they were named.',
    ),
    ...LEDGER,
  }),
  recordDryRun('randomization', 'stratum correction'),
);
