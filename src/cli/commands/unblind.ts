import type { EnvelopeContent } from '../../blinding/envelope.ts';
import { changedParts } from '../../blinding/manifest.ts';
import { type ErrorCode, RandoseError } from '../../errors.ts';
import { type Assignment, requireRandomization } from '../../ledger/enrolment.ts';
import { requireKitHolder } from '../../ledger/kits.ts';
import { formatWho, parseWho } from '../../ledger/who.ts';
import { now } from '../../platform/clock.ts';
import { writeNew } from '../../platform/files.ts';
import { attempt, openOnRecord, type Opened, withEmergencyLock } from '../../platform/on-record.ts';
import { openEnvelope } from '../../platform/open-envelope.ts';
import {
  batchOf,
  describeChange,
  domainOf,
  openStudy,
  type OpenStudy,
} from '../../platform/open-study.ts';
import { openerOf } from '../../platform/owners.ts';
import { signingWith } from '../../platform/signing.ts';
import { findStudyFolder } from '../../platform/study-folder.ts';
import type { Slot } from '../../randomization/list.ts';
import { parseSubjectId } from '../../study/identifiers.ts';
import { STUDY_FILE } from '../../study/layout.ts';
import { recipientKind, shortRecipient } from '../../study/recipient.ts';
import { keysOf, type OpeningFlags, requireKeyFlags } from '../keys.ts';
import { refuseOpened } from '../opened-list.ts';
import type { Output } from '../output.ts';
import { formatReceipt, handReceipt } from '../receipt.ts';
import { refuseSecretFile } from '../secret-file.ts';

