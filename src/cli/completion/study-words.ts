import { join } from 'node:path';
import { readLedger } from '../../ledger/chain.ts';
import { withCurrentIds } from '../../ledger/subject-ids.ts';
import { kitsOf } from '../../randomization/list.ts';
import { parsePublicList } from '../../randomization/public-list.ts';
import { type Visit, visitsOf } from '../../schedule/visits.ts';
import { findStudyFolder, loadStudy } from '../../store/folder/study-folder.ts';
import { batchFiles, LEDGER_FILE } from '../../study/layout.ts';
import { exists, readText } from '../../system/files.ts';
import type { StudyWords } from './expected.ts';

/**
 * The words of a study that everyone in the trial can read: from study.yaml, the ledger and list.csv. No sealed file is
 * opened, and no key is asked for.
 *
 * @param given the folder named by --study
 * @throws RandoseError if there is no study, or a file is damaged
 */
export function studyWords(given: string | undefined, kind: StudyWords): string[] {
  const root = findStudyFolder(given);
  switch (kind) {
    case 'site':
      return loadStudy(root).study.sites.map(({ code }) => code);
    case 'visit':
      return namesOf(visitsIn(root));
    case 'injection':
      return namesOf(visitsIn(root).filter(({ injection }) => injection !== undefined));
    case 'subject':
      return withCurrentIds(readLedger(readText(join(root, LEDGER_FILE))).sound).flatMap((entry) =>
        entry.action === 'randomization' ? [entry.subject] : [],
      );
    case 'number':
      return slotsOf(root).map(({ number }) => number);
    case 'kit':
      return slotsOf(root).flatMap(kitsOf);
  }
}

/** The visits of every schedule that the study has had. */
function visitsIn(root: string): Visit[] {
  const { schedule, amendments } = loadStudy(root).study;
  return [schedule, ...amendments.map((one) => one.schedule)].flatMap(visitsOf);
}

function namesOf(visits: readonly Visit[]): string[] {
  return [...new Set(visits.map(({ name }) => name))];
}

function slotsOf(root: string) {
  const slots = [];
  for (let batch = 1; ; batch += 1) {
    const list = join(root, batchFiles(batch).list);
    if (!exists(list)) return slots;
    slots.push(...parsePublicList(readText(list), batch));
  }
}
