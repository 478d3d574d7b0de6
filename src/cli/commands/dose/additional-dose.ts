import { RandoseError } from '../../../errors.ts';
import { additionalDosesInForce } from '../../../ledger/additional-doses.ts';
import type { EntryOf } from '../../../ledger/entry.ts';
import { parseWho } from '../../../ledger/who.ts';
import { notBeforeRandomization, notInTheFuture } from '../../../schedule/legal-dates.ts';
import { type CivilDate, datedName } from '../../../study/civil-date.ts';
import { subjectKey } from '../../../study/identifiers.ts';
import { timeZoneOf } from '../../../study/sections/sites.ts';
import { dateIn, todayIn } from '../../../system/today.ts';
import { requireDate, requireInjections } from '../../arguments/participant-schedule.ts';
import { requireReason } from '../../arguments/reason.ts';
import type { Output } from '../../output/output.ts';
import { type ParticipantDesk, recordAbout, requireLegal } from '../../study/record-about.ts';
import { asGivenText, asGivenTyped } from './as-given.ts';
import type { DoseFlags } from './command.ts';
import { kitObstacles, kitTyped, requireOneKit } from './kit-used.ts';

type Options = DoseFlags & { readonly id: string | undefined };

/** `randose dose --additional`: records an injection that the schedule does not have, or takes such a record back. */
export async function additionalDose(output: Output, options: Options): Promise<void> {
  requireNoVisit(options);
  const who = parseWho(options.by);
  const date = requireDate('--date', options.date);
  if (options.retract === true) {
    const reason = requireReason(options.reason, 'taking a record back');
    await recordAbout(output, options, (desk) => {
      const { seq, subject, kit, otherKit } = requireAdditional(desk, date, options.entry);
      const deviations: string[] = [];
      const about = { who, subject, reason, deviations, date, kit, corrects: seq, otherKit };
      return {
        acts: [{ action: 'additional dose', ...about, result: 'retracted' }],
        done: `Additional dose of ${subject} on ${datedName(date)} (ledger ${seq}): the record is taken back.`,
      };
    });
    return;
  }
  const reason = requireReason(options.reason, 'an injection that the schedule does not have');
  requireOneKit(options, options.id);
  const given = asGivenTyped(options);
  await recordAbout(output, options, (desk) => {
    const { open, randomization, participant } = desk;
    requireInjections(participant.visits);
    const { subject, time } = randomization;
    const randomizedOn = dateIn(time, timeZoneOf(open.study, randomization.site));
    const today = todayIn(timeZoneOf(open.study, desk.site));
    const used = kitTyped(desk, { kit: desk.kit, otherKit: options.otherKit });
    const others = requireLegal(
      `the additional dose of ${subject}`,
      date,
      {
        constraints: [notBeforeRandomization(subject, randomizedOn), notInTheFuture(today)],
        obstaclesOn: kitObstacles(desk, used),
      },
      options,
    );
    const deviations = ['additional', ...others];
    const about = { who, subject, reason, deviations, date, kit: used.kit, corrects: null };
    return {
      acts: [
        { action: 'additional dose', ...about, result: 'given', otherKit: used.otherKit, ...given },
      ],
      done: `Additional dose of ${subject}: given on ${datedName(date)}${asGivenText(given)}, a deviation (${deviations.join(', ')}).`,
    };
  });
}

/** @throws RandoseError `usage` if a flag is typed that belongs to a visit */
function requireNoVisit({
  visit,
  notDone,
  correct,
  rest,
  withAssessments,
  retract,
  date,
  amount,
  weight,
  otherKit,
}: Options): void {
  const typed = {
    '--visit': visit === '' ? undefined : visit,
    '--not-done': notDone,
    '--correct': correct,
    '--rest': rest,
    '--with-assessments': withAssessments,
    ...(retract === true && { '--amount': amount, '--weight': weight, '--other-kit': otherKit }),
  };
  const names = Object.entries(typed).flatMap(([name, value]) => (value === undefined ? [] : name));
  if (names.length > 0) {
    throw new RandoseError(
      'usage',
      `--additional is about an injection that no visit has: leave out ${names.join(', ')}`,
      { hint: 'To change such a record, take it back with --retract, and record it again.' },
    );
  }
  if (date === '') {
    throw new RandoseError('usage', '--additional --retract needs --date: on which it was given');
  }
}

/** The additional dose of a participant on a date, and with an entry's number if there are several. */
function requireAdditional(
  { open, randomization: { subject } }: ParticipantDesk,
  date: CivilDate,
  entry: string | undefined,
): EntryOf<'additional dose'> {
  const all = additionalDosesInForce(open.entries).filter((one) => {
    return subjectKey(one.subject) === subjectKey(subject);
  });
  const found = all.filter((one) => {
    return one.date === date && (entry === undefined || entry.trim() === String(one.seq));
  });
  const [first, second] = found;
  const listed = all.map((one) => `${one.date} (ledger ${one.seq})`).join(', ');
  if (first === undefined) {
    const which = entry === undefined ? '' : ` in entry ${entry}`;
    throw new RandoseError(
      'bad-data',
      `${subject} has no additional dose on ${datedName(date)}${which}`,
      {
        hint: `Nothing was recorded. Additional doses of ${subject}: ${listed === '' ? 'none' : listed}`,
      },
    );
  }
  if (second === undefined) return first;
  throw new RandoseError(
    'bad-data',
    `${subject} has ${found.length} additional doses on ${datedName(date)}`,
    {
      hint: `Nothing was recorded. Say which, by its ledger entry: --entry ${found.map(({ seq }) => seq).join(' or --entry ')}`,
    },
  );
}
