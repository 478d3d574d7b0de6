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
  return joined(text.split(' '), columns);
}

function joined(words: readonly string[], columns: number): string[] {
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

/** How many columns a text takes, without its colours. */
export function characters(text: string): number {
  return Array.from(text.replace(COLOURS, '')).length;
}

/** A text in lines of at most `columns` characters, each indented, with a line feed after each. */
export function indented(text: string, columns: number, indent = '  '): string {
  const lines = wrapped(text, Math.max(20, columns - indent.length));
  return lines.map((line) => `${indent}${line}\n`).join('');
}

/** A command at the end of a sentence or of a line, which somebody copies: `run: randose verify --study DIR`. */
const COMMAND_IN_TEXT = /(?<=(?:: |\$ ))randose .+?(?=$|\. |\.$|\)|;|, )/u;

/**
 * Talk in lines of at most `columns` characters, broken between words. Lines that fit stay as they are. Further lines
 * begin below the text that the first line begins with, so that a list stays a list. What somebody copies stays in one
 * line: a path, a digest, a command.
 */
export function fitted(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => (characters(line) <= columns ? [line] : fittedLine(line, columns)))
    .join('\n');
}

function fittedLine(line: string, columns: number): string[] {
  const [indent = ''] = /^ */.exec(line) ?? [];
  const rest = line.slice(indent.length);
  // A command; but a sentence may begin with one too.
  if (/^(?:\$ )?(?:randose|age|ssh-keygen|sha256sum|openssl) .*[^.]$/.test(rest)) return [line];
  // A row of a table that cannot be narrower: broken, its columns would be lost.
  if ((rest.match(/\S {2,}(?=\S)/g) ?? []).length >= 4) return [line];
  const start = startOf(line, indent, columns);
  const hang = characters(start);
  const lines = joined(atomsOf(line.slice(start.length)), Math.max(20, columns - hang));
  return lines.map((one, index) => (index === 0 ? start : ' '.repeat(hang)) + one);
}

/** What stands before the text of a line: its first column, if that is in the first half; or its indentation. */
function startOf(line: string, indent: string, columns: number): string {
  const [column] = /^ *\S+(?: \S+)* {2,}(?=\S)/.exec(line) ?? [indent];
  return characters(column) <= columns / 2 ? column : indent;
}

/** The words of a text, with a command as one of them. */
function atomsOf(text: string): string[] {
  const command = COMMAND_IN_TEXT.exec(text);
  if (command === null) return text.split(' ');
  const before = text.slice(0, command.index).trimEnd();
  const [first = '', ...after] = text.slice(command.index + command[0].length).split(' ');
  return [...before.split(' '), command[0] + first, ...atomsOf(after.join(' '))].filter(
    (word, index) => word !== '' || index === 0,
  );
}

/** A command line to copy: if it is too long for a line, it goes on in further ones, as a shell reads them. */
export function commandLines(command: string, columns: number, indent: string): string[] {
  // An option and its value stay together.
  const words = command.match(/(?:--[\w-]+ (?!-))?(?:"[^"]*"|\S)+/g) ?? [];
  const lines = joined(words, columns - indent.length - 2 - ' \\'.length);
  return lines.map((line, index) => {
    const start = index === 0 ? indent : `${indent}    `;
    return `${start}${line}${index < lines.length - 1 ? ' \\' : ''}`;
  });
}
