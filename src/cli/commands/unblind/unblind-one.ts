import { participantNames } from '../../../ledger/subject-ids.ts';
import { parseWho } from '../../../ledger/who.ts';
import { noteCodeBreak } from '../../../store/folder/home.ts';
import { findAnyStudyFolder } from '../../../store/folder/study-folder.ts';
import {
  breakOnRecord,
  type RecordedCodeBreak,
  withEmergencyLock,
} from '../../../store/opening/emergency/record-code-break.ts';
import { type RescuedStudy, rescueStudy } from '../../../store/opening/emergency/rescue-study.ts';
import { lowerFirst } from '../../../words.ts';
import type { GivenKeys } from '../../../store/opening/keys.ts';
import { isAtTerminal } from '../../../system/prompts.ts';
import { signingWith } from '../../../store/signing.ts';
import { givenKeys, keysNotAsked } from '../../arguments/keys.ts';
import type { Output } from '../../output/output.ts';
import { clockWarning } from '../../study/clock-warning.ts';
import { tellDryRun } from '../../study/look-first.ts';

import { refuseOpened } from '../../study/opened-list.ts';
import { refuseSecretFile } from '../../study/secret-file.ts';
import type { UnblindFlags } from './command.ts';
import { givenText, type KitGivenTo } from './code-break-view.ts';
import { explainRefusal } from './explain-refusal.ts';
import { namingOf } from './naming.ts';
import { type OpenedTarget, openTarget } from './open-target.ts';
import { type CodeBreakPlan, planCodeBreak } from './plan-code-break.ts';
import { sayWhereRecorded } from './say-where-recorded.ts';
import { findTarget, givenOf, notGivenText, surelyNobody, type Target } from './target.ts';
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
  const before = rescueStudy(root, filed); // fails before a passphrase is asked for; read again under the lock
  requireSameDomain(before, typed);
  const wrong = clockWarning(before.ledger.entries.at(-1)?.time);
  if (wrong !== undefined) output.warn(wrong);
  const named = id === undefined ? typed : { ...typed, ...namingOf(before, id) };
  const asked = await completed(output, before, named, mayAsk);
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
  const nobody = surelyNobody(before, asked);
  const { keys, flags } =
    nobody === undefined
      ? await keysAndReason(output, asked)
      : { keys: keysNotAsked(asked, nobody), flags: asked };
  const opener = { keys, by, signing };
  const planned = await planCodeBreak(before, flags, opener);
  await withEmergencyLock(root, async (turn) => {
    const study = rescueStudy(root, filed);
    const plan = await planCodeBreak(study, flags, opener, planned);
    const { intent, ready } = plan;
    const work = () => openPlanned(study, flags, plan);
    const broken = await breakOnRecord<OpenedTarget>(study, turn, intent, ready, work);
    await tell(output, flags, study, plan, broken);
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

/** Shows the arm, or why it was not opened; and where the code-break is on record. */
async function tell(
  output: Output,
  flags: UnblindFlags,
  study: RescuedStudy,
  { intent, target }: CodeBreakPlan,
  broken: RecordedCodeBreak<OpenedTarget>,
): Promise<void> {
  const { record } = broken;
  if (record.place === 'ledger') noteCodeBreak(study.root, study.home);
  if (!broken.ok) {
    sayWhereRecorded(output, study, intent, broken);
    const error = explainRefusal(study, target, broken.error);
    throw record.place === 'ledger' ? refuseOpened(output, { error, head: record.head }) : error;
  }
  await showCodeBreak(output, flags, study, { ...broken.value, intent, record });
  sayWhereRecorded(output, study, intent, broken);
}
