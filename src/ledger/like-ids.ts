import { subjectKey } from '../study/identifiers.ts';

/** Characters that people read as another one, in handwriting or in print: each group counts as its first. */
const LOOK_ALIKES = ['0O', '1IL', '2Z', '5S', '8B', 'UV'];
const READ_AS = new Map(
  LOOK_ALIKES.flatMap((group) => Array.from(group, (sign) => [sign, group[0]!] as const)),
);

/**
 * What two ids have in common if a reader may take one for the other: they differ only in case, punctuation,
 * leading zeros or characters that look alike. `CRT-001`, `CRT_001`, `crt001`, `CRT-1` and `CRT-OO1` are alike.
 *
 * @returns two keys; ids are alike if they have one of them in common
 */
function likenessKeys(id: string): readonly string[] {
  const read = Array.from(subjectKey(id), (sign) => READ_AS.get(sign) ?? sign).join('');
  const withoutPunctuation = read.replace(/[._-]/g, '');
  // A hyphen between two digits separates two numbers; any other one says nothing.
  const withoutZeros = read
    .replace(/[._-]+/g, '-')
    .replace(/(?<!\d)-|-(?!\d)/g, '')
    .replace(/(?<!\d)0+(?=\d)/g, '');
  return [`=${withoutPunctuation}`, withoutZeros];
}

/** Finds ids that are like one another. */
export class LikeIds {
  readonly #known = new Map<string, string>();

  add(id: string): void {
    for (const key of likenessKeys(id)) if (!this.#known.has(key)) this.#known.set(key, id);
  }

  /** A known id that is like this one, and is not the same; undefined if there is none. */
  like(id: string): string | undefined {
    return likenessKeys(id)
      .map((key) => this.#known.get(key))
      .find((known) => known !== undefined && subjectKey(known) !== subjectKey(id));
  }
}

/** Whether a reader may take one id for the other. */
export function areAlike(one: string, other: string): boolean {
  const keys = likenessKeys(other);
  return likenessKeys(one).some((key) => keys.includes(key));
}

/** Whether a reader may take one id for the other, or has typed little more than the number at its end. */
export function isNearId(typed: string, id: string): boolean {
  if (areAlike(typed, id)) return true;
  const [one, other] = [lastNumberIn(typed), lastNumberIn(id)];
  return one !== undefined && one === other;
}

/** The number at the end of an id, read with look-alikes as digits; undefined if it has none. */
function lastNumberIn(id: string): number | undefined {
  const digits = /[0-9OIL]*[0-9][0-9OIL]*$/.exec(subjectKey(id.trim()))?.[0];
  if (digits === undefined) return undefined;
  return Number(digits.replace(/O/g, '0').replace(/[IL]/g, '1'));
}

/**
 * The site whose code an id begins with, if that is not the participant's own site.
 *
 * @param codes the codes of all sites
 */
export function otherSiteIn(
  id: string,
  site: string,
  codes: readonly string[],
): string | undefined {
  const upper = subjectKey(id);
  const [longest] = codes
    .filter((code) => {
      if (!upper.startsWith(code.toUpperCase())) return false;
      const next = upper.charAt(code.length);
      return /[._-]/.test(next) || (/\D$/.test(code) && /\d/.test(next));
    })
    .toSorted((one, other) => other.length - one.length);
  return longest === site ? undefined : longest;
}
