import { join } from 'node:path';
import { type Problem, RandoseError } from '../../errors.ts';
import { signedText } from '../../ledger/chain.ts';
import type { Entry } from '../../ledger/entry.ts';
import { LEDGER_FILE, SIGNERS_FILE } from '../../study/layout.ts';
import { exists, isSpecialFile, readText } from '../../system/files.ts';
import type { Finding } from './inspect-filed.ts';

/**
 * Checks the signatures in a ledger, each as of the time of its entry, against the keys that the study
 * knows. A study that nobody signs is valid, and the finding says so; one that knows keys and has no
 * signature is not: someone may have taken the signatures off and made the chain anew.
 */
export async function inspectSignatures(root: string, entries: readonly Entry[]): Promise<Finding> {
  const signed = entries.flatMap((entry, index) => {
    const { signer, signature, time } = entry;
    if (signer === null || signature === undefined) return [];
    return [{ line: index + 1, message: signedText(entry), signature, fingerprint: signer, time }];
  });
  const unsigned = entries.length - signed.length;
  if (signed.length === 0) {
    const problems = missingSignatures(root);
    const text = problems.length > 0 ? '' : 'No entry of the ledger is signed with an ssh key.';
    return { problems, text, data: { signatures: { signed: 0, unsigned, signers: [] } } };
  }
  const problems: Problem[] = [];
  const signers = new Set<string>();
  try {
    const { checkSignatures } = await import('../../system/ssh-signature.ts');
    const checked = await checkSignatures(join(root, SIGNERS_FILE), signed);
    for (const [index, result] of checked.entries()) {
      if ('signer' in result) signers.add(result.signer);
      else problems.push({ file: LEDGER_FILE, line: signed[index]!.line, message: result.problem });
    }
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    problems.push({ file: LEDGER_FILE, message: `signatures were not checked: ${error.message}` });
  }
  const names = [...signers].sort();
  const by = names.length === 0 ? '' : `, by ${names.join(', ')}`;
  const text =
    problems.length > 0
      ? ''
      : `${signed.length} of ${entries.length} entries of the ledger are signed${by}.`;
  return {
    problems,
    text,
    data: { signatures: { signed: signed.length, unsigned, signers: names } },
  };
}

/** That the study knows whose keys sign, though no entry is signed. */
function missingSignatures(root: string): Problem[] {
  const file = join(root, SIGNERS_FILE);
  if (!exists(file) || isSpecialFile(file)) return [];
  try {
    const lines = readText(file).split(/\r?\n/);
    const keys = lines.filter((line) => /^\s*[^\s#]/.test(line)).length;
    if (keys === 0) return [];
    const names = keys === 1 ? '1 key' : `${keys} keys`;
    const message = `names ${names}, but no entry of the ledger is signed: signatures may have been taken off. Compare the ledger with the receipts on file`;
    return [{ file: SIGNERS_FILE, message }];
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    return [{ file: SIGNERS_FILE, message: `was not read: ${error.message}` }];
  }
}
