import { rootOf } from '../../../blinding/envelope.ts';
import type { KeyPair } from '../../../blinding/identity.ts';
import { changedParts } from '../../../blinding/manifest.ts';
import { readPublication } from '../../../blinding/published.ts';
import { type ErrorCode, RandoseError } from '../../../errors.ts';
import { ageCommand, HOW_TO_GET_AGE } from '../../../exports/cards/age-command.ts';
import type { ReadyAct } from '../../../ledger/chain.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { type GivenKit, otherKitsGiven } from '../../../ledger/given-kits.ts';
import { findSlot, type FoundSlot, kitKey, type SlotSources } from '../../../ledger/sought-slot.ts';
import { formatWho, parseWho, type Who } from '../../../ledger/who.ts';
import { now } from '../../../system/clock.ts';
import { readText, writeNew } from '../../../system/files.ts';
import { noteHome } from '../../../store/folder/home.ts';
import { type Attempt, attempt, type Intent } from '../../../store/opening/on-record.ts';
import { findByKit, openSlot, pathOfEnvelope } from '../../../store/opening/open-rescued.ts';
import { describeChange, domainOf, refuseDomain } from '../../../store/open-study.ts';
import { openerOfRescued } from '../../../store/opening/owners.ts';
import {
  breakOnRecord,
  type OnRecord,
  type RecordedCodeBreak,
  type Turn,
  withEmergencyLock,
} from '../../../store/opening/record-code-break.ts';
import { numberOfFile } from '../../../store/opening/envelope-paths.ts';
import type { OpenedEnvelope } from '../../../store/opening/judge-envelope.ts';
import { type Filed, type RescuedStudy, rescueStudy } from '../../../store/opening/rescue-study.ts';
import { isSameAct, makeReady, type Signing } from '../../../store/ready.ts';
import { signingWith } from '../../../store/signing.ts';
import { findAnyStudyFolder } from '../../../store/folder/study-folder.ts';
import { readKit } from '../../../randomization/kit-check.ts';
import { parseSubjectId } from '../../../study/identifiers.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { recipientKind, shortRecipient } from '../../../study/recipient.ts';
import { formatCodeBreak, howToBeSure } from './code-break-view.ts';
import { keysOf, requireKeyFlags } from '../../arguments/keys.ts';
import { refuseOpened } from '../../study/opened-list.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt, handReceipt, receiptOf } from '../../output/receipt.ts';
import { refuseSecretFile } from '../../study/secret-file.ts';
import type { UnblindFlags } from './command.ts';

/**
 * `randose unblind`: opens one participant's envelope. It needs the envelope and a key. Everything else is checked,
 * and its problems are shown, but no other file, lock or disk stops it. Each attempt is on record before the
 * envelope is touched, and so is its outcome.
 */
export async function unblindOne(output: Output, options: UnblindFlags): Promise<void> {
  const root = findAnyStudyFolder(options.study);
  const by = options.by === undefined ? undefined : parseWho(options.by);
  requireFlags(options);
  refuseSecretFile(options.proof, root);
  refuseSecretFile(options.output, root);
  const filed = filedOf(options);
  const asked = rescueStudy(root, filed); // fails before a passphrase is asked for; read again under the lock
  requireSameDomain(asked, options);
  const signing = await signingWith(options.sign, !output.json);
  const keys = await attempt(() => keysOf(options, !output.json));
  const people = { keys, by };
  const planned = await plannedIntent(asked, options, people, signing);
  await withEmergencyLock(root, async (turn) => {
    const study = rescueStudy(root, filed);
    await breakCode(output, options, { study, turn, ...people, signing, planned });
  });
}

/** The keys that open the envelope, and the person who uses them. */
interface Opener {
  readonly keys: Attempt<readonly KeyPair[]>;
  readonly by: Who | undefined;
}

/** All that a code-break needs. */
interface Emergency extends Opener {
  readonly study: RescuedStudy;
  readonly turn: Turn;
  readonly signing: Signing | undefined;
  readonly planned: ReadyIntent;
}

/** An intent, and its entry; or why the entry could not be signed. */
interface ReadyIntent {
  readonly intent: Intent<'code-break'>;
  readonly ready: Attempt<readonly ReadyAct[]>;
}

