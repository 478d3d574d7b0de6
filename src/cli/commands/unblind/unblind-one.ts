import { join } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { participantNames } from '../../../ledger/subject-ids.ts';
import { parseWho, type Who } from '../../../ledger/who.ts';
import { noteCodeBreak } from '../../../store/folder/home.ts';
import { findAnyStudyFolder } from '../../../store/folder/study-folder.ts';
import {
  breakOnRecord,
  type EnvelopeWork,
  type RecordedCodeBreak,
  withEmergencyLock,
} from '../../../store/opening/emergency/record-code-break.ts';
import { WrongCard } from '../../../store/opening/emergency/open-rescued.ts';
import {
  type Filed,
  type RescuedStudy,
  rescueStudy,
} from '../../../store/opening/emergency/rescue-study.ts';
import { type ServedLedger, servedLedger } from '../../../store/opening/emergency/served-ledger.ts';
import type { Signing } from '../../../store/ready.ts';
import { ALLOCATION, LEDGER_FILE, STUDY_FILE } from '../../../study/layout.ts';
import { exists } from '../../../system/files.ts';
import { lowerFirst, upperFirst } from '../../../words.ts';
import type { GivenKeys } from '../../../store/opening/keys.ts';
import { Cancelled, isAtTerminal } from '../../../system/prompts.ts';
import { signingWith } from '../../../store/signing.ts';
import { givenKeys, keysNotAsked } from '../../arguments/keys.ts';
import type { Output } from '../../output/output.ts';
import { clockWarning } from '../../study/clock-warning.ts';
import { tellDryRun } from '../../study/look-first.ts';

import { refuseOpened } from '../../study/opened-list.ts';
import { warnIfToOwnKey } from '../../study/own-answer.ts';
import { refuseSecretFile } from '../../study/secret-file.ts';
import type { UnblindFlags } from './command.ts';
import { givenText, type KitGivenTo } from './code-break-view.ts';
import { explainRefusal } from './explain-refusal.ts';
import { namedOnce } from './named-once.ts';
import { type OpenedTarget, openTarget } from './open-target.ts';
import { type CodeBreakPlan, planCodeBreak } from './plan-code-break.ts';
import { sayWhereRecorded } from './say-where-recorded.ts';
import {
  findTarget,
  givenOf,
  isOwnKit,
  notGivenText,
  surelyNobody,
  type Target,
} from './target.ts';
import { showCodeBreak } from './show-code-break.ts';
import {
  filedOf,
  type ReasonedFlags,
  requireComplete,
  requireSameDomain,
  requireUnblindFlags,
} from './unblind-flags.ts';

/**
 * `randose unblind`: opens one participant's envelope. It needs the envelope and a key. Everything else is checked,
 * and its problems are shown, but no other file, lock or disk stops it. Each attempt is on record before the
 * envelope is touched, and so is its outcome.
 */
export async function unblindOne(
  output: Output,
  typed: UnblindFlags,
  id: string | undefined,
): Promise<void> {
  const root = findAnyStudyFolder(typed.study);
  if (typed.by !== undefined) parseWho(typed.by); // fails before anything is asked for
  requireUnblindFlags(typed, id);
  refuseSecretFile(typed.proof, root);
  refuseSecretFile(typed.output, root);
  const mayAsk = !output.json && isAtTerminal();
  if (!mayAsk) requireComplete(typed, id);
  const filed = filedOf(typed);
  const served = await servedLedger(root, typed.ledger);
  const before = rescueStudy(root, filed, served?.ledger); // fails before a passphrase is asked for; read again under the lock
  requireSameDomain(before, typed);
  const wrong = clockWarning(before.ledger.entries.at(-1)?.time);
  if (wrong !== undefined) output.warn(wrong);
  const meant = namedOnce(output, before, typed, id);
  const { givenTo = '', ...own } = meant;
  const isOwn = isOwnKit(before, meant);
  const named = isOwn ? own : meant;
  if (isOwn) {
    output.say(
      `${own.kit ?? ''} is a kit of ${givenTo}'s own slot: this is about their own allocation, without --given-to.`,
    );
  }
  const asked = await completed(output, before, named, mayAsk);
  warnIfToOwnKey(output, asked);
  const given = givenOf(asked);
  const notGiven = given && !mayAsk ? notGivenText(before, given) : undefined;
  if (notGiven !== undefined) output.warn(`${notGiven}.`);
  if (asked.dryRun === true) {
    const nameOf = participantNames(before.ledger.whole);
    tellDryRun(output, targetText(findTarget(before, asked), given, nameOf));
    return;
  }
  const by = asked.by === undefined ? undefined : parseWho(asked.by);
  const signing = await signingWith(asked.sign, !output.json);
  if (mayAsk) {
    const { confirmCodeBreak } = await import('./ask-missing.ts');
    await confirmCodeBreak(output, before, asked, named);
  }
  const attempt = { root, served, before, filed, by, signing };
  const refused = await tryOnce(output, asked, attempt);
  if (refused === undefined) return;
  if (!mayAsk || asked.identity !== undefined || !(refused.cause instanceof WrongCard)) {
    throw refused.error;
  }
  await askAgainForCard(output, asked, attempt, refused);
}

