import { type CivilDate, daysInMonth } from './civil-date.ts';
import {
  LABEL_TEXTS,
  type LabelText,
  type LabelTextName,
  type Packaged,
} from './sections/supplies.ts';
import type { Study } from './study.ts';

/** The texts that the labels of all kits of a batch share, for every arm. */
export type CommonText = Readonly<Partial<Record<LabelTextName, LabelText>>> & {
  readonly lot?: string;
  readonly expiry?: string;
};

/** Lot and expiry of a product; undefined if they are not known. */
export interface LotAndExpiry {
  readonly lot: string | undefined;
  /** The last month in which it may be used, `YYYY-MM`. */
  readonly expiry: string | undefined;
}

/** What labels of different arms must have in common. */
export const COMPARED = ['lot', 'expiry', ...LABEL_TEXTS] as const;

/**
 * Lot, expiry and texts of one arm in one batch of the allocation list. A text for one arm, one batch or one kit type
 * takes precedence over a text for all.
 *
 * @param type of the kits; undefined if all kits are alike
 */
export function packagedText(
  { packaged, labels, types }: Study['supplies'],
  arm: string,
  batch: number,
  type: string | undefined,
): CommonText {
  const applies = (one: Packaged) =>
    (one.arm === undefined || one.arm === arm) &&
    (one.batch === undefined || one.batch === batch) &&
    (one.type === undefined || one.type === type);
  const weight = (one: Packaged) =>
    (one.arm === undefined ? 0 : 1) +
    (one.batch === undefined ? 0 : 2) +
    (one.type === undefined ? 0 : 4);
  const layers = [
    labels,
    ...types.filter((one) => one.type === type),
    ...packaged.filter(applies).toSorted((a, b) => weight(a) - weight(b)),
  ] as readonly CommonText[];
  const text: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const name of COMPARED) if (layer[name] !== undefined) text[name] = layer[name];
  }
  return text;
}

/**
 * Lot and expiry that study.yaml has for the kits of each batch of the list and each type. What differs between arms is
 * left undefined: nothing that blinded people see may depend on it.
 */
export function lotsAndExpiries({
  arms,
  supplies,
}: Pick<Study, 'arms' | 'supplies'>): (batch: number, type?: string) => LotAndExpiry {
  const known = new Map<string, LotAndExpiry>();
  return (batch, type) => {
    const key = `${batch} ${type ?? ''}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const texts = arms.map(({ code }) => packagedText(supplies, code, batch, type));
    const common = (name: 'lot' | 'expiry') => {
      const values = new Set(texts.map((text) => text[name]));
      return values.size === 1 ? texts[0]?.[name] : undefined;
    };
    const made = { lot: common('lot'), expiry: common('expiry') };
    known.set(key, made);
    return made;
  };
}

/** The last day of a month `YYYY-MM`: the last day on which a product with this expiry may be used. */
export function lastDayOf(expiry: string): CivilDate {
  const [year, month] = [Number(expiry.slice(0, 4)), Number(expiry.slice(5, 7))];
  return `${expiry}-${String(daysInMonth(year, month)).padStart(2, '0')}` as CivilDate;
}

/** Whether a product may not be used any more on a day. */
export function isExpiredOn(expiry: string | undefined, date: CivilDate): boolean {
  return expiry !== undefined && date > lastDayOf(expiry);
}

/** `2027-06` as labels have it: `06/2027`, which cannot be read as a day (Annex VI asks for month and year). */
export function monthYear(expiry: string): string {
  return `${expiry.slice(5)}/${expiry.slice(0, 4)}`;
}
