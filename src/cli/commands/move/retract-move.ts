import type { Act } from '../../../ledger/entry.ts';
import { RandoseError } from '../../../errors.ts';
import { doseOf, movesOf, visitEntries } from '../../../ledger/doses.ts';
import { parseWho } from '../../../ledger/who.ts';
import { dateVisits } from '../../../schedule/calendar.ts';
import { datedName } from '../../../study/civil-date.ts';
import { requireVisit } from '../../arguments/participant-schedule.ts';
import type { Output } from '../../output/output.ts';
import { requireNotAttended } from '../../study/attendance-acts.ts';
import { recordAbout } from '../../study/record-about.ts';
import { retractCommand } from '../../study/record-commands.ts';
import { shiftQuestion } from './shift-question.ts';
import { requireNothingElse } from '../../study/retraction.ts';
import type { MoveFlags } from './command.ts';

/** `randose move --retract`: takes the last move of a visit back, so that the date before it is in force again. */
export async function retractMove(
  output: Output,
  options: MoveFlags & { readonly id: string | undefined },
): Promise<void> {
  const who = parseWho(options.by);
  const reason = requireNothingElse(options, {});
  await recordAbout(output, options, (desk) => {
    const { open, randomization, visits, participant } = desk;
    const { subject } = randomization;
    const { name } = requireVisit(desk, options.visit, false);
    const recorded = visitEntries(open.entries, subject);
    const dose = doseOf(recorded, name);
    if (dose !== undefined) {
      throw new RandoseError(
        'bad-data',
        `${name} of ${subject} has happened: ${dose.result} on ${dose.date}`,
        {
          hint: `Nothing was recorded. If that record is wrong too, take it back first: ${retractCommand('dose', subject, name)}`,
        },
      );
    }
    const before = dateVisits(visits, participant.subject.day1, desk.records).visits;
    requireNotAttended(
      subject,
      before.find(({ visit }) => visit.name === name)!,
    );
    const last = movesOf(recorded, name).at(-1);
    if (last === undefined) {
      throw new RandoseError('bad-data', `${name} of ${subject} was not moved`, {
        hint: 'Nothing was recorded.',
      });
    }
    const left = desk.records.filter(({ seq }) => seq !== last.seq);
    const dated = dateVisits(visits, participant.subject.day1, left).visits;
    const { date, status } = dated.find(({ visit }) => visit.name === name)!;
    const now = status === 'moved' ? 'moved to' : 'planned for';
    const { seq, date: from } = last;
    const deviations: string[] = [];
    const about = { action: 'move', who, subject, reason, visit: name, deviations } as const;
    const acts: Act[] = [{ ...about, from, date, retracts: seq }];
    return {
      acts,
      question: shiftQuestion(desk, acts, name),
      done: `${name} of ${subject}: the move to ${from} (ledger ${seq}) is taken back; now ${now} ${datedName(date)}.`,
    };
  });
}
