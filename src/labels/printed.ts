import type { Study } from '../study/study.ts';
import { commonText } from './common-text.ts';
import type { LabelKind } from './label.ts';
import { showsExpiry } from './label-text.ts';
import { packagingOfUnit } from './particulars.ts';

/** Lot and expiry (`YYYY-MM`) that the labels of one batch of the list show; null if they do not show it. */
export interface PrintedText {
  readonly batch: number;
  readonly lot: string | null;
  readonly expiry: string | null;
}

/**
 * Lot and expiry that labels show, for each batch of the list.
 *
 * @param kinds of the labels
 * @param isWhole whether all containers of a kit get a label, so that the kit's expiry is what they show
 * @returns nothing for a batch whose labels show neither
 * @throws RandoseError `invalid-study` if the labels of the arms differ
 */
export function printedTexts(
  study: Pick<Study, 'arms' | 'supplies'>,
  kinds: readonly LabelKind[],
  batches: readonly number[],
  isWhole: boolean,
): PrintedText[] {
  const hasExpiry =
    isWhole &&
    kinds.some((kind) =>
      showsExpiry(kind === 'outer' ? 'outer' : packagingOfUnit(study.supplies.kit)),
    );
  return [...new Set(batches)].flatMap((batch) => {
    const { lot = null, expiry = null } = commonText(study, batch);
    const shown = hasExpiry ? expiry : null;
    return lot === null && shown === null ? [] : { batch, lot, expiry: shown };
  });
}
