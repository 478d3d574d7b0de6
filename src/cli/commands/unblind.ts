import { join } from 'node:path';
import { readEnvelope } from '../../blinding/envelope.ts';
import { type KeyPair, readIdentityFile } from '../../blinding/identity.ts';
import { changedParts, sha256 } from '../../blinding/manifest.ts';
import { unseal } from '../../blinding/seal.ts';
import { type ErrorCode, RandoseError } from '../../errors.ts';
import { type Head, headOf } from '../../ledger/chain.ts';
import {
  type Assignment,
  findRandomization,
  requireRandomization,
} from '../../ledger/enrolment.ts';
import { formatWho, parseWho, type Who } from '../../ledger/who.ts';
import { exists, readBytes } from '../../platform/files.ts';
import { existingPassphrase } from '../../platform/prompts.ts';
import { describeChange, openStudy, type OpenStudy } from '../../platform/open-study.ts';
import { appendToLedger, findStudyFolder, withStudyLock } from '../../platform/study-folder.ts';
import { parseSubjectId } from '../../study/identifiers.ts';
import { envelopeFile, STUDY_FILE } from '../../study/layout.ts';
import { type Arm, ROLES } from '../../study/study.ts';
import type { Output } from '../output.ts';
import { formatReceipt } from '../receipt.ts';

interface UnblindOptions {
  readonly study?: string;
  readonly subject: string;
  readonly identity: string;
  readonly passphraseFile?: string;
  readonly reason: string;
  readonly by?: string;
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
  const by = options.by === undefined ? undefined : parseWho(options.by);
  const subject = options.subject.trim();
  const reason = options.reason.trim();
  openStudy(root); // fails before a passphrase is asked for; read again under the lock
  const keys = await attempt(() => readKeys(options, !output.json));
  await withStudyLock(root, async () => {
    const open = openStudy(root);
    const owner = keys.ok ? ownerOf(open, keys.value) : undefined;
    const randomization = findRandomization(open.entries, subject);
    const who = by ?? owner ?? { name: 'not stated', role: '', organisation: '' };
    const intent = appendToLedger(open, headOf(open.entries), [
      {
        action: 'code-break intent',
        who,
        // What is no subject id may be a name, which has no place in a ledger that never forgets.
        subject: randomization?.subject ?? parseSubjectId(subject) ?? '(no subject id)',
        number: randomization?.number ?? null,
        key: owner === undefined ? null : formatWho(owner),
        reason,
      },
    ]);
    const opened = await attempt(async () => {
      if (reason === '') throw noReason();
      const found = requireRandomization(open.entries, subject);
      if (!keys.ok) throw keys.error;
      return { randomization: found, arm: await openEnvelope(open, found, keys.value) };
    });
    const head = appendToLedger(open, intent, [
      {
        action: 'code-break outcome',
        who,
        intent: intent.seq,
        result: opened.ok ? 'opened' : 'refused',
        error: opened.ok ? null : codeOf(opened.error),
      },
    ]);
    if (!opened.ok) {
      output.say(`The attempt is in the ledger.\n${formatReceipt(head)}`);
      throw opened.error;
    }
    tellArm(output, open, opened.value.randomization, opened.value.arm, head);
  });
}

function tellArm(
  output: Output,
  { manifest, study }: OpenStudy,
  { subject, number, kit }: Assignment,
  { code, name, type }: Arm,
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

function codeOf(error: unknown): string {
  return error instanceof RandoseError ? error.code : 'bug';
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

async function readKeys(options: UnblindOptions, mayAsk: boolean): Promise<KeyPair[]> {
  const { identity, passphraseFile } = options;
  if (!exists(identity)) {
    throw new RandoseError('wrong-key', `there is no key at ${identity}`, {
      hint: 'Name the key file of an officer with --identity FILE.',
    });
  }
  const content = readBytes(identity);
  return readIdentityFile(content, identity, () =>
    existingPassphrase({ file: passphraseFile, mayAsk }, identity),
  );
}

/** Whose keys they are, by study.yaml, whatever they may open. */
function ownerOf({ study }: OpenStudy, keys: readonly KeyPair[]): Who | undefined {
  for (const [role, people] of Object.entries(ROLES)) {
    const owner = study[people].find(({ recipient }) =>
      keys.some((key) => key.recipient === recipient),
    );
    if (owner !== undefined) return { name: owner.name, role, organisation: '' };
  }
  return undefined;
}

async function openEnvelope(
  open: OpenStudy,
  { number, kit }: Pick<Assignment, 'number' | 'kit'>,
  keys: readonly KeyPair[],
): Promise<Arm> {
  const { root, study, manifest, slots } = open;
  const slot = slots.find((candidate) => candidate.number === number && candidate.kit === kit);
  if (slot === undefined) {
    throw new RandoseError(
      'not-trusted',
      `NOT TRUSTED: the list has no ${number} with kit ${kit}`,
      {
        hint: 'The ledger and the list disagree. Do not act on it; run randose verify.',
      },
    );
  }
  const file = envelopeFile(number);
  const envelope = readBytes(join(root, file), 'Restore it from a backup, and run randose verify.');
  if (sha256(envelope) !== manifest.files[file]) {
    throw new RandoseError(
      'not-trusted',
      `NOT TRUSTED: ${file} is not the envelope that was sealed`,
      {
        hint: 'Do not act on it. Restore it from a backup, and run randose verify.',
      },
    );
  }
  const identities = keys.map((key) => key.identity);
  const plaintext = await unseal(envelope, identities, `the envelope of ${number}`);
  return readEnvelope(plaintext, { study: study.id, list: manifest.list, slot, arms: study.arms });
}

async function attempt<T>(
  work: () => Promise<T>,
): Promise<{ ok: true; value: T } | { ok: false; error: unknown }> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error };
  }
}
