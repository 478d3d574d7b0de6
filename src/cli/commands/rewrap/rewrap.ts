import { join } from 'node:path';
import { sha256 } from '../../../digest.ts';
import { changedParts, formatManifest, type Manifest } from '../../../blinding/manifest.ts';
import type { KeyPair } from '../../../blinding/identity.ts';
import { RandoseError } from '../../../errors.ts';
import type { Head } from '../../../ledger/chain.ts';
import { parseWho } from '../../../ledger/who.ts';
import { now } from '../../../system/clock.ts';
import { drawKeyPair, drawSigningKey } from '../../../store/draw.ts';
import { readText } from '../../../system/files.ts';
import { keptOut } from '../../../system/who-can-read.ts';
import { installRewrap, requireInstalled } from '../../../store/allocation/install-rewrap.ts';
import { openOnRecord } from '../../../store/opening/on-record.ts';
import { openStudy, type OpenStudy, requireUnchanged } from '../../../store/open-study.ts';
import { damagedFiles } from '../../../store/verify/damaged-files.ts';
import { keepStudyFile } from '../../../store/folder/kept-study.ts';
import { openSigningKey } from '../../../store/opening/open-signing-key.ts';
import { openerOf } from '../../../store/opening/owners.ts';
import { regenerateList } from '../../../store/verify/regenerate-list.ts';
import { rewrapBatch } from '../../../store/allocation/rewrap-batch.ts';
import type { ReadyBatch } from '../../../store/allocation/unfinished-folder.ts';
import { signingWith } from '../../../store/signing.ts';
import { leftoversOf, setAside } from '../../../store/allocation/superseded.ts';
import { invalidStudy } from '../../../store/folder/study-folder.ts';
import { FIRST_BATCH } from '../../../randomization/list.ts';
import { ALLOCATION, batchFiles, STUDY_FILE } from '../../../study/layout.ts';
import { recipientKind } from '../../../study/recipient.ts';
import { readStudy } from '../../../study/study-file.ts';
import { atHome } from '../../study/at-home.ts';
import { tellDryRun } from '../../study/look-first.ts';
import { keysAfterReason, openingReason } from '../../study/opening-reason.ts';
import { formatHolders } from '../../output/batch-view.ts';
import { requireKeyFlags } from '../../arguments/keys.ts';
import { custodyWarnings, exampleKeyWarnings } from '../../study/list-warnings.ts';
import { sayIfTooFew } from '../../study/officers-needed.ts';
import { refuseOpened } from '../../study/opened-list.ts';
import type { Output } from '../../output/output.ts';
import { identityOption } from '../../../words.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { RewrapFlags } from './command.ts';

/**
 * `randose rewrap`: re-encrypts everything for the people now listed in study.yaml, and proves that the contents are
 * the same. The earlier sealed files are moved aside after everything in force has been opened and proven in the
 * same run. The ledger says who did it, before anything is opened and after.
 */
