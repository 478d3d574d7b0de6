import { join } from 'node:path';
import { type Problem, RandoseError } from '../../errors.ts';
import { signedText } from '../../ledger/chain.ts';
import type { Entry } from '../../ledger/entry.ts';
import { entryProblem } from '../../ledger/entry-problem.ts';
import { LEDGER_FILE, SIGNERS_FILE } from '../../study/layout.ts';
import { exists, isSpecialFile, readText } from '../../system/files.ts';
import { counted } from '../../words.ts';
import type { Finding } from './inspect-filed.ts';

/**
 * Checks each signature in a ledger, as of the time of its entry, with the keys that the study knows. A study
 * without keys and without signatures is valid. A study with keys and without signatures is not: somebody may
 * have removed the signatures and made the chain again.
 */
export async function inspectSignatures(root: string, entries: readonly Entry[]): Promise<Finding> {
  const signed = entries.flatMap((entry) => {
    const { seq, signer, signature, time } = entry;
    if (signer === null || signature === undefined) return [];
    return [{ line: seq, message: signedText(entry), signature, fingerprint: signer, time }];
  });
  const unsigned = entries.length - signed.length;
  if (signed.length === 0) {
    const problems = missingSignatures(root);
    const text = problems.length > 0 ? '' : 'No ledger entry is signed with an ssh key.';
    return { problems, text, data: { signatures: { signed: 0, unsigned, signers: [] } } };
  }
  const problems: Problem[] = entries.filter(isEnteredElsewhen).map(enteredElsewhen);
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
      : `${signed.length} of ${counted(entries.length, 'ledger entry', 'ledger entries')} ${signed.length === 1 ? 'is' : 'are'} signed${by}.`;
  return {
    problems,
    text,
    data: { signatures: { signed: signed.length, unsigned, signers: names } },
  };
}

/** An act is entered soon after it is signed. If the two times differ by more than this, one was altered. */
const MOST_MS_TO_ENTER = 24 * 60 * 60 * 1000;

/** Whether the time of a signed entry is far from the time at which it was signed. */
function isEnteredElsewhen({ time, seen }: Entry): boolean {
  if (seen === undefined || seen === null) return false;
  return Math.abs(Date.parse(time) - Date.parse(seen.time)) > MOST_MS_TO_ENTER;
}

function enteredElsewhen(entry: Entry): Problem {
  const { time, seen } = entry;
  return entryProblem(
    entry,
    `was signed at ${seen?.time ?? ''}, but says that it was entered at ${time}`,
  );
}

/** The problem of a study that names keys for signing, but has no signed entry. */
function missingSignatures(root: string): Problem[] {
  const file = join(root, SIGNERS_FILE);
  if (!exists(file) || isSpecialFile(file)) return [];
  try {
    const lines = readText(file).split(/\r?\n/);
    const keys = lines.filter((line) => /^\s*[^\s#]/.test(line)).length;
    if (keys === 0) return [];
    const message = `names ${counted(keys, 'key')}, but no ledger entry is signed. If nobody has used --sign yet, nothing is wrong, and the first signed entry ends this message. If somebody has, the signatures were removed: compare the ledger with the filed receipts`;
    return [{ file: SIGNERS_FILE, message }];
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    return [{ file: SIGNERS_FILE, message: `cannot be read: ${error.message}` }];
  }
}
