import {
  type Document,
  type ErrorCode,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  visit,
  type YAMLError,
} from 'yaml';

/** What is wrong with a YAML text, in our own words, and at which character of it, from 0. */
export interface YamlSlip {
  readonly message: string;
  readonly offset: number;
  /** Whether the errors after it only follow from it. */
  readonly isLast?: boolean;
}

/** What a sentence about an error is made from. */
interface Found {
  readonly error: Pick<YAMLError, 'message' | 'pos'>;
  readonly document: Document;
  readonly text: string;
  readonly lineOf: (offset: number) => number;
}

/** The words of the YAML library never reach a user: each of its errors has a sentence of ours. */
const SENTENCES: Readonly<Record<ErrorCode, string | ((found: Found) => string | YamlSlip)>> = {
  ...special('ALIAS_PROPS', 'BAD_ALIAS', 'BAD_COLLECTION_TYPE', 'BAD_PROP_ORDER'),
  ...special('MULTIPLE_ANCHORS', 'MULTIPLE_TAGS', 'TAG_RESOLVE_FAILED'),
  BAD_DIRECTIVE: 'a line that begins with % has a special meaning: remove it',
  BAD_DQ_ESCAPE:
    'a backslash has a special meaning within "…": write it twice, or use single quotes',
  BAD_INDENT: (found) =>
    /\bend with a/.test(found.error.message)
      ? unclosedBracket(found)
      : 'this line is indented differently from the lines that belong with it: give all of them the same number of spaces',
  BAD_SCALAR_START: ({ error, text }) =>
    `a text cannot begin with ${text.charAt(error.pos[0])}: put it in quotes`,
  BLOCK_AS_IMPLICIT_KEY:
    'another key follows in this value or below it: put a text that contains a colon in quotes, or correct the indentation of the next line',
  BLOCK_IN_FLOW:
    'a comma or a bracket is missing within [ ] or { }: write commas between the items, and put a text that contains a colon in quotes',
  DUPLICATE_KEY: repeatedKey,
  IMPOSSIBLE: unreadable(),
  KEY_OVER_1024_CHARS:
    'the text before the colon is too long for a key: put it in quotes, or add the line break that is missing',
  MISSING_CHAR: missingCharacter,
  MULTILINE_IMPLICIT_KEY: notAKey,
  MULTIPLE_DOCS:
    'a second document begins here, after a line of "---" or "...": remove that line, and whatever does not belong in this file',
  NON_STRING_KEY: notAKey,
  RESOURCE_EXHAUSTION: 'too many brackets within brackets',
  TAB_AS_INDENT: 'a tab cannot indent a line: use spaces',
  UNEXPECTED_TOKEN: unexpected,
};

/** `&`, `*` and `!` name, repeat and mark values. Nobody needs that in a study, so it is a slip. */
function special<const Codes extends readonly ErrorCode[]>(
  ...codes: Codes
): Record<Codes[number], string> {
  const sentence =
    '&, * and ! have a special meaning at the beginning of a value: put the value in quotes';
  return Object.fromEntries(codes.map((code) => [code, sentence])) as Record<Codes[number], string>;
}

