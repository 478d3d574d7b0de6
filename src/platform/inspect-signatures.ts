import { join } from 'node:path';
import { type Problem, RandoseError } from '../errors.ts';
import { formatHead } from '../ledger/chain.ts';
import type { Entry } from '../ledger/entry.ts';
import { LEDGER_FILE, SIGNERS_FILE } from '../study/layout.ts';
import type { Finding } from './inspect-filed.ts';

/**
 * Checks the signatures in a ledger, each as of the time of its entry, against the keys that the study
 * knows. A study that nobody signs is valid, and the finding says so.
 */
export async function inspectSignatures(root: string, entries: readonly Entry[]): Promise<Finding> {
  const signed = entries.flatMap((entry, index) => {
    const { signer, signature, time } = entry;
    if (signer === null || signature === undefined) return [];
    return [{ line: index + 1, message: formatHead(entry), signature, fingerprint: signer, time }];
  });
  const unsigned = entries.length - signed.length;
  if (signed.length === 0) {
    const text = 'No entry of the ledger is signed with an ssh key.';
    return { problems: [], text, data: { signatures: { signed: 0, unsigned, signers: [] } } };
  }
  const problems: Problem[] = [];
  const signers = new Set<string>();
  try {
    const { checkSignatures } = await import('./ssh-signature.ts');
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