/** The intent as it is decided before the lock is taken: a signature may ask for a passphrase. */
async function plannedIntent(
  study: RescuedStudy,
  options: UnblindFlags,
  { keys, by }: Opener,
  signing: Signing | undefined,
): Promise<ReadyIntent> {
  const target = await attempt(() => targetOf(study, options));
  const intent = intentOf(study, options, { target, keys, by });
  return { intent, ready: await makeIntentReady(study, intent, signing) };
}

function makeIntentReady(
  { text, ledger: { head } }: RescuedStudy,
  intent: Intent<'code-break'>,
  signing: Signing | undefined,
): Promise<Attempt<readonly ReadyAct[]>> {
  return attempt(() => makeReady({ text, head }, [intent], signing));
}

/** The slot that is opened, and for whom. */
interface Target {
  /** The participant, as the ledger or the command line names them; null if neither does. */
  readonly subject: string | null;
  /** Undefined if only the envelopes know the slot of the kit. */
  readonly slot: FoundSlot | undefined;
}

/** An opened envelope, and its participant. */
interface Found {
  readonly target: Target;
  readonly opened: OpenedEnvelope;
  readonly otherKits: readonly GivenKit[];
}

async function breakCode(
  output: Output,
  options: UnblindFlags,
  { study, turn, keys, by, signing, planned }: Emergency,
): Promise<void> {
  const reason = options.reason.trim();
  const target = await attempt(() => targetOf(study, options));
  const intent = intentOf(study, options, { target, keys, by });
  const ready = isSameAct(intent, planned.intent)
    ? planned.ready
    : await makeIntentReady(study, intent, signing);
  const broken = await breakOnRecord<Found>(study, turn, intent, ready, async () => {
    if (reason === '') throw noReason();
    if (!target.ok) throw target.error;
    if (!keys.ok) throw keys.error;
    return openTarget(study, options, target.value, keys.value);
  });
  const { record } = broken;
  // An older ledger or another folder is for a person to confirm who is not in a hurry.
  if (record.place === 'ledger' && study.isHome) noteHome(study.root);
  if (!broken.ok) {
    tellRecord(output, study, intent, broken);
    const error = withDoubts(study, withAgeCommand(study, target, broken.error));
    throw record.place === 'ledger' ? refuseOpened(output, { error, head: record.head }) : error;
  }
  await tell(output, options, study, { ...broken.value, intent, record });
  tellRecord(output, study, intent, broken);
}

function requireFlags(options: UnblindFlags): void {
  const { subject, kit, number, givenTo, card = false, to, proof, output, by, ...keys } = options;
  requireKeyFlags({ ...keys, card }, true);
  if (card && by === undefined) {
    throw new RandoseError('usage', '--card needs --by "NAME, ROLE, ORGANISATION"', {
      hint: 'A card does not say who holds it, but the ledger must. Nothing was opened.',
    });
  }
  const named = [subject, kit, number].filter((one) => one !== undefined).length;
  // A card names its slot; another key beside it opens every slot.
  const isNamed = named === 1 || (named === 0 && card && keys.identity === undefined);
  if (!isNamed) {
    throw new RandoseError(
      'usage',
      'name the participant with --subject ID, --kit CODE or --number NUMBER; or add --all',
      { hint: 'randose unblind --help has an example of each.' },
    );
  }
  if (givenTo !== undefined && (kit === undefined || parseSubjectId(givenTo) === undefined)) {
    throw new RandoseError('usage', '--given-to needs a subject id, and --kit CODE', {
      hint: 'It names the participant who was given that kit. Nothing was opened.',
    });
  }
  if (givenTo !== undefined && (to ?? proof) !== undefined) {
    throw new RandoseError('usage', 'use either --given-to, or --to or --proof, not both', {
      hint: 'Nothing was opened. --to and --proof are about a participant’s slot, --given-to is about a kit.',
    });
  }
  if (to !== undefined && recipientKind(to) === undefined) {
    throw new RandoseError('usage', `--to expects an age recipient, age1…: "${to.slice(0, 80)}"`, {
      hint: 'A character is wrong or missing. Nothing was opened.',
    });
  }
  if (to !== undefined && proof !== undefined) {
    throw new RandoseError('usage', 'use either --to or --proof, not both', {
      hint: 'Nothing was opened. The answer to --to already contains the proof.',
    });
  }
  if (to === undefined && output !== undefined) {
    throw new RandoseError('usage', '--output needs --to', {
      hint: 'Without --to, the arm is printed. To write a file that proves it: --proof FILE',
    });
  }
}

