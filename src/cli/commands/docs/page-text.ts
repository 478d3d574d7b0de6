import { marked, type Token, type Tokens } from 'marked';
import { commandLines, fitted } from '../../output/wrapped.ts';
import { type Palette, PLAIN } from '../../output/palette.ts';
import { formatTable } from '../../output/table.ts';
import { characters } from '../../../system/text-lines.ts';

/** How a page is shown. */
interface PageLayout {
  readonly colour: Palette;
  /** The width of the terminal. */
  readonly columns: number;
}

/** The headings of a page of Markdown, with their levels: 1 is its title. */
export function headingsOf(text: string): { readonly depth: number; readonly text: string }[] {
  return partsOf(text).map(({ depth, heading }) => ({ depth, text: heading }));
}

/**
 * The sections of a page whose heading has some words, in any case, each with the sections below it; if there are none,
 * those whose heading has them without spaces and marks, such as `studyyaml`; else those whose text has them.
 *
 * @returns Markdown; empty if the page does not have the words
 */
export function sectionsWith(text: string, words: string): string {
  const parts = partsOf(text);
  const has = (one: string, read: (text: string) => string) => {
    return read(words) !== '' && read(one).includes(read(words));
  };
  const ways = [
    withSectionsBelow(parts, ({ heading }) => has(heading, lowerCase)),
    withSectionsBelow(parts, ({ heading }) => has(heading, lettersAndDigits)),
    parts.filter(({ raw }) => has(raw, lowerCase)),
  ];
  const found = ways.find((some) => some.length > 0) ?? [];
  return found.map(({ raw }) => raw).join('');
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}

function lettersAndDigits(text: string): string {
  return lowerCase(text).replace(/[^\p{L}\p{N}]/gu, '');
}

/** The parts that are wanted, and those of deeper levels that follow each. */
function withSectionsBelow(parts: readonly Part[], isWanted: (part: Part) => boolean): Part[] {
  let level: number | undefined;
  return parts.filter((part) => {
    if (level === undefined || part.depth <= level) {
      level = isWanted(part) ? part.depth : undefined;
    }
    return level !== undefined;
  });
}

/** A heading with what is between it and the next one. */
interface Part {
  readonly depth: number;
  readonly heading: string;
  /** Markdown. */
  raw: string;
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  for (const token of marked.lexer(text)) {
    if (token.type === 'heading') {
      const { depth, tokens } = token as Tokens.Heading;
      parts.push({ depth, heading: plain(tokens), raw: '' });
    }
    const part = parts.at(-1);
    if (part !== undefined) part.raw += token.raw;
  }
  return parts;
}

/** A page of Markdown as a person reads it on a terminal. */
export function formatPage(text: string, layout: PageLayout): string {
  const blocks = marked.lexer(text).map((token) => blockText(token, layout));
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function blockText(token: Token, layout: PageLayout): string {
  const { colour, columns } = layout;
  switch (token.type) {
    case 'heading': {
      const { depth, tokens } = token as Tokens.Heading;
      const words = fitted(plain(tokens), columns);
      return colour.bold(
        depth > 2 ? words : `${words}\n${(depth === 1 ? '=' : '-').repeat(width(words))}`,
      );
    }
    case 'paragraph':
    case 'text':
      return fitted(inline(token, colour).replace(/\s*\n\s*/g, ' '), columns);
    case 'list':
      return listText(token as Tokens.List, layout);
    case 'blockquote': {
      const { tokens } = token as Tokens.Blockquote;
      const inner = { colour, columns: columns - 2 };
      return indentedBy('  ', tokens.map((one) => blockText(one, inner)).join('\n\n'));
    }
    case 'code':
      return codeText(token as Tokens.Code, layout);
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      const cells = (row: Tokens.TableCell[]) => row.map(({ tokens }) => plain(tokens));
      return formatTable(cells(header), rows.map(cells), colour, { columns }).trimEnd();
    }
    default:
      return ''; // blank lines, and comments
  }
}

function listText({ items, ordered, start }: Tokens.List, layout: PageLayout): string {
  return items
    .map(({ tokens, loose }, index) => {
      const mark = ordered ? `${Number(start) + index}. ` : '- ';
      const inner = { ...layout, columns: layout.columns - mark.length };
      const text = tokens
        .map((token) => blockText(token, inner))
        .filter((block) => block !== '')
        .join(loose ? '\n\n' : '\n');
      return mark + indentedBy(' '.repeat(mark.length), text).trimStart();
    })
    .join('\n');
}

/** Commands, which go on in further lines as a shell reads them, and files, whose lines stay as they are. */
function codeText({ text, lang }: Tokens.Code, { columns }: PageLayout): string {
  const isFile = (lang ?? '') !== '' && lang !== 'sh';
  const lines = text
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const isCommand = !isFile && line.startsWith('randose ');
      const isLong = characters(line) + 4 > columns;
      return isCommand && isLong ? commandLines(line, columns - 4, '') : [line];
    });
  return indentedBy('    ', lines.join('\n'));
}

/** A piece of a text with its emphasis. */
function inline(token: Token, colour: Palette): string {
  const { tokens } = token as { readonly tokens?: readonly Token[] };
  const inner = () => tokens?.map((one) => inline(one, colour)).join('') ?? unescaped(token);
  switch (token.type) {
    case 'strong':
      return colour.bold(inner());
    case 'codespan':
      return colour.cyan(unescaped(token));
    case 'br':
      return '\n';
    case 'link': {
      const { href } = token as Tokens.Link;
      const isElsewhere = /^https?:/.test(href) && inner() !== href;
      return isElsewhere ? `${inner()} (${href})` : inner();
    }
    case 'html':
      return '';
    default:
      return inner();
  }
}

function plain(tokens: readonly Token[]): string {
  return tokens.map((token) => inline(token, PLAIN)).join('');
}

/** The text of a token without tokens. marked leaves it as it was written, but for entities in code. */
function unescaped(token: Token): string {
  return 'text' in token ? String(token.text) : token.raw;
}

function width(text: string): number {
  return Math.max(...text.split('\n').map(characters));
}

function indentedBy(indent: string, text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n');
}
