import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Explained, SeenFile } from '../../blinding/blinded-view.ts';
import { sha256 } from '../../digest.ts';
import { parseManifest } from '../../blinding/manifest.ts';
import { readLedger } from '../../ledger/chain.ts';
import { wrappingsOf } from '../../ledger/wrappings.ts';
import {
  ALLOCATION,
  batchFiles,
  HOME_FILE,
  KEPT_STUDY_FILE,
  LEDGER_FILE,
  STUDY_FILE,
} from '../../study/layout.ts';
import { filesBelow, readBytes, readText } from '../../system/files.ts';
import { realPath } from '../../system/links.ts';

/**
 * Every file of a study, as a person who may read the folder sees it. study.yaml and its copy are left out: they
 * say what the arms are.
 */
export function seenFiles(folder: string): SeenFile[] {
  return filesBelow(folder)
    .filter((path) => path !== STUDY_FILE && path !== KEPT_STUDY_FILE)
    .map((path) => {
      const { mode, mtimeMs } = statSync(join(folder, path));
      const isSealed = path.startsWith(`${ALLOCATION}/`);
      return {
        path,
        content: path === HOME_FILE ? homeContent(folder) : readBytes(join(folder, path)),
        mode: mode & 0o7777,
        // Sealed files have the time of the allocation. The time of other files says nothing.
        modified: isSealed ? mtimeMs : undefined,
      };
    });
}

/** The content of .randose.home, with a dot in place of the folder's path. */
function homeContent(folder: string): Uint8Array {
  const own = JSON.stringify(realPath(folder)).slice(1, -1);
  return new TextEncoder().encode(readText(join(folder, HOME_FILE)).replaceAll(own, '.'));
}

/**
 * The digests in a study that must differ if the arms differ, each with a name: of files, of the design of
 * the arms, of the commitment, and of ledger entries, which have digests in them.
 */
export function explainDigests(folder: string): Explained {
  const known = new Map<string, string>();
  for (const path of filesBelow(folder)) {
    known.set(sha256(readBytes(join(folder, path))), `<digest of ${path}>`);
  }
  for (const path of filesBelow(folder).filter((file) => file.endsWith('/manifest.sig'))) {
    // A signature of a manifest has 128 hexadecimal digits. It differs because the manifest has digests.
    const hex = readText(join(folder, path)).trim().slice(-128);
    known.set(hex.slice(0, 64), `<signature ${path}>`);
    known.set(hex.slice(64), `<signature ${path}, its second half>`);
  }
  const { entries } = readLedger(readText(join(folder, LEDGER_FILE)));
  for (const { seq, hash, study } of entries) {
    known.set(hash, `<head ${seq}>`);
    if (!known.has(study)) known.set(study, `<digest of study.yaml at ${seq}>`);
  }
  for (const [batch, wrappings] of wrappingsOf(entries)) {
    for (const { rewrap } of wrappings) {
      const text = readText(join(folder, batchFiles(batch, rewrap).manifest));
      const { design, commitment, files } = parseManifest(text, batch, rewrap);
      known.set(design.arms, '<digest of the arms>');
      known.set(commitment.root, `<root of batch ${batch}>`);
      for (const [path, digest] of Object.entries(files)) {
        if (!known.has(digest)) known.set(digest, `<digest of ${path}, rewrap ${rewrap}>`);
      }
    }
  }
  return known;
}
