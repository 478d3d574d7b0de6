import type { Problem } from '../errors.ts';
import type { SlotsSaid } from '../study/sections/strata.ts';
import { counted } from '../words.ts';
import { fillableSlots } from './blocks.ts';

/** Block sizes that some strata have, and what they can fill. */
export interface Sizes {
  readonly values: readonly number[];
  /** Whether whole blocks fill a number of slots exactly; a negative number never. */
  readonly fill: (slots: number) => boolean;
  /** Whether they do so with a block of this size among them. */
  readonly canHave: (size: number, slots: number) => boolean;
}

export function sizesThatFill(values: readonly number[]): Sizes {
  let table = fillableSlots(values, 1000);
  const fill = (slots: number) => {
    if (slots >= table.length) table = fillableSlots(values, 2 * slots);
    return table[slots] === 1;
  };
  return { values, fill, canHave: (size, slots) => fill(slots - size) };
}

/** A stratum that gets slots, with its block sizes. */
export interface StratumToFill {
  readonly id: string;
  /** How many slots it gets; in a further batch those of this batch alone, and none if it gets no more. */
  readonly slots: number;
  readonly sizes: Sizes;
}

/**
 * Numbers of slots that whole blocks cannot fill: a problem for each number that study.yaml says, with the numbers that
 * would fit all strata it counts for.
 *
 * @param strata those that get slots, and those that could
 * @param said the numbers of study.yaml; without them each stratum is told by itself, without a place
 * @param planName the file with the block sizes
 */
export function slotProblems(
  strata: readonly StratumToFill[],
  said: readonly SlotsSaid[] | undefined,
  { planName, isExtension }: { readonly planName: string; readonly isExtension: boolean },
): (Problem & { readonly sizes: Sizes })[] {
  const byId = new Map(strata.map((one) => [one.id, one]));
  const numbers =
    said ??
    strata.map(({ id, slots }) => ({ key: 'slots', number: slots, each: slots, strata: [id] }));
  return numbers.flatMap((number) => {
    const own = number.strata.flatMap((id) => byId.get(id) ?? []);
    const wrong = own.filter(({ slots, sizes }) => !sizes.fill(slots));
    const [first] = wrong;
    if (first === undefined) return [];
    const others = strata.filter((one) => !own.includes(one));
    const more = isExtension ? ' more' : '';
    const counts = [...new Set(wrong.map(({ slots }) => slots))].join(' or ');
    const count = counted(first.slots, isExtension ? 'more slot' : 'slot');
    const what =
      wrong.length === 1
        ? `stratum ${first.id} ${isExtension ? 'gets' : 'has'} ${count}`
        : `${number.key}: ${number.number} gives ${wrong.length} strata ${counts}${more} slots each`;
    const sizes = [...new Set(wrong.map((one) => one.sizes.values.join(' or ')))].join('; or ');
    const fitting = numbersThatFit(number, own, others, isExtension);
    const text = fitting.map((one) => {
      return isExtension && own.length === 1
        ? `${one} (${one - number.number + first.slots} more)`
        : `${one}`;
    });
    const would = text.length === 0 ? '' : `; ${number.key}: ${text.join(' or ')} would fit`;
    const place = 'file' in number ? { file: number.file, ...number.place } : {};
    return {
      ...place,
      message: `${what}, which whole blocks of ${sizes} (${planName}) cannot fill exactly${would}`,
      sizes: first.sizes,
    };
  });
}

/** The most steps to the next number that fits: block sizes are at most 10 000. */
const MOST_STEPS = 30_000;

/** The next smaller and the next larger number that could be written instead. */
function numbersThatFit(
  { number, each }: Pick<SlotsSaid, 'number' | 'each'>,
  own: readonly StratumToFill[],
  others: readonly StratumToFill[],
  isExtension: boolean,
): number[] {
  const times = number / each;
  // Strata of one number mostly get the same slots: each case is tried once.
  const cases = new Map(own.map((one) => [`${one.slots} ${one.sizes.values.join()}`, one]));
  const canElsewhere = (size: number, { sizes }: StratumToFill) =>
    others.some((one) => one.sizes === sizes && sizes.canHave(size, one.slots));
  const fits = (change: number) => {
    const all = [...cases.values()];
    const isRight = all.every((one) => {
      const slots = one.slots + change;
      if (isExtension && slots === 0) return true;
      if (slots <= 0 || !one.sizes.fill(slots)) return false;
      return one.sizes.values.every(
        (size) => one.sizes.canHave(size, slots) || canElsewhere(size, one),
      );
    });
    return isRight && all.some(({ slots }) => slots + change > 0);
  };
  const step = (sign: number) => {
    for (let steps = 1; steps <= MOST_STEPS; steps += 1) {
      if (each + sign * steps <= 0) return [];
      if (fits(sign * steps)) return [(each + sign * steps) * times];
    }
    return [];
  };
  return [...step(-1), ...step(1)];
}
