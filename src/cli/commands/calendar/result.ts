import { ANY_CHANGE, CALENDAR, DAY, PLANNED_EVENT } from '../../results/calendar-parts.ts';
import { KITS_BY_TYPE, STUDY, SUBJECT } from '../../results/common-parts.ts';
import {
  COUNT,
  DATE,
  form,
  forms,
  list,
  members,
  optional,
  orNull,
  says,
  TEXT,
} from '../../results/shapes.ts';

const SPAN = {
  from: says(DATE, 'The first date.'),
  to: says(DATE, 'The last date.'),
};

export const CALENDAR_RESULT = forms(
  form('The calendars.', {
    ...STUDY,
    calendars: says(list(CALENDAR), 'The calendar of each participant.'),
    files: optional(says(list(TEXT), 'The files that were written; only with --output.')),
  }),
  form('With --changes: what changed.', {
    ...STUDY,
    since: says(
      orNull(COUNT),
      'The ledger entry of --since; null if changes are since the last export of each calendar.',
    ),
    changes: says(list(ANY_CHANGE), 'The changes, participant by participant.'),
  }),
);

export const CALENDAR_PLAN_RESULT = members({
  ...STUDY,
  ...SPAN,
  sites: says(
    list(
      members({
        site: says(TEXT, 'The site.'),
        candidates: says(
          list(
            members({
              day1: says(DATE, 'The date for Day 1.'),
              rank: says(COUNT, 'Its rank, from 1; dates with the same cost have the same.'),
              cost: says(
                members({
                  injectionsKept: says(COUNT, 'Injections on such days that cannot move.'),
                  injectionsMoved: says(COUNT, 'Injections to move within their windows.'),
                  daysMoved: says(COUNT, 'The days of all these moves.'),
                  assessmentsKept: says(COUNT, 'Visits without an injection that cannot move.'),
                  assessmentsMoved: says(COUNT, 'Visits without an injection to move.'),
                }),
                'Visits on a weekend, a holiday or a closed day, the worst part first.',
              ),
              troubles: says(
                list(
                  members({
                    visit: says(TEXT, 'The visit, such as D15.'),
                    what: says(TEXT, 'What is done.'),
                    planned: says(DATE, 'Its date by the schedule.'),
                    date: says(DATE, 'The best date; the planned one if none is better.'),
                    why: says(TEXT, 'Why it is in the way, in words.'),
                  }),
                ),
                'The visits that these numbers count.',
              ),
            }),
          ),
          'The possible dates for Day 1, the best first.',
        ),
      }),
    ),
    'The sites.',
  ),
});

const ON_A_DAY = list(
  members({
    ...SUBJECT,
    kit: optional(says(TEXT, 'Their kit; left out without kits.')),
    kits: optional(says(KITS_BY_TYPE, 'Their kits of all kit types; only with kit types.')),
    event: says(PLANNED_EVENT, 'What is planned or was done.'),
  }),
);

export const CALENDAR_LOAD_RESULT = members({
  ...STUDY,
  ...SPAN,
  sites: says(
    list(
      members({
        site: says(TEXT, 'The site.'),
        days: says(
          list(
            members({
              ...DAY,
              injections: says(ON_A_DAY, 'The injections of the day.'),
              assessments: says(ON_A_DAY, 'The assessments of the day.'),
              kits: says(list(TEXT), 'The kits of participants whose first injection is then.'),
            }),
          ),
          'Every day from the first date to the last.',
        ),
        injections: says(COUNT, 'How many injections there are.'),
        onCall: says(COUNT, 'How many of them are not on an ordinary working day.'),
        peak: says(COUNT, 'The most injections on one day.'),
        peakDates: says(list(DATE), 'The days with that many.'),
      }),
    ),
    'The sites.',
  ),
  unusableKits: says(
    list(
      members({
        kit: says(TEXT, 'The code of the kit.'),
        what: says(TEXT, 'Why it cannot be given.'),
        spare: optional(says(TEXT, 'The spare kit to give instead, if there is one.')),
      }),
    ),
    'Kits of participants that cannot be given.',
  ),
  file: optional(says(TEXT, 'The file that was written; only with --output.')),
});
