import type { Palette } from '../../output/palette.ts';
import type { DiffLine } from './line-diff.ts';

/** How many lines are shown around a change. */
const AROUND = 2;

/**
 * The lines that differ, each with its number in the file as it is now, and the lines around them. The files are
 * edited by hand: control characters show as a replacement character.
 *
 * @returns empty if no line differs
 */
export function formatDiff(lines: readonly DiffLine[], colour: Palette): string {
  let number = 0;
  let isGap = false;
  let text = '';
  for (const [index, { what, line }] of lines.entries()) {
    if (what !== 'removed') number += 1;
    const isNear = lines
      .slice(Math.max(0, index - AROUND), index + AROUND + 1)
      .some((one) => one.what !== 'same');
    if (!isNear) {
      isGap = true;
      continue;
    }
    if (isGap && text !== '') text += '       …\n';
    isGap = false;
    const shown = line.replace(/\p{Cc}/gu, '\ufffd');
    const place = what === 'removed' ? '     ' : String(number).padStart(5);
    if (what === 'same') text += `${place}   ${shown}\n`;
    else if (what === 'added') text += colour.green(`${place} + ${shown}`) + '\n';
    else text += colour.red(`${place} - ${shown}`) + '\n';
  }
  return text;
}
