import { characters, joinedWords, withoutColours } from '../../system/text-lines.ts';

/** A text in lines of at most `columns` characters, each indented, with a line feed after each. */
export function indented(text: string, columns: number, indent = '  '): string {
  return `${fittedLine(indent + text, columns).join('\n')}\n`;
}

/** What a command line is made of: a text in quotation marks is one piece, whatever is in it. */
const PIECE = String.raw`(?:"[^"]*"|'[^']*'|[^"'])`;
/** Where a command in a sentence ends. */
const END = String.raw`(?=$|\. |\.$|\)|;|, )`;
/** A command at the end of a sentence or of a line, which somebody copies: `run: randose verify --study DIR`. */
const COMMAND_IN_TEXT = String.raw`(?<=(?:: |\$ ))randose ${PIECE}+?${END}`;
/** Options with what belongs to each, as in `add: --deviation --reason TEXT`. */
const OPTIONS_IN_TEXT = String.raw`--[a-z][\w-]*(?: (?:--[a-z][\w-]*|"[^"]*"|[A-Z\d][^\sa-z]*(?=\s|$)))*`;
/** A command within a sentence, as in `Read it with randose ledger first`: its name and the options after it. */
const SHORT_COMMAND = `\\brandose(?: [a-z]+(?:-[a-z]+)*)?(?: ${OPTIONS_IN_TEXT})?`;
/** A word and its number, and a time and its zone: nobody looks for the second one in the next line. */
const PAIR = String.raw`\b(?:ledger|entry|entries|line|batch|intent|amendment|Line|Day|day|visit) \d+\b|\b\d\d:\d\d(?::\d\d)? UTC\b`;
/** What is copied from a text, and what belongs together, stays in one line. */
const COPIED = `${COMMAND_IN_TEXT}|${SHORT_COMMAND}|${OPTIONS_IN_TEXT}|${PAIR}`;

/** A line that is a command, and no sentence: outside of quotation marks it has no `: `, `, ` or full stop. */
const COMMAND_LINE =
  /^(?:\$ )?(?:randose|node|age|ssh-keygen|sha256sum|openssl) (?:"[^"]*"|'[^']*'|[.:,;](?! |$)|[^"'.:,;])+$/u;

/**
 * Talk in lines of at most `columns` characters, broken between words. Lines that fit stay as they are. Further lines
 * begin below the text that the first line begins with, so that a list stays a list. What somebody copies stays in one
 * line: a path, a digest, a command. A command that is longer than a line goes on as a shell reads it.
 */
export function fitted(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (characters(line) <= columns) return [line];
      return coloured(line, fittedLine(withoutColours(line), columns));
    })
    .join('\n');
}

function fittedLine(line: string, columns: number): string[] {
  const [indent = ''] = /^ */.exec(line) ?? [];
  const rest = line.slice(indent.length);
  if (COMMAND_LINE.test(rest)) return commandLines(rest, columns, indent);
  // A row of a table that cannot be narrower: broken, its columns would be lost.
  if ((rest.match(/\S {2,}(?=\S)/g) ?? []).length >= 4) return [line];
  const start = startOf(line, indent, columns);
  const hang = characters(start);
  const room = Math.max(20, columns - hang);
  const lines: string[] = [];
  let words: string[] = [];
  for (const atom of atomsOf(line.slice(start.length))) {
    if (!atom.startsWith('randose ') || characters(atom) <= room) {
      words.push(atom);
      continue;
    }
    if (words.length > 0) lines.push(...joinedWords(words, room));
    const command = commandLines(atom, room, '');
    lines.push(...command.slice(0, -1));
    // The sentence goes on after the last line of the command.
    words = command.slice(-1);
  }
  lines.push(...joinedWords(words, room));
  return lines.map((one, index) => (index === 0 ? start : ' '.repeat(hang)) + one);
}

/**
 * What stands before the text of a line: its first column, if that is in the first half; or its indentation. A sentence
 * that names an arm, such as `It proves: ILT101  ILT101 (active)`, has no columns.
 */
function startOf(line: string, indent: string, columns: number): string {
  const [column] = /^ *\S+(?: \S+)* {2,}(?=\S)/.exec(line) ?? [indent];
  const isSentence = /: |["“]/.test(column.trimEnd());
  return characters(column) <= columns / 2 && !isSentence ? column : indent;
}

/** The words of a text, with what is copied as one of them. */
function atomsOf(text: string): string[] {
  const atoms: string[] = [];
  const addWords = (words: string) => {
    atoms.push(...words.trim().split(' '));
  };
  // The whole text is searched each time: whether something is a command also depends on what is before it.
  const copied = new RegExp(COPIED, 'gu');
  let at = 0;
  for (let found = copied.exec(text); found !== null; found = copied.exec(text)) {
    // What stands right before and after it, such as a bracket, belongs to it.
    const start = Math.max(at, text.lastIndexOf(' ', found.index) + 1);
    const blank = text.indexOf(' ', found.index + found[0].length);
    const end = blank === -1 ? text.length : blank;
    addWords(text.slice(at, start));
    atoms.push(text.slice(start, end));
    at = end;
    copied.lastIndex = end;
  }
  addWords(text.slice(at));
  return atoms.filter((word, index) => word !== '' || index === 0);
}

/** A command line to copy: if it is too long for a line, it goes on in further ones, as a shell reads them. */
export function commandLines(command: string, columns: number, indent: string): string[] {
  // An option and its value stay together.
  const words = command.match(/(?:--[\w-]+ (?!-))?(?:"[^"]*"|'[^']*'|\S)+/g) ?? [];
  const lines = joinedWords(words, columns - indent.length - 4 - ' \\'.length);
  return lines.map((line, index) => {
    const start = index === 0 ? indent : `${indent}    `;
    return `${start}${line}${index < lines.length - 1 ? ' \\' : ''}`;
  });
}

// eslint-disable-next-line no-control-regex -- colours begin with an escape
const COLOURS_OR_CHARACTER = /(?:\u001b\[[\d;]*m)+|[^]/gu;
// eslint-disable-next-line no-control-regex -- colours begin with an escape
const ENDS_COLOUR = /^(?:\u001b\[(?:0|2\d|39|49)?m)+$/;

/**
 * The lines of a text that was laid out without its colours, with them: a layout adds blanks, line ends and the `\` of a
 * shell, and changes nothing else.
 */
function coloured(text: string, lines: readonly string[]): string[] {
  let rest = lines.join('\n');
  let done = '';
  /** Takes the laid out text up to a character. */
  const takeTo = (character: string): void => {
    const at = rest.indexOf(character);
    done += rest.slice(0, at);
    rest = rest.slice(at);
  };
  let begun = '';
  for (const [piece] of text.matchAll(COLOURS_OR_CHARACTER)) {
    if (piece.startsWith('\u001b')) {
      if (ENDS_COLOUR.test(piece)) done += piece;
      else begun += piece;
    } else if (piece !== ' ') {
      takeTo(piece);
      done += begun + piece;
      begun = '';
      rest = rest.slice(piece.length);
    }
  }
  return (done + begun + rest).split('\n');
}
