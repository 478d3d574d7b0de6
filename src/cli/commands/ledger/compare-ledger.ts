import { RandoseError } from '../../../errors.ts';
import { readLedger } from '../../../ledger/chain.ts';
import { compareLedgers, compareParticipants } from '../../../ledger/compare.ts';
import { entriesOf, type Entry } from '../../../ledger/entry.ts';
import { isReplacementSlot } from '../../../randomization/list.ts';
import { parsePublicList } from '../../../randomization/public-list.ts';
import { isSameFile, readText } from '../../../system/files.ts';
import { rivalsOf, viewHome } from '../../../store/folder/home.ts';
import { isFileShown, ledgerOf } from '../../../store/ledger-of.ts';
import { readOtherLedger } from '../../../store/folder/other-ledger.ts';
import { readLedgerText } from '../../../store/folder/folder-ledger.ts';
import type { LoadedStudy } from '../../../store/folder/study-folder.ts';
import { EXIT_DISCREPANCY, EXIT_OK } from '../../exit.ts';
import { actTodos, formatComparison, participantTodos } from './ledger-compare-view.ts';
import { type ComparedLedger, readWhole } from './own-ledger.ts';
import { formatProblem, type Output } from '../../output/output.ts';
import { batchFiles, LEDGER_FILE } from '../../../study/layout.ts';
import { RESTORE } from '../../../words.ts';
import { join } from 'node:path';
import type { StudyFlags } from '../../arguments/options.ts';

/**
 * Compares the ledger of a study with another one: the entry at which they fork, and what to do with each
 * participant.
 *
 * @param path a ledger file, or the folder of a copy of the study
 * @returns the exit status: 1 if the two have forked
 * @throws RandoseError `bad-data` if the other one belongs to another study, or if no line of it can be read
 */
export async function compareWithLedger(
  output: Output,
  { root, study }: LoadedStudy,
  path: string,
  flags: StudyFlags,
): Promise<number> {
  const here = await ledgerHere(root, flags);
  const other = readOtherLedger(path);
  if (isSameFile(other.file, join(root, LEDGER_FILE))) {
    throw new RandoseError('usage', `${path} is this study's own ledger`, {
      hint: 'Name the other ledger: randose ledger --compare FILE (or the folder of the copy)',
    });
  }
  if (other.entries.length === 0) {
    throw new RandoseError('bad-data', `${other.file} has no line of a ledger that can be read`, {
      problems: other.problems.slice(0, 3),
      hint: 'Name the ledger.jsonl of a copy of this study, or the folder of the copy.',
    });
  }
  const comparison = compareLedgers(here.entries, other.entries);
  if (comparison.relation === 'foreign') {
    throw new RandoseError('bad-data', `${other.file} is the ledger of another study`, {
      hint: `Its first entry is not that of ${study.id}. Name the ledger of a copy of this study.`,
    });
  }
  const replacements = new Set(
    study.replacements === undefined ? [] : replacementsIn(root, here.entries),
  );
  const participants = compareParticipants(here.entries, other.entries, (number) =>
    replacements.has(number),
  );
  // Somebody who enters the acts of the other copy here gives up that copy.
  const yes = rivalsOf(viewHome(root)).length > 0;
  const reenter = { ...flags, yes };
  const todos = {
    participants: participantTodos(participants, reenter),
    acts: actTodos(comparison, participants, { ...reenter, other: path }),
  };
  const problems = [...here.problems, ...other.problems];
  output.result(
    {
      study: study.id,
      other: other.file,
      ...comparison,
      participants,
      toDo: todos,
      problems,
      ledger: here.head,
    },
    formatComparison(path, comparison, participants, todos, output),
  );
  for (const problem of problems) output.warn(formatProblem(problem));
  if (problems.length > 0) {
    output.warn('lines that cannot be read were not compared: read them yourself.');
  }
  return comparison.relation === 'forked' ? EXIT_DISCREPANCY : EXIT_OK;
}

/** The ledger of the study, wherever it is. */
async function ledgerHere(root: string, flags: StudyFlags): Promise<ComparedLedger> {
  if (!isFileShown(root, flags)) {
    const store = ledgerOf(root, flags);
    if (store.kind === 'database') return readWhole(store, 'compared');
  }
  return readLedger(readLedgerText(root));
}

/** The numbers of the replacement slots of a list. */
function replacementsIn(root: string, entries: readonly Entry[]): string[] {
  return entriesOf(entries, 'allocation').flatMap(({ batch }) => {
    const slots = parsePublicList(readText(join(root, batchFiles(batch).list), RESTORE), batch);
    return slots.flatMap((slot) => (isReplacementSlot(slot) ? slot.number : []));
  });
}
