import { RandoseError } from '../../../errors.ts';
import { doseOf, visitEntries } from '../../../ledger/doses.ts';
import type { Act } from '../../../ledger/entry.ts';
import { objectionsToDay1 } from '../../../ledger/randomization-rules.ts';
import { parseWho } from '../../../ledger/who.ts';
import { dateVisits } from '../../../schedule/calendar.ts';
import { constraintsOn, notBeforeRandomization } from '../../../schedule/legal-dates.ts';
import { visitText } from '../../../schedule/visits.ts';
import { datedName } from '../../../study/civil-date.ts';
import { dateIn, todayAt } from '../../../system/today.ts';
import { requireReason } from '../../arguments/reason.ts';
import type { Output } from '../../output/output.ts';
import { requireDate, requireVisit } from '../../arguments/participant-schedule.ts';
import { requireNotAttended } from '../../study/attendance-acts.ts';
import { ifWrongText } from '../../study/record-commands.ts';
import { type Obstacle, recordAbout, requireLegal } from '../../study/record-about.ts';
import { shiftQuestion } from './shift-question.ts';
import type { MoveFlags } from './command.ts';
import { retractMove } from './retract-move.ts';
import { timeZoneOf } from '../../../study/sections/sites.ts';

/** `randose move`: moves a planned visit to another date, on record, or takes a move back. */
export async function move(
  output: Output,
  options: MoveFlags,
  [id]: [string | undefined],
): Promise<void> {
  if (options.retract === true) return retractMove(output, { ...options, id });
  const who = parseWho(options.by);
  const date = requireDate('--date', options.date);
  const reason = requireReason(options.reason, 'moving a visit');
  await recordAbout(output, { ...options, id }, (desk) => {
    const { open, randomization, visits, records, participant } = desk;
    const { subject } = randomization;
    const visit = requireVisit(desk, options.visit, false);
    const { name, injection } = visit;
    const dose = doseOf(visitEntries(open.entries, subject), name);
    if (dose !== undefined) {
      throw new RandoseError(
        'bad-data',
        `${name} of ${subject} has happened: ${dose.result} on ${dose.date}`,
        {
          hint: `Nothing was recorded. ${ifWrongText('dose', subject, name)}`,
        },
      );
    }
    const dated = dateVisits(visits, participant.subject.day1, records).visits;
    const now = dated.find(({ visit }) => visit.name === name)!;
    requireNotAttended(subject, now);
    if (now.status === 'cancelled') {
      throw new RandoseError('bad-data', `${name} of ${subject} is cancelled: D1 was missed`);
    }
    if (now.date === date) {
      throw new RandoseError('bad-data', `${name} of ${subject} is on ${date} already`);
    }
    const text = `${visitText(visit)} of ${subject}`;
    const zone = timeZoneOf(open.study, desk.site);
    const randomizedOn = dateIn(randomization.time, timeZoneOf(open.study, randomization.site));
    const constraints = [
      ...constraintsOn(dated, name, 'move'),
      ...(injection === undefined ? [] : [notBeforeRandomization(subject, randomizedOn)]),
    ];
    const far = name === 'D1' ? objectionsToDay1(date, todayAt(zone), open.entries) : [];
    const obstacles = far.map(({ rule, text }): Obstacle => ({ rule, text, isFirm: false }));
    const deviations = requireLegal(text, date, { constraints, obstacles, done: 'moved' }, options);
    const about = { action: 'move', who, subject, reason, visit: name, deviations } as const;
    const acts: Act[] = [{ ...about, from: now.date, date }];
    return {
      acts,
      question: shiftQuestion(desk, acts, name),
      done: `${text}: ${now.date} → ${datedName(date)}${deviations.length > 0 ? `, a deviation (${deviations.join(', ')})` : ''}.`,
    };
  });
}
