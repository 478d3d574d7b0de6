import type { SealedArm } from '../../blinding/envelope.ts';
import { changedParts } from '../../blinding/manifest.ts';
import { type ErrorCode, RandoseError } from '../../errors.ts';
import type { Head } from '../../ledger/chain.ts';
import { type Assignment, requireRandomization } from '../../ledger/enrolment.ts';
import { requireKitHolder } from '../../ledger/kits.ts';
import { formatWho, parseWho } from '../../ledger/who.ts';
import { type KeyOptions, ownerOf, readKeys } from '../../platform/keys.ts';
import { attempt, openOnRecord } from '../../platform/on-record.ts';
import { openEnvelope } from '../../platform/open-envelope.ts';
import { describeChange, domainOf, openStudy, type OpenStudy } from '../../platform/open-study.ts';
import { findStudyFolder, withStudyLock } from '../../platform/study-folder.ts';
import type { Slot } from '../../randomization/list.ts';
import { parseSubjectId } from '../../study/identifiers.ts';
import { STUDY_FILE } from '../../study/layout.ts';
import type { Output } from '../output.ts';
import { formatReceipt } from '../receipt.ts';

interface UnblindOptions extends KeyOptions {
  readonly study?: string;
  readonly subject?: string;
  readonly kit?: string;
  readonly reason: string;
  readonly by?: string;
  readonly dummy?: boolean;
}

/**
 * `randose unblind`: opens one participant's envelope. Each attempt is in the ledger, on disk,
 * before the envelope is touched, and so is what came of it.
 */
export async function unblind(output: Output, options: UnblindOptions): Promise<void> {
  try {
    await breakCode(output, options);
  } catch (error) {
    throw withEmergencyHint(error);
  }
}

async function breakCode(output: Output, options: UnblindOptions): Promise<void> {
  const root = findStudyFolder(options.study);
  const domain = domainOf(options);
  const by = options.by === undefined ? undefined : parseWho(options.by);
  const reason = options.reason.trim();
  requireOneOf(options);
  openStudy(root, domain); // fails before a passphrase is asked for; read again under the lock
  const keys = await attempt(() => readKeys(options, !output.json));
  await withStudyLock(root, async () => {
    const open = openStudy(root, domain);
    const owner = keys.ok ? ownerOf(open.study, keys.value) : undefined;
    const participant = await attempt(() => participantOf(open, options));
    const randomization = participant.ok ? participant.value : undefined;
    const intent = {
      action: 'code-break intent',
      who: by ?? owner ?? { name: 'not stated', role: '', organisation: '' },
      // What is no subject id may be a name, which has no place in a ledger that never forgets.
      subject: randomization?.subject ?? parseSubjectId(options.subject ?? '') ?? '(no subject id)',
      number: randomization?.number ?? null,
      key: owner === undefined ? null : formatWho(owner),
      reason,
    } as const;
    const opened = await openOnRecord(open, intent, async () => {
      if (reason === '') throw noReason();
      if (!participant.ok) throw participant.error;
      if (!keys.ok) throw keys.error;
      const found = participant.value;
      return {
        randomization: found,
        arm: await openEnvelope(open, slotOf(open, found), keys.value),
      };
    });
    if (!opened.ok) {
      output.say(`The attempt is in the ledger.\n${formatReceipt(opened.head)}`);
      throw opened.error;
    }
    tellArm(output, open, opened.value.randomization, opened.value.arm, opened.head);
  });
}

function requireOneOf({ subject, kit }: UnblindOptions): void {
  if ((subject === undefined) !== (kit === undefined)) return;
  throw new RandoseError('usage', 'expected either --subject ID or --kit CODE', {
    hint: 'randose unblind --help shows both.',
  });
}

/** The participant who is meant: by subject id, or by the code on the kit. */
function participantOf(open: OpenStudy, { subject, kit }: UnblindOptions): Assignment {
  if (kit !== undefined) return requireKitHolder(open, kit);
  return requireRandomization(open.entries, subject?.trim() ?? '');
}

function tellArm(
  output: Output,
  { manifest, study }: OpenStudy,
  { subject, number, kit }: Assignment,
  { code, name, type }: SealedArm,
  ledger: Head,
): void {
  const changed = changedParts(manifest, study);
  if (changed.length > 0) {
    output.warn(`${STUDY_FILE} ${describeChange(changed)}. Run randose verify.`);
  }
  output.result(
    { subject, number, kit, arm: { code, name, type }, ledger },
    `Subject ${subject}, randomization number ${number}, kit ${kit}\n
  ${output.colour.bold(code)}  ${name} (${type})\n\n`,
  );
  output.say('Every other participant is still blinded: tell only who must know.');
  output.say(`The code-break is in the ledger.\n${formatReceipt(ledger)}`);
}

function noReason(): RandoseError {
  return new RandoseError('usage', 'a code-break needs a reason', {
    hint: 'For example: --reason "serious adverse event, treatment depends on the arm"',
  });
}

/** Where the folder, and not the request, is at fault, an envelope can still be opened without randose. */
function withEmergencyHint(error: unknown): unknown {
  if (!(error instanceof RandoseError) || error.message.startsWith('NOT TRUSTED')) return error;
  const { code, message, problems, hint = '' } = error;
  if (!FOLDER_AT_FAULT.includes(code)) return error;
  return new RandoseError(code, message, {
    problems,
    hint: `${hint}
In an emergency, age alone opens an envelope: age -d -i KEY allocation/envelopes/NUMBER.age
(those of a further batch are in allocation/batch-2/envelopes/, and so on)
Write down by hand who did it, when and why, and for which participant.`.trim(),
  });
}

const FOLDER_AT_FAULT: readonly ErrorCode[] = [
  'not-trusted',
  'not-found',
  'no-access',
  'locked',
  'no-space',
  'invalid-study',
];

/** The participant's slot, as the list has it. */
function slotOf({ slots }: OpenStudy, { number, kit }: Assignment): Slot {
  const slot = slots.find((candidate) => candidate.number === number && candidate.kit === kit);
  if (slot !== undefined) return slot;
  throw new RandoseError('not-trusted', `NOT TRUSTED: the list has no ${number} with kit ${kit}`, {
    hint: 'The ledger and the list disagree. Do not act on it; run randose verify.',
  });
}