/** A line that is not a key with a value: most often its colon is missing, or the space after it. */
function notAKey({ error, text }: Pick<Found, 'error' | 'text'>): string {
  const start = text.lastIndexOf('\n', error.pos[0] - 1) + 1;
  const [line = ''] = text.slice(start).split(/\r?\n/, 1);
  if (/^(?:<{7}|={7}|>{7})(?: |$)/.test(line)) {
    return 'version control marked a conflict here: keep one of the two versions, and remove the lines of <, = and >';
  }
  if (text.startsWith('- ', error.pos[0])) {
    return 'this item of a list is not below a key: indent it below its key, or put the text in quotes';
  }
  const [, typed, value] = /^\s*(?:- +)?([A-Za-z]\w*)(?:\s*[:=：;]|\s|$)\s*(.*)$/.exec(line) ?? [];
  if (typed === undefined || /[[\]{}"']/.test(line)) {
    return 'expected a key, a colon, a space and a value, such as "id: DEPIL-2"';
  }
  const key = shown(typed);
  if (/^\s*(?:- +)?[A-Za-z]\w*:\S/.test(line)) {
    return `write a space after the colon: "${key}: ${shown(value)}"`;
  }
  return value === undefined || value === ''
    ? `a colon is missing: write "${key}:" and its value`
    : `a colon is missing: write "${key}: ${shown(value)}"`;
}

/** The beginning of a long text. */
function shown(text = ''): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

function unreadable(): string {
  return 'this cannot be read: look for a quotation mark, a bracket, a colon or a comma that is missing here or in the line above';
}

/** An error of the YAML library, in our own words. */
export function yamlSlip(
  error: YAMLError,
  document: Document,
  text: string,
  lineOf: (offset: number) => number,
): YamlSlip {
  const special = specialCharacter(error, text);
  if (special !== undefined) return special;
  // A later version of the library may have more codes.
  const sentence = (SENTENCES as Partial<typeof SENTENCES>)[error.code] ?? unreadable();
  const said =
    typeof sentence === 'string' ? sentence : sentence({ error, document, text, lineOf });
  return typeof said === 'string' ? { message: said, offset: error.pos[0] } : said;
}

/** A dash or a space of a word processor in the line of an error, where only those of a keyboard have a meaning. */
function specialCharacter({ pos }: Pick<YAMLError, 'pos'>, text: string): YamlSlip | undefined {
  const start = text.lastIndexOf('\n', pos[0] - 1) + 1;
  const [line = ''] = text.slice(start).split('\n', 1);
  const dash = /^(\s*)[‐‑‒–—―−]\s/.exec(line);
  if (dash) {
    const message = 'this dash is not a hyphen: write "- " at the beginning of an item of a list';
    return { message, offset: start + dash[1]!.length, isLast: true };
  }
  const space = /^([^#"']*?(?:^|:)[ -]*)[\u00a0\u2007\u202f\u3000]/.exec(line);
  if (!space) return undefined;
  const message =
    'this space is a special one, such as a word processor writes: write an ordinary space';
  return { message, offset: start + space[1]!.length, isLast: true };
}

/** What the library finds only when it makes values: `*` that repeats nothing, or far too much. */
export function aliasSlip(error: ReferenceError, document: Document): YamlSlip {
  const name = /^Unresolved alias .*: (.*)$/s.exec(error.message)?.[1];
  let offset = 0;
  visit(document, {
    Alias(_, alias) {
      if (name !== undefined && alias.source !== name) return undefined;
      offset = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  const message =
    name === undefined
      ? 'values are repeated with * too often: write them out'
      : `*${name} repeats a value that is marked &${name}, and there is none before it: if it is a text, put it in quotes`;
  return { message, offset };
}

function missingCharacter(found: Found): string | YamlSlip {
  const { message } = found.error;
  if (message.startsWith('Missing closing')) return unclosedQuote(found);
  if (message.includes('must end with a')) return unclosedBracket(found);
  if (message.startsWith('Comments')) {
    return 'write a space before #, which begins a comment; or put the text in quotes';
  }
  if (message.startsWith('Missing , ')) return 'write a comma before this item';
  if (message.startsWith('Missing space after :')) return 'write a space after the colon';
  if (message.startsWith('Sequence item')) {
    return 'write "- " before this item of the list, or correct the indentation of the line';
  }
  if (message.startsWith('Tags and anchors')) return special('BAD_ALIAS').BAD_ALIAS;
  if (message.startsWith('Missing directives-end')) {
    return 'a line above this one begins with %, which has a special meaning: remove it';
  }
  if (message.startsWith('Block collection')) return 'write nothing after --- in the same line';
  if (message.startsWith('Block scalars')) {
    return 'the empty lines above have more spaces than this line: remove those spaces';
  }
  return notAKey(found);
}

function unexpected({ error, text }: Found): string {
  const character = text.charAt(error.pos[0]);
  if (/^Unexpected (?:,|empty item)/.test(error.message)) {
    return 'there is one comma too many here, or the item before it is missing';
  }
  if (/^Unexpected flow-(?:map|seq)-end/.test(error.message)) {
    return `this ${character} closes nothing: remove it, or put the text in quotes`;
  }
  if (error.message.startsWith('Unexpected block-seq-ind on same line')) {
    return 'begin a list on the next line; if the - belongs to a text, put the text in quotes';
  }
  const [before = ''] = text.slice(0, error.pos[0]).split('\n').slice(-1);
  if (error.message.startsWith('Block scalar header') || /: *[|>][-+\d]* *$/.test(before)) {
    return '| and > have a special meaning at the beginning of a value: put the value in quotes';
  }
  if (error.message.endsWith('at node end')) {
    return 'this does not belong to the value before it: put the whole value in quotes, or correct the indentation of the line';
  }
  return unreadable();
}

/** The quotation mark that is never closed: the text that it begins reaches to the place of the error. */
function unclosedQuote({ error, document, text }: Found): YamlSlip {
  const quote = error.message.includes('"') ? '"' : "'";
  let offset = error.pos[0];
  visit(document, {
    Scalar(_, { range }) {
      if (range && range[0] < offset && range[1] >= error.pos[0] && text[range[0]] === quote) {
        offset = range[0];
        return visit.BREAK;
      }
      return undefined;
    },
  });
  return { message: `this ${quote} is not closed: write ${quote} at the end of the text`, offset };
}

/** The innermost bracket that is open where the error is. */
function unclosedBracket({ error, document, text }: Found): YamlSlip {
  const closing = error.message.at(-1) ?? ']';
  const opening = closing === '}' ? '{' : '[';
  let offset = error.pos[0];
  visit(document, {
    Collection(_, { range }) {
      if (range && range[0] < error.pos[0] && text[range[0]] === opening) {
        if (text[range[1] - 1] !== closing) offset = range[0];
      }
    },
  });
  const stray = opening === '{' ? strayBracket(text, offset) : undefined;
  if (stray !== undefined) return stray;
  const message = `this ${opening} is not closed: write ${closing} at the end, and indent the lines before it`;
  return { message, offset };
}

/** A ] in the line of an unclosed {, if it closes nothing: `{ phase: induction, days: 1, 8, 15] }`. */
function strayBracket(text: string, from: number): YamlSlip | undefined {
  const [lineBefore = ''] = text.slice(0, from).split('\n').slice(-1);
  // A list around the { is what the ] closes.
  if (lineBefore.split('[').length > lineBefore.split(']').length) return undefined;
  const [line = ''] = text.slice(from).split('\n', 1);
  const [, before, key, items] = /^([^[\]]*?(\w+): *)([^[\]:]*)\]/.exec(line) ?? [];
  if (before === undefined || key === undefined || items === undefined) return undefined;
  const message = `this ] closes nothing: write [ before the list, "${key}: [${shown(items)}]"`;
  return { message, offset: from + before.length + items.length, isLast: true };
}

/** A key that is in a mapping twice: the library only says that there is one. */
function repeatedKey({ error, document, lineOf }: Found): string {
  const [offset] = error.pos;
  let message = 'this key is here twice: remove one of the two';
  visit(document, {
    Map(_, map) {
      const second = map.items.find(({ key }) => isNode(key) && key.range?.[0] === offset);
      if (!second || !isScalar(second.key)) return undefined;
      const name = String(second.key.value);
      const first = map.items.find(({ key }) => isScalar(key) && String(key.value) === name)?.key;
      const line = isNode(first) && first.range ? lineOf(first.range[0]) : undefined;
      const where = line === undefined ? '' : ` (first in line ${line})`;
      message = `the key "${name}" is here twice${where}: remove one of the two`;
      return visit.BREAK;
    },
  });
  return message;
}

/** A text or a number that programs read differently, and at which character it is. */
export interface Unclear {
  /** What to write instead, and why. */
  readonly message: string;
  readonly offset: number;
}

/**
 * The texts and numbers without quotes that readers of YAML 1.1, such as R's, read differently from randose,
 * which reads YAML 1.2. From the same file, they would make another list.
 *
 * @param notTexts the keys whose values are dates, days and words of randose's own, not texts
 */
export function unclearValues(document: Document, notTexts: readonly string[]): Unclear[] {
  const found: Unclear[] = [];
  const look = (node: unknown, isText: boolean, at: unknown = node): void => {
    if (!isScalar(node) || node.type !== 'PLAIN' || node.tag !== undefined) return;
    const source = node.source ?? '';
    const message =
      typeof node.value === 'string'
        ? isText && unclearText(source)
        : typeof node.value === 'number' && unclearNumber(source, node.value);
    if (message) found.push({ message, offset: (isNode(at) ? at.range?.[0] : undefined) ?? 0 });
  };
  const walk = (node: unknown, key: string): void => {
    const isText = !notTexts.includes(key);
    if (isAlias(node)) look(node.resolve(document), isText, node);
    else if (isMap(node)) {
      for (const { key: name, value } of node.items) {
        look(name, !(isScalar(name) && notTexts.includes(String(name.value))));
        walk(value, isScalar(name) ? String(name.value) : '');
      }
    } else if (isCollection(node)) {
      for (const item of node.items) walk(item, key);
    } else look(node, isText);
  };
  walk(document.contents, '');
  return found;
}

/** What YAML 1.1 makes of a text without quotes (https://yaml.org/type/). */
const READ_AS: readonly (readonly [pattern: RegExp, as: string])[] = [
  [/^(?:y|Y|yes|Yes|YES|on|On|ON)$/, 'true'],
  [/^(?:n|N|no|No|NO|off|Off|OFF)$/, 'false'],
  [/^[-+]?(?:0b[01_]+|0x[\da-fA-F_]+|\d[\d_]*)$/, 'a number'],
  [/^[-+]?(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]\d+)?$/, 'a number'],
  [/^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/, 'a number'],
  [/^\d{4}-\d\d?-\d\d?(?:$|[Tt\s])/, 'a date'],
  [/^(?:=|<<)$/, 'something else'],
];

function readAs(source: string): string | undefined {
  return READ_AS.find(([pattern]) => pattern.test(source))?.[1];
}

/** Whether readers of YAML 1.1 take a text for something else if it has no quotes. */
export function isUnclearText(source: string): boolean {
  return readAs(source) !== undefined;
}

function unclearText(source: string): string | undefined {
  const as = readAs(source);
  return as && `write "${source}" in quotes: many programs read ${source} as ${as}`;
}

/** Numbers such as 0o17 and 017, and those with an exponent that YAML 1.1 would write as 1.0e+3. */
function unclearNumber(source: string, value: number): string | undefined {
  const isOctal = /^[-+]?0[o\d]/.test(source);
  const hasExponent = /^[-+]?[\d.]+[eE]/.test(source) && !/\.\d*[eE][-+]/.test(source);
  return isOctal || hasExponent
    ? `write ${value}: many programs read ${source} as something else`
    : undefined;
}
