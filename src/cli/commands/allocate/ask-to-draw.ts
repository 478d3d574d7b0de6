import { type Draw, drawText, slotsText } from '../../study/draw-text.ts';
import { askFirst } from '../../study/look-first.ts';
import type { Output } from '../../output/output.ts';
import type { AllocateFlags } from './command.ts';

/** What is about to be drawn, and how it was asked for. */
type DrawnBy = Omit<Draw, 'plan'> & {
  readonly options: Pick<AllocateFlags, 'plan' | 'yes' | 'extend'>;
};

/**
 * Shows on a terminal what is about to be drawn, and asks. Scripts, and --yes, are not asked.
 *
 * @throws RandoseError `usage` if the answer is not yes
 */
export async function askToDraw(output: Output, draw: DrawnBy): Promise<void> {
  const question =
    draw.options.extend === true
      ? 'A batch cannot be removed from the list. Draw it?'
      : 'A list is made once in a folder. Draw it?';
  await askFirst(output, draw.options, question, [textOf(draw)]);
}

/** Says what would be drawn, for a dry run. */
export function tellWouldDraw(output: Output, draw: DrawnBy): void {
  const would = `draw and seal ${slotsText(draw)}`;
  const text = `Would ${would}.\n${textOf(draw)}\nDry run: nothing was drawn.\n`;
  output.result({ dryRun: true, would }, text);
}

function textOf({ options, ...draw }: DrawnBy): string {
  return drawText({ ...draw, plan: options.plan });
}
