/** A count with its noun, such as `1 kit` or `3 kits`. @param many the plural, if it is not the noun with an s */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A word as a shell reads it: in quotation marks if it needs them. */
export function quoted(word: string): string {
  if (/^[\w.,:/=@%+-]+$/.test(word)) return word;
  return `"${word.replace(/[\\"$`]/g, '\\$&')}"`;
}

/** The option for the keys of as many people as are needed together, in a printed command: `--identity FILE FILE`. */
export function identityOption(needed: number): string {
  return `--identity${' FILE'.repeat(needed)}`;
}

/** A sentence as it is inside another one: its first letter is small. */
export function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** A text as the beginning of a sentence: its first letter is large. */
export function upperFirst(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Words as a sentence lists them: `a`, `a and b` or `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/**
 * A sentence with its full stop. A question has its own mark, and a text that ends with a command gets none: somebody
 * copies the command, and the full stop with it.
 */
export function withStop(text: string): string {
  const isWhole = text.endsWith('?') || /(?:^|: )randose (?:(?!\. )[^:])+$/.test(text);
  return isWhole ? text : `${text}.`;
}

/** The hint for a file that is damaged or missing and that randose cannot make again. */
export const RESTORE =
  'Restore it from a backup or another copy of the study folder, then run: randose verify';

/** The hint for a file that a folder lacks whose ledger is in a database: others have made it, or made it anew. */
export const PULL =
  'Others have changed the files of the study. Get them, and run the command again: randose pull';

/** How to name the database of a ledger. */
export const NAME_DATABASE =
  'Name the database: --ledger postgres://HOST/DATABASE, or set PGSERVICE or RANDOSE_LEDGER';

/** The hint for a study.yaml that is missing, or that was changed in what the list depends on. */
export const RESTORE_STUDY =
  'To see what was changed: randose study --diff. To bring back the accepted one (the edited file is kept beside it): randose study --restore';

/** The command with which a statistician or an officer adds slots. */
export const EXTEND = 'randose allocate --extend --plan FILE --identity KEY';

/** What a statistician does if a stratum has too few slots; the end of a sentence. */
export const ADD_SLOTS = `raise the numbers under strata in study.yaml, then: ${EXTEND}`;

/** The hint for files of which only line ends or the encoding were changed. */
export const PUT_BACK = 'To put them back, run: randose verify --repair-line-ends';

/**
 * The known word that somebody meant, by its beginning or by the fewest slips: a letter left out, added, changed, or
 * exchanged with its neighbour. Case and the hyphens of an option are ignored.
 *
 * @returns undefined if none is near
 */
export function nearestWord(typed: string, known: readonly string[]): string | undefined {
  const bare = (text: string) => text.toLowerCase().replace(/^-+/, '');
  const word = bare(typed);
  const most = Math.min(3, Math.max(1, Math.floor(word.length * 0.4)));
  // What differs more in length differs more; and a text without end is compared with no word.
  const ranked = known
    .filter((name) => Math.abs(bare(name).length - word.length) <= most)
    .map((name) => ({ name, slips: slipsBetween(word, bare(name)) }))
    .filter(({ slips }) => slips <= most)
    .sort((a, b) => a.slips - b.slips);
  const begun = word.length < 3 ? [] : known.filter((name) => bare(name).startsWith(word));
  return ranked[0]?.name ?? (begun.length === 1 ? begun[0] : undefined);
}

/** Damerau and Levenshtein's distance: the least number of slips that make one word of the other. */
function slipsBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        rows[i - 1]![j]! + 1,
        row[j - 1]! + 1,
        rows[i - 1]![j - 1]! + (isSame ? 0 : 1),
        isExchanged ? rows[i - 2]![j - 2]! + 1 : Infinity,
      );
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** The largest denominator that a fraction is written with. */
const MOST_DENOMINATOR = 100;

/** A number as people write it: `2`, `4/3`, or with four decimals if it is not a fraction with a small denominator. */
export function fractionText(value: number): string {
  for (let denominator = 1; denominator <= MOST_DENOMINATOR; denominator += 1) {
    const numerator = Math.round(value * denominator);
    if (Math.abs(numerator / denominator - value) > 1e-9) continue;
    return denominator === 1 ? String(numerator) : `${numerator}/${denominator}`;
  }
  return value.toFixed(4);
}
