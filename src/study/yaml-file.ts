import * as v from 'valibot';
import { type Document, isMap, isNode, isPair, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Problem } from '../errors.ts';

/** The way to a value inside a YAML file: keys and list positions from the root. */
export type YamlPath = readonly (string | number)[];

/** A mapping that names every key it knows; each other key is a problem of its own. */
export function mapping<const Entries extends v.ObjectEntries>(entries: Entries) {
  const known = Object.keys(entries).join(', ');
  const schema = v.objectWithRest(
    entries,
    v.never(`unknown key; the keys known here are: ${known}`),
  );
  return schema as unknown as v.GenericSchema<
    v.InferInput<v.ObjectSchema<Entries, undefined>>,
    v.InferOutput<v.ObjectSchema<Entries, undefined>>
  >;
}

/**
 * A YAML file that people write by hand, checked against a shape. Every problem is found in one
 * reading and has the file, line and column it is at.
 */
export class YamlFile<Schema extends v.GenericSchema> {
  readonly file: string;
  /** Everything found wrong so far; `report` adds to it. */
  readonly problems: Problem[] = [];
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #raw: unknown;
  readonly #unsound: YamlPath[] = [];
  readonly #output: v.InferOutput<Schema> | undefined;

  constructor(text: string, file: string, schema: Schema) {
    this.file = file;
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      logLevel: 'error',
    });
    for (const error of this.#document.errors) {
      this.problems.push({ message: error.message, file, ...this.#position(error.pos[0]) });
    }
    if (this.problems.length > 0) {
      this.#unsound.push([]);
      return;
    }
    try {
      this.#raw = this.#document.toJS();
    } catch (error) {
      // What the library finds only then: an alias that nothing is named by, or far too many.
      if (!(error instanceof ReferenceError)) throw error;
      this.problems.push({ message: error.message, file, line: 1, column: 1 });
      this.#unsound.push([]);
      return;
    }
    const result = v.safeParse(schema, this.#raw);
    if (result.success) this.#output = result.output;
    for (const issue of result.issues ?? []) {
      const path = (issue.path ?? []).map((item) => item.key as string | number);
      this.#unsound.push(path);
      this.report(path, describe(issue, path), issue.type === 'never');
    }
  }

  /** Whether this file and every rule reported on it are free of problems. */
  get isSound(): boolean {
    return this.problems.length === 0;
  }

  /** The checked content. @throws Error when the file has problems: ask `isSound` first. */
  get value(): v.InferOutput<Schema> {
    if (this.#output === undefined || !this.isSound) throw new Error(`${this.file} has problems`);
    return this.#output;
  }

  /**
   * The value at a path as the file has it, for rules that look across the file; undefined where
   * it is absent or its shape is wrong (which is reported already).
   */
  sound<T>(path: YamlPath, schema: v.GenericSchema<unknown, T>): T | undefined {
    if (!this.areSound(path)) return undefined;
    const result = v.safeParse(schema, this.#at(path));
    return result.success ? result.output : undefined;
  }

  /** Whether the shape of everything at and below a path is right. */
  areSound(path: YamlPath): boolean {
    return !this.#unsound.some((bad) => isWithin(bad, path) || isWithin(path, bad));
  }

  /** Whether there is anything at a path. */
  has(path: YamlPath): boolean {
    return this.#at(path) !== undefined;
  }

  /** The items of a list whose shape is right, each with its path. */
  soundItems<T>(
    path: YamlPath,
    schema: v.GenericSchema<unknown, T>,
  ): { path: YamlPath; value: T }[] {
    const list = this.#at(path);
    if (!Array.isArray(list)) return [];
    return list.flatMap((_, index) => {
      const itemPath = [...path, index];
      const value = this.sound(itemPath, schema);
      return value === undefined ? [] : [{ path: itemPath, value }];
    });
  }

  /** Adds a problem at the place of a path, or of the nearest thing above it that exists. */
  report(path: YamlPath, message: string, atKey = false): void {
    this.problems.push({ message, file: this.file, ...this.#position(this.#offset(path, atKey)) });
  }

  #at(path: YamlPath): unknown {
    let value = this.#raw;
    for (const step of path) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = (value as Record<string | number, unknown>)[step];
    }
    return value;
  }

  #offset(path: YamlPath, atKey: boolean): number {
    let node: unknown = this.#document.contents;
    let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    for (const [depth, step] of path.entries()) {
      const isLast = depth === path.length - 1;
      if (isMap(node)) {
        const pair = node.items.find(
          (item) =>
            isPair(item) && String(isNode(item.key) ? item.key.toJSON() : item.key) === step,
        );
        if (!pair) return offset;
        const start = isNode(pair.key) ? pair.key.range?.[0] : undefined;
        node = pair.value;
        offset = start ?? offset;
        if (isLast && atKey) return offset;
      } else if (isSeq(node) && typeof step === 'number') {
        node = node.items[step];
      } else {
        return offset;
      }
      if (isNode(node) && node.range && node.range[1] > node.range[0]) offset = node.range[0];
    }
    return offset;
  }

  #position(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function isWithin(path: YamlPath, root: YamlPath): boolean {
  return root.every((step, depth) => path[depth] === step);
}

const FOUND_NAMES: Record<string, string> = {
  Object: 'a mapping',
  Array: 'a list',
  null: 'nothing',
  undefined: 'nothing',
};
const EXPECTED_NAMES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  Array: 'a list',
  Object: 'a mapping of keys to values',
};

/** A sentence for an issue: what was expected here, and what was found. */
function describe(issue: v.BaseIssue<unknown>, path: YamlPath): string {
  const name = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  const at = name === '' ? 'the file' : name.replace(/^\./, '');
  if (issue.path?.at(-1)?.origin === 'key' && issue.received === 'undefined') {
    return `${at} is missing`;
  }
  if (issue.kind === 'schema' && issue.type !== 'never') {
    const expected = EXPECTED_NAMES[issue.expected ?? ''] ?? issue.expected ?? 'something else';
    const found = FOUND_NAMES[issue.received] ?? issue.received;
    const isCustom = !issue.message.startsWith('Invalid ');
    const quotes = expected === 'text' && /^[\d.]+$/.test(found) ? ' (put it in quotes)' : '';
    const wanted = isCustom ? issue.message : `expected ${expected}`;
    return `${at}: ${wanted}, found ${found}${quotes}`;
  }
  return `${at}: ${issue.message}`;
}
