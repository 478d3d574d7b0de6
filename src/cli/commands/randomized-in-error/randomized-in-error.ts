import { RandoseError } from '../../../errors.ts';
import { factsBySubject } from '../../../ledger/participant-facts.ts';
import { parseWho } from '../../../ledger/who.ts';
import { hasVisits } from '../../../study/sections/schedule.ts';
import { requireReason } from '../../arguments/reason.ts';
import type { Output } from '../../output/output.ts';
import { recordAbout, replacedAlready } from '../../study/record-about.ts';
import type { RandomizedInErrorFlags } from './command.ts';

/** `randose randomized-in-error`: the slot stays used, and the participant is flagged everywhere. */
export async function randomizedInError(
  output: Output,
  options: RandomizedInErrorFlags,
  [id]: [string | undefined],
): Promise<void> {
  const who = parseWho(options.by);
  const reason = requireReason(options.reason, 'this record');
  const isBack = options.retract === true;
  await recordAbout(output, { ...options, id }, ({ open, randomization }) => {
    const { subject, number } = randomization;
    const { inError } = factsBySubject(open.entries)(subject);
    const about = { action: 'randomization in error', who, reason, subject } as const;
    if (isBack) {
      if (inError === undefined) {
        throw new RandoseError('bad-data', `${subject} is not recorded as randomized in error`, {
          hint: 'Nothing was recorded.',
        });
      }
      const { seq } = inError;
      return {
        acts: [{ ...about, retracts: seq }],
        done: `${subject}: the record of a randomization in error (ledger ${seq}) is taken back.`,
        warnings: replacedAlready(open.entries, subject),
      };
    }
    if (inError !== undefined) {
      throw new RandoseError(
        'bad-data',
        `${subject} is recorded as randomized in error already (ledger ${inError.seq})`,
        { hint: 'Nothing was recorded.' },
      );
    }
    const todo = hasVisits(open.study.schedule)
      ? ` To cancel visits too: randose withdraw ${subject} --from study --date DATE --reason TEXT --by WHO`
      : '';
    return {
      acts: [about],
      done: `${subject}: randomized in error. ${number} stays used.${todo}`,
      question: `Record that ${subject} was randomized in error?`,
    };
  });
}
