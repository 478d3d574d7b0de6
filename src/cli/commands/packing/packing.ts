import { RandoseError } from '../../../errors.ts';
import { formatRecords } from '../../../exports/csv.ts';
import { requireKits } from '../../../ledger/kits.ts';
import { batchesOpened } from '../../../ledger/openings.ts';
import { parseWho } from '../../../ledger/who.ts';
import { writeNew } from '../../../system/files.ts';
import { openPackingOnRecord } from '../../../store/opening/open-packing.ts';
import {
  openStudy,
  type OpenStudy,
  requireUnchanged,
  type SealedBatch,
} from '../../../store/open-study.ts';
import type { PackedKit } from '../../../randomization/list.ts';
import { signingWith } from '../../../store/signing.ts';
import { atHome } from '../../study/at-home.ts';
import { tellDryRun } from '../../study/look-first.ts';
import { keysAfterReason, openingReason } from '../../study/opening-reason.ts';
import { requireKeyFlags } from '../../arguments/keys.ts';
import { refuseOpened } from '../../study/opened-list.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { secretTableFile } from '../../study/secret-file.ts';
import { counted } from '../../../words.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { PackingFlags } from './command.ts';

/** `randose packing`: the arm of each kit, for the packers, on record. */
export async function packing(output: Output, options: PackingFlags): Promise<void> {
  const { format } = options;
  if (format === 'pdf' && (options.output === undefined || options.output === '-')) {
    throw new RandoseError('usage', 'a PDF needs --output FILE, outside the study folder');
  }
  const place = studyPlace(options);
  const by = options.by === undefined ? undefined : parseWho(options.by);
  await requireKeyFlags(options);
  const path = secretTableFile(output, options.output);
  const before = await openStudy(place);
  requireKits(before.slots);
  const wanted = batchesOf(before, options.batch); // fails before a passphrase is asked for
  if (options.dryRun === true) {
    const numbers = wanted.map(({ manifest }) => manifest.batch).join(', ');
    tellDryRun(output, `open the packing list of batch ${numbers}: the arm of each kit`);
    return;
  }
  const packed = batchesOpened(before.entries, 'packing');
  const isAgain = wanted.every(({ manifest }) => packed.has(manifest.batch));
  const reason = isAgain
    ? await openingReason(
        output,
        options.reason,
        'opening the packing list again',
        'kit lost',
        before.study,
      )
    : (options.reason?.trim() ?? null);
  const signing = await signingWith(options.sign, !output.json);
  const study = await atHome(output, place, options);
  const keys = await keysAfterReason(output, options, reason);
  const chosen = (open: OpenStudy) => {
    requireUnchanged(open, ['identity', 'arms', 'numbers']);
    return batchesOf(open, options.batch);
  };
  const opened = await openPackingOnRecord(
    study,
    { batchesOf: chosen, keys, by, reason, signing },
    async (open, kits) => {
      const content = await contentOf(open, kits, options);
      if (path !== undefined) writeNew(path, content, { mode: 'private' });
      return { kits, content };
    },
  );
  if (!opened.ok) throw refuseOpened(output, opened);
  const { head, value, open } = opened;
  const { id } = open.study;
  if (path === undefined) {
    output.result({ study: id, kits: rowsOf(value.kits), ledger: head }, String(value.content), {
      exact: true,
    });
  } else {
    const kits = counted(value.kits.length, 'kit');
    const data = { study: id, file: path, kits: value.kits.length, ledger: head };
    output.result(data, `${path}: ${kits} with their arms. Only you can read this file.\n`);
  }
  output.say('It unblinds every kit: do not show it to blinded staff, and destroy it after use.');
  output.say(`The ledger says that it was opened.\n${formatReceipt(head)}`);
}

function batchesOf({ batches }: OpenStudy, wanted: number | undefined): readonly SealedBatch[] {
  const chosen = batches.filter(({ manifest }) => (wanted ?? manifest.batch) === manifest.batch);
  if (chosen.length > 0) return chosen;
  throw new RandoseError('usage', `there is no batch ${wanted ?? 0}`, {
    hint: `The list has ${counted(batches.length, 'batch', 'batches')}.`,
  });
}

function rowsOf(kits: readonly PackedKit[]) {
  return kits.map(({ kit, type, arm, armName }) => {
    return { kit, ...(type !== undefined && { kit_type: type }), arm_code: arm, arm_name: armName };
  });
}

async function contentOf(
  { study }: OpenStudy,
  kits: readonly PackedKit[],
  { format, csvFor }: Pick<PackingFlags, 'format' | 'csvFor'>,
): Promise<string | Uint8Array> {
  if (format === 'pdf') {
    const { formatPackingPdf } = await import('../../../exports/tables/packing-list.ts');
    const { FONTS } = await import('../../../system/fonts.ts');
    return formatPackingPdf(study, kits, FONTS);
  }
  if (format === 'json')
    return `${JSON.stringify({ study: study.id, kits: rowsOf(kits) }, undefined, 2)}\n`;
  const ofType = kits.some(({ type }) => type !== undefined) ? ['kit_type'] : [];
  const columns = ['kit', ...ofType, 'arm_code', 'arm_name'];
  return formatRecords(columns, rowsOf(kits), csvFor);
}
