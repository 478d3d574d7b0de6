import { join } from 'node:path';
import {
  changedParts,
  checkSealedFiles,
  type Manifest,
  parseManifest,
  sha256,
} from '../../blinding/manifest.ts';
import { findMismatch } from '../../blinding/regeneration.ts';
import { type Problem, RandoseError } from '../../errors.ts';
import { type Head, headOf, readLedger } from '../../ledger/chain.ts';
import { checkAssignments } from '../../ledger/enrolment.ts';
import { entriesOf, type Entry } from '../../ledger/entry.ts';
import { checkOpenings } from '../../ledger/openings.ts';
import { exists, filesBelow, readBytes, readText } from '../../platform/files.ts';
import { readKeys } from '../../platform/keys.ts';
import { openMaster } from '../../platform/open-master.ts';
import { describeChange, domainOf, openStudy, requireDomain } from '../../platform/open-study.ts';
import { findStudyFolder, isAllocated } from '../../platform/study-folder.ts';
import { readKit } from '../../randomization/kit-check.ts';
import { FIRST_BATCH, type Slot } from '../../randomization/list.ts';
import { parsePublicList } from '../../randomization/public-list.ts';
import { ALLOCATION, batchFiles, LEDGER_FILE, STUDY_FILE } from '../../study/layout.ts';
import type { Domain, Study } from '../../study/study.ts';
import { readStudy } from '../../study/study-file.ts';
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
  const { problems, checked, entries } = inspect(output, root, domain);
  const again = await regenerate(output, root, options, problems.length === 0);
  problems.push(...again.problems);
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

/** What can be checked without a key: all of it, whatever is found on the way. */
function inspect(output: Output, root: string, domain: Domain) {
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
  const studyText = tell(() => readText(join(root, STUDY_FILE))) ?? '';
  const study = readStudy(studyText, STUDY_FILE);
  if (study.ok) requireDomain(study.value, domain);
  const { entries, problems: chainProblems } = tell(() =>
    readLedger(readText(join(root, LEDGER_FILE))),
  ) ?? { entries: [], problems: [] };
  problems.push(...chainProblems, ...checkAllocations(entries));
  const digests = new Map<string, string>([[STUDY_FILE, sha256(studyText)]]);
  const files = filesBelow(join(root, ALLOCATION)).map((file) => `${ALLOCATION}/${file}`);
  for (const [index, file] of files.entries()) {
    const content = tell(() => readBytes(join(root, file)));
    if (content !== undefined) digests.set(file, sha256(content));
    if (index % TELL_EVERY === 0) output.progress(index, files.length, 'reading files');
  }
  output.progress(files.length, files.length, 'reading files');
  const allocations = entriesOf(entries, 'allocation');
  const numbers = allocations.length > 0 ? allocations.map(({ batch }) => batch) : [FIRST_BATCH];
  const batches = numbers.map((batch, index) => {
    const { list, manifest: file } = batchFiles(batch);
    const slots = tell(() => parsePublicList(readText(join(root, list)), batch));
    const text = tell(() => readText(join(root, file)));
    const manifest = text === undefined ? undefined : tell(() => parseManifest(text, batch));
    digests.delete(file);
    if (text !== undefined && allocations[index]?.manifest !== sha256(text)) {
      problems.push({ file, message: 'is not the manifest that the ledger speaks of' });
    }
    if (manifest !== undefined && manifest.domain !== domain) {
      problems.push({ file, message: `is of another domain: ${manifest.domain}` });
    }
    return { manifest, slots };
  });
  const sealed = batches.flatMap(({ manifest, slots }) => (manifest ? [{ manifest, slots }] : []));
  problems.push(...checkSealedFiles(sealed, digests));
  const latest = sealed.at(-1)?.manifest;
  if (latest !== undefined) problems.push(...checkStudy(study, latest, digests));
  else if (!study.ok) problems.push(...study.problems);
  const slots = batches.flatMap((batch) => batch.slots ?? []);
  problems.push(...checkOpenings(entries));
  if (batches.every((batch) => batch.slots !== undefined)) {
    problems.push(...checkAssignments(slots, entries));
  }
  if (study.ok) problems.push(...checkKits(slots, study.value));
  const checked = {
    files: digests.size + sealed.length,
    slots: slots.length,
    entries: entries.length,
  };
  return { problems, checked, entries };
}

