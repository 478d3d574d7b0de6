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
  return [{ value: parse(`[${source}]`) as unknown, source: `[${source}]` }];
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
    ...(isList ? [{ value: parse(`[${list}]`) as unknown, source: `[${list}]` }] : []),
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

function textOf(node: unknown): string {
  return isNode(node) && isScalar(node) && node.value !== null ? (node.source ?? '') : '';
}
