import { basename, dirname } from 'node:path';
import { RandoseError } from '../../errors.ts';
import { exists, liesWithin, readText } from '../../system/files.ts';
import { filesIn } from '../../system/usual-places.ts';
import { nearestWord, quoted } from '../../words.ts';

/**
 * Reads the text of a randomization plan.
 *
 * @throws RandoseError `not-found`, with the file of a similar name; `usage` if it is a study.yaml
 */
export function readPlanFile(path: string): string {
  const text = readText(path, missingPlanHint(path));
  // Another file, such as a list with its arms or a key: nothing of it is repeated.
  if (!/^[ \t]*(?:\{[ \t]*)?["']?[A-Za-z]\w*["']?[ \t]*[:=]/m.test(text) && text.trim() !== '') {
    throw new RandoseError('usage', `${path} is not a plan`, {
      hint: `Name the file that says how arms are drawn. ${WHAT_IS_A_PLAN}`,
    });
  }
  // A plan has block sizes and nothing else; arms belong to a study.
  if (!/^arms *:/m.test(text) || /^blocks *:/m.test(text)) return text;
  throw new RandoseError('usage', `${path} is a study, not a plan`, {
    hint: `Name the file that says how arms are drawn. ${WHAT_IS_A_PLAN}`,
  });
}

/**
 * Refuses a plan in the place of a study.yaml.
 *
 * @throws RandoseError `usage`
 */
export function refusePlan(path: string, text: string): void {
  const isStudy = /^(?:arms|sites|schedule) *:/m.test(text);
  if (isStudy || !/^[^#\n]*\b(?:blocks|largestImbalance) *:/m.test(text)) return;
  throw new RandoseError('usage', `${path} is a plan, not a study.yaml`, {
    hint: `Name both: randose check study.yaml --plan ${quoted(path)}`,
  });
}

/**
 * Makes sure that a plan is not where blinded people read it.
 *
 * @throws RandoseError `usage`
 */
export function requirePlanOutside(path: string, root: string): void {
  if (!liesWithin(path, root)) return;
  if (exists(path)) readPlanFile(path);
  throw new RandoseError('usage', `${path} is inside the study folder`, {
    hint: 'Blinded people read that folder, and the plan has the block sizes. Move it elsewhere.',
  });
}

/** The one line that a plan must have. */
export const A_PLAN = 'blocks: { sizes: [3, 6] }';

const WHAT_IS_A_PLAN = `A plan is a file of your own with this line: ${A_PLAN}`;

function missingPlanHint(path: string): string {
  const parts = path.split(',').filter((one) => one !== '');
  if (parts.length > 1 && parts.every(exists)) {
    return `Put spaces, not commas, between several plans: --against ${parts.map(quoted).join(' ')}`;
  }
  const near = nearestWord(basename(path), filesIn(dirname(path)));
  const meant =
    near === undefined ? '' : `Did you mean ${path.slice(0, -basename(path).length)}${near}? `;
  return `${meant}${WHAT_IS_A_PLAN}`;
}
