import { makeUpOf } from '../study/sections/supplies.ts';
import type { Study } from '../study/study.ts';
import { commonText } from './common-text.ts';
import type { LabelKind } from './label.ts';
import { showsExpiry } from './label-text.ts';
import { hasLabelsOf } from './labels.ts';
import { packagingOfUnit } from './particulars.ts';

/** Lot and expiry (`YYYY-MM`) that the labels of one batch and kit type show; null if they do not show it. */
export interface PrintedText {
  readonly batch: number;
  /** Undefined if all kits of the study are alike. */
  readonly type?: string;
  readonly lot: string | null;
  readonly expiry: string | null;
}

/**
 * Lot and expiry that labels show, for each batch of the list and each kit type.
 *
 * @param kinds of the labels
 * @param isWhole whether all containers of a kit get a label, so that the kit's expiry is what they show
 * @returns nothing for kits whose labels show neither
 * @throws RandoseError `invalid-study` if the labels of the arms differ
 */
export function printedTexts(
  study: Pick<Study, 'arms' | 'sites' | 'supplies'>,
  kinds: readonly LabelKind[],
  kits: readonly { readonly batch: number; readonly type: string | undefined }[],
  isWhole: boolean,
): PrintedText[] {
  const groups = new Map(kits.map((one) => [`${one.batch} ${one.type ?? ''}`, one]));
  return [...groups.values()].flatMap(({ batch, type }) => {
    const makeUp = makeUpOf(study.supplies, type);
    const hasExpiry =
      isWhole &&
      kinds.some((kind) => {
        if (!hasLabelsOf(makeUp, kind)) return false;
        return showsExpiry(kind === 'outer' ? 'outer' : packagingOfUnit(makeUp));
      });
    const { lot = null, expiry = null } = commonText(study, batch, type);
    const shown = hasExpiry ? expiry : null;
    if (lot === null && shown === null) return [];
    return { batch, ...(type !== undefined && { type }), lot, expiry: shown };
  });
}
