import {
  ARM,
  FILE,
  HEAD,
  LEDGER,
  OPENED_BEFORE,
  PERIODS,
  SAME_ARM,
  STUDY,
  WOULD,
} from '../../results/common-parts.ts';
import {
  COUNT,
  DATE,
  DIGEST,
  form,
  forms,
  list,
  members,
  oneOf,
  orNull,
  ROW,
  says,
  TEXT,
  YES_NO,
} from '../../results/shapes.ts';

const ONE = {
  subject: says(orNull(TEXT), 'The participant; null if nobody knows whose slot it is.'),
  number: says(TEXT, 'The randomization number in the envelope.'),
  kit: says(orNull(TEXT), 'The kit in the envelope; null without kits.'),
  proven: says(YES_NO, 'Whether this is proven to be the allocation that was sealed.'),
  notChecked: says(list(TEXT), 'What could not be checked, in sentences.'),
  otherKits: says(
    list(
      members({
        kit: says(TEXT, 'The kit, as it is recorded.'),
        isOfStudy: says(YES_NO, 'Whether it is a kit of this study.'),
        date: says(DATE, 'When.'),
        seq: says(COUNT, 'The ledger entry.'),
      }),
    ),
    'Other kits from which the participant was given injections.',
  ),
  root: says(orNull(DIGEST), 'The root that the envelope leads to; null if it leads to none.'),
  envelope: says(TEXT, 'The file that was opened, in the study folder.'),
  ledger: says(
    orNull(HEAD),
    'The head of the ledger after the command; null if it could not be written.',
  ),
  pending: says(
    orNull(TEXT),
    'The file that keeps the code-break until it is entered in the ledger; else null.',
  ),
  ...OPENED_BEFORE,
  randomizedAs: says(orNull(TEXT), 'The id at randomization; null if nobody is known.'),
};
const TO = { to: says(TEXT, 'The public key of the only person who can read the answer.') };
const ANSWER = { answer: says(TEXT, 'The encrypted answer (armored age).') };

const MASKED = {
  masked: says(
    members({
      purpose: says(TEXT, 'The purpose of the table.'),
      until: says(DATE, 'The last day that counts.'),
      rows: says(oneOf(['participants', 'injections']), 'What a row is.'),
      letters: says(TEXT, 'The purpose for which its letters were drawn.'),
    }),
    'What the table is about. It has letters instead of arms.',
  ),
};
const TABLE_DIGEST = {
  digest: says(DIGEST, 'The SHA-256 of the table, which the ledger has too.'),
};
const PARTICIPANTS = {
  participants: says(
    list(ROW),
    'A row for each participant, column by column (docs/FORMATS.md, The unblinded table).',
  ),
};
const DOSES = {
  doses: says(
    list(ROW),
    'A row for each injection, column by column (docs/FORMATS.md, The injections as given).',
  ),
};

const ROOTS = {
  roots: says(list(DIGEST), 'The root of each batch, with which its slots were proven.'),
};

const LETTERS = {
  ...STUDY,
  letters: says(TEXT, 'The purpose for which the letters were drawn.'),
  purposes: says(list(TEXT), 'The tables that have these letters.'),
  ...LEDGER,
};

export const UNBLIND_RESULT = forms(
  form('A code-break of one participant. It has the arm.', {
    ...ONE,
    arm: says(ARM, 'The arm.'),
    ...PERIODS,
    ...SAME_ARM,
  }),
  form('The same with --to: the arm is in the answer alone.', { ...ONE, ...TO, ...ANSWER }),
  form('The same with --to and --output.', { ...ONE, ...TO, ...FILE }),
  form('With --all: the unblinded table.', { ...STUDY, ...ROOTS, ...PARTICIPANTS, ...LEDGER }),
  form('With --all and --doses: the injections as given.', {
    ...STUDY,
    ...ROOTS,
    ...DOSES,
    ...LEDGER,
  }),
  form('With --all and --output: the table is in a file.', { ...STUDY, ...FILE, ...LEDGER }),
  form('With --masked: a masked table of participants.', {
    ...STUDY,
    ...MASKED,
    ...PARTICIPANTS,
    ...TABLE_DIGEST,
    ...LEDGER,
  }),
  form('With --masked and --doses: a masked table of injections.', {
    ...STUDY,
    ...MASKED,
    ...DOSES,
    ...TABLE_DIGEST,
    ...LEDGER,
  }),
  form('With --masked and --output: the table is in a file.', {
    ...STUDY,
    ...MASKED,
    ...FILE,
    ...TABLE_DIGEST,
    ...LEDGER,
  }),
  form('With --letters: which arm each letter of a masked table is.', {
    ...LETTERS,
    arms: says(
      list(
        members({
          letter: says(TEXT, 'The letter.'),
          arm: says(members({ code: ARM.entries.code, name: ARM.entries.name }), 'The arm.'),
        }),
      ),
      'The letters with their arms.',
    ),
  }),
  form('With --letters and --to.', { ...LETTERS, ...TO, ...ANSWER }),
  form('With --letters, --to and --output.', { ...LETTERS, ...TO, ...FILE }),
  WOULD,
);
