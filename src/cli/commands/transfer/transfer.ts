import { RandoseError } from '../../../errors.ts';
import type { KitAccount } from '../../../ledger/accountability.ts';
import { entriesOf } from '../../../ledger/entry.ts';
import { factsBySubject } from '../../../ledger/participant-facts.ts';
import { parseWho } from '../../../ledger/who.ts';
import { type CivilDate, datedName } from '../../../study/civil-date.ts';
import { timeZoneOf } from '../../../study/sections/sites.ts';
import { dateIn, todayIn } from '../../../system/today.ts';
import { type CalendarEvent, makeCalendar, visitLabel } from '../../../schedule/calendar.ts';
import { listed } from '../../../words.ts';
import { requireDate, requireSite } from '../../arguments/participant-schedule.ts';
import { requireReason } from '../../arguments/reason.ts';
import { stateText } from '../../output/kit-view.ts';
import type { Output } from '../../output/output.ts';
import { kitRecords } from '../../study/kit-records.ts';
import { labelsAgain } from '../../study/labels-again.ts';
import { type ParticipantDesk, recordAbout } from '../../study/record-about.ts';
import type { TransferFlags } from './command.ts';

/** `randose transfer`: another site takes over a participant, from a date on; or that is taken back. */
export async function transfer(
  output: Output,
  options: TransferFlags,
  [id]: [string | undefined],
): Promise<void> {
  const who = parseWho(options.by);
  const reason = requireReason(options.reason, 'a transfer');
  const { to: typedSite, date: typedDate, retract = false } = options;
  if (retract) {
    if ((typedSite ?? typedDate) !== undefined) {
      throw new RandoseError(
        'usage',
        '--retract takes it back as it is: leave out --to and --date',
      );
    }
    await recordAbout(output, { ...options, id }, (desk) => {
      const { subject } = desk.randomization;
      const last = transfersOf(desk).at(-1);
      if (last === undefined) {
        throw new RandoseError('bad-data', `${subject} was not transferred`, {
          hint: 'Nothing was recorded.',
        });
      }
      const { from, to, date, seq } = last;
      return {
        acts: [{ action: 'transfer', who, reason, subject, from, to, date, retracts: seq }],
        done: `${subject}: the transfer to ${to} on ${date} (ledger ${seq}) is taken back; now at ${from}.`,
        question: `Take back the transfer of ${subject} to ${to}?`,
        next: [...kitsToSend(desk, from), ...printedSince(desk, to, seq)],
      };
    });
    return;
  }
  if (typedSite === undefined || typedDate === undefined) {
    throw new RandoseError('usage', 'a transfer needs --to and --date', {
      hint: '--to is the site that takes over, --date its first day. Nothing was recorded.',
    });
  }
  const date = requireDate('--date', typedDate);
  await recordAbout(output, { ...options, id }, (desk) => {
    const { open, randomization, site: from } = desk;
    const { subject, number } = randomization;
    const { code: to, name } = requireSite(open.study, typedSite);
    if (to === from) {
      throw new RandoseError('bad-data', `${subject} is at ${to} already`, {
        hint: 'Nothing was recorded.',
      });
    }
    requirePossible(desk, date);
    return {
      acts: [{ action: 'transfer', who, reason, subject, from, to, date }],
      done: `${subject}: transferred from ${from} to ${to} (${name}) on ${datedName(date)}. ${number}${randomization.kit === undefined ? '' : ', its kits'} and its stratum stay.`,
      question: `Record that ${to} takes over ${subject}?`,
      warnings: recordedBefore(desk, from, to, date),
      next: [...kitsToSend(desk, to), ...printedSince(desk, from)],
    };
  });
}

/**
 * A transfer is recorded when it has taken place: which site has somebody now follows from the ledger alone, without a clock.
 *
 * @throws RandoseError `bad-data` if it is in the future, or before the randomization or an earlier transfer
 */
function requirePossible(desk: ParticipantDesk, date: CivilDate): void {
  const { open, randomization, site } = desk;
  const { subject, time } = randomization;
  const randomizedOn = dateIn(time, timeZoneOf(open.study, randomization.site));
  const today = todayIn(timeZoneOf(open.study, site));
  const last = transfersOf(desk).at(-1);
  const why =
    date > today
      ? `is in the future; today is ${today}`
      : date < randomizedOn
        ? `is before the randomization, on ${datedName(randomizedOn)}`
        : last !== undefined && date < last.date
          ? `is before the transfer to ${last.to}, on ${datedName(last.date)} (ledger ${last.seq})`
          : undefined;
  if (why === undefined) return;
  throw new RandoseError('bad-data', `${subject}: ${datedName(date)} ${why}`, {
    hint: `Nothing was recorded. --date is the first day at the new site.${date > today ? ' Record the transfer on that day.' : ''}`,
  });
}

/** That visits on or after the day of the transfer are recorded already, and so were at the old site. */
function recordedBefore(
  { participant }: ParticipantDesk,
  from: string,
  to: string,
  date: CivilDate,
): string[] {
  const { visits, subject, happenings } = participant;
  const { events } = makeCalendar(visits, subject, happenings);
  const days = new Map(
    events.flatMap((one) =>
      RECORDED.includes(one.status) && one.date >= date ? [[visitLabel(one.visit), one.date]] : [],
    ),
  );
  if (days.size === 0) return [];
  const which = listed([...days].map(([visit, day]) => `${visit} on ${day}`));
  return [
    `${which} ${days.size === 1 ? 'is' : 'are'} recorded, at ${from}. From ${date} on, visits are at ${to}: if ${days.size === 1 ? 'it was' : 'they were'} at ${from}, the transfer is later.`,
  ];
}

const RECORDED: readonly CalendarEvent['status'][] = ['given', 'done', 'not done'];

/** The participant's kits that are at the old site or on their way to it, by the records. */
function kitsToSend({ open, randomization }: ParticipantDesk, to: string): string[] {
  const { number } = randomization;
  return kitRecords(open).flatMap((account) => {
    const { kit, slot, state, heldFrom, site } = account;
    if (slot.number !== number || site === to || !TO_SEND.includes(heldFrom ?? state)) return [];
    const is = `kit ${kit} of ${number} is recorded as ${stateText(account)}`;
    return `${is}: see that ${to} gets it. If it is shipped, record it: randose kit shipped --kits ${kit} --to ${to} --by WHO`;
  });
}

/** The states of kits that a participant still needs. */
const TO_SEND: readonly KitAccount['state'][] = ['shipped', 'received', 'dispensed'];

/** That labels of the participant, which were printed after an entry, name a site that has them no longer. */
function printedSince({ open, randomization }: ParticipantDesk, from: string, after = 0): string[] {
  const { subject } = randomization;
  const isLabelled = entriesOf(open.entries, 'labels').some(
    (one) => one.subject === subject && one.seq > after,
  );
  if (!isLabelled) return [];
  return [`printed labels name site ${from}. Print new ones: ${labelsAgain(open.root, subject)}`];
}

function transfersOf({ open, randomization }: ParticipantDesk) {
  return factsBySubject(open.entries)(randomization.subject).transfers;
}