export async function rewrap(output: Output, options: RewrapFlags): Promise<void> {
  const place = studyPlace(options);
  const by = options.by === undefined ? undefined : parseWho(options.by);
  const before = await openStudy(place);
  requireWork(before, options);
  await requireKeyFlags(options);
  if (options.dryRun === true) {
    tellDryRun(
      output,
      `re-encrypt everything of ${before.study.id} for the people listed in study.yaml`,
    );
    return;
  }
  const example = 'C. Example takes over from A. Example';
  const reason = await openingReason(output, options.reason, 'a rewrap', example, before.study);
  const signing = await signingWith(options.sign, !output.json);
  const study = await atHome(output, place, options);
  sayIfTooFew(output, before, options);
  const keys = await keysAfterReason(output, options, reason);
  let superseded: string | undefined;
  const opened = await openOnRecord<ReadyBatch[], 'rewrap'>(study, signing, {
    intentOf: (open) => {
      requireWork(open, options);
      if (isChanged(open)) requireReady(open);
      return { action: 'rewrap intent', ...openerOf(open, keys, by), reason };
    },
    work: async (open) => {
      if (!keys.ok) throw keys.error;
      if (isChanged(open)) {
        for (const text of exampleKeyWarnings(open.study)) output.warn(text);
        for (const text of custodyWarnings(open.study)) output.warn(text);
        const batches = await encryptAgain(output, open, keys.value);
        await study.ledger.share({ added: newFiles(batches), removed: [], batches: [] });
        return batches;
      }
      await proveInForce(output, open, keys.value);
      return [];
    },
    more: manifestsOf,
    none: { manifests: [] },
    afterwards: async (batches) => {
      for (const batch of batches) requireInstalled(study.root, batch);
      const leftovers = leftoversOf(await openStudy(study));
      superseded = setAside(study.root, leftovers);
      await study.ledger.share({ added: [], removed: leftovers, batches: [] });
    },
  });
  if (!opened.ok) throw refuseOpened(output, opened);
  const [latest] = opened.value.toReversed();
  if (latest !== undefined) keepStudyFile({ ...opened.open, manifest: latest.manifest });
  tell(output, opened.open, opened.value, opened.head, superseded);
  for (const { manifest } of opened.value) warnIfKeptOut(output, study.root, manifest);
}

/** The files that a rewrap has made, relative to the study folder. */
function newFiles(batches: readonly ReadyBatch[]): string[] {
  return batches.flatMap(({ manifest: { batch, rewrap: made }, files, signature }) => {
    const paths = batchFiles(batch, made);
    return [...files.keys(), paths.manifest, ...(signature === undefined ? [] : [paths.signature])];
  });
}

/** Warns if the umask of a shell keeps those from the new files who could read the earlier ones. */
function warnIfKeptOut(output: Output, root: string, { batch, rewrap: made }: Manifest): void {
  const { sealed } = batchFiles(batch, made);
  const others = keptOut(join(root, sealed), join(root, ALLOCATION));
  if (others === '') return;
  output.warn(
    `others cannot read ${sealed}, because of the umask of this shell: no other account can open an envelope. In the study folder, run: chmod -R ${others}+rX ${sealed}`,
  );
}

/** Whether study.yaml lists other people than those who can open the sealed files. */
function isChanged({ manifest, study }: OpenStudy): boolean {
  return changedParts(manifest, study).includes('custody');
}

/**
 * Refuses if there is nothing to do. Left-over files are not touched without a key: the ledger may be an old one, and
 * cannot say alone what is in force.
 *
 * @throws RandoseError `usage`
 */
function requireWork(open: OpenStudy, { identity }: RewrapFlags): void {
  if (isChanged(open)) return;
  const leftovers = leftoversOf(open);
  if (leftovers.length > 0 && identity !== undefined) return;
  const lying = leftovers.map((file) => ({
    file,
    message: 'is not in force, according to the ledger',
  }));
  const hint =
    leftovers.length > 0
      ? 'Nothing was changed. If the ledger is the newest one, move these files aside: randose rewrap --identity FILE --reason TEXT (it first opens and proves everything in force).'
      : `To add or remove somebody, change ${STUDY_FILE} first. Nothing was opened.`;
  throw new RandoseError(
    'usage',
    `everything is already encrypted for the people in ${STUDY_FILE}`,
    {
      problems: lying,
      hint,
    },
  );
}

/** @throws RandoseError if study.yaml is not ready, or if more than its people has changed */
function requireReady(open: OpenStudy): void {
  requireUnchanged(open, ['identity', 'arms', 'strata', 'numbers', 'schedule']);
  const ready = readStudy(readText(join(open.root, STUDY_FILE)), STUDY_FILE, 'rewrap');
  if (!ready.ok) throw invalidStudy(ready.problems);
}

