import { STUDY } from '../../results/common-parts.ts';
import {
  COUNT,
  DIGEST,
  form,
  forms,
  list,
  members,
  optional,
  says,
  TEXT,
  TIME,
} from '../../results/shapes.ts';

const FILED = {
  text: says(TEXT, 'The text to file or publish.'),
  file: optional(says(TEXT, 'The file with that text; only with --output.')),
  request: optional(says(TEXT, 'The file with the time-stamp request; only with --request.')),
};

export const COMMITMENT_RESULT = forms(
  form('What to file or publish before the first participant.', {
    ...STUDY,
    batches: says(
      list(
        members({
          study: says(TEXT, 'The id of the study.'),
          batch: says(TEXT, 'The batch of the list, from 1, as a text.'),
          list: says(TEXT, 'The id of the list.'),
          created: says(TIME, 'When it was made.'),
          software: says(TEXT, 'The program that made it.'),
          algorithm: says(TEXT, 'The version of the algorithm, as a text.'),
          slots: says(TEXT, 'How many slots it has, as a text.'),
          leaves: says(TEXT, 'How many leaves the tree of commitments has, as a text.'),
          root: says(DIGEST, 'The root of that tree.'),
          manifest: says(DIGEST, 'The SHA-256 of its manifest.json.'),
          ledger: says(TEXT, 'The receipt of its ledger entry, SEQUENCE:HASH.'),
        }),
      ),
      'What is published of each batch, as texts.',
    ),
    ...FILED,
  }),
  form('With --checkpoint: how far the ledger is.', {
    ...STUDY,
    checkpoint: says(
      members({
        origin: says(
          TEXT,
          'Which ledger: its study, and the beginning of the hash of its first entry.',
        ),
        size: says(COUNT, 'How many entries.'),
        root: says(DIGEST, 'The root over their hashes.'),
      }),
      'How far the ledger is.',
    ),
    ...FILED,
  }),
);
