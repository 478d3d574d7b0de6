import { formatAnswer } from '../../../blinding/answer-text.ts';
import { sealAnswerFor } from '../../../blinding/answer.ts';
import { type EnvelopeContent, rootOf } from '../../../blinding/envelope.ts';
import { formatProof } from '../../../blinding/proof.ts';
import { RandoseError } from '../../../errors.ts';
import type { EntryOf } from '../../../ledger/entry.ts';
import { type Naming, requireParticipant } from '../../../ledger/named-participant.ts';
import { preparationsFor } from '../../../ledger/openings.ts';
import { factsBySubject } from '../../../ledger/participant-facts.ts';
import { sameArmText } from '../../../ledger/replacements.ts';
import { participantNames } from '../../../ledger/subject-ids.ts';
import { momentText } from '../../../ledger/times.ts';
import { formatWho, parseWho, type Who } from '../../../ledger/who.ts';
import { requireUnlocked } from '../../../store/locked.ts';
import { prepareOnRecord } from '../../../store/opening/preparation.ts';
import { openStudy, type OpenStudy, requireUnchanged } from '../../../store/open-study.ts';
import { signingWith } from '../../../store/signing.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { shortRecipient } from '../../../study/recipient.ts';
import type { Person } from '../../../study/study.ts';
import { now } from '../../../system/clock.ts';
import { writeNew } from '../../../system/files.ts';
import { counted, listed, quoted } from '../../../words.ts';
import { requireKeyFlags } from '../../arguments/keys.ts';
import { requireNamedOnce, withId } from '../../arguments/participant.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { askFirst, tellDryRun } from '../../study/look-first.ts';
import { refuseOpened } from '../../study/opened-list.ts';
import { keysAfterReason } from '../../study/opening-reason.ts';
import { refuseSecretFile } from '../../study/secret-file.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { PrepareFlags } from './command.ts';

/**
 * `randose prepare`: an officer seals the arm of one participant to the preparer of the treatment, and sees it as little
 * as anybody else. It is on record, and counts nowhere as a code-break. A free slot has no participant, so nothing of
 * it can be sealed to a preparer.
 */
export async function prepare(
  output: Output,
  options: PrepareFlags,
  [id]: [string | undefined],
): Promise<void> {
  const { subject, number, kit, output: path } = options;
  requireNamedOnce(id, subject, number, kit);
  const by = options.by === undefined ? undefined : parseWho(options.by);
  refuseSecretFile(path);
  const place = studyPlace(options);
  const before = await openStudy(place); // fails before a passphrase is asked for
  const forWhom = (open: OpenStudy) => {
    requireReady(open);
    const flags: Naming = id === undefined ? options : {};
    const participant = requireParticipant(open, withId(open, flags, id));
    return { participant, preparer: preparerIn(open, options.to) };
  };
  const { participant, preparer } = forWhom(before);
  const name = participantNames(before.entries)(participant.subject);
  await requireKeyFlags(options);
  const doubts = doubtsAbout(before, participant, name);
  for (const text of doubts) output.warn(text);
  if (options.dryRun === true) {
    const would = `open the envelope of ${participant.number} and seal the arm of ${name} to ${preparer.name}`;
    tellDryRun(output, would);
    return;
  }
  const earlier = preparationsFor(before.entries, participant.subject);
  if (earlier.length > 0) output.say(earlierText(name, earlier));
  if (doubts.length > 0) {
    await askFirst(output, options, 'Seal it all the same?', [], 'Nothing was opened.');
  }
  const reason = options.reason ?? null;
  const signing = await signingWith(options.sign, !output.json);
  const keys = await keysAfterReason(output, options, reason);
  const study = await atHome(output, place, options);
  const prepared = await prepareOnRecord(study, {
    forWhom,
    keys,
    by,
    reason,
    signing,
    seal: async (content, { who, open }) =>
      sealAnswerFor(
        preparer.recipient,
        formatPreparation(content, { open, participant, who, reason, time: now() }),
      ),
  });
  if (!prepared.ok) throw refuseOpened(output, prepared);
  const { sealed } = prepared.value;
  if (path !== undefined) writeNew(path, sealed);
  output.result(
    {
      study: before.study.id,
      subject: participant.subject,
      number: participant.number,
      preparer: preparer.name,
      to: preparer.recipient,
      preparedBefore: earlier.map(({ time }) => time),
      ...(path === undefined ? { answer: sealed } : { file: path }),
      ledger: prepared.head,
    },
    path === undefined ? sealed : '',
    { exact: true },
  );
  if (path !== undefined) output.say(`Wrote ${path}: the arm of ${name}, for the preparer.`);
  output.say(
    `It is encrypted for ${preparer.name} (${shortRecipient(preparer.recipient)}), who opens it with: age -d -i KEY ${path === undefined ? 'FILE' : quoted(path)}`,
  );
  output.say('Nobody here has seen the arm, and no other slot is open to that key.');
  output.say(
    `The ledger says that it was prepared; it is not a code-break.\n${formatReceipt(prepared.head)}`,
  );
}

