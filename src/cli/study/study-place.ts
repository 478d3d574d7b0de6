import { ledgerOf } from '../../store/ledger-of.ts';
import { findStudyFolder } from '../../store/folder/study-folder.ts';
import { domainOf, type StudyPlace } from '../../store/open-study.ts';
import { quoted } from '../../words.ts';
import type { StudyFlags } from '../arguments/options.ts';

/** The --study that was typed, with a space before it, for a command in a hint; empty if none was typed. */
export function typedStudy({ study }: Pick<StudyFlags, 'study'>): string {
  return study === undefined ? '' : ` --study ${quoted(study)}`;
}

/** Where the study is that the flags name. @throws RandoseError `not-found` */
export function studyPlace(flags: StudyFlags): StudyPlace {
  const root = findStudyFolder(flags.study);
  return { root, domain: domainOf(flags), ledger: ledgerOf(root) };
}
