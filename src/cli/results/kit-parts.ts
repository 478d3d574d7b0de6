import { SUBJECT } from './common-parts.ts';
import {
  COUNT,
  DATE,
  list,
  members,
  MONTH,
  oneOf,
  optional,
  orNull,
  says,
  TEXT,
  YES_NO,
} from './shapes.ts';

const STATES = [
  ...(['listed', 'labelled', 'shipped', 'received', 'dispensed', 'returned'] as const),
  ...(['returned to depot', 'destroyed', 'lost', 'quarantined'] as const),
] as const;

/** A kit and its slot. It never has the arm. */
export const KIT = {
  kit: says(TEXT, 'The code of the kit.'),
  number: says(TEXT, 'The randomization number of its slot.'),
  type: optional(says(TEXT, 'Its type; only with kit types.')),
  isSpare: says(YES_NO, 'Whether it is a spare kit of the slot.'),
  replacementFor: optional(
    says(TEXT, 'Of a replacement slot: the number of the slot that it is for.'),
  ),
  stratum: says(TEXT, 'The stratum of its slot.'),
  batch: says(COUNT, 'The batch of the list, from 1.'),
  subject: says(orNull(TEXT), 'The participant who has the slot; null if nobody has.'),
  site: says(
    orNull(TEXT),
    'The site where it is, or to which it is on its way; null at the depot.',
  ),
  belongsTo: says(orNull(TEXT), 'The site that should have it; null if nobody knows it yet.'),
  state: says(oneOf(STATES), 'What happened to it last.'),
  onItsWay: says(
    orNull(
      members({
        from: says(orNull(TEXT), 'The site that sent it; null is the depot.'),
        to: says(TEXT, 'The site to which it goes.'),
        shipped: says(DATE, 'Since when.'),
      }),
    ),
    'Its way, if it is shipped and not yet received; else null.',
  ),
  lot: says(orNull(TEXT), 'The lot; null if it is not known.'),
  expiry: says(orNull(MONTH), 'The month of its expiry, YYYY-MM; null if it is not known.'),
  labelled: says(YES_NO, 'Whether labels of it were made.'),
  events: says(
    list(
      members({
        event: says(TEXT, 'What happened.'),
        date: says(DATE, 'When.'),
        units: says(orNull(COUNT), 'How many units, or null.'),
        subject: says(orNull(TEXT), 'The participant, or null.'),
        seq: says(COUNT, 'The ledger entry.'),
        from: optional(says(orNull(TEXT), 'The site that it came from; null is the depot.')),
        to: optional(says(TEXT, 'The site to which it was sent.')),
        site: optional(
          says(TEXT, 'The site where it was received, if that is not where it belongs.'),
        ),
      }),
    ),
    'What is recorded of it, without what was retracted.',
  ),
};

/** The units of a kit that was dispensed. */
export const UNITS = members({
  kit: says(TEXT, 'The code of the kit.'),
  type: optional(says(TEXT, 'Its type; only with kit types.')),
  ...SUBJECT,
  dispensed: says(COUNT, 'How many units were dispensed.'),
  given: says(COUNT, 'Given by recorded injections, to whomever.'),
  returned: says(orNull(COUNT), 'Counted when the kit was returned; null before.'),
  destroyed: says(orNull(COUNT), 'Destroyed; null if none is on record.'),
  lost: says(orNull(COUNT), 'Lost; null if none is on record.'),
  taken: optional(
    says(
      orNull(COUNT),
      'Only of a type that is not injected: the units that were not in it when it was returned; null before.',
    ),
  ),
  open: says(COUNT, 'Dispensed, and neither given, returned, lost nor destroyed.'),
});
