import * as v from 'valibot';
import { ARM, PROBLEM, RANDOMIZATION_NUMBER, SUBJECT } from '../../results/common-parts.ts';
import {
  COUNT,
  DIGEST,
  list,
  members,
  optional,
  orNull,
  says,
  TEXT,
  YES_NO,
} from '../../results/shapes.ts';

export const VERIFY_RESULT = members({
  verified: says(YES_NO, 'Whether nothing disagrees. If it is false, the exit status is 1.'),
  problems: says(list(PROBLEM), 'What disagrees.'),
  notes: says(list(TEXT), 'What somebody should know, in sentences.'),
  toDo: says(list(TEXT), 'What somebody has to do, and is not wrong.'),
  repaired: optional(
    says(list(TEXT), 'The files whose line ends were put back; only with --repair-line-ends.'),
  ),
  checked: says(
    members({
      files: says(COUNT, 'Files.'),
      slots: says(COUNT, 'Slots.'),
      entries: says(COUNT, 'Ledger entries.'),
      hidden: optional(
        says(COUNT, 'Entries of other sites, seen by their hashes alone; only of a database.'),
      ),
    }),
    'How much was checked.',
  ),
  signatures: says(
    members({
      signed: says(COUNT, 'How many ledger entries are signed.'),
      unsigned: says(COUNT, 'How many are not.'),
      signers: says(list(TEXT), 'Who signed, as allowed-signers names them.'),
    }),
    'The signatures of the ledger.',
  ),
  receipts: optional(says(list(TEXT), 'The receipts that were compared; only with --expect.')),
  commitment: optional(
    says(YES_NO, 'Whether the filed text agrees with the study; only with --commitment.'),
  ),
  checkpoint: optional(
    says(YES_NO, 'Whether the ledger agrees with the filed checkpoint; only with --checkpoint.'),
  ),
  proof: optional(
    says(
      v.union([
        members({
          ...SUBJECT,
          number: RANDOMIZATION_NUMBER,
          arm: says(ARM, 'The arm.'),
        }),
        v.literal(false),
      ]),
      'What the proof proves, or false; only with --proof.',
    ),
  ),
  regenerated: says(
    orNull(YES_NO),
    'Whether the list comes out the same if it is made again; null if it was not made again.',
  ),
  superseded: says(COUNT, 'How many files from before the last rewrap are in superseded/.'),
  ledger: says(
    members({
      first: says(orNull(DIGEST), 'The hash of the first entry; null if there is none.'),
      seq: says(COUNT, 'The number of the newest entry; 0 if there is none.'),
      hash: says(DIGEST, 'The hash of the newest entry.'),
    }),
    'The receipts to compare with those on file.',
  ),
});
