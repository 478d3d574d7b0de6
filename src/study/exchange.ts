import { isMap, isSeq, parseDocument } from 'yaml';

/**
 * A study file with its two arms exchanged: every slot of the one arm gets the other arm, and nothing
 * else differs.
 *
 * @param text the content of a study.yaml with two arms
 */
export function exchangeArms(text: string): string {
  const document = parseDocument(text);
  const arms = document.get('arms');
  if (!isSeq(arms) || arms.items.length !== 2) throw new Error('two arms can be exchanged');
  const [first, second] = arms.items;
  if (!isMap(first) || !isMap(second)) throw new Error('two arms can be exchanged');
  const ratio = first.get('ratio');
  first.set('ratio', second.get('ratio'));
  second.set('ratio', ratio);
  arms.items.reverse();
  return document.toString({ lineWidth: 0 });
}
