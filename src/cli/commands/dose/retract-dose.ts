import { RandoseError } from '../../../errors.ts';
import { doseOf, movesOf, type RecordedDose, visitEntries } from '../../../ledger/doses.ts';
import type { Act } from '../../../ledger/entry.ts';
import { parseWho } from '../../../ledger/who.ts';
import { type DatedVisit, dateVisits } from '../../../schedule/calendar.ts';
import { datedName } from '../../../study/civil-date.ts';
import { requireVisit } from '../../arguments/participant-schedule.ts';
import type { Output } from '../../output/output.ts';
import { stayingText } from '../../study/attendance-acts.ts';
import { recordAbout, type ParticipantDesk } from '../../study/record-about.ts';
import { correctCommand, retractCommand } from '../../study/record-commands.ts';
import { requireNothingElse } from '../../study/retraction.ts';
import type { DoseFlags } from './command.ts';

/** `randose dose --retract`: takes the record of an injection back, so that the injection is planned again. */
export async function retractDose(
  output: Output,
  options: DoseFlags & { readonly id: string | undefined },
): Promise<void> {
  const who = parseWho(options.by);
  const reason = requireNothingElse(options, {
    '--not-done': options.notDone,
    '--correct': options.correct,
    '--other-kit': options.otherKit,
    '--amount': options.amount,
    '--weight': options.weight,
    '--with-assessments': options.withAssessments,
  });
  await recordAbout(output, options, (desk) => {
    const { subject } = desk.randomization;
    const { name } = requireVisit(desk, options.visit, true);
    const records = recordsToTakeBack(desk, name, options.rest === true);
    // The last one first, so that at no time a later injection is recorded without an earlier one.
    const acts = records.toReversed().map((one): Act => {
      const { visit, date, kit, otherKit, seq } = one;
      const deviations: string[] = [];
      const about = { action: 'dose', who, subject, reason, visit, deviations, date } as const;
      return { ...about, result: 'retracted', kit, corrects: seq, otherKit };
    });
    return { acts, done: records.map((one) => doneText(desk, records, one)).join('\n') };
  });
}

/**
 * The records that are taken back, in the order of the visits.
 *
 * @throws RandoseError `bad-data` if there is none, or if later injections are recorded that would stay
 */
function recordsToTakeBack(
  { open, randomization: { subject }, visits }: ParticipantDesk,
  name: string,
  withRest: boolean,
): RecordedDose[] {
  const entries = visitEntries(open.entries, subject);
  const injections = visits.filter(({ injection }) => injection !== undefined);
  const recorded = injections.flatMap((visit) => doseOf(entries, visit.name) ?? []);
  const first = recorded.findIndex(({ visit }) => visit === name);
  if (first < 0) {
    const names = recorded.map(({ visit }) => visit).join(', ');
    const move = movesOf(entries, name).at(-1);
    const moved =
      move === undefined
        ? ''
        : ` It was moved to ${move.date}: to take that back, run: ${retractCommand('move', subject, name)}`;
    throw new RandoseError('bad-data', `${name} of ${subject} is not recorded`, {
      hint: `Nothing was recorded. Recorded for ${subject}: ${names === '' ? 'no injection' : names}.${moved}`,
    });
  }
  const [own, ...later] = recorded.slice(first);
  if (later.length === 0 || withRest) return [own!, ...later];
  const names = later.map(({ visit }) => visit).join(', ');
  throw new RandoseError(
    'bad-data',
    `${name} of ${subject} cannot be taken back alone: ${names} ${later.length === 1 ? 'comes' : 'come'} after it`,
    {
      hint: `Nothing was recorded. To take back ${names} too, add: --rest\nIf only ${name} is wrong, correct it, with the date on which it was given, or with --not-done: ${correctCommand('dose', subject, name)}`,
    },
  );
}

function doneText(
  { open, randomization: { subject }, participant }: ParticipantDesk,
  takenBack: readonly RecordedDose[],
  { visit, result, date, seq }: RecordedDose,
): string {
  const gone = new Set(takenBack.map((one) => one.visit));
  const left = participant.happenings.filter(
    (one) => one.action !== 'dose' || !gone.has(one.visit),
  );
  const dated = dateVisits(participant.visits, participant.subject.day1, left).visits;
  const now = dated.find((one) => one.visit.name === visit);
  const words: Partial<Record<DatedVisit['status'], string>> = {
    moved: 'moved to',
    planned: 'planned for',
  };
  const next =
    now === undefined
      ? `${visit} is no longer in the schedule`
      : `now ${words[now.status] ?? now.status} ${datedName(now.date)}`;
  return `${visit} of ${subject}: the record "${result} on ${date}" (ledger ${seq}) is taken back; ${next}.${stayingText(subject, visitEntries(open.entries, subject), visit, date)}`;
}
