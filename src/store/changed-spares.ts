import { type DesignPart, type Manifest, sealedSpares } from '../blinding/manifest.ts';
import { RandoseError } from '../errors.ts';
import { STUDY_FILE } from '../study/layout.ts';
import { placeInStudy } from '../study/study-file.ts';
import type { Study } from '../study/study.ts';
import { RESTORE_STUDY } from '../words.ts';
import type { OpenStudy } from './open-study.ts';

const KEPT =
  'The number of spare kits cannot be changed after allocation. Your other changes can stay. To see them all: randose study --diff';

/**
 * The refusal of a study.yaml in which only the number of spare kits has changed: its line, and the number that the
 * list was sealed with. Other edits can stay, so it does not say how to restore the file.
 */
export function changedSpares(
  { manifest, study, text }: Pick<OpenStudy, 'manifest' | 'study' | 'text'>,
  message: string,
): RandoseError {
  const place = placeInStudy(text, ['supplies', 'kit', 'spares']);
  const problem = `spares: ${study.spareKits}. ${setBack(manifest, study)}`;
  return new RandoseError('not-trusted', message, {
    problems: [{ file: STUDY_FILE, ...place, message: problem }],
    hint: KEPT,
  });
}

/** What to do about parts of study.yaml that may not change. */
export function restoreHint(
  parts: readonly DesignPart[],
  manifest: Manifest,
  study: Study,
): string {
  const isSpares = parts.every((part) => part === 'spares');
  return isSpares ? `${setBack(manifest, study)}. ${KEPT}` : RESTORE_STUDY;
}

function setBack(manifest: Manifest, study: Study): string {
  return `Set it back to ${sealedSpares(manifest, study) ?? 0}`;
}
