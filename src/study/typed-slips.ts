import { isMap, isNode, isScalar, isSeq, type Pair, parse } from 'yaml';
import type { YamlPath } from './yaml-file.ts';

/** What word processors put in the place of the characters of a keyboard. */
const LOOK_ALIKES: readonly (readonly [pattern: RegExp, plain: string])[] = [
  [/[‐‑‒–—―−]/g, '-'],
  [/[“„‟«]\s*|\s*[”»]/g, '"'],
  [/[‘‚’‛]/g, "'"],
  [/[，、]/g, ', '],
  [/；/g, '; '],
  [/：/g, ': '],
  [/[\u00a0\u2007\u202f\u3000]/g, ' '],
];

/** A text with the characters of a keyboard: `2026–12–01` is `2026-12-01`. */
function typedPlainly(text: string): string {
  return LOOK_ALIKES.reduce((now, [pattern, plain]) => now.replaceAll(pattern, plain), text);
}

/** A text without the curly quotation marks around it; undefined if it has none, or if only a part of it is in them. */
export function withoutCurlyQuotes(text: string): string | undefined {
  return /^[“”„«‘‚‹]\s*([^“”„«»‘‚‹›]*?)\s*[”“»’‘›]$/su.exec(text)?.[1];
}

/** A character that a keyboard does not have, in the place of one that it has or of none. */
export interface SpecialCharacter {
  /** What it is, with its code: `a no-break space (U+00A0)`. */
  readonly name: string;
  /** What to write instead, as a sentence without a full stop. */
  readonly instead: string;
}

const SPACE = 'write an ordinary space';
const NOTHING = 'remove it';
const STRAIGHT = (mark: string) => `write a straight one (${mark}), or none`;
const CURLY = 'a curly quotation mark';
const SPECIAL: Readonly<Record<string, readonly [name: string, instead: string]>> = {
  '\u00a0': ['a no-break space', SPACE],
  '\u2007': ['a figure space', SPACE],
  '\u202f': ['a narrow no-break space', SPACE],
  '\u3000': ['a wide space', SPACE],
  '\u00ad': ['a soft hyphen', NOTHING],
  '\u200b': ['a space without width', NOTHING],
  '\u2060': ['a character that nobody sees', NOTHING],
  '\ufeff': ['a character that nobody sees', NOTHING],
  '“': [`${CURLY} “`, STRAIGHT('"')],
  '”': [`${CURLY} ”`, STRAIGHT('"')],
  '„': [`${CURLY} „`, STRAIGHT('"')],
  '«': ['a quotation mark «', STRAIGHT('"')],
  '»': ['a quotation mark »', STRAIGHT('"')],
  '‘': [`${CURLY} ‘`, STRAIGHT("'")],
  '’': [`${CURLY} ’`, STRAIGHT("'")],
};
const ANY_SPECIAL = new RegExp(`[${Object.keys(SPECIAL).join('')}]`, 'u');

/** The first character of a line that a keyboard does not have, and how many are before it. */
export function firstSpecial(line: string): (SpecialCharacter & { index: number }) | undefined {
  const [character] = ANY_SPECIAL.exec(line) ?? [];
  if (character === undefined) return undefined;
  const [name, instead] = SPECIAL[character]!;
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return { name: `${name} (U+${code})`, instead, index: line.indexOf(character) };
}

/** What a line may be without such characters, each with what to write: with straight quotation marks, or with none. */
export function plainLines(line: string): { plain: string; instead?: string }[] {
  const spaced = line
    .replaceAll(/[\u00a0\u2007\u202f\u3000]/g, ' ')
    .replaceAll(/[\u00ad\u200b\u2060\ufeff]/g, '');
  const straight = spaced.replaceAll(/[“”„«»]/g, '"').replaceAll(/[‘’]/g, "'");
  const without = spaced.replaceAll(/[“”„«»‘’]/g, '');
  return [{ plain: straight }, { plain: without, instead: 'write none in this line' }];
}

/** What was probably meant by a text that is wrong. */
export interface Meant {
  readonly value: unknown;
  /** How it is written. */
  readonly source: string;
}

/**
 * What may be meant by a text that is wrong, or a list with such texts, the likeliest first: the same with a keyboard's
 * characters, or a list.
 */
export function meantBy(given: unknown): Meant[] {
  if (typeof given === 'string') return meantByText(given);
  if (!Array.isArray(given)) return [];
  const items: readonly unknown[] = given;
  if (!items.every((item) => typeof item === 'string' || typeof item === 'number')) return [];
  // Of a text that is a list, the items join the others.
  const source = items.map((item) => withoutBrackets(meantOrSame(String(item)))).join(', ');
  return meantByList(source);
}