/** The commitment and the receipts to compare with. @throws RandoseError if a file or a text is not one */
function filedOf({ commitment, expect = [] }: UnblindFlags): Filed {
  return {
    commitments:
      commitment === undefined ? undefined : readPublication(readText(commitment), commitment),
    receipts: expect.map(receiptOf),
  };
}

/** Nobody may take a rehearsal for the trial; the numbers of the envelopes decide what it is. */
function requireSameDomain({ domain, study }: RescuedStudy, options: UnblindFlags): void {
  if (domain !== domainOf(options)) refuseDomain(study?.id ?? 'this study', domain);
}

/**
 * The slot to open, and its participant.
 *
 * @throws RandoseError if it is not known, or sources disagree
 */
function targetOf(study: RescuedStudy, options: UnblindFlags): Target {
  const { subject, kit, number, givenTo } = options;
  if (subject === undefined && kit === undefined && number === undefined) {
    return { subject: null, slot: undefined }; // the card knows
  }
  const sources = sourcesOf(study);
  const slot = findSlot({ subject, kit, number }, sources);
  if (slot === undefined) {
    if (kit !== undefined && sources.isListSound) throw unknownKit(study, kit);
    return { subject: givenTo ?? null, slot };
  }
  const holder = slot.holders[0]?.subject ?? null;
  if (givenTo !== undefined) return { subject: givenTo, slot };
  if (holder === null && sources.isLedgerSound) throw givenToNobody(slot, kit);
  return { subject: holder, slot };
}

function sourcesOf({ ledger, batches, envelopes }: RescuedStudy): SlotSources {
  return {
    entries: ledger.whole,
    isLedgerSound: ledger.isSound,
    slots: batches.flatMap(({ slots }) => slots),
    isListSound: batches.every(({ isListSound }) => isListSound),
    numbers: envelopes.map(numberOfFile),
  };
}

/** What is entered before anything is opened. */
function intentOf(
  study: RescuedStudy,
  { subject, kit, givenTo, reason, to }: UnblindFlags,
  {
    target,
    keys,
    by,
  }: {
    readonly target: Attempt<Target>;
    readonly keys: Attempt<readonly KeyPair[]>;
    readonly by: Who | undefined;
  },
): Intent<'code-break'> {
  const found = target.ok ? target.value : undefined;
  const slot = found?.slot;
  // Any other text may be a person's name, and a ledger never forgets.
  const named = parseSubjectId(givenTo ?? subject ?? '') ?? '(no subject id)';
  const isGiven = givenTo !== undefined && slot !== undefined && kit !== undefined;
  const given = isGiven ? slot.kits.find((one) => kitKey(one) === kitKey(kit)) : undefined;
  return {
    action: 'code-break intent',
    ...openerOfRescued(study, keys, by),
    subject: found?.subject ?? named,
    reason: reason.trim(),
    number: slot?.number ?? null,
    to: to ?? null,
    ...(given !== undefined && { kit: given }),
  };
}

async function openTarget(
  study: RescuedStudy,
  { kit, subject, givenTo }: UnblindFlags,
  target: Target,
  keys: readonly KeyPair[],
): Promise<Found> {
  const opened =
    target.slot === undefined
      ? await openSlot(study, await searched(study, kit, keys), keys)
      : await openSlot(study, target.slot, keys).catch(otherSlotOf(study, kit, keys));
  const { number } = opened.content;
  const isOther = target.slot !== undefined && target.slot.number !== number;
  const named = isOther ? undefined : (target.subject ?? undefined);
  const whose = givenTo ?? named ?? findHolder(study, number) ?? subject;
  return {
    target: { ...target, subject: whose ?? null },
    opened,
    otherKits:
      whose === undefined ? [] : otherKitsGiven(study.ledger.whole, whose, opened.content.kits),
  };
}

/** The participant who has a number, from the lines of the ledger that are sound. */
function findHolder({ ledger }: RescuedStudy, number: string): string | undefined {
  return randomizations(ledger.whole).find((entry) => entry.number === number)?.subject;
}

/**
 * If the list was altered that gives the slot of a kit, the envelopes still know it.
 *
 * @returns a function that takes a refusal and opens the right envelope, or throws the refusal again
 */
function otherSlotOf(
  study: RescuedStudy,
  kit: string | undefined,
  keys: readonly KeyPair[],
): (error: unknown) => Promise<OpenedEnvelope> {
  return async (error) => {
    const mayBeOther = kit !== undefined && !sourcesOf(study).isListSound;
    const other = mayBeOther ? await findByKit(study, kit, keys) : undefined;
    if (other === undefined) throw error;
    return openSlot(study, other, keys);
  };
}

