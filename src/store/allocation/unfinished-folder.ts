import { join } from 'node:path';
import { formatManifest, type Manifest } from '../../blinding/manifest.ts';
import type { Content } from '../../digest.ts';
import { batchFiles, UNFINISHED } from '../../study/layout.ts';
import { writeAllSynced } from '../../system/files.ts';

/** A sealed batch, or a rewrap of one, that is ready to be written. */
export interface ReadyBatch {
  readonly manifest: Manifest;
  /** path → content of every other file. */
  readonly files: ReadonlyMap<string, Content>;
  /** The text of its manifest.sig; undefined for the first batch, and if there is no signing key. */
  readonly signature: string | undefined;
}

/**
 * Writes files into the unfinished folder, which does not exist. The manifest comes last.
 *
 * @param tellProgress called with the number of files written so far
 */
export async function fillUnfinished(
  root: string,
  { manifest, files, signature }: ReadyBatch,
  tellProgress: (written: number) => void,
): Promise<void> {
  const paths = batchFiles(manifest.batch, manifest.rewrap);
  const within = (file: string) => join(root, unfinished(file, manifest));
  // A long list has tens of thousands of files: their paths are made one by one.
  function* all(): Generator<readonly [path: string, content: Content]> {
    for (const [file, content] of files) yield [within(file), content];
    if (signature !== undefined) yield [within(paths.signature), signature];
    yield [within(paths.manifest), formatManifest(manifest)];
  }
  await writeAllSynced(all(), manifest.created, tellProgress);
}

/** The place of a file of a batch, or of a rewrap of it, while its folder is not finished. */
export function unfinished(
  file: string,
  { batch, rewrap }: Pick<Manifest, 'batch' | 'rewrap'>,
): string {
  return file.replace(batchFiles(batch, rewrap).sealed, UNFINISHED);
}
