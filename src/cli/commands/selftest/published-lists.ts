import VECTORS from '../../../../fixtures/vectors?files';
import { formatAllocationCsv } from '../../../exports/tables/allocation-table.ts';
import { listOfVector, publishedList, type Vector } from '../../../randomization/vectors.ts';

/** The published vectors by name: those that this program makes on this machine, and those that come out otherwise. */
export interface MadeAgain {
  readonly made: readonly string[];
  readonly different: readonly string[];
}

/** Makes every published list again from its seed (docs/ALGORITHM.md, 10). */
export function makePublishedLists(): MadeAgain {
  const made: string[] = [];
  const different: string[] = [];
  for (const [file, text] of Object.entries(VECTORS)) {
    const vector = JSON.parse(text) as Vector;
    const list = formatAllocationCsv(listOfVector(vector.input));
    const isSame = list === formatAllocationCsv(publishedList(vector));
    (isSame ? made : different).push(file.replace(/\.json$/, ''));
  }
  return { made, different };
}
