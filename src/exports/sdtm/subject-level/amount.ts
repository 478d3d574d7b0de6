import { DOSE_UNITS } from '../../../study/cdisc-terms.ts';

/** How much of something, in a unit that CDISC has. */
export interface Amount {
  readonly value: number;
  readonly unit: string;
}

/** A number and what follows it. Three digits after a comma or a dot can be decimals or thousands: it is not read. */
const AMOUNT = /^(\d+(?:[.,](?:\d{1,2}|\d{4,}))?) ?(\D.*)$/;

/** Other words for units, as people write them. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['million iu', '10^6 IU'],
  ['µg', 'ug'],
  ['μg', 'ug'],
  ['mcg', 'ug'],
]);

/** An amount as somebody wrote it, such as `31.25 mg` or `2 vials`; undefined if it is not a number and a unit of CDISC's. */
export function readAmount(written: string): Amount | undefined {
  const [, number, words] = AMOUNT.exec(written.trim()) ?? [];
  if (number === undefined || words === undefined) return undefined;
  const value = Number(number.replace(',', '.'));
  const unit = unitOf(words);
  return unit === undefined || value === 0 ? undefined : { value, unit };
}

function unitOf(words: string): string | undefined {
  const plainly = words.toLowerCase().replaceAll(/\s+/g, ' ');
  const known = Object.keys(DOSE_UNITS.terms).find((term) => {
    const unit = term.toLowerCase();
    return plainly === unit || (unit.length > 2 && plainly === `${unit}s`);
  });
  return known ?? WORDS.get(plainly);
}
