import { join } from 'node:path';
import { sha256 } from '../../digest.ts';
import { parseManifest } from '../../blinding/manifest.ts';
import { isSignedManifest, parseSigningKey } from '../../blinding/signing-key.ts';
import type { Problem } from '../../errors.ts';
import type { Entry } from '../../ledger/entry.ts';
import { plainText } from '../../ledger/salvage.ts';
import type { Wrapping } from '../../ledger/wrappings.ts';
import { FIRST_BATCH } from '../../randomization/list.ts';
import { batchFiles } from '../../study/layout.ts';
import { exists, readBytes } from '../../system/files.ts';

/** Who may seal something after the first batch: the signing key in force, and where its halves are. */
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

/** Which manifests the holders of the signing keys signed, as far as the ledger names them. */
export interface CheckedSignatures {
  /** Undefined for a study of a version of randose that had none. */
  readonly inForce: SigningKeyInForce | undefined;
  readonly problems: readonly UnsignedManifest[];
  /** The manifests, as files, from before there was a signing key. */
  readonly unsigned: readonly string[];
}

/**
 * Follows the signing keys through the ledger: the first batch has one, each further batch and each
 * rewrap is signed with the one in force, and a rewrap of the first batch brings the next. A folder or
 * an entry that somebody added without a key is found here, whatever else agrees.
 *
 * Files that cannot be read are unsigned; it throws nothing.
 */
export function checkSignatures(root: string, entries: readonly Entry[]): CheckedSignatures {
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
      if (entry.batch === FIRST_BATCH) inForce = signingKeyOf(root, wrapping);
      else check(wrapping);
    }
    if (entry.action !== 'rewrap outcome') continue;
    // All of a rewrap is signed with the key of before.
    const signed = entry.manifests.filter(check);
    const first = signed.find(({ batch }) => batch === FIRST_BATCH);
    const next = first === undefined ? 'none' : signingKeyOf(root, first);
    if (next !== 'none') inForce = next;
  }
  if (inForce === 'unreadable') {
    const { signingKey: file } = batchFiles(FIRST_BATCH);
    const message = 'is missing or altered: signatures of manifests cannot be checked';
    problems.push({ batch: FIRST_BATCH, rewrap: 0, problem: { file, message } });
  }
  return {
    inForce: typeof inForce === 'string' ? undefined : inForce,
    problems,
    unsigned,
  };
}

const NOT_SIGNED =
  'is not signed with the signing key of the list: whoever made it showed no key that study.yaml names';

function isSigned(root: string, { batch, rewrap }: Wrapping, publicKey: string): boolean {
  const files = batchFiles(batch, rewrap);
  const [manifest, signature] = [files.manifest, files.signature].map((file) => read(root, file));
  if (manifest === undefined || signature === undefined) return false;
  return isSignedManifest(manifest, signature, publicKey);
}

/**
 * The signing key that a wrapping brought: none if its manifest, which the ledger fixes, does not name
 * one; unreadable if it does, and the file is not there as it was.
 */
function signingKeyOf(root: string, wrapping: Wrapping): SigningKeyInForce | 'none' | 'unreadable' {
  const { batch, rewrap, manifest: digest } = wrapping;
  const files = batchFiles(batch, rewrap);
  const text = read(root, files.manifest);
  if (text === undefined || sha256(text) !== digest) return 'unreadable';
  const named = namedFiles(text, wrapping)[files.signingKey];
  if (named === undefined) return 'none';
  const key = read(root, files.signingKey);
  const publicKey = key === undefined ? undefined : parseSigningKey(key);
  if (publicKey === undefined || sha256(key ?? '') !== named) return 'unreadable';
  return { publicKey, file: files.signing, wrapping: { batch, rewrap } };
}

function namedFiles(text: string, { batch, rewrap }: Wrapping): Readonly<Record<string, string>> {
  try {
    return parseManifest(text, batch, rewrap).files;
  } catch {
    return {};
  }
}

function read(root: string, file: string): string | undefined {
  try {
    // Line ends that an editor changed are told elsewhere: the text is what was signed.
    return exists(join(root, file)) ? plainText(readBytes(join(root, file))).text : undefined;
  } catch {
    return undefined;
  }
}
