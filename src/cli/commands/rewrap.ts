import { join } from 'node:path';
import { sha256 } from '../../blinding/digest.ts';
import { changedParts, formatManifest } from '../../blinding/manifest.ts';
import { RandoseError } from '../../errors.ts';
import { parseWho } from '../../ledger/who.ts';
import { now } from '../../platform/clock.ts';
import { drawKeyPair } from '../../platform/entropy.ts';
import { readText } from '../../platform/files.ts';
import { installRewrap, leftoversOf, removeLeftovers } from '../../platform/install-rewrap.ts';
import { attempt, type Intent, openOnRecord } from '../../platform/on-record.ts';
import {
  domainOf,
  openStudy,
  type OpenStudy,
  requireUnchanged,
} from '../../platform/open-study.ts';
import { openerOf } from '../../platform/owners.ts';
import { rewrapBatch, type RewrappedBatch } from '../../platform/rewrap-batch.ts';
import { signingWith } from '../../platform/signing.ts';
import { findStudyFolder, invalidStudy, withStudyLock } from '../../platform/study-folder.ts';
import { STUDY_FILE } from '../../study/layout.ts';
import { recipientKind } from '../../study/recipient.ts';
import { readStudy } from '../../study/study-file.ts';
import { formatHolders } from '../batch-view.ts';
import { keysOf, type OpeningFlags, requireKeyFlags } from '../keys.ts';
import { custodyWarnings } from '../list-warnings.ts';
import { refuseOpened } from '../opened-list.ts';
import type { Output } from '../output.ts';
import { formatReceipt } from '../receipt.ts';

/**
 * `randose rewrap`: seals everything that is still sealed to the people whom study.yaml names now,
 * and shows that it is the same as before. The ledger says who did it, before anything is opened and
 * after.
 */
export async function rewrap(output: Output, options: OpeningFlags): Promise<void> {
  const root = findStudyFolder(options.study);
  const domain = domainOf(options);
  const by = options.by === undefined ? undefined : parseWho(options.by);
  const reason = options.reason?.trim() ?? '';
  if (!isChanged(openStudy(root, domain))) {
    await withStudyLock(root, () => {
      clearLeftovers(output, openStudy(root, domain));
    });
    return;
  }
  requireKeyFlags(options);
  if (reason === '') {
    throw new RandoseError('usage', 'to seal everything anew needs a reason', {
      hint: 'For example: --reason "C. Example takes over from A. Example"',
    });
  }
  const signing = await signingWith(options.sign, !output.json);
  const keys = await attempt(() => keysOf(options, !output.json));
  await withStudyLock(root, async () => {
    const open = openStudy(root, domain);
    if (!isChanged(open)) {
      clearLeftovers(output, open);
      return;
    }
    requireReady(open);
    for (const text of custodyWarnings(open.study)) output.warn(text);
    const intent: Intent<'rewrap'> = {
      action: 'rewrap intent',
      ...openerOf(open, keys, by),
      reason,
    };
    const opened = await openOnRecord(
      open,
      intent,
      async () => {
        if (!keys.ok) throw keys.error;
        return sealAnew(output, open, keys.value);
      },
      { signing, more: manifestsOf },
    );
    if (!opened.ok) throw refuseOpened(output, opened);
    removeLeftovers(root, leftoversOf(openStudy(root, domain)));
    const slots = open.slots.length;
    const holders = opened.value.map(({ manifest }) => formatHolders(manifest)).join('\n');
    output.result(
      { study: open.study.id, slots, ...manifestsOf(opened.value), ledger: opened.head },
      `${open.study.id}: ${slots} of ${slots} envelopes and the list opened, proven and sealed anew.\n\n${holders}\n${formatReceipt(opened.head)}\n`,
    );
    output.say(
      'What it is committed to did not change, and code-break cards that were printed stay good.',
    );
    output.say(
      'Who has a copy of the folder from before, and an old key, can still open that copy.',
    );
  });
}

/** Whether study.yaml names other people than those to whom everything is sealed. */
function isChanged({ manifest, study }: OpenStudy): boolean {
  return changedParts(manifest, study).includes('custody');
}

/**
 * Takes away what a run that was cut short has left.
 *
 * @throws RandoseError `usage` where there is nothing: then the command does nothing
 */
function clearLeftovers(output: Output, open: OpenStudy): void {
  const leftovers = leftoversOf(open);
  if (leftovers.length === 0) {
    throw new RandoseError('usage', `everything is sealed to the people whom ${STUDY_FILE} names`, {
      hint: `To add or remove somebody, change ${STUDY_FILE} first. Nothing was opened.`,
    });
  }
  removeLeftovers(open.root, leftovers);
  output.result(
    { study: open.study.id, removed: leftovers },
    `What a rewrap that was cut short had left is taken away:\n${leftovers.map((path) => `  ${path}\n`).join('')}`,
  );
}

/** @throws RandoseError where study.yaml is not ready to be sealed to, or changed in more than its people */
function requireReady(open: OpenStudy): void {
  requireUnchanged(open, ['identity', 'arms', 'strata', 'numbers', 'schedule']);
  const ready = readStudy(readText(join(open.root, STUDY_FILE)), STUDY_FILE, true);
  if (!ready.ok) throw invalidStudy(ready.problems);
}

/** Every batch, sealed anew and beside the one that holds. */
async function sealAnew(
  output: Output,
  open: OpenStudy,
  keys: Parameters<typeof rewrapBatch>[2],
): Promise<RewrappedBatch[]> {
  const { study, root } = open;
  removeLeftovers(root, leftoversOf(open));
  const kind = recipientKind(study.officers[0]?.recipient ?? '') ?? 'x25519';
  const created = now();
  const done: RewrappedBatch[] = [];
  for (const batch of open.batches) {
    const studyKey = study.custody.rule === 'threshold' ? await drawKeyPair(kind) : undefined;
    const total = batch.slots.length;
    done.push(
      await rewrapBatch(open, batch, keys, { studyKey, created }, (sealed) => {
        output.progress(sealed, total, 'sealing envelopes');
      }),
    );
  }
  // All of them are opened and proven before the first one is written.
  for (const batch of done) {
    installRewrap(root, batch, (written) => {
      output.progress(written, batch.files.size + 1, 'writing files');
    });
  }
  return done;
}

/** As the ledger has them. */
function manifestsOf(batches: readonly RewrappedBatch[]) {
  return {
    manifests: batches.map(({ manifest }) => ({
      batch: manifest.batch,
      rewrap: manifest.rewrap,
      manifest: sha256(formatManifest(manifest)),
    })),
  };
}