export interface UnblindOptions extends OpeningFlags {
  readonly subject?: string;
  readonly kit?: string;
  readonly reason: string;
  /** Whom alone the answer is for. */
  readonly to?: string;
  readonly proof?: string;
  readonly output?: string;
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

/** What an opened envelope is of, and what it says. */
interface Found {
  readonly participant: Assignment;
  readonly content: EnvelopeContent;
}

async function breakCode(output: Output, options: UnblindOptions): Promise<void> {
  const root = findStudyFolder(options.study);
  const domain = domainOf(options);
  const by = options.by === undefined ? undefined : parseWho(options.by);
  const reason = options.reason.trim();
  requireFlags(options);
  openStudy(root, domain); // fails before a passphrase is asked for; read again under the lock
  const signing = await signingWith(options.sign, !output.json);
  const keys = await attempt(() => keysOf(options, !output.json));
  await withEmergencyLock(root, async () => {
    const open = openStudy(root, domain);
    const participant = await attempt(() => participantOf(open, options));
    const randomization = participant.ok ? participant.value : undefined;
    const intent = {
      action: 'code-break intent',
      ...openerOf(open, keys, by),
      // What is no subject id may be a name, which has no place in a ledger that never forgets.
      subject: randomization?.subject ?? parseSubjectId(options.subject ?? '') ?? '(no subject id)',
      reason,
      number: randomization?.number ?? null,
      to: options.to ?? null,
    } as const;
    const opened = await openOnRecord<Found, 'code-break'>(
      open,
      intent,
      async () => {
        if (reason === '') throw noReason();
        if (!participant.ok) throw participant.error;
        if (!keys.ok) throw keys.error;
        const found = participant.value;
        const content = await openEnvelope(open, slotOf(open, found), keys.value);
        return { participant: found, content };
      },
      { signing },
    );
    if (opened.ok) await tell(output, options, open, { ...opened.value, intent, opened });
    if (opened.unwritten !== undefined) tellUnwritten(output, open, { intent, opened });
    if (opened.ok) return;
    if (opened.unwritten !== undefined) throw opened.error;
    throw refuseOpened(output, opened);
  });
}

function requireFlags({ subject, kit, to, proof, output, ...keys }: UnblindOptions) {
  requireKeyFlags(keys, true);
  if (keys.card === true && keys.by === undefined) {
    throw new RandoseError('usage', '--card needs --by "NAME, ROLE, ORGANISATION"', {
      hint: 'A card does not say who holds it, and the ledger has to. Nothing was opened.',
    });
  }
  if ((subject === undefined) === (kit === undefined)) {
    throw new RandoseError('usage', 'expected either --subject ID or --kit CODE, or --all', {
      hint: 'randose unblind --help shows each.',
    });
  }
  if (to !== undefined && recipientKind(to) === undefined) {
    throw new RandoseError('usage', `--to expects an age recipient, age1…: "${to.slice(0, 80)}"`, {
      hint: 'A character is wrong or missing. Nothing was opened.',
    });
  }
  if (to !== undefined && proof !== undefined) {
    throw new RandoseError('usage', '--to and --proof cannot go together', {
      hint: 'What is sealed to the recipient has the proof in it. Nothing was opened.',
    });
  }
  if (to === undefined && output !== undefined) {
    throw new RandoseError('usage', '--output is for what --to seals', {
      hint: 'The arm is printed. For a file that proves it: --proof FILE.',
    });
  }
  refuseSecretFile(proof);
  refuseSecretFile(output);
}

/** The participant who is meant: by subject id, or by the code on the kit. */
function participantOf(open: OpenStudy, { subject, kit }: UnblindOptions): Assignment {
  if (kit !== undefined) return requireKitHolder(open, kit);
  return requireRandomization(open.entries, subject?.trim() ?? '');
}

/** A code-break as it went. */
interface CodeBreak {
  readonly intent: Parameters<typeof handReceipt>[0];
  readonly opened: Opened<Found>;
}

/** Tells the arm, to who asked or to the recipient alone. */
async function tell(
  output: Output,
  options: UnblindOptions,
  open: OpenStudy,
  { participant, content, intent, opened }: CodeBreak & Found,
): Promise<void> {
  const changed = changedParts(open.manifest, open.study);
  if (changed.length > 0) {
    output.warn(`${STUDY_FILE} ${describeChange(changed)}. Run randose verify.`);
  }
  const { subject, number, kit } = participant;
  const ledger = opened.unwritten === undefined ? opened.head : null;
  const about = { subject, number, kit };
  if (options.to === undefined) {
    const { code, name, type } = content.arm;
    output.result(
      { ...about, arm: { code, name, type }, proven: true, ledger },
      `Subject ${subject}, randomization number ${number}, kit ${kit}\n
  ${output.colour.bold(code)}  ${name} (${type})\n\n`,
    );
    output.say('The envelope proved itself: it is what was committed to.');
    if (options.proof !== undefined)
      await writeProof(output, options.proof, open, participant, content);
  } else {
    const sealed = await sealAnswer(options.to, open, { participant, content, intent, opened });
    if (options.output === undefined) {
      output.result({ ...about, to: options.to, answer: sealed, ledger }, sealed);
    } else {
      writeNew(options.output, sealed);
      output.result({ ...about, to: options.to, file: options.output, ledger }, '');
      output.say(`${options.output}: the answer.`);
    }
    output.say(
      `It is sealed to ${shortRecipient(options.to)}, who opens it with: age -d -i KEY FILE`,
    );
    output.say('Nobody else, and nobody here, has seen the arm.');
  }
  output.say('Every other participant is still blinded: tell only who must know.');
  if (ledger !== null) output.say(`The code-break is in the ledger.\n${formatReceipt(ledger)}`);
}

async function proofOf(
  open: OpenStudy,
  participant: Assignment,
  content: EnvelopeContent,
): Promise<string> {
  const { formatProof } = await import('../../blinding/proof.ts');
  const { manifest } = batchOf(open, slotOf(open, participant));
  return formatProof(participant.subject, content, manifest.commitment.root);
}

async function writeProof(
  output: Output,
  path: string,
  open: OpenStudy,
  participant: Assignment,
  content: EnvelopeContent,
): Promise<void> {
  writeNew(path, await proofOf(open, participant, content), { mode: 'private' });
  output.say(`${path}: the proof, readable by you alone. It names the arm.`);
}

async function sealAnswer(
  to: string,
  open: OpenStudy,
  { participant, content, intent }: CodeBreak & Found,
): Promise<string> {
  const { formatAnswer, sealAnswerFor } = await import('../../blinding/answer.ts');
  const text = formatAnswer({
    subject: participant.subject,
    content,
    time: now(),
    reason: intent.reason,
    by: formatWho(intent.who),
    proof: await proofOf(open, participant, content),
  });
  return sealAnswerFor(to, text);
}

/** What a ledger on a full disk could not take: loudly, with what to file by hand. */
function tellUnwritten(output: Output, open: OpenStudy, { intent, opened }: CodeBreak): void {
  const what = opened.ok ? 'THIS CODE-BREAK' : 'THIS ATTEMPT';
  output.warn(`${what} IS NOT IN THE LEDGER: ${opened.unwritten?.message ?? ''}.`);
  output.warn('File the following by hand, now, with a signature:');
  output.tell(handReceipt(intent, open, opened.ok ? 'opened' : 'refused', now()));
}

function noReason(): RandoseError {
  return new RandoseError('usage', 'a code-break needs a reason', {
    hint: 'For example: --reason "serious adverse event, treatment depends on the arm"',
  });
}

/** Where the folder, and not the request, is at fault, an envelope can still be opened without randose. */
function withEmergencyHint(error: unknown): unknown {
  if (!(error instanceof RandoseError) || error.message.startsWith('NOT TRUSTED')) return error;
  const { code, message, problems, hint = '', ledger } = error;
  if (!FOLDER_AT_FAULT.includes(code)) return error;
  return new RandoseError(code, message, {
    problems,
    ...(ledger && { ledger }),
    hint: `${hint}
In an emergency, age alone opens an envelope, with an officer's key or the code-break card's:
  age -d -i KEY "$(find allocation -name NUMBER.age)"
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
