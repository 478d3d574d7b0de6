import { join } from 'node:path';
import { parsePublicList } from '../../randomization/public-list.ts';
import { kitsOf, ownKits, type Slot } from '../../randomization/list.ts';
import { ALLOCATION, batchFiles, SIGNERS_FILE, STUDY_FILE } from '../../study/layout.ts';
import { siteOfStratum } from '../../study/sections/strata.ts';
import { exists, filesBelow, readBytes, readText } from '../../system/files.ts';

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
export function servedSlots(root: string, batch: number): object[] {
  return parsePublicList(readText(join(root, batchFiles(batch).list)), batch).map(served);
}

function served(slot: Slot): object {
  const { number, batch, stratum, sequence, kit = null, replacementFor = null } = slot;
  const kits = ownKits(slot);
  const site = siteOfStratum(stratum) ?? null;
  return {
    ...{ number, batch, stratum, sequence, kit, kits: kits.length === 0 ? null : kits },
    ...{ allKits: kitsOf(slot), site, replacementFor },
  };
}
