import stringWidth from 'string-width';

/** Narrower than this, words stand under each other; wider than this, an eye loses the line. */
const LEAST_COLUMNS = 60;
const MOST_COLUMNS = 120;

/** The width to lay out for. @param columns the terminal's; undefined if there is none, or if it is unknown */
export function widthFor(columns: number | undefined): number {
  // Some terminals say 0 if they do not know.
  if (columns === undefined || columns === 0) return 80;
  return Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, columns));
}

/** A sentence in lines of at most `columns` characters; a longer word has a line of its own. */
export function wrapped(text: string, columns: number): string[] {
  return joinedWords(text.split(' '), columns);
}

/** Words in lines of at most `columns` characters, with a blank between them; a longer word has a line of its own. */
export function joinedWords(words: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && characters(line) + 1 + characters(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

// eslint-disable-next-line no-control-regex -- colours begin with an escape
const COLOURS = /\u001b\[[\d;]*m/g;

/** A text without its colours. */
export function withoutColours(text: string): string {
  return text.replace(COLOURS, '');
}

const ONE_COLUMN_EACH = /^[ -~]*$/;

/** How many columns a text of one line takes on a terminal, without its colours: some characters take two, and some none. */
export function characters(text: string): number {
  return ONE_COLUMN_EACH.test(text) ? text.length : stringWidth(text);
}
