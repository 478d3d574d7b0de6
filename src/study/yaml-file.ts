import * as v from 'valibot';
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { Problem } from '../errors.ts';
import { belongsText, placesOfKey } from './key-places.ts';
import { outOfScope } from './out-of-scope.ts';
import { codePoint, shown, whyNotStored } from './stored-text.ts';
import {
  cutTexts,
  firstSpecial,
  meantBy,
  plainLines,
  replacedAt,
  type Unbracketed,
  unbracketedLists,
  withoutBrackets,
  withoutCurlyQuotes,
} from './typed-slips.ts';
import { aliasSlip, unclearValues, yamlSlip, type YamlSlip } from './yaml-errors.ts';

/** The way to a value in a YAML file: keys and list positions, from the root. */
export type YamlPath = readonly (string | number)[];

/**
 * A mapping that names every key it knows. Each other key is a problem.
 *
 * @param says what each key is for, in words that editors show (json-schema.ts)
 * @param refused keys that people expect here, each with why it does not exist
 */
export function mapping<const Entries extends v.ObjectEntries>(
  entries: Entries,
  says: Says<Entries>,
  refused: Readonly<Record<string, string>> = {},
) {
  const never = Object.entries(refused).map(([key, why]) => [key, v.optional(v.never(why))]);
  const known = Object.keys(entries).join(', ');
  const schema = v.pipe(
    // To valibot a list is an object.
    v.custom((input) => !Array.isArray(input), 'expected keys with values'),
    v.objectWithRest(
      { ...entries, ...(Object.fromEntries(never) as v.ObjectEntries) },
      v.never(`unknown key; the keys known here are: ${known}`),
    ),
    v.metadata({ says }),
  );
  return schema as unknown as v.GenericSchema<
    v.InferInput<v.ObjectSchema<Entries, undefined>>,
    v.InferOutput<v.ObjectSchema<Entries, undefined>>
  >;
}

/** What each key of a mapping is for: a sentence or two without a line break. */
export type Says<Entries> = Readonly<Record<keyof Entries, string>>;

/** One of two shapes, chosen by what is there, so that errors are about the shape that was meant. */
export function eitherShape<First, Other>(
  isFirst: (input: unknown) => boolean,
  first: v.GenericSchema<unknown, First>,
  other: v.GenericSchema<unknown, Other>,
): v.GenericSchema<unknown, First | Other> {
  const schema = v.lazy((input): v.GenericSchema<unknown, First | Other> => {
    return isFirst(input) ? first : other;
  });
  // json-schema.ts needs both.
  return Object.assign(schema, { shapes: [first, other] });
}

/** Whether somebody wrote keys with values, or a list. */
export function isKeysOrList(input: unknown): boolean {
  return typeof input === 'object' && input !== null;
}

interface Parsed {
  readonly document: Document;
  readonly lines: LineCounter;
}

/** A command reads the same study.yaml several times, and its plan: parsing it takes longer than all checks. */
const MOST_KEPT = 4;
const kept = new Map<string, Parsed>();

/** @returns what others get too: it is only read */
function parsed(text: string): Parsed {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const [oldest] = kept.keys();
  if (oldest !== undefined && kept.size === MOST_KEPT) kept.delete(oldest);
  kept.set(text, { document, lines });
  return { document, lines };
}

/** The line and column of a path in a YAML text, for a problem that another room finds. */
export function placeInYaml(text: string, path: YamlPath): { line: number; column: number } {
  return new YamlFile(text, '', v.unknown()).placeOf(path);
}

/**
 * A YAML file that people write by hand, checked against a shape. One reading finds every problem, with
 * its file, line and column.
 */
export class YamlFile<Schema extends v.GenericSchema = v.GenericSchema> {
  readonly file: string;
  /** Everything that is wrong so far; `report` adds to it. */
  readonly problems: Problem[] = [];
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #raw: unknown;
  readonly #unsound: YamlPath[] = [];
  readonly #output: v.InferOutput<Schema> | undefined;

