import { join } from 'node:path';
import { findAnyStudyFolder } from '../../store/folder/study-folder.ts';
import { SIGNERS_FILE } from '../../study/layout.ts';
import { whyNotAllowed } from '../../system/allowed-signers.ts';
import { now } from '../../system/clock.ts';
import { exists, readText } from '../../system/files.ts';

/**
 * A warning if a key signs that allowed-signers does not accept: the next `verify` reports each entry that it signs.
 * It throws nothing: whoever signs with it says what is wrong with the key.
 */
export async function unlistedSigner(
  keyFile: string,
  study: string | undefined,
): Promise<string | undefined> {
  try {
    const { fingerprintOf, NAMESPACE } = await import('../../system/ssh-signature.ts');
    const file = join(findAnyStudyFolder(study), SIGNERS_FILE);
    const text = exists(file) ? readText(file) : undefined;
    const why = whyNotAllowed(text, fingerprintOf(keyFile), NAMESPACE, now());
    if (why === undefined) return undefined;
    return `${keyFile} signs, but ${SIGNERS_FILE} ${why}: randose verify will report what it signs. Add this line to ${file}:\n  ${lineFor(keyFile, NAMESPACE)}`;
  } catch {
    return undefined;
  }
}

/** The line of allowed-signers for a key, as far as its public half is beside it. */
function lineFor(keyFile: string, namespace: string): string {
  const file = keyFile.endsWith('.pub') ? keyFile : `${keyFile}.pub`;
  const key = exists(file) ? /^\S+ \S+/.exec(readText(file))?.[0] : undefined;
  return `NAME@EXAMPLE.ORG namespaces="${namespace}" ${key ?? 'ssh-… AAAA… (the public half of the key)'}`;
}
