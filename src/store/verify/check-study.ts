import type { DesignPart, Manifest } from '../../blinding/manifest.ts';
import { sha256 } from '../../digest.ts';
import type { Checked, Problem } from '../../errors.ts';
import { entriesOf, type Entry } from '../../ledger/entry.ts';
import { entryProblem } from '../../ledger/entry-problem.ts';
import { readKit } from '../../randomization/kit-check.ts';
import { kitsOf, type Slot } from '../../randomization/list.ts';
import { batchFiles, LEDGER_FILE, STUDY_FILE } from '../../study/layout.ts';
import type { Study } from '../../study/study.ts';
import { insteadOf, laterSpares, studyChange } from '../changed-study.ts';
import { RESTORE_STUDY, upperFirst } from '../../words.ts';
import { describeChange } from '../open-study.ts';

/** What a check of study.yaml found. */
interface StudyCheck {
  readonly problems: readonly Problem[];
  /** What is worth telling but is not wrong. */
  readonly notes: readonly string[];
  /** What somebody has to do, and is not wrong either. */
  readonly todos: readonly string[];
  /** The parts that differ from what was sealed or is in force. */
  readonly parts: readonly DesignPart[];
}

/**
 * Checks study.yaml against the list. It may change in parts that do not affect the list, such as lots and
 * closures. Each ledger entry names the text of study.yaml that was valid when it was made, so the first
 * act after such a change records it.
 *
 * @param manifest in force, of the latest batch; undefined if it cannot be read
 * @param text the content of study.yaml
 */
export function checkStudy(
  study: Checked<Study>,
  manifest: Manifest | undefined,
  text: string,
  entries: readonly Entry[],
  slots: readonly Slot[],
): StudyCheck {
  if (!study.ok) return { problems: study.problems, notes: [], todos: [], parts: [] };
  const digests = digestsOf(text);
  const isAmended = entriesOf(entries, 'amendment').length > 0;
  const isAsSealed = !isAmended && digests.has(manifest?.files[STUDY_FILE] ?? '');
  if (manifest === undefined || isAsSealed) {
    return { problems: [], notes: [], todos: [], parts: [] };
  }
  const problem = (message: string, parts: readonly DesignPart[] = []) => ({
    problems: [{ file: STUDY_FILE, message }],
    notes: [],
    todos: [],
    parts,
  });
  const { parts, todos } = studyChange({ study: study.value, manifest, entries }, slots);
  if (todos.length > 0) return { problems: [], notes: [], todos, parts };
  if (parts.length > 0) {
    const instead = insteadOf(parts, { study: study.value, slots });
    return problem([`${describeChange(parts)}. ${RESTORE_STUDY}.`, ...instead].join(' '), parts);
  }
  const last = entries.findLastIndex((entry) => !digests.has(entry.study));
  const since = entries[last + 1];
  if (since === undefined) {
    return problem(
      "was edited after sealing. The edits don't affect the list; the next ledger entry records them. To see them: randose study --diff",
    );
  }
  const note = `${STUDY_FILE} was edited after sealing (ledger entry ${since.seq}). The edits don't affect the list.`;
  const spares = laterSpares({ study: study.value, slots });
  const notes = spares === undefined ? [note] : [note, upperFirst(spares.text)];
  return { problems: [], notes, todos: [], parts: [] };
}

/** The digests of study.yaml with each kind of line ends: an editor may change them, and they mean nothing. */
function digestsOf(text: string): ReadonlySet<string> {
  const plain = text.replaceAll('\r\n', '\n');
  return new Set([text, plain, plain.replaceAll('\n', '\r\n')].map((one) => sha256(one)));
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

/** Checks that whoever brought study.yaml back brought one back under which something had been entered. */
export function checkRestorations(entries: readonly Entry[]): Problem[] {
  return entriesOf(entries, 'study restoration').flatMap((entry) => {
    const before = entries.filter(({ seq }) => seq < entry.seq);
    if (before.some(({ study }) => study === entry.study)) return [];
    return [
      entryProblem(entry, 'says that study.yaml was brought back, but no earlier entry names it'),
    ];
  });
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
