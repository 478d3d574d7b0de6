import { kitsOf, ownKits, type Slot } from '../../randomization/list.ts';
import { siteOfStratum } from '../../study/sections/strata.ts';

/** A slot of the list, as the server's function `put_slots` takes it. */
export interface SlotRow {
  readonly number: string;
  readonly batch: number;
  readonly stratum: string;
  readonly sequence: number;
  /** These two are as a randomization names them; `allKits` has the spare ones too. */
  readonly kit?: string;
  readonly kits?: readonly { readonly type: string; readonly kit: string }[];
  readonly allKits: readonly string[];
  /** Null if participants of several sites can be in the stratum. */
  readonly site: string | null;
  readonly replacementFor?: string;
}

/** The slots of a list for the server, which gives each participant the next one. They have no arms. */
export function slotRows(slots: readonly Slot[]): SlotRow[] {
  return slots.map((slot) => {
    const { number, batch, stratum, sequence, kit, replacementFor } = slot;
    const kits = ownKits(slot);
    return {
      number,
      batch,
      stratum,
      sequence,
      ...(kit !== undefined && { kit }),
      ...(kits.length > 0 && { kits }),
      allKits: kitsOf(slot),
      site: siteOfStratum(stratum) ?? null,
      ...(replacementFor !== undefined && { replacementFor }),
    };
  });
}
