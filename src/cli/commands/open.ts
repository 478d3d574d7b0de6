import { allocationRows, formatAllocationCsv } from '../../exports/allocation-table.ts';
import { parseWho } from '../../ledger/who.ts';
import { attempt } from '../../platform/on-record.ts';
import { openListOnRecord } from '../../platform/open-list.ts';
import { domainOf, openStudy } from '../../platform/open-study.ts';
import { signingWith } from '../../platform/signing.ts';
import { findStudyFolder, withStudyLock } from '../../platform/study-folder.ts';
import { type KeyFlags, keysOf, requireKeyFlags } from '../keys.ts';
import { handTable, refuseOpened } from '../opened-list.ts';
import type { Output } from '../output.ts';
import { refuseSecretFile } from '../secret-file.ts';

export interface OpenOptions extends KeyFlags {
  readonly study?: string;
  readonly format: 'csv' | 'json';
  readonly output?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly sign?: string;
  readonly dummy?: boolean;
}

/**
 * `randose open`: the whole allocation list, with its blocks and arms, for somebody to whom it is
 * sealed. The ledger says who looked, before anything is opened and after.
 */
export async function open(output: Output, options: OpenOptions): Promise<void> {
  const root = findStudyFolder(options.study);
  const domain = domainOf(options);
  const by = options.by === undefined ? undefined : parseWho(options.by);
  requireKeyFlags(options);
  refuseSecretFile(options.output, root);
  openStudy(root, domain); // fails before a passphrase is asked for; read again under the lock
  const signing = await signingWith(options.sign, !output.json);
  const keys = await attempt(() => keysOf(options, !output.json));
  await withStudyLock(root, async () => {
    const study = openStudy(root, domain);
    const reason = options.reason?.trim() ?? null;
    const opened = await openListOnRecord(study, { keys, by, reason, signing });
    if (!opened.ok) throw refuseOpened(output, opened);
    const slots = opened.value.flatMap((master) => master.slots);
    const needsRows = options.format === 'json' || output.json;
    const data = { study: study.study.id, slots: needsRows ? allocationRows(slots) : [] };
    handTable(output, options, {
      data,
      csv: () => formatAllocationCsv(slots),
      what: 'the whole list with its arms',
      head: opened.head,
    });
  });
}
