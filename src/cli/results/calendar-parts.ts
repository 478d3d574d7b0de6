import { KITS_BY_TYPE, RANDOMIZATION_NUMBER, SUBJECT } from './common-parts.ts';
import {
  COUNT,
  DATE,
  list,
  members,
  NUMBER,
  oneOf,
  optional,
  orNull,
  says,
  TEXT,
  TIME,
} from './shapes.ts';

const VISIT = says(TEXT, 'The visit, such as D15.');
const TITLE = says(TEXT, 'What is done, such as "Injection 3 of 9".');

const MARKS = says(
  list(
    members({
      kind: says(
        oneOf(['closed', 'public holiday', 'weekend', 'not open']),
        'Why it is not an ordinary working day.',
      ),
      name: says(TEXT, 'The holiday, or why the site is closed; else empty.'),
      text: says(TEXT, 'The same in words.'),
    }),
  ),
  'Why the day is not an ordinary working day; empty if it is one.',
);

/** A rule that an event breaks. */
const DEVIATION = members({
  rule: says(TEXT, 'The rule (docs/FORMATS.md, Calendars).'),
  text: says(TEXT, 'What is wrong, in words.'),
});

/** What is planned for a participant, or was done. */
const EVENT = {
  kind: says(oneOf(['injection', 'assessment', 'additional injection']), 'What it is.'),
  visit: VISIT,
  title: TITLE,
  phase: says(TEXT, 'The phase of an injection; else empty.'),
  cycle: optional(says(TEXT, 'The cycle and its day; only if the phase has cycles.')),
  period: optional(says(TEXT, 'The period; only if the schedule has periods.')),
  dose: optional(says(TEXT, 'The dose of an injection, if study.yaml says it.')),
  route: optional(says(TEXT, 'The route of an injection, if study.yaml says it.')),
  timing: optional(
    says(
      oneOf(['before dose', 'after dose']),
      'The side of the injection, of an assessment that has one.',
    ),
  ),
  studyDay: says(NUMBER, 'The day of the protocol.'),
  week: says(NUMBER, 'The week of that day.'),
  planned: says(DATE, 'The date by the schedule.'),
  date: says(DATE, 'The date on which it is planned or was done.'),
  site: says(TEXT, 'The site that has the participant on that date.'),
  weekday: says(COUNT, 'The day of the week of the date: 1 for Monday to 7 for Sunday.'),
  status: says(
    oneOf(['planned', 'moved', 'given', 'done', 'not done', 'cancelled']),
    'Whether it is to come, was done or is off.',
  ),
  deviation: says(NUMBER, 'Days from the planned date.'),
  reason: says(orNull(TEXT), 'The reason of the record, or null.'),
  window: says(
    orNull(members({ from: says(DATE, 'Its first date.'), to: says(DATE, 'Its last date.') })),
    'The window; null if the visit has none.',
  ),
  amount: optional(says(TEXT, 'How much was given, if the record says it.')),
  weight: optional(says(TEXT, 'The weight in kg for which it was, if the record says it.')),
};

/** An event on a day of a site. */
export const PLANNED_EVENT = members(EVENT);

/** An event of a calendar, with what is on record. */
const JUDGED_EVENT = members({
  ...EVENT,
  sequence: says(COUNT, 'How often date, status, name or site changed since randomization.'),
  changed: says(TIME, 'When it last changed.'),
  leftSites: says(list(TEXT), 'The sites that had it before a transfer.'),
  kitUsed: says(orNull(TEXT), 'The kit that it was given from, if its record names one, or null.'),
  deviations: says(list(DEVIATION), 'The rules that it breaks, by the records as they are now.'),
  declared: says(
    orNull(
      members({
        rules: says(list(TEXT), 'The rules.'),
        reason: says(orNull(TEXT), 'The reason.'),
        seq: says(COUNT, 'The ledger entry.'),
      }),
    ),
    'What somebody declared when the record was entered, or null.',
  ),
});

