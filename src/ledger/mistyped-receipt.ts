import { listed } from '../words.ts';
import type { Head } from './chain.ts';

/** If no more characters of a hash differ, it was mistyped: nobody can make another ledger with a hash that is so near. */
const MOST_SLIPS = 4;

/**
 * What is mistyped in a receipt that is not in a ledger; undefined if it is not near any entry.
 *
 * @param known the hash of each entry
 */
export function mistypedReceipt({ seq, hash }: Head, known: readonly Head[]): string | undefined {
  const same = known.find((one) => one.hash === hash);
  if (same !== undefined) {
    return `the receipt ${seq}:${hash.slice(0, 8)}… has the hash of entry ${same.seq}: its number is mistyped, and the hash is in the ledger`;
  }
  const own = known.find((one) => one.seq === seq)?.hash ?? '';
  const places = Array.from(own, (sign, at) => (sign === hash[at] ? 0 : at + 1)).filter(Boolean);
  const [first = 0, ...others] = places;
  if (first === 0 || places.length > MOST_SLIPS) return undefined;
  const where = `${others.length === 0 ? 'character' : 'characters'} ${listed(places.map(String))} of 64`;
  return `the receipt ${seq}:${hash.slice(0, 8)}… is mistyped: its hash differs from that of entry ${seq} in ${where} (${hash[first - 1] ?? ''} in the place of ${own[first - 1] ?? ''}). Compare it with the paper`;
}
