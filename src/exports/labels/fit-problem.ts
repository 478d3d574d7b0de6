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
 * @param fitAll whether all labels of the run fit after a change of each of them
 * @returns the end of a sentence, without a full stop
 */
export function excessOf(
  label: Label,
  column: Column,
  size: LabelSize,
  metrics: FontMetrics,
  fitAll: (change: (label: Label) => Label) => boolean,
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
  const cuts = texts
    .flatMap((one) => (one.keys.length === 0 ? [] : (cutOf(one, fits) ?? [])))
    .sort((a, b) => a.cut - b.cut);
  const shortest = firstOf(cuts, (one) => enoughForAll(one, fitAll));
  const high = `it is ${inMillimetres(Math.min(...heights))} too high`;
  if (shortest === undefined) {
    const all = texts.reduce((sum, { text }) => sum + text.length, 0);
    const over = overallCut(label, fitAll);
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
): Cut | undefined {
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

/** A text of the labels that is to be shortened, by how many characters. */
type Cut = Pick<TextOfLabel, 'keys' | 'text'> & { readonly cut: number };

/** How many more cuts are tried if the first is not enough for all labels. */
const MORE_TRIES = 6;

/**
 * The same cut, or a larger one, with which all labels fit, whether the text is cut at its end or at its beginning;
 * undefined if none of those that are tried is enough.
 */
function enoughForAll(
  { keys, text, cut }: Cut,
  fitAll: (change: (label: Label) => Label) => boolean,
): Cut | undefined {
  const cutBy = (shorter: string) => (label: Label) =>
    textsOf(label)
      .filter((one) => one.text === text && one.keys.join() === keys.join())
      .reduce((_, one) => one.replaced(shorter), label);
  for (let [tries, by] = [0, cut]; tries <= MORE_TRIES && by < text.length; tries += 1) {
    if (fitAll(cutBy(text.slice(0, -by))) && fitAll(cutBy(text.slice(by)))) {
      return { keys, text, cut: by };
    }
    by += Math.max(2, Math.ceil(cut / 5));
  }
  return undefined;
}

/** The first result that is not undefined. */
function firstOf<One, Found>(
  all: readonly One[],
  find: (one: One) => Found | undefined,
): Found | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** How many characters must be cut if all texts get shorter alike; undefined if no cut is enough. */
function overallCut(
  label: Label,
  fitAll: (change: (label: Label) => Label) => boolean,
): number | undefined {
  for (let percent = 5; percent < 100; percent += 5) {
    const shorter = (text: string) =>
      text.slice(0, Math.ceil((text.length * (100 - percent)) / 100));
    const change = (one: Label): Label => ({
      ...one,
      contact: one.contact && { ...one.contact, text: shorter(one.contact.text) },
      lines: one.lines.map((line) => ({ ...line, text: shorter(line.text) })),
    });
    if (!fitAll(change)) continue;
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
