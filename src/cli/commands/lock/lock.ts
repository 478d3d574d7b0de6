import { RandoseError } from '../../../errors.ts';
import { entriesOf } from '../../../ledger/entry.ts';
import { lockInForce } from '../../../ledger/lock.ts';
import { parseWho } from '../../../ledger/who.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { actText } from '../../../store/locked.ts';
import { record } from '../../../store/record.ts';
import { signingWith } from '../../../store/signing.ts';
import { requireReason } from '../../arguments/reason.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { lookFirst } from '../../study/look-first.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { LockFlags } from './command.ts';
import { unfinishedTexts } from './unfinished.ts';

/** `randose lock`: from now on nothing is recorded of participants, visits and kits. */
export async function lock(output: Output, options: LockFlags): Promise<void> {
  await recordLock(output, options, 'lock', (open) => {
    const before = lockInForce(open.entries);
    if (before !== undefined) {
      throw new RandoseError('bad-data', 'the database is locked already', {
        hint: `It was locked on ${actText(before)}. Nothing was recorded.`,
      });
    }
    return {
      done: 'The database is locked.',
      text: 'From now on nothing can be recorded of participants, visits and kits. Code-breaks and openings work as before.\n',
      warnings: unfinishedTexts(open),
    };
  });
}

/** `randose unlock`: what the lock stopped can be recorded again. */
export async function unlock(output: Output, options: LockFlags): Promise<void> {
  await recordLock(output, options, 'unlock', (open) => {
    const before = lockInForce(open.entries);
    if (before === undefined) {
      const last = entriesOf(open.entries, 'unlock').at(-1);
      const since =
        last === undefined ? 'It was never locked' : `It was unlocked on ${actText(last)}`;
      throw new RandoseError('bad-data', 'the database is not locked', {
        hint: `${since}. Nothing was recorded.`,
      });
    }
    return {
      done: 'The database is unlocked.',
      text: `It was locked on ${actText(before)}. What is recorded from now on comes after that lock.\n`,
      warnings: [],
    };
  });
}

/** What a person sees before and after the database is locked or unlocked. */
interface LockView {
  readonly done: string;
  readonly text: string;
  readonly warnings: readonly string[];
}

async function recordLock(
  output: Output,
  options: LockFlags,
  action: 'lock' | 'unlock',
  view: (open: OpenStudy) => LockView,
): Promise<void> {
  const who = parseWho(options.by);
  const reason = requireReason(options.reason, `to ${action} the database`);
  const study = await atHome(output, studyPlace(options), options);
  const signing = await signingWith(options.sign, !output.json);
  await record(study, { signing, look: lookFirst(output, options) }, (open) => {
    const { done, text, warnings } = view(open);
    return {
      acts: [{ action, who, reason }],
      gives: [done],
      before: { text, warnings, question: `Do you want to ${action} the database?` },
      show: ({ head }) => {
        output.result(
          { study: open.study.id, locked: action === 'lock', ledger: head },
          `${done}\n${text}`,
        );
        output.say(formatReceipt(head));
        for (const warning of warnings) output.warn(warning);
      },
    };
  });
}
