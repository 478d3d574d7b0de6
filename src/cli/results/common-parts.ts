import * as v from 'valibot';
import {
  COUNT,
  DIGEST,
  form,
  list,
  members,
  oneOf,
  optional,
  orNull,
  says,
  TEXT,
  TIME,
  YES_NO,
} from './shapes.ts';

export const STUDY = { study: says(TEXT, 'The id of the study.') };

/** A place in the ledger. */
export const HEAD = members({
  seq: says(COUNT, 'The number of the newest entry.'),
  hash: says(DIGEST, 'The hash of the newest entry.'),
});
export const LEDGER = {
  ledger: says(HEAD, 'The head of the ledger after the command: its receipt.'),
};

/** The role of a person in study.yaml. */
export const ROLE = oneOf(['officer', 'statistician', 'packer', 'card-maker', 'preparer']);

export const PERSON = members({
  name: says(TEXT, 'Name.'),
  role: says(TEXT, 'Role; empty if it was not said.'),
  organisation: says(TEXT, 'Organisation; empty if it was not said.'),
});

/** What is wrong in a file, or with a command line. */
export const PROBLEM = members({
  message: says(TEXT, 'What is wrong, in a sentence.'),
  file: optional(says(TEXT, 'The file, if it is in one.')),
  line: optional(says(COUNT, 'The line, from 1, if it is in one.')),
  column: optional(says(COUNT, 'The character in the line, from 1, if it is known.')),
});

export const SUBJECT = { subject: says(TEXT, 'The current id of the participant.') };
export const RANDOMIZATION_NUMBER = says(TEXT, 'The randomization number.');

/** The kits of a slot, with their kit types. */
export const KITS_BY_TYPE = list(
  members({ type: says(TEXT, 'The kit type.'), kit: says(TEXT, 'The code of the kit.') }),
);

export const ARM = members({
  code: says(TEXT, 'The code of the arm in study.yaml.'),
  name: says(TEXT, 'The name of the arm.'),
  type: says(oneOf(['active', 'placebo', 'control']), 'The type of the arm.'),
});

/** What an arm gets in each period of a crossover. */
export const PERIODS = {
  periods: optional(
    says(
      list(
        members({
          period: says(TEXT, 'The name of the period.'),
          treatment: says(TEXT, 'What the arm gets then.'),
        }),
      ),
      'The treatment of each period; only in a crossover.',
    ),
  ),
};
export const SAME_ARM = {
  sameArm: optional(
    says(TEXT, 'A sentence about the slot that has the same arm by design; only if there is one.'),
  ),
};

export const OPENED_BEFORE = {
  openedBefore: says(
    list(
      members({
        seq: says(COUNT, 'The ledger entry.'),
        ...SUBJECT,
        number: says(orNull(TEXT), 'The randomization number; null if the entry has none.'),
        kit: says(orNull(TEXT), 'The kit whose contents were asked for, or null.'),
        time: says(TIME, 'When.'),
        who: says(PERSON, 'Who opened it.'),
        keys: says(list(TEXT), 'Whose keys were used, if several were.'),
        isByCard: says(YES_NO, 'Whether it was opened with a code-break card.'),
        isCertain: says(YES_NO, 'False if the attempt has no outcome.'),
      }),
    ),
    'Earlier code-breaks, the oldest first.',
  ),
};

/** With --dry-run, of a command that changes or opens something. */
export const WOULD = form('With --dry-run: nothing was changed or opened.', {
  dryRun: says(v.literal(true), 'Nothing was done.'),
  would: says(TEXT, 'What the command would do.'),
});

/** A file that a table or a text was written to. */
export const FILE = { file: says(TEXT, 'The file that was written.') };