/** The slot of a kit, among those that the keys open; without a kit, the slot of the card. */
async function searched(
  study: RescuedStudy,
  kit: string | undefined,
  keys: readonly KeyPair[],
): Promise<Pick<FoundSlot, 'number' | 'kits'>> {
  const found = await findByKit(study, kit, keys);
  if (found !== undefined) return found;
  const what = kit === undefined ? 'an envelope' : `an envelope for kit ${kit}`;
  throw new RandoseError('wrong-key', `this key does not open ${what}`, {
    hint: 'The list is damaged, so every envelope was tried. Check the code and the key; or name the number: --number R007',
  });
}

/** A code-break that was done, and where it is on record. */
interface Told extends Found {
  readonly intent: Intent<'code-break'>;
  readonly record: OnRecord;
}

/** Shows the arm to the person who asked, or only to the recipient; what could not be checked comes first. */
async function tell(
  output: Output,
  options: UnblindFlags,
  study: RescuedStudy,
  told: Told,
): Promise<void> {
  const { target, opened, record, otherKits } = told;
  const { content } = opened;
  const doubts = doubtsOf(study, target, opened);
  tellChanges(output, study);
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
  };
  if (options.to === undefined) {
    const { code, name, type } = content.arm;
    const { kit, givenTo } = options;
    const given = kit === undefined || givenTo === undefined ? undefined : { kit, to: givenTo };
    output.result(
      { ...about, arm: { code, name, type } },
      formatCodeBreak({ subject: target.subject, given, opened, doubts, otherKits }, output),
      { urgent: true },
    );
    if (options.proof !== undefined) await writeProof(output, options.proof, told);
  } else {
    for (const doubt of doubts) output.warn(`NOT CHECKED: ${doubt}`);
    await tellRecipient(output, { ...options, to: options.to }, about, told);
  }
  const { allocation } = sealedAs(study, opened);
  if (opened.isProven) {
    output.say('Check passed: this is the allocation that was sealed before the trial.');
    if (allocation !== undefined) {
      output.say(`Compare with the card or what was filed:\n  ${formatReceipt(allocation)}`);
    }
  }
  output.say('All other participants are still blinded. Tell only those who must know.');
}

/** All that could not be checked, one line each. */
function doubtsOf(study: RescuedStudy, target: Target, opened: OpenedEnvelope): string[] {
  const { holders = [], doubts = [] } = target.slot ?? {};
  const isHolderKnown = study.ledger.isSound || holders.length > 0;
  const whose = isHolderKnown
    ? []
    : [`which participant has ${opened.content.number}: compare the kit code with the box`];
  return [...study.doubts, ...doubts, ...opened.doubts, ...whose];
}

function tellChanges(output: Output, { study, batches }: RescuedStudy): void {
  const manifest = batches.at(-1)?.inForce;
  if (study === undefined || manifest === undefined) return;
  const changed = changedParts(manifest, study);
  if (changed.length > 0) {
    output.warn(`${STUDY_FILE} ${describeChange(changed)}. Run randose verify.`);
  }
}

/** The entry about the batch of an envelope, if the ledger has it. */
function sealedAs({ ledger }: RescuedStudy, { content }: OpenedEnvelope) {
  const allocation = ledger.sound.find(
    (entry) => entry.action === 'allocation' && entry.list === content.list,
  );
  return { allocation };
}

async function proofOf({ target, opened }: Told): Promise<string> {
  const { formatProof } = await import('../../../blinding/proof.ts');
  const { content } = opened;
  return formatProof(target.subject ?? '(unknown)', content, rootOf(content) ?? '');
}

async function writeProof(output: Output, path: string, told: Told): Promise<void> {
  if (!told.opened.isProven) {
    output.warn('no proof was written: the envelope could not be proven.');
    return;
  }
  writeNew(path, await proofOf(told), { mode: 'private' });
  output.say(`Wrote ${path}: the proof. It names the arm. Only you can read this file.`);
}

