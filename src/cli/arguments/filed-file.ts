import { PROOF_TITLE } from '../../blinding/proof.ts';
import { COMMITMENT_TITLE } from '../../blinding/published.ts';
import { RandoseError } from '../../errors.ts';
import { decodeText, readBytes } from '../../system/files.ts';

/** What a file that somebody filed or got begins with, by what it is. */
const FIRST_WORDS = {
  commitment: `it begins with "${COMMITMENT_TITLE}"`,
  checkpoint: 'it has three lines, and begins with the name of the ledger',
  proof: `a proof has a line "${PROOF_TITLE}"`,
} as const;

/**
 * Reads the text of a commitment or of a proof.
 *
 * @throws RandoseError as `readBytes`; `bad-data` if the file is something else, such as a PDF
 */
export function readFiled(path: string, what: keyof typeof FIRST_WORDS): string {
  const bytes = readBytes(path);
  try {
    return decodeText(bytes, path);
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    throw new RandoseError('bad-data', `${path} is not a ${what}: ${FIRST_WORDS[what]}`, {
      hint: `It is a text file. Name the one that randose wrote: --${what} FILE`,
    });
  }
}
