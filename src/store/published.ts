import { join } from 'node:path';
import { sha256 } from '../digest.ts';
import { type Manifest, parseManifest } from '../blinding/manifest.ts';
import { type Commitments, publicationOf } from '../blinding/published.ts';
import { formatHead } from '../ledger/chain.ts';
import { entriesOf, type Entry } from '../ledger/entry.ts';
import { batchFiles } from '../study/layout.ts';
import { readText } from '../system/files.ts';

/**
 * The manifest of each batch, as it was allocated.
 *
 * @throws RandoseError `not-found` or `bad-data` if one is missing or damaged
 */
export function manifestsAsAllocated(
  root: string,
  entries: readonly Entry[],
): { manifest: Manifest; digest: string; ledger: string }[] {
  return entriesOf(entries, 'allocation').map((allocation) => {
    const { batch } = allocation;
    const text = readText(join(root, batchFiles(batch).manifest));
    const manifest = parseManifest(text, batch);
    return { manifest, digest: sha256(text), ledger: formatHead(allocation) };
  });
}

/** The commitments to publish: of each batch, as it was allocated. */
export function publicationsOf(root: string, entries: readonly Entry[]): Commitments[] {
  return manifestsAsAllocated(root, entries).map(publicationOf);
}