/** After how many files somebody who waits is told. */
const TELL_EVERY = 256;

/**
 * Makes every batch of the list again from its sealed seed, study file and plan. No arm is shown,
 * and nothing is written: who does this has seen nothing.
 */
async function regenerate(
  output: Output,
  root: string,
  options: VerifyOptions,
  isSound: boolean,
): Promise<{ problems: Problem[]; text: string; regenerated: boolean | null }> {
  const { identity, passphraseFile } = options;
  if (identity === undefined) return { problems: [], text: '', regenerated: null };
  if (!isSound) {
    const text = 'The list was not made again: mend the above first.\n';
    return { problems: [], text, regenerated: null };
  }
  const open = openStudy(root, domainOf(options));
  const key = passphraseFile === undefined ? { identity } : { identity, passphraseFile };
  const keys = await readKeys(key, !output.json);
  const problems: Problem[] = [];
  const earlier: Slot[] = [];
  for (const batch of open.batches) {
    const { manifest, slots } = batch;
    const file = batchFiles(manifest.batch).master;
    const master = await openMaster(open, batch, keys);
    const message =
      sha256(master.studyFile) === manifest.files[STUDY_FILE]
        ? findMismatch(master, earlier)
        : `the ${STUDY_FILE} that is sealed in it is not the one of the manifest`;
    if (message !== undefined) problems.push({ file, message });
    for (const slot of slots) earlier.push(slot);
  }
  const batches = open.batches.length === 1 ? '' : ` in ${open.batches.length} batches`;
  const text =
    problems.length === 0
      ? `The list was made again from the sealed seed and plan: match, ${earlier.length} of ${earlier.length} slots${batches}.\n`
      : '';
  return { problems, text, regenerated: problems.length === 0 };
}

/** What to hold against the receipts that were filed: a ledger rewritten from end to end agrees too. */
function receiptsText(first: Head, last: Head): string {
  return `Compare with the receipts on file:
  ${formatReceipt(first)}
  ${formatReceipt(last)}\n`;
}

function checkStudy(
  study: ReturnType<typeof readStudy>,
  manifest: Manifest,
  digests: ReadonlyMap<string, string>,
): Problem[] {
  if (!study.ok) return [...study.problems];
  if (digests.get(STUDY_FILE) === manifest.files[STUDY_FILE]) return [];
  const parts = changedParts(manifest, study.value);
  const message =
    parts.length > 0
      ? describeChange(parts)
      : 'was changed after the list was sealed, in nothing that the list rests on';
  return [{ file: STUDY_FILE, message }];
}

/** The ledger begins with the first batch, and every further one is the next. */
function checkAllocations(entries: readonly Entry[]): Problem[] {
  const allocations = entriesOf(entries, 'allocation');
  const isInOrder = allocations.every(({ batch }, index) => batch === index + 1);
  if (entries[0]?.action === 'allocation' && isInOrder) return [];
  const message = 'the ledger does not begin with the allocation of its list, batch after batch';
  return [{ file: LEDGER_FILE, line: 1, message }];
}

/** Every kit code is one, and no two slots have the same. */
function checkKits(slots: readonly Slot[], study: Study): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const { batch, number, kit } of slots) {
    const { list: file } = batchFiles(batch);
    const read = readKit(kit, study);
    const other = seen.get(kit);
    if ('problem' in read) problems.push({ file, message: `${number}: ${read.problem}` });
    if (other !== undefined) problems.push({ file, message: `${number} has the kit of ${other}` });
    seen.set(kit, number);
  }
  return problems;
}