/** What an attempt needs that does not depend on the key. */
interface CodeBreakDesk {
  readonly root: string;
  /** The ledger, if it is in a database. */
  readonly served: ServedLedger | undefined;
  /** The study before anything was asked. */
  readonly before: RescuedStudy;
  readonly filed: Filed;
  readonly by: Who | undefined;
  readonly signing: Signing | undefined;
}

/** An attempt that was refused, and is on record. */
interface Refused {
  /** As it is shown. */
  readonly error: unknown;
  /** As it was thrown. */
  readonly cause: unknown;
}

/** Reads the keys, and opens the envelope on record. @returns undefined if it was opened and shown */
async function tryOnce(
  output: Output,
  asked: ReasonedFlags,
  { root, served, before, filed, by, signing }: CodeBreakDesk,
): Promise<Refused | undefined> {
  const nobody = surelyNobody(before, asked);
  const { keys, flags } =
    nobody === undefined
      ? await keysAndReason(output, asked)
      : { keys: keysNotAsked(asked, nobody), flags: asked };
  const opener = { keys, by, signing };
  const planned = await planCodeBreak(before, flags, opener);
  let refused: Refused | undefined;
  await withEmergencyLock(root, served, async (turn) => {
    const study = rescueAgain(output, before, filed, served, planned);
    const plan = await planCodeBreak(study, flags, opener, planned);
    const { intent, ready } = plan;
    const work: EnvelopeWork<OpenedTarget> = {
      open: () => openPlanned(study, flags, plan),
      slotOf: ({ target: { subject }, opened: { content } }) => ({ ...content, subject }),
    };
    const broken = await breakOnRecord(study, turn, intent, ready, work);
    refused = await tell(output, flags, study, plan, broken);
  });
  return refused;
}

/**
 * Asks for the right card after a wrong one, until a card opens the envelope. Each attempt is on record.
 *
 * @throws the error of the last attempt if the person cancels, or if something else is wrong
 */
async function askAgainForCard(
  output: Output,
  flags: ReasonedFlags,
  desk: CodeBreakDesk,
  first: Refused,
): Promise<void> {
  // The key that was typed before is that of the wrong card.
  const asked: ReasonedFlags & { cardLine?: string } = { ...flags };
  delete asked.cardLine;
  let last: Refused | undefined = first;
  while (last !== undefined) {
    const { error, cause }: Refused = last;
    if (!(cause instanceof WrongCard)) throw error;
    output.say(`${upperFirst(cause.message)}. ${cause.hint ?? ''}`);
    output.say('Take the right card, or press Ctrl-C to cancel.');
    try {
      last = await tryOnce(output, asked, desk);
    } catch (stopped) {
      throw stopped instanceof Cancelled ? error : stopped;
    }
  }
}

/**
 * The study again, under the lock. The folder may be gone since it was read: a disk that was unplugged.
 *
 * @throws RandoseError if no envelope is there any more; what to write down is said before
 */