export const FLAGS = {
  flags: says(
    list(
      members({
        visit: VISIT,
        date: says(DATE, 'Its date.'),
        marks: MARKS,
        proposals: says(list(DATE), 'Better dates within the window, the nearest first.'),
        reason: says(TEXT, 'Why these dates, or why none.'),
      }),
    ),
    'Visits to come that are not on an ordinary working day.',
  ),
};
export const CONFLICTS = {
  conflicts: says(
    list(
      members({
        visit: VISIT,
        date: says(DATE, 'Its date.'),
        broken: says(list(TEXT), 'The rules that the date breaks, in words.'),
      }),
    ),
    'Visits to come whose date breaks a rule of the schedule: move them.',
  ),
};

/** The calendar of one participant. */
export const CALENDAR = members({
  ...SUBJECT,
  site: says(TEXT, 'The site that has the participant now.'),
  number: RANDOMIZATION_NUMBER,
  kit: optional(says(TEXT, 'The kit from which injections are given; left out without kits.')),
  kits: optional(says(KITS_BY_TYPE, 'The kits of all kit types; only with kit types.')),
  day1: says(DATE, 'The date of Day 1: as it was, or as planned.'),
  plannedDay1: says(DATE, 'The date of Day 1 that was planned at randomization.'),
  made: says(TIME, 'When the participant was randomized.'),
  amendments: says(
    list(
      members({
        id: says(TEXT, 'The amendment.'),
        from: says(orNull(DATE), 'Since when; null if since randomization.'),
      }),
    ),
    'The amendments whose schedule the participant has.',
  ),
  randomizedAs: says(TEXT, 'The id at randomization.'),
  replaces: optional(says(TEXT, 'The participant whom this one replaces, if there is one.')),
  replacedBy: optional(says(TEXT, 'The participant who replaces this one, if there is one.')),
  sites: says(
    list(
      members({
        site: says(TEXT, 'The site.'),
        from: says(orNull(DATE), 'Since when; null if since randomization.'),
      }),
    ),
    'The sites that had the participant, the last one now.',
  ),
  events: says(list(JUDGED_EVENT), 'Injections and assessments, by date.'),
  ...FLAGS,
  ...CONFLICTS,
  facts: says(
    list(TEXT),
    'What is recorded of the participant, such as a withdrawal, in sentences.',
  ),
  overdue: says(
    list(
      members({
        visit: VISIT,
        title: TITLE,
        date: says(DATE, 'The date on which it was planned.'),
      }),
    ),
    'Planned before today and not recorded.',
  ),
});

const CHANGE = {
  ...SUBJECT,
  site: says(TEXT, 'The site that has the participant on the new date.'),
  visit: VISIT,
  title: TITLE,
  from: says(orNull(DATE), 'The date before; null if it is new.'),
  to: says(DATE, 'The date now.'),
  reason: says(orNull(TEXT), 'Why, or null.'),
};
const CHANGES = ['new', 'moved', 'not done', 'cancelled', 'on again'] as const;

/** A change in a calendar: another date, or whether the event takes place. */
export const DATE_CHANGE = members({
  ...CHANGE,
  change: says(oneOf(CHANGES), 'What changed.'),
});
/** The same, and changes of anything else. */
export const ANY_CHANGE = members({
  ...CHANGE,
  change: says(oneOf([...CHANGES, 'changed']), 'What changed; "changed" if the date is the same.'),
  details: says(list(TEXT), 'What else changed, such as "amount 1 vial → 2 vials".'),
});

/** How the deviations of another visit change with a record. */
export const CHANGED_DEVIATIONS = {
  deviations: says(
    list(
      members({
        visit: VISIT,
        title: TITLE,
        date: says(DATE, 'Its date.'),
        began: says(list(DEVIATION), 'Rules that it breaks now.'),
        ended: says(list(DEVIATION), 'Rules that it no longer breaks.'),
      }),
    ),
    'How this changes the deviations of other visits.',
  ),
};

/** A day of a site. */
export const DAY = {
  date: says(DATE, 'The date.'),
  weekday: says(COUNT, '1 for Monday to 7 for Sunday.'),
  marks: MARKS,
};
