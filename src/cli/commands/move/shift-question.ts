import type { Act } from '../../../ledger/entry.ts';
import { dateVisits } from '../../../schedule/calendar.ts';
import { scheduledParticipant } from '../../../store/scheduled-participants.ts';
import { counted } from '../../../words.ts';
import { asIfEntered } from '../../study/as-if-entered.ts';
import type { ParticipantDesk } from '../../study/record-about.ts';

/** What is asked before other visits move too; undefined if none does. */
export function shiftQuestion(
  { open, randomization, participant }: ParticipantDesk,
  acts: readonly Act[],
  name: string,
): string | undefined {
  const entries = [...open.entries, ...asIfEntered(open, acts)];
  const before = datesOf(participant);
  const after = datesOf(scheduledParticipant({ ...open, entries }, randomization));
  const others = [...after].filter(([visit, date]) => {
    return visit !== name && before.get(visit) !== date;
  }).length;
  if (others === 0) return undefined;
  return `${counted(others, 'other visit')} of ${participant.subject.subject} ${others === 1 ? 'moves' : 'move'} with ${name}. Move ${others === 1 ? 'both' : 'all of them'}?`;
}

function datesOf({
  visits,
  subject,
  happenings,
}: ReturnType<typeof scheduledParticipant>): Map<string, string> {
  const dated = dateVisits(visits, subject.day1, happenings).visits;
  return new Map<string, string>(dated.map(({ visit, date }) => [visit.name, date]));
}