/** @throws RandoseError if its people are others than were sealed, or if it is locked */
function requireReady(open: OpenStudy): void {
  requireUnchanged(open, ['identity', 'custody']);
  requireUnlocked(open.entries);
}

/**
 * The preparer who is named, or the only one.
 *
 * @throws RandoseError `usage` if there is none, if several could be meant, or if nobody has the name or the key
 */
function preparerIn({ study }: OpenStudy, typed: string | undefined): Person {
  const { preparers } = study;
  const names = preparers.map(({ name }) => name);
  const [only] = preparers;
  if (only === undefined) {
    throw new RandoseError('usage', `${STUDY_FILE} names no preparer`, {
      hint: 'Nothing was opened. The preparer makes a key with randose keygen and sends the public half. It is added with randose people add --role preparer, and an officer runs randose rewrap once.',
    });
  }
  if (typed === undefined) {
    if (preparers.length === 1) return only;
    throw new RandoseError('usage', 'which preparer? Several are named', {
      hint: `Nothing was opened. Add --to with one of them: ${names.map((name) => `"${name}"`).join(', ')}`,
    });
  }
  const text = typed.trim();
  const found = preparers.find(
    ({ name, recipient }) => name.toUpperCase() === text.toUpperCase() || recipient === text,
  );
  if (found !== undefined) return found;
  throw new RandoseError('usage', `--to: "${text.slice(0, 80)}" is not a preparer of ${study.id}`, {
    hint: `Nothing was opened. The preparers are: ${listed(names)}. For somebody else it is a code-break: randose unblind --to`,
  });
}

/** Why this participant may not get a treatment any more: sentences without a full stop. */
function doubtsAbout(
  { entries }: OpenStudy,
  { subject }: EntryOf<'randomization'>,
  name: string,
): string[] {
  const { withdrawal, inError } = factsBySubject(entries)(subject);
  return [
    ...(withdrawal === undefined
      ? []
      : [`${name} was withdrawn from ${withdrawal.from} on ${withdrawal.date}.`]),
    ...(inError === undefined ? [] : [`${name} was randomized in error.`]),
  ];
}

function earlierText(name: string, earlier: readonly EntryOf<'preparation intent'>[]): string {
  const last = earlier.at(-1)!;
  const often = earlier.length === 1 ? 'once' : counted(earlier.length, 'time');
  return `It was prepared for ${name} ${often} before, the last on ${momentText(last.time)} for ${last.preparer} (ledger ${last.seq}).`;
}

/** What a preparer reads: the proof of the arm, and the arm in words. */
function formatPreparation(
  content: EnvelopeContent,
  {
    open: { entries, slots },
    participant: { subject, number },
    who,
    reason,
    time,
  }: {
    readonly open: OpenStudy;
    readonly participant: EntryOf<'randomization'>;
    readonly who: Who;
    readonly reason: string | null;
    readonly time: string;
  },
): string {
  const { current, randomizedAs } = factsBySubject(entries)(subject).ids;
  return formatAnswer({
    subject: current,
    randomizedAs,
    content,
    sameArm: sameArmText(slots, entries, number),
    time,
    reason: reason ?? 'preparation of the treatment',
    by: formatWho(who),
    proof: formatProof(current, content, rootOf(content) ?? ''),
  });
}
