import { isMap, isSeq, parseDocument } from 'yaml';

/**
 * A study file with its first two arms exchanged: every slot of the one arm gets the other arm, and nothing
 * else differs. Their shares are exchanged in each ratio, that of the arms and those of strata.
 *
 * @param text the content of a study.yaml
 */
export function exchangeArms(text: string): string {
  const document = parseDocument(text);
  const arms = document.get('arms');
  if (!isSeq(arms)) throw new Error('a study has a list of arms');
  const [first, second] = arms.items;
  if (!isMap(first) || !isMap(second)) throw new Error('a study has two arms or more');
  const ratio = first.get('ratio');
  first.set('ratio', second.get('ratio'));
  second.set('ratio', ratio);
  exchangeItems(arms.items, first, second);
  exchangeShares(document.get('strata'), String(first.get('code')), String(second.get('code')));
  return document.toString({ lineWidth: 0 });
}

/** Exchanges the shares of two arms in each row of strata that has its own ratio. */
function exchangeShares(strata: unknown, one: string, other: string): void {
  if (!isSeq(strata)) return;
  for (const row of strata.items) {
    const shares = isMap(row) ? row.get('ratio') : undefined;
    if (!isMap(shares)) continue;
    const share = shares.get(one);
    shares.set(one, shares.get(other));
    shares.set(other, share);
    // In the order of the arms, so that exchanging twice gives the same text.
    const pairOf = (arm: string) => shares.items.find(({ key }) => String(key) === arm);
    exchangeItems(shares.items, pairOf(one)!, pairOf(other)!);
  }
}

/** Exchanges the places of two items of a list. */
function exchangeItems<T>(items: T[], one: T, other: T): void {
  const [from, to] = [items.indexOf(one), items.indexOf(other)];
  items[from] = other;
  items[to] = one;
}
