import { changedParts, type Manifest } from '../../blinding/manifest.ts';
import type { Checked, Problem } from '../../errors.ts';
import { entriesOf, type Entry } from '../../ledger/entry.ts';
import { readKit } from '../../randomization/kit-check.ts';
import { kitsOf, type Slot } from '../../randomization/list.ts';
import { batchFiles, LEDGER_FILE, STUDY_FILE } from '../../study/layout.ts';
import type { Study } from '../../study/study.ts';
import { describeChange } from '../open-study.ts';

/**
 * Checks study.yaml against the list. It may change in parts that do not affect the list, such as lots and
 * closures. Each ledger entry names the text of study.yaml that was valid when it was made, so the first
 * act after such a change records it.
 *
 * @param manifest in force, of the latest batch; undefined if it cannot be read
 * @param digest the SHA-256 of study.yaml
 * @returns the problems; and the notes, which are worth telling but are not wrong
 */
export function checkStudy(
  study: Checked<Study>,
  manifest: Manifest | undefined,
  digest: string,
  entries: readonly Entry[],
): { problems: readonly Problem[]; notes: readonly string[] } {
  if (!study.ok) return { problems: study.problems, notes: [] };
  if (manifest === undefined || digest === manifest.files[STUDY_FILE]) {
    return { problems: [], notes: [] };
  }
  const problem = (message: string) => ({ problems: [{ file: STUDY_FILE, message }], notes: [] });
  const parts = changedParts(manifest, study.value);
  if (parts.length > 0) return problem(describeChange(parts));
  const last = entries.findLastIndex((entry) => entry.study !== digest);
  const since = entries[last + 1];
  if (since === undefined) {
    return problem(
      "was edited after sealing. The edits don't affect the list; the next ledger entry records them",
    );
  }
  const note = `${STUDY_FILE} was edited after sealing (ledger entry ${since.seq}). The edits don't affect the list.`;
  return { problems: [], notes: [note] };
}

/** Checks that the ledger begins with the first batch, and that the batches follow in order. */
export function checkAllocations(entries: readonly Entry[]): Problem[] {
  const allocations = entriesOf(entries, 'allocation');
  const isInOrder = allocations.every(({ batch }, index) => batch === index + 1);
  if (entries[0]?.action === 'allocation' && isInOrder) return [];
  const message =
    'the ledger must begin with the first batch of the list, and have the others in order';
  return [{ file: LEDGER_FILE, line: 1, message }];
}

/** Checks that every kit code is valid, and that no two slots have the same one. */
export function checkKits(slots: readonly Slot[], study: Study): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const slot of slots) {
    const { batch, number } = slot;
    const { list: file } = batchFiles(batch);
    for (const kit of kitsOf(slot)) {
      const read = readKit(kit, study);
      const other = seen.get(kit);
      if ('problem' in read) problems.push({ file, message: `${number}: ${read.problem}` });
      if (other !== undefined) {
        problems.push({ file, message: `${number} has the same kit code as ${other}` });
      }
      seen.set(kit, number);
    }
  }
  return problems;
}
