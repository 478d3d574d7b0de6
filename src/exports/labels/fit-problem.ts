import { RandoseError } from '../../errors.ts';
import type { Label } from '../../labels/label.ts';
import { counted } from '../../words.ts';
import type { FontMetrics } from '../pdf/font-metrics.ts';
import { inMillimetres, type LabelSize } from '../pdf/placed-text.ts';
import type { Column, Unplaced } from './column.ts';
import { excessHeight, frameOf, LEAST_SIZE, MODES, paragraphsOf, tooWideWord } from './lines.ts';

/**
 * By how much the text of a label is too long at the smallest size, in millimetres and characters.
 *
 * @returns the end of a sentence, without a full stop
 */
export function excessOf(
  label: Label,
  column: Column,
  size: LabelSize,
  metrics: FontMetrics,
): string {
  const frame = frameOf(column, size);
  const heights = MODES.flatMap(
    (mode) => excessHeight(paragraphsOf(label, mode), frame, LEAST_SIZE, metrics) ?? [],
  );
  if (heights.length === 0) {
    const wide = tooWideWord(paragraphsOf(label, 'tight'), frame, LEAST_SIZE, metrics);
    if (wide === undefined) return 'it is too wide';
    const [over, most] = [wide.width - frame.width, frame.width].map(inMillimetres);
    return `the word "${wide.word}" (${wide.word.length} characters) is ${over} too wide for ${most}`;
  }
  const fits = (one: Label) =>
    MODES.some((mode) => {
      const over = excessHeight(paragraphsOf(one, mode), frame, LEAST_SIZE, metrics);
      return over !== undefined && over <= 0;
    });
  const texts = textsOf(label);
  const [shortest] = texts
    .flatMap((one) => (one.keys.length === 0 ? [] : (cutOf(one, fits) ?? [])))
    .sort((a, b) => a.cut - b.cut);
  const high = `it is ${inMillimetres(Math.min(...heights))} too high`;
  if (shortest === undefined) {
    const all = texts.reduce((sum, { text }) => sum + text.length, 0);
    const over = overallCut(label, fits);
    const many = over === undefined ? '' : `about ${over} of `;
    return `${high}: ${many}its ${counted(all, 'character')} are too many`;
  }
  const { keys, text, cut } = shortest;
  return `${high}. It would fit if ${listed(keys)} ("${text}", ${counted(text.length, 'character')}) had ${counted(cut, 'character')} less`;
}

/** Keys as a list in a sentence. */
function listed(keys: readonly string[]): string {
  const last = keys.at(-1) ?? '';
  return keys.length < 2 ? last : `${keys.slice(0, -1).join(', ')} and ${last}`;
}

/** A text of a label, and the label with another one in its place. */
interface TextOfLabel {
  /** Where study.yaml has it; empty if it cannot be shortened there. */
  readonly keys: readonly string[];
  readonly text: string;
  readonly replaced: (text: string) => Label;
}

function textsOf(label: Label): TextOfLabel[] {
  const { contact, lines } = label;
  const ofContact =
    contact === undefined
      ? []
      : [
          {
            keys: contact.keys,
            text: contact.text,
            replaced: (text: string) => ({ ...label, contact: { ...contact, text } }),
          },
        ];
  return [
    ...ofContact,
    ...lines.map(({ text, keys = [] }, index) => ({
      keys,
      text,
      replaced: (shorter: string) => ({
        ...label,
        lines: lines.map((line, place) => (place === index ? { ...line, text: shorter } : line)),
      }),
    })),
  ];
}

/** How many characters must be cut from a text so that the label fits; undefined if no cut is enough. */
function cutOf(
  { keys, text, replaced }: TextOfLabel,
  fits: (label: Label) => boolean,
): (Pick<TextOfLabel, 'keys' | 'text'> & { readonly cut: number }) | undefined {
  const fitsWith = (length: number) => fits(replaced(text.slice(0, length)));
  if (!fitsWith(1)) return undefined;
  let [least, most] = [1, text.length];
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (fitsWith(middle)) least = middle;
    else most = middle;
  }
  return { keys, text, cut: text.length - least };
}

/** How many characters must be cut if all texts get shorter alike; undefined if no cut is enough. */
function overallCut(label: Label, fits: (label: Label) => boolean): number | undefined {
  for (let percent = 5; percent < 100; percent += 5) {
    const shorter = (text: string) =>
      text.slice(0, Math.ceil((text.length * (100 - percent)) / 100));
    const { contact, lines } = label;
    const cut = {
      ...label,
      contact: contact === undefined ? undefined : { ...contact, text: shorter(contact.text) },
      lines: lines.map((line) => ({ ...line, text: shorter(line.text) })),
    };
    if (!fits(cut)) continue;
    return textsOf(label).reduce((sum, { text }) => sum + text.length - shorter(text).length, 0);
  }
  return undefined;
}

/**
 * The refusal of a label that does not fit.
 *
 * @param sheets the names of sheets on which all labels of the run fit
 */
export function tooSmall(
  { label, what, by }: Unplaced,
  where: string,
  sheets: readonly string[],
): RandoseError {
  const excess = by === undefined ? '' : `: ${by()}`;
  const message = `${label.name}: ${what} does not fit on ${where}${excess}`;
  const larger =
    sheets.length === 0
      ? 'No sheet that randose knows is large enough: shorten the texts in study.yaml.'
      : `Sheets on which it fits: ${sheets.join(', ')} (--sheet). Or shorten the texts in study.yaml.`;
  return new RandoseError('invalid-study', message, {
    hint: `${larger} Smaller text cannot be read. Nothing was printed.`,
  });
}
