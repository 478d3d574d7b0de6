import { join } from 'node:path';
import { readLedger } from '../../ledger/chain.ts';
import { withCurrentIds } from '../../ledger/subject-ids.ts';
import { kitsOf } from '../../randomization/list.ts';
import { parsePublicList } from '../../randomization/public-list.ts';
import { visitsOf } from '../../schedule/visits.ts';
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
    case 'visit': {
      const { schedule, amendments } = loadStudy(root).study;
      const schedules = [schedule, ...amendments.map((one) => one.schedule)];
      return [...new Set(schedules.flatMap((one) => visitsOf(one).map(({ name }) => name)))];
    }
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

function slotsOf(root: string) {
  const slots = [];
  for (let batch = 1; ; batch += 1) {
    const list = join(root, batchFiles(batch).list);
    if (!exists(list)) return slots;
    slots.push(...parsePublicList(readText(list), batch));
  }
}
