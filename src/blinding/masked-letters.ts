import { openStream } from '../randomization/generator.ts';
import type { MasterContent } from './sealed-list.ts';

/** The letters of a masked table: arm code → A, B, …. Whoever has them can read the table's arms. */
export type MaskedLetters = ReadonlyMap<string, string>;

/**
 * The letters that stand for the arms in masked tables (docs/ALGORITHM.md, 11). They follow from the seed of the first
 * batch and their name, so that they are sealed and committed to with it: nobody can choose them, and they cannot get
 * lost. Each order of letters is equally likely.
 *
 * They depend on which slots share an arm, and not on which arm it is: a table with letters is the same if the arms
 * are exchanged.
 *
 * @param first the opened list of the first batch
 * @param name the purpose of the table for which the letters were drawn
 * @param codes the arms of the study, in their order: one that has no slot in the first batch comes after the others
 */
export function maskedLetters(
  { seed, domain, study, batch, slots }: MasterContent,
  name: string,
  codes: readonly string[],
): MaskedLetters {
  const stream = openStream(Buffer.from(seed, 'hex'), {
    domain,
    study,
    batch,
    purpose: 'masked letters',
    stratum: name,
  });
  // In the order of their first slots, which is the same if arms are exchanged.
  const arms = [...new Set([...slots.map(({ arm }) => arm), ...codes])];
  const places = arms.map((_, place) => place);
  for (let last = places.length - 1; last > 0; last -= 1) {
    const other = stream.integerBelow(last + 1);
    const place = places[last]!;
    places[last] = places[other]!;
    places[other] = place;
  }
  return new Map(arms.map((arm, index) => [arm, letterAt(places[index]!)]));
}

/** The codes of arms that are a letter of the masked tables too, in any case: nobody must take one for the other. */
export function codesLikeLetters(codes: readonly string[]): string[] {
  const letters = codes.map((_, place) => letterAt(place));
  return codes.filter((code) => letters.includes(code.toUpperCase()));
}

/** A to Z, then A2 to Z2, and so on. */
function letterAt(place: number): string {
  const round = Math.floor(place / LETTERS.length);
  return `${LETTERS[place % LETTERS.length]!}${round === 0 ? '' : round + 1}`;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
