import { changedParts } from '../../../blinding/manifest.ts';
import type { RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';

/** Whether the study is open label, as far as it can be read, and was when its list was sealed. */
export function isOpenLabel({ study, batches }: RescuedStudy): boolean {
  if (study?.blinding !== 'open label') return false;
  const manifest = batches.at(-1)?.inForce;
  return manifest === undefined || !changedParts(manifest, study).includes('blinding');
}

/** What is said of a code-break in a study that is open label. */
export const OPEN_LABEL =
  'This study is open label, and unblind counts as a code-break in it too. To show an arm on record without one: randose reveal';