function rescueAgain(
  output: Output,
  before: RescuedStudy,
  filed: Filed,
  served: ServedLedger | undefined,
  { intent }: CodeBreakPlan,
): RescuedStudy {
  const { root } = before;
  try {
    return rescueStudy(root, filed, served?.ledger);
  } catch (error) {
    const gone = isGone(root) ? folderGone(root) : error;
    const why = gone instanceof Error ? gone.message : 'it cannot be read';
    const record = { place: 'nowhere', why } as const;
    sayWhereRecorded(output, before, { ok: false, error: gone, record, intent });
    throw gone;
  }
}

/** Whether nothing of a study is in its folder any more. */
function isGone(root: string): boolean {
  return ![STUDY_FILE, LEDGER_FILE, ALLOCATION].some((name) => exists(join(root, name)));
}

function folderGone(root: string): RandoseError {
  return new RandoseError('not-found', `the study folder ${root} is no longer there`, {
    hint: 'Nothing was opened. Plug the disk in again, or connect the network folder again, and run the command again.',
  });
}

/** Reads the keys. A reason that has a passphrase in it stops no emergency, but it is not kept. */
async function keysAndReason(
  output: Output,
  flags: ReasonedFlags,
): Promise<{ readonly keys: GivenKeys; readonly flags: ReasonedFlags }> {
  const { keys, hasPassphraseIn } = await givenKeys(output, flags);
  if (!hasPassphraseIn(flags.reason)) return { keys, flags };
  output.warn(`the reason had a passphrase in it. The ledger says instead: ${PASSPHRASE_TYPED}`);
  return { keys, flags: { ...flags, reason: PASSPHRASE_TYPED } };
}

/** What the ledger has for a reason that was a passphrase. */
const PASSPHRASE_TYPED = '(a passphrase was typed here)';

/** What a code-break would open, for a dry run. */
function targetText(
  { subject, slot }: Target,
  given: KitGivenTo | undefined,
  nameOf: (subject: string) => string,
): string {
  if (given !== undefined) {
    return `open ${lowerFirst(givenText({ ...given, to: nameOf(given.to) }))}`;
  }
  const whose = subject === null ? '' : ` of ${nameOf(subject)}`;
  return slot === undefined
    ? `open the envelope of the card's slot${whose}`
    : `open the envelope of ${slot.number}${whose}`;
}

async function completed(
  output: Output,
  study: RescuedStudy,
  flags: UnblindFlags,
  mayAsk: boolean,
): Promise<ReasonedFlags> {
  if (mayAsk) {
    const { askMissing } = await import('./ask-missing.ts');
    return askMissing(output, study, flags);
  }
  requireComplete(flags, undefined);
  return flags;
}

/** Opens what is planned. Whatever prevents it is the outcome of an attempt that is already on record. */
async function openPlanned(
  study: RescuedStudy,
  flags: ReasonedFlags,
  { target, keys }: CodeBreakPlan,
): Promise<OpenedTarget> {
  if (!target.ok) throw target.error;
  if (!keys.ok) throw keys.error;
  return openTarget(study, flags, target.value, keys.value);
}

/** Shows the arm, and says where the code-break is on record. @returns why it was refused, if it was */
async function tell(
  output: Output,
  flags: UnblindFlags,
  study: RescuedStudy,
  { target }: CodeBreakPlan,
  broken: RecordedCodeBreak<OpenedTarget>,
): Promise<Refused | undefined> {
  const { record, intent } = broken;
  if (record.place === 'ledger' && !study.isInDatabase) noteCodeBreak(study.root, study.home);
  if (!broken.ok) {
    sayWhereRecorded(output, study, broken);
    const error = explainRefusal(study, target, broken.error, flags.identity);
    const shown =
      record.place === 'ledger' ? refuseOpened(output, { error, head: record.head }) : error;
    return { error: shown, cause: broken.error };
  }
  await showCodeBreak(output, flags, study, { ...broken.value, intent, record });
  sayWhereRecorded(output, study, broken);
  if (flags.to === undefined && isAtTerminal()) {
    const isOnPaper = record.place === 'nowhere';
    output.say(
      `Close or clear this window when you have read it${isOnPaper ? ' and written it down' : ''}.`,
    );
  }
  return undefined;
}