/** Encrypts the answer for a recipient: only they see the arm. */
async function tellRecipient(
  output: Output,
  options: UnblindFlags & { readonly to: string },
  about: Readonly<Record<string, unknown>>,
  told: Told,
): Promise<void> {
  const { formatAnswer, sealAnswerFor } = await import('../../../blinding/answer.ts');
  const { intent, opened, target } = told;
  const text = formatAnswer({
    subject: target.subject ?? '(unknown)',
    content: opened.content,
    time: now(),
    reason: intent.reason ?? '',
    by: formatWho(intent.who),
    proof: await proofOf(told),
  });
  const sealed = await sealAnswerFor(options.to, text);
  if (options.output === undefined) {
    output.result({ ...about, to: options.to, answer: sealed }, sealed);
  } else {
    writeNew(options.output, sealed);
    output.result({ ...about, to: options.to, file: options.output }, '');
    output.say(`Wrote ${options.output}: the answer.`);
  }
  if (!opened.isProven) output.warn(`NOT PROVEN: ${howToBeSure(opened.content.number)}`);
  output.say(
    `It is encrypted for ${shortRecipient(options.to)}, who opens it with: age -d -i KEY FILE`,
  );
  output.say('Nobody here has seen the arm.');
}

/** Says where the code-break is on record; loudly, if somebody has to act. */
function tellRecord(
  output: Output,
  study: RescuedStudy,
  intent: Intent<'code-break'>,
  { ok, record }: RecordedCodeBreak<unknown>,
): void {
  if (record.place === 'ledger') {
    if (ok) output.say(`The code-break is in the ledger.\n${formatReceipt(record.head)}`);
    return;
  }
  const what = ok ? 'THIS CODE-BREAK' : 'THIS ATTEMPT';
  output.warn(`${what} IS NOT IN THE LEDGER: ${record.why}.`);
  if (record.place === 'pending') {
    output.tell(
      `It is kept in ${record.file}. Any command that can write the ledger enters it, or: randose ledger --enter-pending`,
    );
    return;
  }
  output.tell('Write this down now and sign it:');
  output.tell(handReceipt(intent, study, ok ? 'opened' : 'refused', now()));
}

/** A refusal, with what could not be checked. */
function withDoubts({ doubts }: RescuedStudy, error: unknown): unknown {
  if (!(error instanceof RandoseError) || doubts.length === 0) return error;
  const { code, message, problems, hint, ledger } = error;
  const lines = doubts.map((doubt) => ({ message: `NOT CHECKED: ${doubt}` }));
  return new RandoseError(code, message, {
    problems: [...problems, ...lines],
    ...(hint !== undefined && { hint }),
    ...(ledger && { ledger }),
  });
}

/** If the folder is at fault and not the request, an envelope can still be opened without randose. */
function withAgeCommand(study: RescuedStudy, target: Attempt<Target>, error: unknown): unknown {
  if (!(error instanceof RandoseError) || error.message.startsWith('NOT TRUSTED')) return error;
  const { code, message, problems, hint = '', ledger } = error;
  const number = target.ok ? target.value.slot?.number : undefined;
  const path = number === undefined ? undefined : pathOfEnvelope(study, number);
  if (!FOLDER_AT_FAULT.includes(code) || path === undefined) return error;
  return new RandoseError(code, message, {
    problems,
    ...(ledger && { ledger }),
    hint: `${hint}
In an emergency, age opens an envelope without randose, with an officer's key or the key on the code-break card:
  ${ageCommand('KEY', path)}
(${HOW_TO_GET_AGE})
Write down by hand who did it, when and why, and for which participant.`.trim(),
  });
}

const FOLDER_AT_FAULT: readonly ErrorCode[] = ['not-trusted', 'not-found', 'no-access'];

function unknownKit({ study }: RescuedStudy, typed: string): RandoseError {
  const read = study === undefined ? undefined : readKit(typed, study);
  if (read !== undefined && 'problem' in read) {
    return new RandoseError('bad-data', read.problem, {
      hint: 'Read the code from the kit again.',
    });
  }
  return new RandoseError(
    'bad-data',
    `kit code ${typed} is correctly formed but is not in this study`,
    {
      hint: 'Check which trial the kit is for.',
    },
  );
}

function givenToNobody({ number }: FoundSlot, kit: string | undefined): RandoseError {
  const what = kit === undefined ? number : `kit ${kit} (${number})`;
  const again = kit ?? 'CODE';
  return new RandoseError('bad-data', `${what} is not assigned to any participant`, {
    hint: `Check the code on the kit. If the kit was given to somebody anyway: randose unblind --kit ${again} --given-to SUBJECT`,
  });
}

function noReason(): RandoseError {
  return new RandoseError('usage', 'a code-break needs a reason', {
    hint: 'For example: --reason "serious adverse event, treatment depends on the arm"',
  });
}
