import { ledgerOf } from '../../store/ledger-of.ts';
import { findStudyFolder } from '../../store/folder/study-folder.ts';
import { domainOf, type StudyPlace } from '../../store/open-study.ts';
import type { StudyFlags } from '../arguments/options.ts';

/** Where the study is that the flags name. @throws RandoseError `not-found` */
export function studyPlace(flags: StudyFlags): StudyPlace {
  const root = findStudyFolder(flags.study);
  return { root, domain: domainOf(flags), ledger: ledgerOf(root, flags) };
}
