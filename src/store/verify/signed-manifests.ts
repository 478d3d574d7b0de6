import { join } from 'node:path';
import { sha256 } from '../../digest.ts';
import { type Manifest, parseManifest } from '../../blinding/manifest.ts';
import { isSignedManifest, parseSigningKey } from '../../blinding/signing-key.ts';
import type { Problem } from '../../errors.ts';
import type { Entry } from '../../ledger/entry.ts';
import { plainText } from '../../ledger/plain-text.ts';
import type { Wrapping } from '../../ledger/wrappings.ts';
import { FIRST_BATCH } from '../../randomization/list.ts';
import { batchFiles } from '../../study/layout.ts';
import { exists, readBytes } from '../../system/files.ts';

/** The signing key in force: whoever can open it may add batches and rewraps. */
export interface SigningKeyInForce {
  /** 64 hexadecimal digits. */
  readonly publicKey: string;
  /** The sealed secret half, relative to the study folder. */
  readonly file: string;
  /** The batch and the rewrap that it came with. */
  readonly wrapping: Pick<Wrapping, 'batch' | 'rewrap'>;
}

/** A manifest that should be signed and is not. */
export interface UnsignedManifest extends Pick<Wrapping, 'batch' | 'rewrap'> {
  readonly problem: Problem;
}

/** The manifests that the ledger names, by whether holders of the signing keys signed them. */
interface CheckedSignatures {
  /** Undefined if the study is from a version of randose that had no signing keys. */
  readonly inForce: SigningKeyInForce | undefined;
  readonly problems: readonly UnsignedManifest[];
  /** The files of the manifests that are older than the first signing key. */
  readonly unsigned: readonly string[];
}

/**
 * Follows the signing keys through the ledger. The first batch has one. Each further batch and each rewrap
 * is signed with the key in force, and a rewrap of the first batch brings the next key. So it finds a folder
 * or an entry that somebody added without a key, even if everything else agrees.
 *
 * A file that cannot be read counts as unsigned. It throws nothing.
 *
 * @param known manifests that were read already and are those that the ledger names, by their files: a long list has
 * long ones
 */
export function checkSignatures(
  root: string,
  entries: readonly Entry[],
  known: ReadonlyMap<string, Manifest> = new Map(),
): CheckedSignatures {
  let inForce: SigningKeyInForce | 'none' | 'unreadable' = 'none';
  const problems: UnsignedManifest[] = [];
  const unsigned: string[] = [];
  const check = (wrapping: Wrapping): boolean => {
    const { batch, rewrap } = wrapping;
    const { manifest: file } = batchFiles(batch, rewrap);
    if (inForce === 'none') {
      unsigned.push(file);
      return true;
    }
    if (inForce !== 'unreadable' && isSigned(root, wrapping, inForce.publicKey)) return true;
    problems.push({ batch, rewrap, problem: { file, message: NOT_SIGNED } });
    return false;
  };
  for (const entry of entries) {
    if (entry.action === 'allocation') {
      const wrapping = { ...entry, rewrap: 0 };
      if (entry.batch === FIRST_BATCH) inForce = signingKeyOf(root, wrapping, known);
      else check(wrapping);
    }
    if (entry.action !== 'rewrap outcome') continue;
    // Every manifest of a rewrap is signed with the key before the rewrap.
    const signed = entry.manifests.filter(check);
    const first = signed.find(({ batch }) => batch === FIRST_BATCH);
    const next = first === undefined ? 'none' : signingKeyOf(root, first, known);
    if (next !== 'none') inForce = next;
  }
  if (inForce === 'unreadable') {
    const { signingKey: file } = batchFiles(FIRST_BATCH);
    const message = 'is missing or changed: signatures of manifests cannot be checked';
    problems.push({ batch: FIRST_BATCH, rewrap: 0, problem: { file, message } });
  }
  return {
    inForce: typeof inForce === 'string' ? undefined : inForce,
    problems,
    unsigned,
  };
}

const NOT_SIGNED =
  'is not signed with the signing key of the list: whoever made it did not show a key of a person in study.yaml';

function isSigned(root: string, { batch, rewrap }: Wrapping, publicKey: string): boolean {
  const files = batchFiles(batch, rewrap);
  const [manifest, signature] = [files.manifest, files.signature].map((file) => read(root, file));
  if (manifest === undefined || signature === undefined) return false;
  return isSignedManifest(manifest, signature, publicKey);
}

/**
 * The signing key that a batch or a rewrap brought. `none`: its manifest, whose digest is in the ledger,
 * names no key. `unreadable`: the manifest or the key's file is missing or changed.
 */
function signingKeyOf(
  root: string,
  wrapping: Wrapping,
  known: ReadonlyMap<string, Manifest>,
): SigningKeyInForce | 'none' | 'unreadable' {
  const { batch, rewrap } = wrapping;
  const files = batchFiles(batch, rewrap);
  const all = known.get(files.manifest)?.files ?? namedFiles(root, wrapping);
  if (all === undefined) return 'unreadable';
  const named = all[files.signingKey];
  if (named === undefined) return 'none';
  const key = read(root, files.signingKey);
  const publicKey = key === undefined ? undefined : parseSigningKey(key);
  if (publicKey === undefined || sha256(key ?? '') !== named) return 'unreadable';
  return { publicKey, file: files.signing, wrapping: { batch, rewrap } };
}

/** The files that a manifest names, by their digests; undefined if it is missing or changed. */
function namedFiles(
  root: string,
  { batch, rewrap, manifest: digest }: Wrapping,
): Readonly<Record<string, string>> | undefined {
  const text = read(root, batchFiles(batch, rewrap).manifest);
  if (text === undefined || sha256(text) !== digest) return undefined;
  try {
    return parseManifest(text, batch, rewrap).files;
  } catch {
    return {};
  }
}

function read(root: string, file: string): string | undefined {
  try {
    // The signature is for the original text; verify reports changed line ends elsewhere.
    return exists(join(root, file)) ? plainText(readBytes(join(root, file))).text : undefined;
  } catch {
    return undefined;
  }
}
