import { sealedTreatments } from '../../../blinding/manifest.ts';
import { RandoseError } from '../../../errors.ts';
import { type Naming, requireParticipant } from '../../../ledger/named-participant.ts';
import { earlierOpeningText, firstReveals, openingsOfSlot } from '../../../ledger/openings.ts';
import { sameArmText } from '../../../ledger/replacements.ts';
import { participantNames } from '../../../ledger/subject-ids.ts';
import { momentText } from '../../../ledger/times.ts';
import { parseWho } from '../../../ledger/who.ts';
import { revealOnRecord } from '../../../store/opening/reveal.ts';
import { openStudy, type OpenStudy, requireUnchanged } from '../../../store/open-study.ts';
import { signingWith } from '../../../store/signing.ts';
import { numberText } from '../../../randomization/list.ts';
import { requireKeyFlags } from '../../arguments/keys.ts';
import { requireNamedOnce, withId } from '../../arguments/participant.ts';
import type { Output } from '../../output/output.ts';
import { periodLines } from '../../output/period-lines.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { tellDryRun } from '../../study/look-first.ts';
import { sayIfTooFew } from '../../study/officers-needed.ts';
import { refuseOpened } from '../../study/opened-list.ts';
import { keysAfterReason } from '../../study/opening-reason.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { RevealFlags } from './command.ts';

/**
 * `randose reveal`: the arm of a participant who is randomized, in a study that is open label. It is on record, and
 * counts nowhere as a code-break. A free slot has no participant, so it cannot be revealed.
 */
export async function reveal(
  output: Output,
  options: RevealFlags,
  [id]: [string | undefined],
): Promise<void> {
  const { subject, number, kit } = options;
  requireNamedOnce(id, subject, number, kit);
  const by = options.by === undefined ? undefined : parseWho(options.by);
  const place = studyPlace(options);
  const before = await openStudy(place); // fails before a passphrase is asked for
  const participantIn = (open: OpenStudy) => {
    requireOpenLabel(open);
    const flags: Naming = id === undefined ? options : {};
    return requireParticipant(open, withId(open, flags, id));
  };
  const randomization = participantIn(before);
  const nameOf = participantNames(before.entries);
  const name = nameOf(randomization.subject);
  await requireKeyFlags(options);
  if (options.dryRun === true) {
    tellDryRun(
      output,
      `open the envelope of ${randomization.number} and reveal the arm of ${name}`,
    );
    return;
  }
  const revealed = firstReveals(before.entries)(randomization.subject);
  if (revealed !== undefined)
    output.say(`${name} was revealed before, on ${momentText(revealed)}.`);
  for (const one of openingsOfSlot(before.entries, randomization)) {
    output.say(`There was a code-break of ${name}: ${earlierOpeningText(one)}.`);
  }
  const reason = options.reason ?? null;
  const signing = await signingWith(options.sign, !output.json);
  sayIfTooFew(output, before, options);
  const keys = await keysAfterReason(output, options, reason);
  const study = await atHome(output, place, options);
  const opened = await revealOnRecord(study, { participantIn, keys, by, reason, signing });
  if (!opened.ok) throw refuseOpened(output, opened);
  const { arm, kits } = opened.value;
  const { code, name: armName, type } = arm;
  const [kitCode] = kits;
  const treatments = sealedTreatments(opened.open.manifest, opened.open.study, code);
  const sameArm = sameArmText(opened.open.slots, opened.open.entries, randomization.number);
  output.result(
    {
      study: opened.open.study.id,
      subject: randomization.subject,
      number: randomization.number,
      ...(kitCode !== undefined && { kit: kitCode }),
      arm: { code, name: armName, type },
      ...(treatments.length > 0 && { periods: treatments }),
      ...(sameArm !== undefined && { sameArm }),
      revealedBefore: revealed ?? null,
      ledger: opened.head,
    },
    `${name} (${numberText(randomization.number, [kitCode])})\n  ${code}  ${armName}\n${periodLines(treatments)}${sameArm === undefined ? '' : `${sameArm}\n`}`,
  );
  output.say('Check passed: this is the allocation that was sealed before the trial.');
  output.say(`The ledger says that it was revealed.\n${formatReceipt(opened.head)}`);
}

/** @throws RandoseError `usage` if the study is blinded; `not-trusted` if study.yaml says another thing than was sealed */
function requireOpenLabel(open: OpenStudy): void {
  requireUnchanged(open, ['identity']);
  const { id, blinding } = open.study;
  if (blinding === 'open label') return;
  throw new RandoseError('usage', `${id} is blinded: no arm is revealed in it`, {
    hint: 'To open one participant in an emergency, which is a code-break: randose unblind. A study is open label if study.yaml says blinding: open label before the list is made. Nothing was opened.',
  });
}
