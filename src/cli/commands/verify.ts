import { join } from 'node:path';
import { type Problem, RandoseError } from '../../errors.ts';
import { type Head, headOf } from '../../ledger/chain.ts';
import { exists } from '../../platform/files.ts';
import { inspectStudy } from '../../platform/inspect-study.ts';
import { readKeys } from '../../platform/keys.ts';
import { domainOf, openStudy } from '../../platform/open-study.ts';
import { regenerateList } from '../../platform/regenerate-list.ts';
import { findStudyFolder, isAllocated } from '../../platform/study-folder.ts';
import { LEDGER_FILE } from '../../study/layout.ts';
import { EXIT_DISCREPANCY, EXIT_OK } from '../exit.ts';
import { formatProblem, type Output } from '../output.ts';
import { formatReceipt } from '../receipt.ts';

interface VerifyOptions {
  readonly study?: string;
  readonly regenerate?: boolean;
  readonly identity?: string;
  readonly passphraseFile?: string;
  readonly dummy?: boolean;
}

/**
 * `randose verify`: holds everything in the study folder against everything else, and reports all
 * it finds rather than the first. It needs no key, but to make the list again.
 *
 * @returns the exit status
 */
export async function verify(output: Output, options: VerifyOptions): Promise<number> {
  const root = findStudyFolder(options.study);
  const domain = domainOf(options);
  refuseHalves(options);
  if (!isAllocated(root) && !exists(join(root, LEDGER_FILE))) {
    throw new RandoseError(
      'not-found',
      'this study has no allocation list yet: nothing to verify',
      {
        hint: 'A statistician makes it: randose allocate --plan FILE',
      },
    );
  }
  const inspection = inspectStudy(root, domain, (done, total) => {
    output.progress(done, total, 'reading files');
  });
  const { checked, entries } = inspection;
  const again = await regenerate(output, root, options, inspection.problems.length === 0);
  const problems = [...inspection.problems, ...again.problems];
  const entriesText =
    checked.entries === 1 ? '1 ledger entry' : `${checked.entries} ledger entries`;
  const summary = `${checked.files} files, ${checked.slots} slots, ${entriesText}`;
  const [first] = entries;
  const receipts = first === undefined ? '' : receiptsText(first, headOf(entries));
  const verdict =
    problems.length === 0
      ? `${output.colour.green('verified')}: ${summary}. Nothing disagrees.\n${again.text}${receipts}`
      : `${output.colour.red('NOT VERIFIED')}: ${summary}.\n${problems
          .map((problem) => `  ${formatProblem(problem)}\n`)
          .join('')}${again.text}${receipts}`;
  const { seq, hash } = headOf(entries);
  const ledger = { first: first?.hash ?? null, seq, hash };
  const isVerified = problems.length === 0;
  const data = { verified: isVerified, problems, checked, regenerated: again.regenerated, ledger };
  output.result(data, verdict);
  return isVerified ? EXIT_OK : EXIT_DISCREPANCY;
}

function refuseHalves({ regenerate = false, identity }: VerifyOptions): void {
  if (regenerate === (identity !== undefined)) return;
  throw new RandoseError('usage', '--regenerate and --identity FILE belong together', {
    hint: 'With both, the list is made again from its sealed seed and plan; with neither, all else is checked.',
  });
}

/** Makes the list again where that is asked for, and nothing stands in its way. */
async function regenerate(
  output: Output,
  root: string,
  options: VerifyOptions,
  isSound: boolean,
): Promise<{ problems: readonly Problem[]; text: string; regenerated: boolean | null }> {
  const { identity, passphraseFile } = options;
  if (identity === undefined) return { problems: [], text: '', regenerated: null };
  if (!isSound) {
    const text = 'The list was not made again: mend the above first.\n';
    return { problems: [], text, regenerated: null };
  }
  const open = openStudy(root, domainOf(options));
  const key = passphraseFile === undefined ? { identity } : { identity, passphraseFile };
  const keys = await readKeys(key, !output.json);
  const { problems, hasEnvelopes } = await regenerateList(open, keys, (done, total) => {
    output.progress(done, total, 'checking envelopes');
  });
  if (problems.length > 0) return { problems, text: '', regenerated: false };
  const slots = open.slots.length;
  const batches = open.batches.length === 1 ? '' : ` in ${open.batches.length} batches`;
  const envelopes = hasEnvelopes ? 'Every envelope holds the arm of the list.\n' : '';
  const text = `The list was made again from the sealed seed and plan: match, ${slots} of ${slots} slots${batches}.\n${envelopes}`;
  return { problems, text, regenerated: true };
}

/** What to hold against the receipts that were filed: a ledger rewritten from end to end agrees too. */
function receiptsText(first: Head, last: Head): string {
  return `Compare with the receipts on file:
  ${formatReceipt(first)}
  ${formatReceipt(last)}\n`;
}
