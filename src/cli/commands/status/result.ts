import * as v from 'valibot';
import { OPENED_BEFORE, STUDY, SUBJECT } from '../../results/common-parts.ts';
import { UNITS } from '../../results/kit-parts.ts';
import {
  COUNT,
  DATE,
  list,
  members,
  MONTH,
  optional,
  orNull,
  says,
  TEXT,
  TIME,
} from '../../results/shapes.ts';

const OPENINGS = members({
  opened: says(COUNT, 'How many were opened.'),
  refused: says(COUNT, 'How many were refused.'),
  withoutOutcome: says(COUNT, 'How many have no outcome: somebody may have seen an arm.'),
});

const KITS_AT_A_SITE = {
  kits: says(COUNT, 'How many kits there are or were.'),
  labelled: says(COUNT, 'Labelled.'),
  received: says(COUNT, 'Received.'),
  dispensed: says(COUNT, 'Dispensed.'),
  returned: says(COUNT, 'Returned by participants.'),
  returnedToDepot: says(COUNT, 'Returned to the depot.'),
  destroyed: says(COUNT, 'Destroyed.'),
  lost: says(COUNT, 'Lost.'),
  inTransit: says(COUNT, 'On their way to it now.'),
  quarantined: says(COUNT, 'On hold now.'),
  inStock: says(COUNT, 'In stock now, ready to be dispensed.'),
};

export const STATUS_RESULT = members({
  ...STUDY,
  randomized: says(COUNT, 'How many participants are randomized.'),
  batches: says(COUNT, 'How many batches the list has.'),
  spareKits: says(
    orNull(
      members({
        latestBatch: says(COUNT, 'Of a slot of the latest batch.'),
        later: says(COUNT, 'Of slots to come.'),
      }),
    ),
    'The spare kits of a slot, if those to come have another number; else null.',
  ),
  strata: says(
    list(
      members({
        stratum: says(TEXT, 'The stratum.'),
        slots: says(COUNT, 'How many slots it has.'),
        used: says(COUNT, 'How many are used.'),
        left: says(COUNT, 'How many are left.'),
      }),
    ),
    'The slots of each stratum, without replacement slots.',
  ),
  replacementSlots: optional(
    says(
      members({
        slots: says(COUNT, 'How many there are.'),
        used: says(COUNT, 'How many are used.'),
      }),
      'The replacement slots; left out if there are none.',
    ),
  ),
  nearlyFull: says(list(TEXT), 'The strata with few slots left.'),
  withdrawn: says(
    members({
      treatment: says(COUNT, 'From the treatment alone.'),
      study: says(COUNT, 'From the study.'),
    }),
    'How many participants were withdrawn.',
  ),
  randomizedInError: says(COUNT, 'How many participants were randomized in error.'),
  corrected: says(COUNT, 'How many participants have a corrected level.'),
  transferred: says(
    list(
      members({
        ...SUBJECT,
        to: says(TEXT, 'The site that has the participant now.'),
        date: says(DATE, 'Since when.'),
      }),
    ),
    'The participants who were transferred.',
  ),
  replaced: says(
    list(members({ ...SUBJECT, by: says(TEXT, 'The participant who replaces this one.') })),
    'The participants who were replaced.',
  ),
  idsCorrected: says(
    list(members({ ...SUBJECT, randomizedAs: says(TEXT, 'The id at randomization.') })),
    'The participants whose id was corrected.',
  ),
  stopped: says(orNull(TEXT), 'Why nobody can be randomized now, in words; null if somebody can.'),
  closedForEnrolment: says(list(TEXT), 'The sites that are closed for enrolment.'),
  locked: says(
    orNull(
      members({
        seq: says(COUNT, 'The ledger entry.'),
        time: says(TIME, 'When.'),
      }),
    ),
    'The lock of the database; null if it is not locked.',
  ),
  codeBreaks: says(OPENINGS, 'Code-breaks.'),
  listOpenings: says(OPENINGS, 'Openings of the whole list.'),
  cardMakings: says(OPENINGS, 'Code-break cards that were made.'),
  rewraps: says(OPENINGS, 'Rewraps.'),
  packings: says(OPENINGS, 'Openings of the packing list.'),
  reveals: says(OPENINGS, 'Arms that were revealed in a study that is open label.'),
  preparations: says(OPENINGS, 'Arms that were encrypted for a preparer.'),
  maskedTables: says(OPENINGS, 'Masked tables.'),
  letterOpenings: says(OPENINGS, 'Openings of the letters of masked tables.'),
  pending: says(COUNT, 'Code-breaks in pending/ that are not in the ledger yet.'),
  ...OPENED_BEFORE,
  kits: says(
    list(
      members({
        site: says(orNull(TEXT), 'The site; null is the depot.'),
        type: optional(says(TEXT, 'The type of these kits; only with kit types.')),
        ...KITS_AT_A_SITE,
      }),
    ),
    'How many kits each site has.',
  ),
  units: says(list(UNITS), 'The units of each kit that was dispensed.'),
  overdue: says(
    orNull(
      members({
        visits: says(COUNT, 'How many visits.'),
        participants: says(COUNT, 'Of how many participants.'),
        first: says(
          list(
            members({
              ...SUBJECT,
              visit: says(TEXT, 'The visit, such as D15.'),
              date: says(DATE, 'The date on which it was planned.'),
            }),
          ),
          'The oldest of them.',
        ),
      }),
    ),
    'Planned before today and not recorded; null if study.yaml no longer has the schedule that was sealed.',
  ),
  deviations: says(
    orNull(
      members({
        count: says(COUNT, 'How many, as many as randose deviations lists.'),
        participants: says(COUNT, 'Of how many participants.'),
        byRule: says(v.record(TEXT, COUNT), 'How many of each rule.'),
      }),
    ),
    'The deviations from the protocol; null if study.yaml no longer has the schedule that was sealed.',
  ),
  assessments: says(
    members({
      done: says(COUNT, 'Done.'),
      notDone: says(COUNT, 'Not done.'),
    }),
    'How many assessments are recorded.',
  ),
  labelsToChange: says(
    list(
      members({
        kit: says(TEXT, 'The code of the kit.'),
        shown: says(MONTH, 'The month that its label shows.'),
        now: says(MONTH, 'The month that study.yaml has now.'),
      }),
    ),
    'Kits whose labels show another use-by date than study.yaml.',
  ),
});
