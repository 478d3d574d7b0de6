import { sha256 } from '../../../digest.ts';
import { RandoseError } from '../../../errors.ts';
import type { LateCodeBreak } from '../../../ledger/copied-code-breaks.ts';
import { NO_KEY, openingsOf } from '../../../ledger/openings.ts';
import { entriesOf } from '../../../ledger/entry.ts';
import { requireParticipant } from '../../../ledger/named-participant.ts';
import { momentText } from '../../../ledger/times.ts';
import { formatWho, parseWho } from '../../../ledger/who.ts';
import type { OpenStudy, StudyPlace } from '../../../store/open-study.ts';
import { record } from '../../../store/record.ts';
import { signingWith } from '../../../store/signing.ts';
import { waitingActs } from '../../../store/folder/pending.ts';
import { now } from '../../../system/clock.ts';
import { withId } from '../../arguments/participant.ts';
import { formatReceipt } from '../../output/receipt.ts';
import type { Output } from '../../output/output.ts';
import { atHome } from '../../study/at-home.ts';
import { lookFirst } from '../../study/look-first.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { LedgerFlags } from './command.ts';

/** What a person types from a signed paper. */
interface Paper {
  readonly id: string;
  readonly opened: string;
  readonly openedBy: string;
  readonly key: string;
  readonly reason: string;
  readonly by: string;
}

/**
 * Enters a code-break that is on a signed paper alone: neither the ledger nor `pending/` has it.
 *
 * @param id the participant, as the paper names them
 * @throws RandoseError `usage` if something of the paper is missing, or if the ledger has this code-break already
 */
export async function enterPaper(output: Output, id: string, flags: LedgerFlags): Promise<void> {
  const paper = paperOf(id, flags);
  const place = studyPlace(flags);
  const study = await atHome(output, place, flags);
  const signing = await signingWith(flags.sign, !output.json);
  await record(study, { signing, look: lookFirst(output, flags) }, (open) => {
    const act = actOf(open, paper, flags);
    if (flags.yes !== true) requireNew(open, place, act);
    requireUnread(open, act);
    const text = `Code-break of ${act.subject} (${act.number ?? 'no number'}) on ${momentText(act.opened)}, by ${formatWho(act.who)}: ${act.result}`;
    return {
      acts: [act],
      gives: [text],
      before: { text: `${text}\n`, warnings: [], question: 'Enter what the paper says?' },
      show: ({ head }) => {
        output.result(
          { entered: 1, ledger: head },
          `${text}.\nEntered late, from a paper.\n\n${formatReceipt(head)}\n`,
        );
        output.say('Keep the signed paper on file: the ledger says that it was entered from it.');
      },
    };
  });
}

/** @throws RandoseError `usage`, with every flag that is missing */
function paperOf(id: string, { opened, openedBy, key, reason, by }: LedgerFlags): Paper {
  const given = { opened, openedBy, key, reason, by };
  const missing = WANTED.filter(([name]) => (given[name] ?? '').trim() === '');
  if (missing.length > 0) {
    throw new RandoseError('usage', '--enter-paper needs everything that the paper says', {
      problems: missing.map(([, message]) => ({ message })),
      hint: `Nothing was entered. For example: ${EXAMPLE}`,
    });
  }
  return { id, ...given } as Paper;
}

const WANTED = [
  ['opened', '--opened WHEN is missing: the line When'],
  ['openedBy', '--opened-by WHO is missing: the line By'],
  ['key', '--key TEXT is missing: the line Key'],
  ['reason', '--reason TEXT is missing: the line Reason'],
  ['by', '--by WHO is missing: who enters it now'],
] as const;

const EXAMPLE =
  'randose ledger --enter-paper CRT-002 --opened 2026-11-24T12:18Z --opened-by "A. Example, officer" --key "A. Example, officer" --reason "serious adverse event" --by "B. Example, data manager"';