/** A list with these items; none if they need quotation marks to be one. */
function meantByList(items: string): Meant[] {
  const source = `[${items}]`;
  try {
    return [{ value: parse(source, { logLevel: 'error' }) as unknown, source }];
  } catch {
    return [];
  }
}

function meantOrSame(text: string): string {
  return meantByText(text).at(-1)?.source ?? text;
}

/** The items of a list within the brackets of the list that they belong to. */
export function withoutBrackets(source: string): string {
  return source.replaceAll(/^\[|\]$/g, '');
}

function meantByText(text: string): Meant[] {
  const plain = typedPlainly(text);
  const unquoted = /^(["'])(.*)\1$/s.exec(plain)?.[2] ?? plain;
  const items = unquoted.replaceAll(';', ',').replaceAll(/^[[({]\s*|\s*[\])}]$/g, '');
  const isList = /^-?\d[-\d\s,]*$/.test(items);
  const list = isList ? items.split(/\s*,\s*|\s+/).join(', ') : '';
  return [
    ...(plain === text ? [] : [{ value: unquoted, source: plain }]),
    ...(isList ? meantByList(list) : []),
  ];
}

/** A value with another value at a path. An item of a list can become several. */
export function replacedAt(root: unknown, path: YamlPath, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(root)) {
    const items: readonly unknown[] = root;
    return items.flatMap((item, index) => {
      if (index !== step) return [item];
      return rest.length === 0 && Array.isArray(value)
        ? (value as unknown[])
        : [replacedAt(item, rest, value)];
    });
  }
  const before = root as Readonly<Record<string | number, unknown>>;
  return { ...before, [step]: replacedAt(before[step], rest, value) };
}

/** A list of numbers within { }, whose brackets are missing: `{ days: 1, 8, 15 }`. */
export interface Unbracketed {
  /** The way to its first number. */
  readonly path: YamlPath;
  /** The ways to the others, which were read as keys. */
  readonly others: readonly YamlPath[];
  /** As it is written with brackets: `days: [1, 8, 15]`. */
  readonly source: string;
}

/** The lists within { } whose brackets are missing. */
export function unbracketedLists(node: unknown, path: YamlPath = []): Unbracketed[] {
  if (isSeq(node)) {
    return node.items.flatMap((item, index) => unbracketedLists(item, [...path, index]));
  }
  if (!isMap(node)) return [];
  const found: Unbracketed[] = [];
  let first: Pair | undefined;
  let numbers: string[] = [];
  const close = () => {
    if (first !== undefined && numbers.length > 0) {
      const key = textOf(first.key);
      const items = [textOf(first.value), ...numbers].join(', ').replaceAll(/^\(|\)$/g, '');
      const others = numbers.map((number) => [...path, number]);
      found.push({ path: [...path, key], others, source: `${key}: [${items}]` });
    }
    numbers = [];
  };
  for (const pair of node.items) {
    const isNumber = node.flow === true && /^-?\d+(?:-\d+)?\)?$/.test(textOf(pair.key));
    if (isNumber && textOf(pair.value) === '') numbers.push(textOf(pair.key));
    else {
      close();
      first = pair;
      found.push(...unbracketedLists(pair.value, [...path, textOf(pair.key)]));
    }
  }
  close();
  return found;
}

/** A text within { } that a comma cuts: `{ fr: Au frais, sec }`. The rest was read as keys. */
export function cutTexts(node: unknown, path: YamlPath = []): Unbracketed[] {
  if (isSeq(node)) return node.items.flatMap((item, index) => cutTexts(item, [...path, index]));
  if (!isMap(node)) return [];
  const found: Unbracketed[] = [];
  for (const [index, { key, value }] of node.items.entries()) {
    const name = textOf(key);
    const isPlain = isScalar(value) && typeof value.value === 'string' && value.type === 'PLAIN';
    if (node.flow !== true || !isPlain) {
      found.push(...cutTexts(value, [...path, name]));
      continue;
    }
    const after = node.items.slice(index + 1);
    const end = after.findIndex((pair) => !isWithoutValue(pair));
    const rest = (end === -1 ? after : after.slice(0, end)).map((pair) => textOf(pair.key));
    if (rest.length === 0) continue;
    const text = [value.value, ...rest].join(', ');
    const others = rest.map((one) => [...path, one]);
    found.push({ path: [...path, name], others, source: `${name}: ${JSON.stringify(text)}` });
  }
  return found;
}

/** Whether a key within { } has no colon: most often it is the rest of a text. */
function isWithoutValue({ key, value }: Pair): boolean {
  const isEmpty = value === null || (isScalar(value) && (value.source ?? '') === '');
  return isEmpty && textOf(key) !== '';
}

function textOf(node: unknown): string {
  return isNode(node) && isScalar(node) && node.value !== null ? (node.source ?? '') : '';
}
