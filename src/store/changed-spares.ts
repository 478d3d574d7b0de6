import { sealedSpares } from '../blinding/manifest.ts';
import { RandoseError } from '../errors.ts';
import { STUDY_FILE } from '../study/layout.ts';
import { placeInStudy } from '../study/study-file.ts';
import type { OpenStudy } from './open-study.ts';

/**
 * The refusal of a study.yaml in which only the number of spare kits has changed: its line, and the number that the
 * list was sealed with. Other edits can stay, so it does not say how to restore the file.
 */
export function changedSpares(
  { manifest, study, text }: Pick<OpenStudy, 'manifest' | 'study' | 'text'>,
  message: string,
): RandoseError {
  const sealed = sealedSpares(manifest, study) ?? 0;
  const place = placeInStudy(text, ['supplies', 'kit', 'spares']);
  return new RandoseError('not-trusted', message, {
    problems: [
      {
        file: STUDY_FILE,
        ...place,
        message: `spares: ${study.spareKits}. Set it back to ${sealed}`,
      },
    ],
    hint: 'The number of spare kits cannot be changed after allocation. Your other changes can stay. To see them all: randose study --diff',
  });
}