/** The entry that the paper becomes. Its `pending` is the SHA-256 of what was typed from it. */
function actOf(open: OpenStudy, paper: Paper, flags: LedgerFlags): LateCodeBreak {
  const { subject, number } = requireParticipant(open, withId(open, {}, paper.id));
  const said = {
    who: parseWho(paper.openedBy),
    subject,
    reason: paper.reason.trim(),
    number,
    kit: null,
    to: null,
    key: paper.key.trim() === NO_KEY ? null : paper.key.trim(),
    opened: timeOf(open, paper.opened),
    result: flags.refused === true ? ('refused' as const) : ('opened' as const),
    error: null,
  };
  return {
    action: 'late code-break',
    ...said,
    pending: sha256(JSON.stringify(said)),
    enteredBy: parseWho(paper.by),
  };
}

const TIME =
  /^(?<day>20\d\d-\d\d-\d\d)[T ](?<time>\d\d:\d\d)(?<seconds>:\d\d(?:\.\d{1,3})?)? *Z? *(?:\(?UTC\)?)?$/i;

/** A time as a paper says it. @throws RandoseError `usage` if it is none, or not after the list was made and before now */
function timeOf({ entries }: OpenStudy, typed: string): string {
  const { day = 'no day', time = '', seconds = ':00' } = TIME.exec(typed.trim())?.groups ?? {};
  const date = new Date(`${day}T${time}${seconds}Z`);
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day)) {
    throw new RandoseError('usage', `--opened: write a time in UTC, not "${typed}"`, {
      hint: 'Nothing was entered. For example: --opened 2026-11-24T12:18Z',
    });
  }
  const opened = date.toISOString();
  const [first] = entries;
  if (opened > now() || opened.slice(0, 16) < (first?.time ?? '').slice(0, 16)) {
    const why = opened > now() ? 'is in the future' : 'is before the list was made';
    throw new RandoseError('usage', `--opened: ${momentText(opened)} ${why}`, {
      hint: 'Nothing was entered. The paper says the time in UTC.',
    });
  }
  return opened;
}

/** @throws RandoseError `usage` if the same words were entered before: `--yes` does not enter a paper twice */
function requireUnread({ entries }: OpenStudy, { pending, subject }: LateCodeBreak): void {
  const before = entriesOf(entries, 'late code-break').find((one) => one.pending === pending);
  if (before === undefined) return;
  throw new RandoseError(
    'usage',
    `this paper about ${subject} was entered before: ledger entry ${before.seq}`,
    { hint: 'Nothing was entered.' },
  );
}

/** So near in time, two code-breaks of one participant are taken for the same one. */
const NEAR_MS = 120_000;

/** @throws RandoseError `usage` if the ledger or pending/ has a code-break of this participant at that time */
function requireNew(open: OpenStudy, { root }: StudyPlace, act: LateCodeBreak): void {
  const isSame = (one: { number: string | null }, time: string) => {
    return (
      one.number === act.number && Math.abs(Date.parse(time) - Date.parse(act.opened)) < NEAR_MS
    );
  };
  const known = [
    ...openingsOf(open.entries, 'code-break').map(({ intent }) => ({
      ...intent,
      opened: intent.time,
    })),
    ...entriesOf(open.entries, 'late code-break'),
  ].find((one) => isSame(one, one.opened));
  const isWaiting = waitingActs(root, open.entries).acts.some(
    (one) => one.action === 'late code-break' && isSame(one, one.opened),
  );
  if (known === undefined && !isWaiting) return;
  const where = known === undefined ? 'pending/' : `the ledger (entry ${known.seq})`;
  const when = momentText(known?.opened ?? act.opened);
  throw new RandoseError('usage', `${where} has a code-break of ${act.subject} on ${when}`, {
    hint: `Nothing was entered. Compare it with the paper. If the paper is about another one, add --yes.${isWaiting ? '\nTo enter what is in pending/: randose ledger --enter-pending' : ''}`,
  });
}
