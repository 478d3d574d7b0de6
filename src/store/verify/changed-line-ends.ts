import { join } from 'node:path';
import { parseManifest } from '../../blinding/manifest.ts';
import { sha256 } from '../../digest.ts';
import { RandoseError } from '../../errors.ts';
import { readLedger } from '../../ledger/chain.ts';
import { type ProvenContent, provenContent } from '../../ledger/plain-text.ts';
import { provenLedger } from '../../ledger/salvage.ts';
import { type Wrapping, wrappingsOf } from '../../ledger/wrappings.ts';
import { batchFiles, LEDGER_FILE, STUDY_FILE } from '../../study/layout.ts';
import { exists, readBytes } from '../../system/files.ts';
import { counted, PUT_BACK } from '../../words.ts';
import { checkSignatures } from './signed-manifests.ts';

/**
 * The files of a study of which only line ends or the encoding were changed, with what randose wrote: path → content.
 * Each is proven: the ledger by its chain, a manifest by the ledger, every other file by its manifest, a signature by
 * the signing key. A file that differs in anything else is not among them. It throws nothing.
 */
export function changedLineEnds(root: string): ReadonlyMap<string, ProvenContent> {
  const changed = new Map<string, ProvenContent>();
  const check = (
    file: string,
    prove: (bytes: Uint8Array) => ProvenContent | undefined,
  ): Uint8Array | undefined => {
    const bytes = bytesOf(join(root, file));
    const proven = bytes && prove(bytes);
    if (proven !== undefined && proven.changes.length > 0) changed.set(file, proven);
    return proven?.content;
  };
  const byDigest = (digest: string) => (bytes: Uint8Array) =>
    provenContent(bytes, (content) => sha256(content) === digest);

  const ledger = check(LEDGER_FILE, provenLedger);
  const { entries } = readLedger(new TextDecoder().decode(ledger));
  const unsigned = checkSignatures(root, entries).problems;
  for (const wrapping of [...wrappingsOf(entries).values()].flat()) {
    const { batch, rewrap } = wrapping;
    const paths = batchFiles(batch, rewrap);
    const manifest = check(paths.manifest, byDigest(wrapping.manifest));
    if (manifest === undefined) continue;
    for (const [file, digest] of namedFiles(manifest, wrapping)) {
      if (file !== STUDY_FILE) check(file, byDigest(digest));
    }
    const isSigned = !unsigned.some((one) => one.batch === batch && one.rewrap === rewrap);
    // The signature was checked in the form that randose writes.
    if (isSigned) check(paths.signature, (bytes) => provenContent(bytes, isSignature));
  }
  return changed;
}

/** The files that a manifest names, with their digests; none if it is of a version that cannot be read. */
function namedFiles(manifest: Uint8Array, { batch, rewrap }: Wrapping): [string, string][] {
  try {
    return Object.entries(parseManifest(new TextDecoder().decode(manifest), batch, rewrap).files);
  } catch {
    return [];
  }
}

function isSignature(content: Uint8Array): boolean {
  return /^randose signature 1 [0-9a-f]{128}\n$/.test(new TextDecoder('latin1').decode(content));
}

/** @returns undefined if the file is missing or cannot be read */
function bytesOf(path: string): Uint8Array | undefined {
  try {
    return exists(path) ? readBytes(path) : undefined;
  } catch {
    return undefined;
  }
}

/** What was changed in a file, as what follows its name; without a full stop. */
export function changesText({ changes }: ProvenContent): string {
  return `${changes.join(' and ')}; nothing else in it differs`;
}

/**
 * Explains a failure that a study is not what was sealed: if only line ends were changed, it says so, and how to put
 * them back.
 *
 * @returns the error to throw instead
 */
export function explainedByLineEnds(root: string, error: unknown): unknown {
  const isMismatch =
    error instanceof RandoseError && ['not-trusted', 'bad-data'].includes(error.code);
  return (isMismatch ? lineEndsError(root) : undefined) ?? error;
}

/** The failure if line ends were changed, and how to put them back; undefined if they were not. */
export function lineEndsError(root: string): RandoseError | undefined {
  const changed = changedLineEnds(root);
  if (changed.size === 0) return undefined;
  const problems = [...changed].map(([file, proven]) => ({ file, message: changesText(proven) }));
  const message = `the line ends of ${counted(changed.size, 'file')} were changed`;
  return new RandoseError('not-trusted', message, {
    problems,
    hint: `A spreadsheet, an editor, version control or a file transfer does that. ${PUT_BACK}`,
  });
}
