import { lastDayOf } from '../study/packaged.ts';
import { makeUpOf, type Supplies } from '../study/sections/supplies.ts';
import { counted } from '../words.ts';
import type { KitAccount, KitState } from './accountability.ts';

/** A kit whose label shows another month than study.yaml has now. */
export interface UseByChange {
  readonly kit: string;
  /** The month on its label, `YYYY-MM`. */
  readonly shown: string;
  /** The month in study.yaml. */
  readonly now: string;
}

/** Kits in these states are not used any more: their labels do not matter. */
const NOT_IN_USE: readonly KitState[] = ['returned', 'destroyed', 'lost'];

/** Whether nobody is treated from a kit any more: it has gone, or it was returned by its participant. */
function isUsedUp({ state, events }: Pick<KitAccount, 'state' | 'events'>): boolean {
  return NOT_IN_USE.includes(state) || events.some(({ event }) => event === 'returned');
}

/** The kits in use whose printed labels show a use-by month that study.yaml has changed. */
export function useByChanges(accounts: readonly KitAccount[]): UseByChange[] {
  return accounts.flatMap((account) => {
    const { kit, printed, changedTo } = account;
    return printed?.expiry === undefined || changedTo === undefined || isUsedUp(account)
      ? []
      : { kit, shown: printed.expiry, now: changedTo };
  });
}

/** The most kits that a sentence names. */
const MOST_NAMED = 20;

/** Which kits' labels show an old month: a sentence for each change, without a full stop. */
export function useByChangeTexts(changes: readonly UseByChange[]): string[] {
  const groups = new Map<string, UseByChange[]>();
  for (const change of changes) {
    const text = `use by ${lastDayOf(change.shown)}, study.yaml says ${lastDayOf(change.now)}`;
    const own = groups.get(text);
    if (own === undefined) groups.set(text, [change]);
    else own.push(change);
  }
  return [...groups].map(([text, own]) => {
    const kits = own.slice(0, MOST_NAMED).map(({ kit }) => kit);
    const more = own.length > kits.length ? ` and ${own.length - kits.length} more` : '';
    const labels =
      own.length === 1
        ? 'the label of 1 kit shows'
        : `the labels of ${counted(own.length, 'kit')} show`;
    return `${labels} ${text}: ${kits.join(', ')}${more}. To print labels with the new month: randose labels --use-by --output FILE --by WHO`;
  });
}

/** Which kits' labels show another lot than study.yaml has now: a sentence for each lot, without a full stop. */
export function otherLotTexts(accounts: readonly KitAccount[]): string[] {
  const groups = new Map<string, string[]>();
  for (const account of accounts) {
    if (isUsedUp(account)) continue;
    const { kit, otherLots } = account;
    for (const lot of otherLots) groups.set(lot, [...(groups.get(lot) ?? []), kit]);
  }
  return [...groups].map(([lot, kits]) => {
    const labels = `labels of ${counted(kits.length, 'kit')} show`;
    const more = kits.length > MOST_NAMED ? ` and ${kits.length - MOST_NAMED} more` : '';
    return `${labels} lot ${lot}, which study.yaml does not have now: ${kits.slice(0, MOST_NAMED).join(', ')}${more}. Right if they are of that lot; if it was a typing error, print their labels again`;
  });
}

/** Which kits had another number of units when their labels were made than study.yaml has now: a sentence for each number, without a full stop. */
export function otherUnitsTexts(
  accounts: readonly KitAccount[],
  supplies: Pick<Supplies, 'kit' | 'types'>,
): string[] {
  const groups = new Map<string, { was: number; now: number; kits: string[] }>();
  for (const account of accounts) {
    const { kit, type, unitsLabelled: was } = account;
    const now = makeUpOf(supplies, type).units;
    if (was === undefined || was === now || isUsedUp(account)) continue;
    const key = `${was} ${now}`;
    const own = groups.get(key)?.kits ?? [];
    groups.set(key, { was, now, kits: [...own, kit] });
  }
  return [...groups.values()].map(({ was, now, kits }) => {
    const more = kits.length > MOST_NAMED ? ` and ${kits.length - MOST_NAMED} more` : '';
    const [of, they] =
      kits.length === 1 ? ['1 kit was', 'it has'] : [`${kits.length} kits were`, 'they have'];
    return `labels of ${of} made for ${counted(was, 'unit')} each, and study.yaml says ${now} now: ${kits.slice(0, MOST_NAMED).join(', ')}${more}. randose counts ${was} in ${kits.length === 1 ? 'it' : 'them'}. Right if ${they} ${was}; if not, print ${kits.length === 1 ? 'its' : 'their'} labels again`;
  });
}
