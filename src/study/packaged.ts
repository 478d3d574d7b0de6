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
 * Lot, expiry and texts of one arm in one batch of the allocation list. A text for one arm or one batch takes
 * precedence over a text for all.
 */
export function packagedText(
  { packaged, labels }: Study['supplies'],
  arm: string,
  batch: number,
): CommonText {
  const applies = (one: Packaged) =>
    (one.arm === undefined || one.arm === arm) && (one.batch === undefined || one.batch === batch);
  const weight = (one: Packaged) =>
    (one.arm === undefined ? 0 : 1) + (one.batch === undefined ? 0 : 2);
  const layers = [
    labels,
    ...packaged.filter(applies).toSorted((a, b) => weight(a) - weight(b)),
  ] as readonly CommonText[];
  const text: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const name of COMPARED) if (layer[name] !== undefined) text[name] = layer[name];
  }
  return text;
}

/**
 * Lot and expiry that study.yaml has for the kits of each batch of the list. What differs between arms is left
 * undefined: nothing that blinded people see may depend on it.
 */
export function lotsAndExpiries({
  arms,
  supplies,
}: Pick<Study, 'arms' | 'supplies'>): (batch: number) => LotAndExpiry {
  const known = new Map<number, LotAndExpiry>();
  return (batch) => {
    const before = known.get(batch);
    if (before !== undefined) return before;
    const texts = arms.map(({ code }) => packagedText(supplies, code, batch));
    const common = (name: 'lot' | 'expiry') => {
      const values = new Set(texts.map((text) => text[name]));
      return values.size === 1 ? texts[0]?.[name] : undefined;
    };
    const made = { lot: common('lot'), expiry: common('expiry') };
    known.set(batch, made);
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
