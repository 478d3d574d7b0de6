import { LEDGER, STUDY, WOULD } from '../../results/common-parts.ts';
import {
  COUNT,
  DIGEST,
  form,
  forms,
  list,
  members,
  orNull,
  says,
  TEXT,
} from '../../results/shapes.ts';

export const REWRAP_RESULT = forms(
  form('What was encrypted for the people now in study.yaml.', {
    ...STUDY,
    slots: says(COUNT, 'How many envelopes were opened and proven.'),
    manifests: says(
      list(
        members({
          batch: says(COUNT, 'The batch of the list, from 1.'),
          rewrap: says(COUNT, 'How often it was rewrapped.'),
          manifest: says(DIGEST, 'The SHA-256 of its manifest.'),
        }),
      ),
      'The manifests that are in force from now on.',
    ),
    superseded: says(
      orNull(TEXT),
      'The folder with the files that were replaced; null if none was.',
    ),
    ...LEDGER,
  }),
  WOULD,
);
