import type { LotAndExpiry } from '../study/packaged.ts';
import { entriesOf, type Entry, type EntryOf, type LabelKinds } from './entry.ts';

/** Lot, expiry and units of a kit: what its labels show, and what follows. */
export interface KitProduct {
  readonly lot: string | undefined;
  /**
   * The last month in which the kit may be used, `YYYY-MM`: what its label shows, or what study.yaml says if that
   * is earlier or no label shows it. A later month counts once a label shows it.
   */
  readonly expiry: string | undefined;
  /** Undefined if no label was made that shows lot or expiry. */
  readonly printed: LotAndExpiry | undefined;
  /** The month that study.yaml has now if the kit's label shows another one; else undefined. */
  readonly changedTo: string | undefined;
  /** The lots that its labels show, if study.yaml has another one now; else empty. */
  readonly otherLots: readonly string[];
  /** How many units it had when its labels were last made; undefined if no entry says it. */
  readonly unitsLabelled: number | undefined;
}

/** Lot and expiry that study.yaml has now for the kits of a batch of the list, and of a type. */
export type PackagedIn = (batch: number, type?: string) => LotAndExpiry;

/** For callers that do not need lot and expiry. */
export const NOT_KNOWN: PackagedIn = () => ({ lot: undefined, expiry: undefined });

/** Lot and expiry of each kit: from the labels that were made of it, else from study.yaml. Its units: from labels alone. */
export function productsOf(
  entries: readonly Entry[],
  packagedIn: PackagedIn,
): (kit: string, batch: number, type?: string) => KitProduct {
  const printed = new Map<string, Run[]>();
  const units = new Map<string, NonNullable<EntryOf<'labels'>['units']>>();
  for (const { kits, labels, printed: rows, units: counts } of entriesOf(entries, 'labels')) {
    if (counts !== undefined) for (const kit of kits) units.set(kit, counts);
    if (rows === undefined) continue;
    for (const kit of kits) {
      const own = printed.get(kit);
      if (own === undefined) printed.set(kit, [{ labels, rows }]);
      else own.push({ labels, rows });
    }
  }
  return (kit, batch, type) => {
    const now = packagedIn(batch, type);
    const runs = (printed.get(kit) ?? []).map(({ labels, rows }) => {
      return { labels, rows: rows.filter((row) => row.type === type) };
    });
    const unitsLabelled = units.get(kit)?.find((one) => one.type === type)?.units;
    const shown = lastShown(runs, batch);
    if (shown === undefined) {
      return { ...now, printed: undefined, changedTo: undefined, otherLots: [], unitsLabelled };
    }
    const { lot = now.lot } = shown;
    // Another lot is another product: its expiry says nothing about this kit.
    const isSame = shown.lot === undefined || now.lot === undefined || shown.lot === now.lot;
    const current = isSame ? now.expiry : undefined;
    const hasChanged = shown.expiry !== undefined && shown.expiry !== current;
    return {
      lot,
      expiry: earlier(shown.expiry, current),
      printed: shown,
      changedTo: hasChanged ? current : undefined,
      otherLots: lotsShown(runs, batch).filter((one) => now.lot !== undefined && one !== now.lot),
      unitsLabelled,
    };
  };
}

/** What was printed at once: which labels, and what those of each batch of the list and each kit type show. */
interface Run {
  readonly labels: LabelKinds;
  readonly rows: readonly {
    readonly batch: number;
    readonly type?: string;
    readonly lot: string | null;
    readonly expiry: string | null;
  }[];
}

/** What the last label shows that shows it; undefined if none does. */
function lastShown(runs: readonly Run[], batch: number): LotAndExpiry | undefined {
  const rows = runs.flatMap((run) => run.rows.filter((row) => row.batch === batch));
  const lot = rows.findLast((row) => row.lot !== null)?.lot ?? undefined;
  const expiry = rows.findLast((row) => row.expiry !== null)?.expiry ?? undefined;
  return lot === undefined && expiry === undefined ? undefined : { lot, expiry };
}

/** The lots that the last outer label and the last labels of units show. A use-by label covers neither. */
function lotsShown(runs: readonly Run[], batch: number): string[] {
  const lots = (['outer', 'unit'] as const).flatMap((kind) => {
    const rows = runs.flatMap((run) =>
      run.labels.split(' and ').includes(kind)
        ? run.rows.filter((row) => row.batch === batch && row.lot !== null)
        : [],
    );
    return rows.at(-1)?.lot ?? [];
  });
  return [...new Set(lots)];
}

function earlier(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}
