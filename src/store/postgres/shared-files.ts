import { join } from 'node:path';
import { parsePublicList } from '../../randomization/public-list.ts';
import { ALLOCATION, batchFiles, SIGNERS_FILE, STUDY_FILE } from '../../study/layout.ts';
import { exists, filesBelow, readBytes, readText } from '../../system/files.ts';
import { type SlotRow, slotRows } from './slot-rows.ts';

/** The files of a study folder that everybody who uses its ledger needs, relative to it. */
export function sharedPaths(root: string): string[] {
  const single = [STUDY_FILE, SIGNERS_FILE].filter((file) => exists(join(root, file)));
  return [...single, ...filesBelow(join(root, ALLOCATION)).map((file) => `${ALLOCATION}/${file}`)];
}

/** Files with their contents, read one after the other. */
export function* filesAt(
  root: string,
  paths: readonly string[],
): Generator<readonly [string, Uint8Array]> {
  for (const path of paths) yield [path, readBytes(join(root, path))];
}

/** The slots of a batch in the folder, as the server checks randomizations against them. */
export function servedSlots(root: string, batch: number): SlotRow[] {
  return slotRows(parsePublicList(readText(join(root, batchFiles(batch).list)), batch));
}
