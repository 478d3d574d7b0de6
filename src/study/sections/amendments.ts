import * as v from 'valibot';
import type { CivilDate } from '../civil-date.ts';
import { EXTEND } from '../../words.ts';
import { code } from '../identifiers.ts';
import { reportRepeats } from '../repeats.ts';
import { WRITTEN_DATE } from '../written-date.ts';
import { mapping, type YamlFile } from '../yaml-file.ts';
import { checkSchedule, isNone, SCHEDULE, type Schedule, scheduleFrom } from './schedule.ts';

/** Whose schedule an amendment changes: those who are randomized from its date on, or everyone from that date on. */
const APPLIES = v.picklist(
  ['later participants', 'everyone'],
  'expected later participants (those who are randomized from that date on), or everyone (also the visits of earlier participants from that date on)',
);

/** A protocol amendment: another schedule, from a date on. `schedule` stays as the list was sealed with it. */
export interface Amendment {
  readonly id: string;
  readonly from: CivilDate;
  readonly applies: v.InferOutput<typeof APPLIES>;
  readonly schedule: Schedule;
}

const AMENDMENT = mapping(
  {
    id: code(20),
    from: WRITTEN_DATE,
    applies: APPLIES,
    schedule: SCHEDULE,
  },
  {
    id: 'A short name of the amendment, such as A1.',
    from: 'The date from which it counts, such as 2026-09-01.',
    applies:
      'later participants: those who are randomized from that date on. everyone: also the visits of earlier participants from that date on.',
    schedule:
      'The whole schedule as amended. The schedule above stays as the list was sealed with it.',
  },
);

/** The key `amendments`. */
export const AMENDMENTS = v.nullish(v.array(AMENDMENT), []);

/** The keys whose values are dates and words of randose's own, not texts. */
export const AMENDMENT_NOT_TEXTS = ['from', 'applies'];

/** Reports amendments with the same id, in another order than their dates, or whose schedule has an error. */
export function checkAmendments(yaml: YamlFile, isDraft: boolean): void {
  const amendments = yaml.soundItems(['amendments'], AMENDMENT);
  if (isDraft && yaml.has(['amendments', 0])) {
    const message =
      'an amendment changes the schedule of a list that exists: before allocate, write the schedule itself (for a rehearsal, in a copy of the study folder)';
    yaml.report(['amendments'], message);
  }
  if (isNone(yaml) && yaml.has(['amendments', 0])) {
    const message = 'an amendment changes the schedule, and the study has none (schedule: none)';
    yaml.report(['amendments'], message);
  }
  reportRepeats(yaml, amendments, 'id', 'amendment');
  reportSealed(yaml);
  for (const [index, { path, value }] of amendments.entries()) {
    checkSchedule(yaml, [...path, 'schedule']);
    const before = amendments[index - 1]?.value;
    if (before === undefined || before.from <= value.from) continue;
    const message = `${value.id} is from ${value.from}, but ${before.id} before it is from ${before.from}: write amendments in the order of their dates`;
    yaml.report([...path, 'from'], message);
  }
}

/** What people may want to amend and cannot: what to do instead. */
const SEALED: Readonly<Record<string, string>> = {
  arms: 'arms and their ratio are sealed and cannot be amended: other arms need a new study',
  blocks: `block sizes are sealed; slots of a further batch can have another plan: ${EXTEND}`,
  strata: `the strata of slots that exist cannot be amended; slots are added under strata: ${EXTEND}`,
  factors: 'factors are sealed and cannot be amended: others need a new study',
  replacements: 'replacement slots are sealed with the list and cannot be amended',
  sites: 'write sites under sites: they may change without an amendment',
  supplies: 'write labels under supplies: they may change without an amendment',
};

function reportSealed(yaml: YamlFile): void {
  for (let index = 0; yaml.has(['amendments', index]); index += 1) {
    for (const [key, message] of Object.entries(SEALED)) {
      const path = ['amendments', index, key];
      if (yaml.has(path)) yaml.report(path, message, true);
    }
  }
}

export function amendmentsFrom(said: v.InferOutput<typeof AMENDMENTS>): Amendment[] {
  return said.map(({ schedule, ...one }) => ({ ...one, schedule: scheduleFrom(schedule) }));
}