  /** @param isPlain whether it is this file with other characters, to see whether they were what is wrong */
  constructor(text: string, file: string, schema: Schema, isPlain = false) {
    this.file = file;
    const isTooLong = text.length > MOST_IN_FILE;
    const { document, lines } = parsed(isTooLong ? '' : text);
    this.#document = document;
    this.#lines = lines;
    if (isTooLong) {
      const message = `the file has ${text.length} characters: more than ${MOST_IN_FILE} are not read`;
      this.report([], message);
      this.#unsound.push([]);
      return;
    }
    // Whatever this file is, it is another one than was meant, such as a list with its arms or a key: repeat nothing.
    if (hasNoKeys(this.#document, text)) {
      this.report([], NO_KEYS);
      this.#unsound.push([]);
      return;
    }
    this.#reportSlips(text);
    const hasSlips = this.problems.length > 0;
    if (!hasSlips) this.#reportLongTexts();
    if (this.problems.length > 0) {
      this.#unsound.push([]);
      if (!isPlain && hasSlips) this.#nameSpecials(text, schema);
      return;
    }
    try {
      this.#raw = this.#document.toJS();
    } catch (error) {
      // The library finds only now what is wrong with an alias.
      if (!(error instanceof ReferenceError)) throw error;
      this.#tell(aliasSlip(error, this.#document));
      this.#unsound.push([]);
      return;
    }
    const result = v.safeParse(schema, this.#raw);
    if (result.success) this.#output = result.output;
    const lists = result.success ? [] : unbracketedLists(this.#document.contents);
    for (const { path, source } of lists) {
      this.report(path, `brackets are missing around the list: write "${source}"`);
    }
    const isList = ({ path }: Unbracketed) => lists.some((one) => one.path.join() === path.join());
    const cut = result.success ? [] : cutTexts(this.#document.contents);
    const texts = cut.filter((one) => !isList(one));
    for (const { path, source } of texts) {
      this.report(path, `within { } a comma ends a text: write ${source}`);
    }
    const told = [...lists, ...texts].flatMap(({ path, others }) => [path, ...others]);
    for (const issue of result.issues ?? []) {
      const path = (issue.path ?? []).map((item) => item.key as string | number);
      this.#unsound.push(path);
      if (told.some((one) => isWithin(path, one))) continue;
      const isUnknown = issue.type === 'never';
      const asked = isUnknown ? outOfScope(String(path.at(-1)), issue.input) : undefined;
      const meant = isUnknown ? '' : this.#meantAt(path, schema);
      const deeper = isUnknown ? placesOfKey(schema, path) : [];
      const elsewhere =
        deeper.length === 0 || deeper.length > MOST_PLACES
          ? undefined
          : `${String(path.at(-1))}: ${belongsText(deeper)}`;
      const said = asked ?? elsewhere ?? this.#describe(issue, path);
      this.report(path, `${said}${meant}`, isUnknown);
    }
    if (!isPlain) this.#nameSpecials(text, schema);
  }

  /** Whether this file and every rule reported on it are free of problems. */
  get isSound(): boolean {
    return this.problems.length === 0;
  }

  /** The checked content. @throws Error if the file has problems: ask `isSound` first. */
  get value(): v.InferOutput<Schema> {
    if (this.#output === undefined || !this.isSound) throw new Error(`${this.file} has problems`);
    return this.#output;
  }

  /**
   * The value at a path, for rules that look across the file; undefined if it is absent or if its shape
   * is wrong (which is reported already).
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

  /**
   * The entries of a mapping: each with its value, or undefined if its shape is wrong.
   *
   * @returns undefined if there is no mapping at the path
   */
  entries<T>(
    path: YamlPath,
    schema: v.GenericSchema<unknown, T>,
  ): Record<string, T | undefined> | undefined {
    const found = this.#at(path);
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
    const keys = Object.keys(found);
    return Object.fromEntries(keys.map((key) => [key, this.sound([...path, key], schema)]));
  }

  /** Adds a problem at the place of a path, or of the nearest thing above it that exists. */
  report(path: YamlPath, message: string, atKey = false): void {
    this.#tell({ message, offset: this.#offset(path, atKey) });
  }

  /** The line and column of a path, or of the nearest thing above it that exists. */
  placeOf(path: YamlPath): { line: number; column: number } {
    return this.#position(this.#offset(path, false));
  }

  /**
   * Reports texts and numbers that readers of YAML 1.1 read differently. A list that is not sealed yet
   * must mean the same to everyone; one that is sealed stays readable.
   *
   * @param notTexts the keys whose values are dates, days and words of randose's own, not texts
   */
  reportUnclear(notTexts: readonly string[] = []): void {
    if (this.#raw === undefined) return;
    const { explicit, version } = this.#document.directives?.yaml ?? {};
    if (explicit === true && version !== '1.2') {
      const message = `remove the line %YAML ${version ?? ''}: randose reads YAML 1.2`;
      this.#tell({ message, offset: 0 });
    }
    const told = new Set(this.problems.map(({ line, column }) => `${line}:${column}`));
    for (const slip of unclearValues(this.#document, notTexts)) {
      const { line, column } = this.#position(slip.offset);
      if (!told.has(`${line}:${column}`)) this.#tell(slip);
    }
  }

  /** Reports texts that must not be kept: with characters that nobody sees, or with a secret key. */
  reportUnseen(): void {
    visit(this.#document, {
      Scalar: (_, { value, range }) => {
        const why = typeof value === 'string' ? whyNotStored(value, Infinity) : undefined;
        const offset = range?.[0] ?? 0;
        const { line } = this.#position(offset);
        const isNamed = this.problems.some((one) => one.line === line && isNaming(one.message));
        if (why !== undefined && !isNamed) this.#tell({ message: `a text ${why}`, offset });
      },
    });
  }

  /**
   * Reports texts in curly quotation marks, which YAML takes for a part of the text. Who wants them on a label writes
   * straight ones around them. Call it last: a text that has another problem is not reported again.
   */
  reportCurlyQuotes(): void {
    visit(this.#document, {
      Scalar: (_, { value, type, range }) => {
        if (type !== 'PLAIN' || typeof value !== 'string') return;
        const text = withoutCurlyQuotes(value);
        const place = this.#position(range?.[0] ?? 0);
        const isKnown = this.problems.some((one) => {
          return one.line === place.line && one.column === place.column;
        });
        if (text === undefined || isKnown) return;
        const plain = JSON.stringify(shown(text, MOST_SHOWN));
        const message = `a text is in curly quotation marks, which would be printed with it: write ${plain}`;
        this.#tell({ message, offset: range?.[0] ?? 0 });
      },
    });
  }

  #tell({ message, offset }: YamlSlip): void {
    const visible = message.replaceAll(/[\u00a0\u2007\u202f\u3000\u200b\u2060\ufeff]/g, codePoint);
    this.problems.push({ message: visible, file: this.file, ...this.#position(offset) });
  }

  /** The library can report several errors for one slip. The first one in a line is the nearest to the slip. */
  #reportSlips(text: string): void {
    const { errors } = this.#document;
    const deep = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
    const lines = new Set<number>();
    for (const error of deep === undefined ? errors.slice(0, MOST_SLIPS) : [deep]) {
      const lineOf = (offset: number) => this.#position(offset).line;
      const slip = yamlSlip(error, this.#document, text, lineOf);
      const line = lineOf(slip.offset);
      // The marks of one conflict are one slip.
      const isSameMark =
        this.problems.at(-1)?.message === slip.message &&
        slip.message.startsWith('version control');
      if (!lines.has(line) && !isSameMark) this.#tell(slip);
      lines.add(line);
      if (slip.isLast === true) break;
    }
  }

  /** Whoever wrote one, or whatever program, meant something else; and the rules for texts are for what people write. */
  #reportLongTexts(): void {
    visit(this.#document, {
      Scalar: (_, { value, range }) => {
        if (typeof value !== 'string' || value.length <= MOST_CHARACTERS) return;
        const message = `expected at most ${MOST_CHARACTERS} characters, found ${value.length}`;
        this.#tell({ message, offset: range?.[0] ?? 0 });
      },
    });
  }

  /**
   * Names a character that no keyboard has, such as a no-break space, in the place of the problems of its line, if the
   * line would have none with the character that was meant.
   */
  #nameSpecials(text: string, schema: Schema): void {
    const lines = text.split('\n');
    const suspects = this.problems.flatMap(({ line = 0, message }) => {
      const isAnswered = message.includes('. Instead of ');
      return !isAnswered && firstSpecial(lines[line - 1] ?? '') !== undefined ? line - 1 : [];
    });
    for (const index of new Set(suspects)) {
      const { name, instead, index: column } = firstSpecial(lines[index]!)!;
      for (const { plain, instead: also = instead } of plainLines(lines[index]!)) {
        const other = new YamlFile(
          lines.toSpliced(index, 1, plain).join('\n'),
          this.file,
          schema,
          true,
        );
        if (other.problems.some(({ line }) => line === index + 1)) continue;
        const others = this.problems.filter((one) =>
          other.problems.some((two) => isSame(one, two)),
        );
        const place = { file: this.file, line: index + 1, column: column + 1 };
        this.problems.splice(0, Infinity, ...others, {
          ...place,
          message: `${name} is here: ${also}`,
        });
        this.#unsound.push([]);
        break;
      }
    }
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

  /** A sentence for an issue: what is expected here, and what was found. */
  #describe(issue: v.BaseIssue<unknown>, path: YamlPath): string {
    const name = path
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${shown(step, MOST_SHOWN)}`))
      .join('');
    const at = name === '' ? 'the file' : name.replace(/^\./, '');
    if (name === '' && issue.received === 'null') return 'the file is empty';
    if (issue.path?.at(-1)?.origin === 'key' && issue.received === 'undefined') {
      return `${at} is missing`;
    }
    if (issue.kind !== 'schema' || issue.type === 'never') return `${at}: ${issue.message}`;
    const expected = EXPECTED_NAMES[issue.expected ?? ''] ?? 'something else';
    const found = FOUND_NAMES[issue.received] ?? this.#source(path) ?? issue.received;
    // A message that begins with Invalid is valibot's own, for a shape without one of ours.
    const isOurs = !issue.message.startsWith('Invalid ');
    if (!isOurs && issue.type === 'boolean') return `${at}: write true or false, not ${found}`;
    const quotes =
      !isOurs &&
      expected === 'text' &&
      /^[^"]/.test(issue.received) &&
      !(issue.received in FOUND_NAMES)
        ? ' (put it in quotes)'
        : '';
    return `${at}: ${isOurs ? issue.message : `expected ${expected}`}, found ${found}${quotes}`;
  }

  /** What to write instead of a text with a slip of typing, if the shape is right with it; else an empty text. */
  #meantAt(path: YamlPath, schema: Schema): string {
    const given = this.#at(path);
    const text = typeof given === 'string' ? given : this.#flowText(path);
    if (text.length > MOST_SHOWN) return '';
    const meant = meantBy(given).find(({ value }) => {
      const { issues = [] } = v.safeParse(schema, replacedAt(this.#raw, path, value));
      return issues.every(({ path: at = [] }) => {
        return !isWithin(
          at.map((item) => item.key as string | number),
          path,
        );
      });
    });
    if (meant === undefined) return '';
    const isItem = typeof path.at(-1) === 'number';
    const source = isItem ? withoutBrackets(meant.source) : meant.source;
    if (source === text) return '';
    return `. Instead of ${shown(text, MOST_SHOWN)} write ${source}`;
  }

  /** A list within [ ] as it is to be written on one line. */
  #flowText(path: YamlPath): string {
    const node = this.#document.getIn(path, true);
    if (!isSeq(node)) return '';
    return `[${node.items.map((item) => (isScalar(item) ? (item.source ?? '') : '')).join(', ')}]`;
  }

  /** A value as the file writes it; texts have double quotes. Undefined for anything but one value. */
  #source(path: YamlPath): string | undefined {
    const node = this.#document.getIn(path, true);
    if (!isScalar(node)) return undefined;
    return typeof node.value === 'string'
      ? JSON.stringify(shown(node.value, MOST_SHOWN))
      : node.source && shown(node.source, MOST_SHOWN);
  }

  #position(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

/** Whether a message names a character with its code. */
function isNaming(message: string): boolean {
  return /\(U\+[\dA-F]{4}\) is here: /.test(message);
}

function isSame(one: Problem, other: Problem): boolean {
  return one.line === other.line && one.message === other.message;
}

function isWithin(path: YamlPath, root: YamlPath): boolean {
  return root.every((step, depth) => path[depth] === step);
}

/** A key such as `name` is known in so many places that nobody is helped by their list. */
const MOST_PLACES = 3;

/** The most characters of a file's own text that a message repeats: enough to find the place. */
const MOST_SHOWN = 60;

/** The most errors of the library that are told: hundreds follow from one slip, and each is looked for in the whole file. */
const MOST_SLIPS = 50;

/** The most characters of a file: thousands of sites. What is larger is another file, and would take minutes to read. */
const MOST_IN_FILE = 1_000_000;

/** The most characters of one text or key: more than any text of a trial has. */
const MOST_CHARACTERS = 5000;

const NO_KEYS = 'this file has no keys with values, such as "id: DEPIL-2"';

/** Whether a file has no key at all: one text, or a table that some other program wrote. An empty file is not meant. */
function hasNoKeys(document: Document, text: string): boolean {
  if (isScalar(document.contents)) return document.contents.value !== null;
  const isTable = /^[^\s,;\t:]+([,;\t])[^,;\t\n]*\1/.test(text.trimStart());
  return document.errors.length > 0 && (isTable || /^-----BEGIN |^age-encryption/.test(text));
}

const FOUND_NAMES: Record<string, string> = {
  Object: 'keys with values',
  Array: 'a list',
  null: 'nothing',
  undefined: 'nothing',
};
/** What is expected, by the names that valibot has for it. */
const EXPECTED_NAMES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  Array: 'a list',
  Object: 'keys with values',
};
