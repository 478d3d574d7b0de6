import { join } from 'node:path';
import { changedParts, checkSealedFiles, parseManifest, sha256 } from '../../blinding/manifest.ts';
import { type Problem, RandoseError } from '../../errors.ts';
import { type Head, headOf, readLedger } from '../../ledger/chain.ts';
import { checkCodeBreaks } from '../../ledger/code-breaks.ts';
import { checkAssignments } from '../../ledger/enrolment.ts';
import { entriesOf, type Entry } from '../../ledger/entry.ts';
import { exists, filesBelow, readBytes, readText } from '../../platform/files.ts';
import { describeChange } from '../../platform/open-study.ts';
import { findStudyFolder, isAllocated } from '../../platform/study-folder.ts';
import type { Slot } from '../../randomization/list.ts';
import { parsePublicList } from '../../randomization/public-list.ts';
import {
  ALLOCATION,
  LEDGER_FILE,
  LIST_FILE,
  MANIFEST_FILE,
  STUDY_FILE,
} from '../../study/layout.ts';
import { readStudy } from '../../study/study-file.ts';
import { EXIT_DISCREPANCY, EXIT_OK } from '../exit.ts';
import { formatProblem, type Output } from '../output.ts';
import { formatReceipt } from '../receipt.ts';

/**
 * `randose verify`: holds everything in the study folder against everything else. It needs no key,
 * and reports all it finds rather than the first.
 *
 * @returns the exit status
 */
export function verify(output: Output, options: { study?: string }): number {
  const root = findStudyFolder(options.study);
  if (!isAllocated(root) && !exists(join(root, LEDGER_FILE))) {
    throw new RandoseError(
      'not-found',
      'this study has no allocation list yet: nothing to verify',
      {
        hint: 'A statistician makes it: randose allocate --plan FILE',
      },
    );
  }
  const problems: Problem[] = [];
  const tell = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RandoseError)) throw error;
      const { message, problems: details } = error;
      problems.push(...(details.length > 0 ? details : [{ message }]));
      return undefined;
    }
  };
  const digests = new Map<string, string>();
  for (const file of filesBelow(join(root, ALLOCATION))) {
    const path = `${ALLOCATION}/${file}`;
    if (path === MANIFEST_FILE) continue;
    const content = tell(() => readBytes(join(root, path)));
    if (content !== undefined) digests.set(path, sha256(content));
  }
  const studyText = tell(() => readText(join(root, STUDY_FILE))) ?? '';
  digests.set(STUDY_FILE, sha256(studyText));
  const slots = tell(() => parsePublicList(readText(join(root, LIST_FILE))));
  const { entries, problems: chainProblems } = tell(() =>
    readLedger(readText(join(root, LEDGER_FILE))),
  ) ?? { entries: [], problems: [] };
  problems.push(...chainProblems);
  const manifestText = tell(() => readText(join(root, MANIFEST_FILE)));
  if (manifestText !== undefined) {
    const manifest = tell(() => parseManifest(manifestText));
    if (manifest !== undefined) {
      problems.push(...checkSealedFiles(manifest, slots, digests));
      problems.push(...checkStudy(studyText, manifest, digests));
    }
    problems.push(...checkBeginning(entries, manifestText));
  }
  problems.push(...checkEntries(slots, entries));
  const checked = { files: digests.size + 1, slots: slots?.length ?? 0, entries: entries.length };
  const entriesText =
    checked.entries === 1 ? '1 ledger entry' : `${checked.entries} ledger entries`;
  const summary = `${checked.files} files, ${checked.slots} slots, ${entriesText}`;
  const [first] = entries;
  const receipts = first === undefined ? '' : receiptsText(first, headOf(entries));
  const verdict =
    problems.length === 0
      ? `${output.colour.green('verified')}: ${summary}. Nothing disagrees.\n${receipts}`
      : `${output.colour.red('NOT VERIFIED')}: ${summary}.\n${problems
          .map((problem) => `  ${formatProblem(problem)}\n`)
          .join('')}${receipts}`;
  const { seq, hash } = headOf(entries);
  const ledger = { first: first?.hash ?? null, seq, hash };
  output.result({ verified: problems.length === 0, problems, checked, ledger }, verdict);
  return problems.length === 0 ? EXIT_OK : EXIT_DISCREPANCY;
}

/** What to hold against the receipts that were filed: a ledger rewritten from end to end agrees too. */
function receiptsText(first: Head, last: Head): string {
  return `Compare with the receipts on file:
  ${formatReceipt(first)}
  ${formatReceipt(last)}\n`;
}

function checkStudy(
  text: string,
  manifest: ReturnType<typeof parseManifest>,
  digests: ReadonlyMap<string, string>,
): Problem[] {
  const study = readStudy(text, STUDY_FILE);
  if (!study.ok) return [...study.problems];
  if (digests.get(STUDY_FILE) === manifest.files[STUDY_FILE]) return [];
  const parts = changedParts(manifest, study.value);
  const message =
    parts.length > 0
      ? describeChange(parts)
      : 'was changed after the list was sealed, in nothing that the list rests on';
  return [{ file: STUDY_FILE, message }];
}

function checkBeginning(entries: readonly Entry[], manifest: string): Problem[] {
  const [first] = entries;
  const allocations = entriesOf(entries, 'allocation');
  const place = { file: LEDGER_FILE, line: 1 };
  if (first?.action !== 'allocation' || allocations.length > 1) {
    return [{ ...place, message: 'the ledger does not begin with the one allocation of its list' }];
  }
  if (first.manifest === sha256(manifest)) return [];
  return [{ file: MANIFEST_FILE, message: 'is not the manifest that the ledger begins with' }];
}

function checkEntries(slots: readonly Slot[] | undefined, entries: readonly Entry[]): Problem[] {
  const problems = checkCodeBreaks(entries);
  return slots === undefined ? problems : [...checkAssignments(slots, entries), ...problems];
}
