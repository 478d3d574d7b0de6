import { RandoseError } from '../../../errors.ts';
import { factsBySubject } from '../../../ledger/participant-facts.ts';
import { parseWho, type Who } from '../../../ledger/who.ts';
import { datedName } from '../../../study/civil-date.ts';
import { dateIn, todayIn } from '../../../system/today.ts';
import { requireDate } from '../../arguments/participant-schedule.ts';
import { requireReason } from '../../arguments/reason.ts';
import type { Output } from '../../output/output.ts';
import { asIfEntered } from '../../study/as-if-entered.ts';
import { recordAbout, replacedAlready, type ParticipantDesk } from '../../study/record-about.ts';
import type { WithdrawFlags } from './command.ts';
import { timeZoneOf } from '../../../study/sections/sites.ts';

/** `randose withdraw`: a participant stops treatment, or leaves the study; or that is taken back. */
export async function withdraw(
  output: Output,
  options: WithdrawFlags,
  [id]: [string | undefined],
): Promise<void> {
  const who = parseWho(options.by);
  const reason = requireReason(options.reason, 'a withdrawal');
  const { from, date: typed, retract = false } = options;
  if (retract) {
    if ((from ?? typed) !== undefined) {
      throw new RandoseError(
        'usage',
        '--retract takes it back as it is: leave out --from and --date',
      );
    }
    return takeBack(output, { ...options, id }, { who, reason });
  }
  if (from === undefined || typed === undefined) {
    throw new RandoseError('usage', 'a withdrawal needs --from and --date', {
      hint: '--from treatment cancels later injections, --from study all later visits. --date is the last day.',
    });
  }
  const date = requireDate('--date', typed);
  await recordAbout(output, { ...options, id }, (desk) => {
    const { open, randomization } = desk;
    const { subject, site, time } = randomization;
    const { withdrawal } = factsOf(desk);
    if (withdrawal !== undefined && (withdrawal.from === 'study' || from === 'treatment')) {
      throw new RandoseError(
        'bad-data',
        `${subject} was withdrawn from ${withdrawal.from} on ${withdrawal.date} (ledger ${withdrawal.seq})`,
        {
          hint: `Nothing was recorded. To change it, take that back first: randose withdraw ${subject} --retract --reason TEXT --by WHO`,
        },
      );
    }
    const randomizedOn = dateIn(time, timeZoneOf(open.study, site));
    const today = todayIn(timeZoneOf(open.study, desk.site));
    if (date < randomizedOn || date > today) {
      const why =
        date > today
          ? `is in the future; today is ${today}`
          : `is before the randomization, on ${datedName(randomizedOn)}`;
      throw new RandoseError('bad-data', `${subject}: ${datedName(date)} ${why}`, {
        hint: 'Nothing was recorded. --date is the last day of the participant.',
      });
    }
    return {
      acts: [{ action: 'withdrawal', who, reason, subject, date, from }],
      done: `${subject}: withdrawn from ${from} on ${datedName(date)}.`,
      question: `Record that ${subject} is withdrawn from ${from}?`,
    };
  });
}

/** The withdrawal in force is taken back. An earlier one, from the treatment alone, may be in force again. */
function takeBack(
  output: Output,
  options: WithdrawFlags & { readonly id: string | undefined },
  said: { readonly who: Who; readonly reason: string },
): Promise<void> {
  return recordAbout(output, options, (desk) => {
    const { subject } = desk.randomization;
    const { withdrawal } = factsOf(desk);
    if (withdrawal === undefined) {
      throw new RandoseError('bad-data', `${subject} is not withdrawn`, {
        hint: 'Nothing was recorded.',
      });
    }
    const { date, from, seq } = withdrawal;
    const act = { action: 'withdrawal', ...said, subject, date, from, retracts: seq } as const;
    const then = [...desk.open.entries, ...asIfEntered(desk.open, [act])];
    const other = factsBySubject(then)(subject).withdrawal;
    const still =
      other === undefined
        ? ''
        : ` The withdrawal from ${other.from} on ${other.date} (ledger ${other.seq}) still counts.`;
    return {
      acts: [act],
      done: `${subject}: the withdrawal from ${from} on ${date} (ledger ${seq}) is taken back.${still}`,
      question: `Take back the withdrawal of ${subject} from ${from}?`,
      warnings: replacedAlready(desk.open.entries, subject),
    };
  });
}

function factsOf({ open, randomization }: ParticipantDesk) {
  return factsBySubject(open.entries)(randomization.subject);
}
