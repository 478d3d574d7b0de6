import { dirname } from 'node:path';
import { RandoseError } from '../../errors.ts';
import { allocationRows, formatAllocationCsv } from '../../exports/allocation-table.ts';
import { formatWho, parseWho } from '../../ledger/who.ts';
import { exists, isFolder, liesWithin, writeNew } from '../../platform/files.ts';
import { type KeyOptions, ownerOf, readKeys } from '../../platform/keys.ts';
import { attempt, openOnRecord } from '../../platform/on-record.ts';
import { openMaster } from '../../platform/open-master.ts';
import { domainOf, openStudy } from '../../platform/open-study.ts';
import { findStudyFolder, withStudyLock } from '../../platform/study-folder.ts';
import type { AllocatedSlot } from '../../randomization/list.ts';
import type { Output } from '../output.ts';
import { formatReceipt } from '../receipt.ts';

interface OpenOptions extends KeyOptions {
  readonly study?: string;
  readonly format: 'csv' | 'json';
  readonly output?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly dummy?: boolean;
}

/**
 * `randose open`: the whole allocation list, with its arms, for somebody to whom it is sealed. The
 * ledger says who looked, before anything is opened and after.
 */
export async function open(output: Output, options: OpenOptions): Promise<void> {
  const root = findStudyFolder(options.study);
  const domain = domainOf(options);
  const by = options.by === undefined ? undefined : parseWho(options.by);
  refuseOutput(options.output, root);
  openStudy(root, domain); // fails before a passphrase is asked for; read again under the lock
  const keys = await attempt(() => readKeys(options, !output.json));
  await withStudyLock(root, async () => {
    const study = openStudy(root, domain);
    const owner = keys.ok ? ownerOf(study.study, keys.value) : undefined;
    const intent = {
      action: 'list opening intent',
      who: by ?? owner ?? { name: 'not stated', role: '', organisation: '' },
      key: owner === undefined ? null : formatWho(owner),
      reason: options.reason?.trim() ?? '',
    } as const;
    const opened = await openOnRecord(study, intent, async () => {
      if (!keys.ok) throw keys.error;
      const slots: AllocatedSlot[] = [];
      for (const batch of study.batches) {
        for (const slot of (await openMaster(study, batch, keys.value)).slots) slots.push(slot);
      }
      return slots;
    });
    if (!opened.ok) {
      output.say(`The attempt is in the ledger.\n${formatReceipt(opened.head)}`);
      throw opened.error;
    }
    hand(output, options, study.study.id, opened.value, opened.head);
  });
}

/** The table goes to a file that its owner alone can read, or to stdout. */
function hand(
  output: Output,
  { format, output: path }: OpenOptions,
  study: string,
  slots: readonly AllocatedSlot[],
  ledger: { seq: number; hash: string },
): void {
  const data = { study, slots: format === 'json' || output.json ? allocationRows(slots) : [] };
  const text =
    format === 'json' ? `${JSON.stringify(data, undefined, 2)}\n` : formatAllocationCsv(slots);
  if (path === undefined) {
    output.result({ ...data, ledger }, text);
  } else {
    writeNew(path, text, { mode: 'private' });
    output.say(`${path}: the whole list with its arms, readable by you alone.`);
    output.result({ study, file: path, ledger }, '');
  }
  output.say(
    'It unblinds every participant: show it to nobody who is blinded, and destroy it after use.',
  );
  output.say(`The ledger says that the list was opened.\n${formatReceipt(ledger)}`);
}

function refuseOutput(path: string | undefined, root: string): void {
  if (path === undefined) return;
  if (liesWithin(path, root)) {
    throw new RandoseError('usage', `${path} lies inside the study folder`, {
      hint: 'Blinded people read that folder: keep the list elsewhere. Nothing was opened.',
    });
  }
  if (path === '' || !isFolder(dirname(path))) {
    throw new RandoseError('not-found', `the folder of ${path} does not exist`, {
      hint: 'Make it, or name another. Nothing was opened.',
    });
  }
  if (exists(path)) {
    throw new RandoseError('would-overwrite', `${path} exists already`, {
      hint: 'Choose another name. Nothing was opened.',
    });
  }
}