/** Every batch, opened, proven and re-encrypted, beside what is in force. */
async function encryptAgain(
  output: Output,
  open: OpenStudy,
  keys: readonly KeyPair[],
): Promise<ReadyBatch[]> {
  const { study, root } = open;
  const kind = recipientKind(study.officers[0]?.recipient ?? '') ?? 'x25519';
  const created = now();
  const signer = await openSigningKey(open, keys, officersNowText(open));
  const done: ReadyBatch[] = [];
  for (const batch of open.batches) {
    const studyKey = study.custody.rule === 'threshold' ? await drawKeyPair(kind) : undefined;
    const signingKey = batch.manifest.batch === FIRST_BATCH ? drawSigningKey() : undefined;
    const total = batch.slots.length;
    const made = { studyKey, signer, signingKey, created };
    done.push(
      await rewrapBatch(open, batch, keys, made, (sealed) => {
        output.progress(sealed, total, 'sealing envelopes');
      }),
    );
  }
  // All of them are opened and proven before the first one is written.
  for (const batch of done) {
    await installRewrap(root, batch, (written) => {
      output.progress(written, batch.files.size + 1, 'writing files');
    });
  }
  return done;
}

/** Whose key a rewrap needs: an officer's from before the change. */
function officersNowText({ manifest: { custody } }: OpenStudy): string {
  const names = custody.officers.map(({ name }) => name);
  const who =
    custody.needed > 1
      ? `the keys of ${custody.needed} of these officers together: ${names.join(', ')}`
      : `the key of ${names.join(' or ')}`;
  return `A rewrap opens every envelope: use ${who}. Whoever was added to ${STUDY_FILE} since then opens nothing before it.`;
}

/** Opens and proves every envelope and the list, and checks that every file in force is there. */
async function proveInForce(
  output: Output,
  open: OpenStudy,
  keys: readonly KeyPair[],
): Promise<void> {
  const { problems, hasEnvelopes } = await regenerateList(open, keys, (done, total) => {
    output.progress(done, total, 'checking envelopes');
  });
  const all = [...problems, ...damagedFiles(open)];
  if (all.length > 0) {
    throw new RandoseError('not-trusted', 'NOT TRUSTED: files in force are missing or damaged', {
      problems: all,
      hint: 'Nothing was moved. Restore these files from a backup, then run: randose verify',
    });
  }
  if (!hasEnvelopes) {
    throw new RandoseError('wrong-key', "an officer's key is needed: every envelope is opened", {
      hint: 'Nothing was moved.',
    });
  }
}

function tell(
  output: Output,
  { study, slots }: OpenStudy,
  done: readonly ReadyBatch[],
  head: Head,
  place: string | undefined,
): void {
  const count = slots.length;
  const needed = study.custody.rule === 'threshold' ? study.custody.needed : 1;
  const holders = done.map(({ manifest }) => formatHolders(manifest)).join('\n');
  const what =
    done.length > 0
      ? `${count} of ${count} envelopes and the list opened, proven and re-encrypted for the people in study.yaml.\n\n${holders}`
      : `${count} of ${count} envelopes and the list opened and proven.`;
  output.result(
    {
      study: study.id,
      slots: count,
      ...manifestsOf(done),
      superseded: place ?? null,
      ledger: head,
    },
    `${study.id}: ${what}\n${formatReceipt(head)}\n`,
  );
  if (place !== undefined) {
    output.say(`Moved the earlier sealed files to ${place}/. Old keys still open them.`);
    output.say(
      `To delete them once everything is verified: randose verify --regenerate ${identityOption(needed)} --remove-superseded`,
    );
  }
  if (done.length > 0) {
    output.say('The commitment did not change, and printed code-break cards still work.');
    output.say('Anyone with an earlier copy of the folder and an old key can open that copy.');
  }
}

/** The manifests of rewrapped batches as the ledger has them: by their digests. */
function manifestsOf(batches: readonly ReadyBatch[]) {
  return {
    manifests: batches.map(({ manifest }) => ({
      batch: manifest.batch,
      rewrap: manifest.rewrap,
      manifest: sha256(formatManifest(manifest)),
    })),
  };
}
