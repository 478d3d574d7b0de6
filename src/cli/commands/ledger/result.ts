import * as v from 'valibot';
import {
  HEAD,
  LEDGER,
  PERSON,
  PROBLEM,
  STUDY,
  SUBJECT,
  WOULD,
} from '../../results/common-parts.ts';
import { LEDGER_ENTRY } from '../../results/ledger-parts.ts';
import { recordDryRun } from '../../results/record-parts.ts';
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
} from '../../results/shapes.ts';

const RANDOMIZATION = orNull(LEDGER_ENTRY);

const TO_DO = list(
  members({
    seq: says(orNull(COUNT), 'The entry of the other ledger; null if it has none.'),
    subject: says(orNull(TEXT), 'The participant, or null.'),
    todo: says(TEXT, 'What to do, in a sentence.'),
    command: says(orNull(TEXT), 'The command to type, or null.'),
  }),
);

const LOGIN = {
  login: says(TEXT, 'The login of the database.'),
  duties: says(list(TEXT), 'Its duties; none after --revoke.'),
  sites: says(list(TEXT), 'Its sites; none if its duties are for all sites.'),
};

export const LEDGER_RESULT = forms(
  form('The entries. If a line cannot be read, the exit status is 1.', {
    study: says(orNull(TEXT), 'The id of the study; null if study.yaml cannot be read.'),
    entries: says(list(LEDGER_ENTRY), 'The entries that were asked for.'),
    problems: says(list(PROBLEM), 'Lines that cannot be read.'),
    hidden: says(COUNT, 'How many entries of other sites are known by their hashes alone.'),
    ledger: says(orNull(HEAD), 'The head of the ledger; null if it has no entry.'),
  }),
  form('With --compare. If both have entries of their own, the exit status is 1.', {
    ...STUDY,
    other: says(TEXT, 'The other ledger.'),
    relation: says(oneOf(['same', 'older', 'newer', 'forked']), 'What the other one is to this.'),
    common: says(
      members({
        seq: says(COUNT, 'Its number; 0 if there is none.'),
        hash: says(DIGEST, 'Its hash.'),
        time: says(orNull(TIME), 'When it was entered; null if there is none.'),
      }),
      'The last entry that both have.',
    ),
    here: says(list(LEDGER_ENTRY), 'Later entries of this ledger.'),
    there: says(list(LEDGER_ENTRY), 'Later entries of the other one.'),
    participants: says(
      list(
        members({
          ...SUBJECT,
          what: says(
            oneOf(['same', 'two numbers', 'here', 'enter', 'another slot', 'given twice']),
            'What is to be done about the participant, or what is wrong.',
          ),
          here: says(RANDOMIZATION, 'The randomization in this ledger, or null.'),
          there: says(RANDOMIZATION, 'The randomization in the other one, or null.'),
          holder: says(
            RANDOMIZATION,
            'Another randomization in this ledger with the number of the other one, or null.',
          ),
        }),
      ),
      'Participants who were randomized after that entry.',
    ),
    toDo: says(
      members({
        participants: says(TO_DO, 'For each participant, in this order.'),
        acts: says(TO_DO, 'For each other act of the other ledger, in this order.'),
      }),
      'What to do, so that nothing is missing here.',
    ),
    problems: says(list(PROBLEM), 'Lines that cannot be read and were not compared.'),
    ...LEDGER,
  }),
  form('With --repair: an incomplete last line was removed.', {
    removedBytes: says(COUNT, 'How long it was.'),
    was: says(TEXT, 'What it was about, as far as it can be read; else empty.'),
    entered: says(COUNT, 'How many entries of pending/ were entered late.'),
    ...LEDGER,
  }),
  form('With --enter-pending, --enter-from or --enter-paper.', {
    entered: says(COUNT, 'How many entries were entered late.'),
    ...LEDGER,
  }),
  form('With --accept-older: it is not in the ledger.', {
    accepted: says(
      members({
        from: says(TEXT, 'The receipt of the newest ledger that was seen here, SEQUENCE:HASH.'),
        to: says(TEXT, 'The receipt of the one that is accepted.'),
        who: says(PERSON, 'Who accepts it.'),
        reason: says(TEXT, 'Why.'),
      }),
      'The older ledger that is accepted.',
    ),
  }),
  form('With --create: the database has an empty ledger.', {
    created: says(v.literal(true), 'It was made.'),
    login: says(TEXT, 'The login that made it.'),
  }),
  form('With --import: the ledger is in the database, and this file ends with an entry about it.', {
    imported: says(COUNT, 'How many entries the database has.'),
    ...LEDGER,
  }),
  form('With --export: a copy of the database in a folder.', {
    folder: says(TEXT, 'The new folder.'),
    entries: says(COUNT, 'How many entries it has.'),
    ...LEDGER,
  }),
  form('With --grant or --revoke: what a login may do now.', {
    ...LOGIN,
    was: says(
      orNull(
        members({
          duties: says(list(TEXT), 'Its duties.'),
          sites: says(list(TEXT), 'Its sites; none if its duties are for all sites.'),
        }),
      ),
      'What it could do before; null if it had no duty.',
    ),
  }),
  form('With --duties.', {
    people: says(list(members(LOGIN)), 'Each login with a duty.'),
  }),
  WOULD,
  recordDryRun('late code-break'),
);
