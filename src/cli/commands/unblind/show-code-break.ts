import { rootOf } from '../../../blinding/envelope.ts';
import { changedParts, sealedTreatments } from '../../../blinding/manifest.ts';
import { sameArmText } from '../../../ledger/replacements.ts';
import { participantNames, subjectIds } from '../../../ledger/subject-ids.ts';
import { describeChange } from '../../../store/open-study.ts';
import type { Intent } from '../../../store/opening/on-record.ts';
import type { OpenedEnvelope } from '../../../store/opening/judge-envelope.ts';
import type { OnRecord } from '../../../store/opening/emergency/record-code-break.ts';
import type { RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import { PUT_BACK } from '../../../words.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { formatCodeBreak, openedBeforeText, stillBlindedText } from './code-break-view.ts';
import type { UnblindFlags } from './command.ts';
import { sealAnswer, writeProof } from './hand-answer.ts';
import { isOpenLabel } from './open-label.ts';
import type { OpenedTarget } from './open-target.ts';
import { givenOf, openingsBefore, type Target } from './target.ts';

/** A code-break that was done, and where it is on record. */
interface DoneCodeBreak extends OpenedTarget {
  readonly intent: Intent<'code-break'>;
  readonly record: OnRecord;
}

/** Shows the arm to the person who asked, or only to the recipient; what could not be checked comes first. */
export async function showCodeBreak(
  output: Output,
  flags: UnblindFlags,
  study: RescuedStudy,
  done: DoneCodeBreak,
): Promise<void> {
  const { target, opened, intent, record, otherKits } = done;
  const { content } = opened;
  const doubts = doubtsOf(study, target, opened);
  const given = givenOf(flags);
  const openedBefore = openingsBefore(study, flags, {
    subject: target.subject,
    number: content.number,
  });
  const slots = study.batches.flatMap((batch) => batch.slots);
  // A kit that was given to somebody does not name the participant whose number it has.
  const sameArm =
    given === undefined ? sameArmText(slots, study.ledger.whole, content.number) : undefined;
  warnOfChanges(output, study);
  warnOfLineEnds(output, study);
  const ids = subjectIds(study.ledger.whole);
  const about = {
    subject: target.subject,
    number: content.number,
    kit: content.kits[0] ?? null,
    proven: opened.isProven,
    notChecked: doubts,
    otherKits,
    root: rootOf(content) ?? null,
    envelope: opened.file,
    ledger: record.place === 'ledger' ? record.head : null,
    pending: record.place === 'pending' ? record.file : null,
    openedBefore,
    randomizedAs: target.subject === null ? null : ids(target.subject).randomizedAs,
  };
  for (const one of openedBefore) output.sayOnce(openedBeforeText(one));
  if (flags.to === undefined) {
    const { code, name, type } = content.arm;
    const nameOf = participantNames(study.ledger.whole);
    const manifest = study.batches.at(-1)?.inForce;
    const treatments =
      manifest === undefined || study.study === undefined
        ? []
        : sealedTreatments(manifest, study.study, code);
    const periods = treatments.length === 0 ? {} : { periods: treatments };
    output.result(
      {
        ...about,
        arm: { code, name, type },
        ...periods,
        ...(sameArm !== undefined && { sameArm }),
      },
      formatCodeBreak(
        { subject: target.subject, nameOf, given, opened, doubts, otherKits, treatments, sameArm },
        output,
      ),
      { urgent: true },
    );
    if (flags.proof !== undefined) await writeProof(output, flags.proof, done);
  } else {
    for (const doubt of doubts) output.warn(`NOT CHECKED: ${doubt}`);
    const { randomizedAs } = about;
    const plan = { to: flags.to, file: flags.output, intent, randomizedAs, sameArm };
    await sealAnswer(output, plan, about, done);
  }
  if (opened.isProven) sayWhatToCompare(output, study, opened);
  const knowsPair = sameArm !== undefined && flags.to === undefined;
  output.say(stillBlindedText(given, { isOpenLabel: isOpenLabel(study), isPair: knowsPair }));
  if (flags.card === true) output.say('Fill in the lines on the card, and tell the sponsor.');
}

/** All that could not be checked, one line each. */
function doubtsOf(study: RescuedStudy, target: Target, opened: OpenedEnvelope): string[] {
  const { holders = [], doubts = [] } = target.slot ?? {};
  const { areEntriesSound, mayBeInUse } = study.ledger;
  // That nobody known here has the slot is a doubt of its own.
  const isHolderKnown = areEntriesSound || mayBeInUse !== undefined || holders.length > 0;
  const unknownHolder = isHolderKnown
    ? []
    : [`which participant has ${opened.content.number}: compare the kit code with the box`];
  return [...study.doubts, ...doubts, ...opened.doubts, ...unknownHolder];
}

function warnOfChanges(output: Output, { study, batches }: RescuedStudy): void {
  const manifest = batches.at(-1)?.inForce;
  if (study === undefined || manifest === undefined) return;
  const changed = changedParts(manifest, study);
  if (changed.length === 0) return;
  output.warn(`${STUDY_FILE} ${describeChange(changed)}. Run randose verify.`);
}

/** What is in these files is proven: they are no reason for doubt, and the other commands need them back. */
function warnOfLineEnds(output: Output, { changed }: RescuedStudy): void {
  for (const { file, changes } of changed) {
    output.warn(`${file} ${changes.join(' and ')}; nothing else in it differs. ${PUT_BACK}`);
  }
}

/** Says that the envelope was proven; with the receipt of its batch, which is also on the card, if the ledger has it. */
function sayWhatToCompare(
  output: Output,
  { ledger }: RescuedStudy,
  { content }: OpenedEnvelope,
): void {
  output.say('Check passed: this is the allocation that was sealed before the trial.');
  const allocation = ledger.sound.find(
    (entry) => entry.action === 'allocation' && entry.list === content.list,
  );
  if (allocation === undefined) return;
  output.say(`Compare with the card or what was filed:\n  ${formatReceipt(allocation)}`);
}
