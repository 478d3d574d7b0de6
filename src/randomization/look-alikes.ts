/**
 * Characters that look alike in print or in handwriting. Each group is left out of the kit alphabet. The check
 * character of a randomization number, its prefix and the codes of sites can have them.
 */
const GROUPS = ['0O', '1IL', '2Z', '5S', '8B', 'UV'] as const;

/** The characters that look like a digit or a capital letter, without it. */
export function looksLike(character: string): string[] {
  const group = GROUPS.find((one) => one.includes(character)) ?? '';
  return Array.from(group).filter((other) => other !== character);
}

/** The first of its group, for each other character that looks like one. */
const FIRST = new Map(GROUPS.flatMap(([first, ...others]) => others.map((one) => [one, first])));

/**
 * The texts that a reader can mistake for a typed one: they differ from it only in characters that look alike, in
 * letter case, or in what is not a letter or a digit, such as a hyphen. It never chooses one of them.
 *
 * @param known the numbers that exist
 * @returns each once, in their order; without the typed text itself, in whatever letter case
 */
export function lookAlikes<Text extends string>(typed: string, known: Iterable<Text>): Text[] {
  const exact = typed.trim().toUpperCase();
  const shown = shownAs(exact);
  const found = new Set<Text>();
  for (const text of known) {
    const capitals = text.toUpperCase();
    if (capitals !== exact && shownAs(capitals) === shown) found.add(text);
  }
  return [...found];
}

/** One text for all texts that look the same. */
function shownAs(capitals: string): string {
  return capitals.replace(/[^0-9A-Z]/g, '').replace(/[A-Z]/g, (one) => FIRST.get(one) ?? one);
}
