import { LEDGER, PERSON, STUDY } from '../../results/common-parts.ts';
import { KIT } from '../../results/kit-parts.ts';
import { actsOf } from '../../results/ledger-parts.ts';
import { recordDryRun } from '../../results/record-parts.ts';
import type { KitEvent } from '../../../ledger/entry.ts';
import * as v from 'valibot';
import {
  COUNT,
  DATE,
  form,
  forms,
  list,
  members,
  optional,
  says,
  TEXT,
} from '../../results/shapes.ts';

export const KIT_RESULT = members({
  ...STUDY,
  kits: says(list(members(KIT)), 'The kits, in the order of the list.'),
  history: optional(
    says(
      list(
        members({
          seq: says(COUNT, 'The ledger entry.'),
          kit: says(TEXT, 'The code of the kit.'),
          date: says(DATE, 'When.'),
          what: says(TEXT, 'What happened, in words.'),
          who: says(PERSON, 'Who recorded it.'),
        }),
      ),
      'All that is recorded of these kits; only if a participant, number or kit is named.',
    ),
  ),
});

/** The result of a command that records an event of kits. */
export function kitEventResult(event: KitEvent) {
  return forms(
    form('What was recorded.', {
      ...STUDY,
      event: says(v.literal(event), 'What happened to the kits.'),
      ...actsOf('kit'),
      ...LEDGER,
    }),
    recordDryRun('kit'),
  );
}
