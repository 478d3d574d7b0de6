import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { sha256 } from '../../src/digest.ts';

/**
 * How files break, are broken, or are written by somebody who means harm. All of it is plain data, so that one case can
 * be made again, and made smaller.
 */

/** What is done to one file. Places are fractions: of the files, of the bytes, of the members. */
export interface Damage {
  readonly file: number;
  readonly way: Way;
  readonly kind: number;
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly value: number;
}

type Way = 'bytes' | 'text' | 'tree' | 'place';

/** A place: a fraction from 0 to below 1, all alike. (Those of fc.double are near 0 for the most part.) */
export const fraction = fc.noBias(fc.nat(2 ** 30 - 1)).map((n) => n / 2 ** 30);

export const anyDamage: fc.Arbitrary<Damage> = fc.record({
  file: fraction,
  way: fc.oneof(
    { weight: 5, arbitrary: fc.constant('tree' as const) },
    { weight: 3, arbitrary: fc.constant('text' as const) },
    { weight: 3, arbitrary: fc.constant('bytes' as const) },
    { weight: 1, arbitrary: fc.constant('place' as const) },
  ),
  kind: fraction,
  from: fraction,
  to: fraction,
  length: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 3000 })),
  value: fraction,
});

export function picked<T>(list: readonly T[], place: number): T {
  return list[Math.floor(place * list.length)]!;
}

/** Written as it is: JSON and YAML have values that JavaScript does not. */
const RAW = (text: string) => `@@raw:${text}@@`;
const unraw = (text: string) => text.replace(/"@@raw:(.*?)@@"/g, '$1');

/** What no member expects. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, '', ' ', 0, -1, 1, 2, 3, 1.5, -0.0001, 1e21, 2 ** 31, 2 ** 53 + 2],
  ...[100, 1000, 99_999, 1_000_000, 1e9],
  ...[RAW('1e999'), RAW('-1e999'), RAW('9'.repeat(400)), RAW('0x1F'), RAW('01'), RAW('.nan')],
  ...['NaN', 'Infinity', '-', '0', '00', '1e3', '1_000', '٣', '１', '1,5', 'null', 'undefined'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'then'],
  ...['0000-00-00', '2026-02-30', '9999-12-31', '-271821-04-20', '2026-06-15T25:61Z', 'today'],
  ...['2026-06-01', '2024-02-29', '+010000-01-01', '1969-12-31T23:59:59.999Z', '10000-01-01'],
  ...['../../../etc/passwd', '/dev/zero', '/dev/stdin', 'study', '.', '..', '/', '~', 'C:\\NUL'],
  ...['\u0000', '\u001b[31mred\u001b[0m', '\r', '\n', '\u2028', '\u202e\u0041', '\u200b', '\ufeff'],
  ...['é', 'e\u0301', 'ı', 'İ', 'ﬀ', '𝟙', '👩‍🔬', '\ud800', 'CRT-００１', 'СRT-001', 'crt-001'],
  ...['%s%n', '${x}', '{site}-###', '####################', '.*', '(a+)+$', '\\', '"', "'", '=1+1'],
  ...['days 1-', '1-1000000', '-5--1', '±3', '-999999/+999999', 'week, 100000 times'],
  ...['every: 1 day', '4 weeks, 6 times', 'C2D8', 'D1', '2 of 3', '0 of 0', '3 of 2', '255 of 255'],
  ...['a'.repeat(201), 'a'.repeat(5000), ' '.repeat(50_000), '-'.repeat(50_000), '1'.repeat(5000)],
  ...['a,'.repeat(20_000), '1-5,'.repeat(5000), 'http://'.repeat(3000), '\t \t'.repeat(20_000)],
  ...['AGE-SECRET-KEY-1', 'age1', 'postgres://a:b@127.0.0.1:1/x', 'Europe/Nowhere', 'XX', 'UTC'],
  ...[[], {}, [[]], [null], { a: 1 }, [1, 1, 1, 1], ['', ''], [0], { '': '' }, [{}], [-1]],
];

type Parent = Record<string, unknown> | unknown[];
type Place = readonly [parent: Parent, key: string | number];

function isParent(value: unknown): value is Parent {
  return typeof value === 'object' && value !== null;
}

/** Every place of a tree, from the root down. */
function placesOf(root: Parent): Place[] {
  const places: Place[] = [];
  const visit = (parent: Parent): void => {
    for (const key of Object.keys(parent)) {
      places.push([parent, Array.isArray(parent) ? Number(key) : key]);
      const value = Reflect.get(parent, key) as unknown;
      if (isParent(value)) visit(value);
    }
  };
  visit(root);
  return places;
}

function set([parent, key]: Place, value: unknown): void {
  // Also `__proto__` is a member like any other.
  const member = { value, enumerable: true, writable: true, configurable: true };
  Object.defineProperty(parent, key, member);
}

function remove([parent, key]: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
}

function nested(value: unknown, depth: number, isList: boolean): unknown {
  let result = value;
  for (let level = 0; level < depth; level += 1) result = isList ? [result] : { a: result };
  return result;
}

/** Changes one member of a tree. */
function damageTree(root: Parent, { kind, from, to, length, value }: Damage): void {
  const places = placesOf(root);
  if (places.length === 0) return;
  const [one, other] = [picked(places, from), picked(places, to)];
  const [parent, key] = one;
  const before = Reflect.get(parent, key) as unknown;
  const nasty = picked(VALUES, value);
  const ways: (() => void)[] = [
    () => {
      remove(one);
    },
    () => {
      set(one, nasty);
    },
    () => {
      set(one, nasty);
    },
    () => {
      set(one, structuredClone(Reflect.get(...other) as unknown));
    },
    () => {
      const second = Reflect.get(...other) as unknown;
      set(other, structuredClone(before));
      set(one, structuredClone(second));
    },
    () => {
      const copy = structuredClone(before);
      if (Array.isArray(parent)) parent.splice(Number(key), 0, copy);
      else set([parent, `${key}${length % 3 === 0 ? ' ' : '2'}`], copy);
    },
    () => {
      if (Array.isArray(parent)) return;
      remove(one);
      set([parent, typeof nasty === 'string' ? nasty : String(key).toUpperCase()], before);
    },
    () => {
      set([parent, Array.isArray(parent) ? parent.length : '__proto__'], nasty);
    },
    () => {
      set(one, nested(before, length % 3 === 0 ? 2000 : 1 + (length % 5), value < 0.5));
    },
    () => {
      // Retyped: what is a number is a text, and what is a text is a list.
      set(one, typeof before === 'number' ? String(before) : [before]);
    },
    () => {
      const copies = Array.isArray(parent) ? parent : [];
      for (let n = 0; n < length; n += 1) copies.push(structuredClone(before));
    },
    () => {
      if (typeof before === 'number') set(one, before + Math.round((value - 0.5) * 40));
      if (typeof before === 'string') {
        const at = Math.floor(to * before.length);
        set(one, before.slice(0, at) + String(nasty) + before.slice(at + (length % 3)));
      }
    },
  ];
  picked(ways, kind)();
}

/** The same file with one member changed; undefined if it has no members. */
function withTree(text: string, extension: string, damage: Damage): string | undefined {
  try {
    if (extension === '.jsonl') {
      const lines = text.split('\n').slice(0, -1);
      const at = Math.floor(damage.to * lines.length);
      const entry = JSON.parse(lines[at] ?? '') as Parent;
      damageTree(entry, damage);
      lines[at] = unraw(JSON.stringify(entry));
      return `${lines.join('\n')}\n`;
    }
    if (extension === '.csv') {
      const rows = text.split('\n').map((row) => row.split(','));
      damageTree(rows, damage);
      return rows.map((row) => (Array.isArray(row) ? row.join(',') : String(row))).join('\n');
    }
    const root = (extension === '.yaml' ? parse(text) : JSON.parse(text)) as unknown;
    if (!isParent(root)) return undefined;
    damageTree(root, damage);
    if (extension !== '.yaml') return `${unraw(JSON.stringify(root, undefined, 2))}\n`;
    return unraw(damage.length % 2 === 0 ? stringify(root) : JSON.stringify(root));
  } catch {
    return undefined;
  }
}

const BOMB = Array.from({ length: 9 }, (_, level) => {
  const parts = Array.from({ length: 9 }, () => (level === 0 ? 'x' : `*b${level - 1}`));
  return `b${level}: &b${level} [${parts.join(', ')}]`;
}).join('\n');

/** Changes lines, as an editor, another program or a bad merge does. */
function damageText(text: string, { kind, from, to, length, value }: Damage): string {
  const lines = text.split('\n');
  const [at, there] = [Math.floor(from * lines.length), Math.floor(to * lines.length)];
  const line = lines[at] ?? '';
  const nasty = picked(VALUES, value);
  const word = typeof nasty === 'string' ? nasty : JSON.stringify(nasty);
  const put = (...more: string[]) => [...lines.slice(0, at), ...more, ...lines.slice(at)];
  const without = lines.filter((_, index) => index !== at);
  const ways: (() => string[] | string)[] = [
    () => without,
    () => put(line),
    () => put(...Array.from({ length: length % 400 }, () => line)),
    () => lines.map((one, index) => (index === at ? (lines[there] ?? '') : one)),
    () => [...without.slice(0, there), line, ...without.slice(there)],
    () => put(word),
    () => lines.map((one, index) => (index === at ? one.replace(/: .*|,.*/, `: ${word}`) : one)),
    () => lines.map((one, index) => (index === at ? `${one}${word}` : one)),
    () => lines.map((one, index) => (index === at ? one.repeat(1 + (length % 300)) : one)),
    () => text.replaceAll('\n', '\r\n'),
    () => text.replaceAll('\n', '\r'),
    () => text.replaceAll('\n', '\u2028'),
    () => `\ufeff${text}`,
    () => `\ufeff\ufeff${text}`,
    () => text.replaceAll(',', ';'),
    () => text.replaceAll(',', '\t'),
    () => text.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    () => text.normalize('NFD').toUpperCase(),
    () => text.toLowerCase(),
    () => put('<<<<<<< HEAD', line, '=======', word, '>>>>>>> other'),
    () => put(BOMB),
    () => put('---', line),
    () => put('%YAML 9.9', '---', '!!js/function x', '--- |'),
    () => put('<<: *nothing', '? [a, b]', ': c'),
    () => put('&a a: *a'),
    () => put('['.repeat(1 + length)),
    () => put('{a: '.repeat(1 + (length % 1000))),
    () => put('"'),
    () => text.slice(0, Math.floor(from * text.length)),
    () => text + text,
    () => `${text}${'x'.repeat(length * 1000)}`,
    () => text.trimEnd(),
    () => '',
  ];
  const changed = picked(ways, kind)();
  return typeof changed === 'string' ? changed : changed.join('\n');
}

function damageBytes(bytes: Buffer, { kind, from, to, length, value }: Damage): Buffer {
  const begin = Math.floor(from * bytes.length);
  const end = Math.min(bytes.length, begin + length);
  const there = Math.floor(to * bytes.length);
  const [before, span, after] = [
    bytes.subarray(0, begin),
    bytes.subarray(begin, end),
    bytes.subarray(end),
  ];
  const flipped = Buffer.from(bytes);
  if (begin < flipped.length) flipped[begin] = flipped[begin]! ^ (1 << Math.floor(value * 8));
  const moved = Buffer.concat([bytes.subarray(0, there), span, bytes.subarray(there)]);
  const filled = Buffer.alloc(span.length, Math.floor(value * 256));
  const ways: readonly Buffer[] = [
    ...[flipped, flipped, moved],
    Buffer.concat([before, after]),
    Buffer.concat([before, span, span, after]),
    Buffer.concat([before, Buffer.from(span).reverse(), after]),
    Buffer.concat([before, filled, after]),
    Buffer.concat([before, Buffer.from([0, 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]), span, after]),
    Buffer.concat([before, Buffer.alloc(1), span, after]),
    before,
    span,
    Buffer.from(bytes.toString('utf8'), 'latin1'),
    Buffer.from(bytes.toString('latin1'), 'utf8'),
    Buffer.from(`\ufeff${bytes.toString('latin1')}`, 'utf16le'),
  ];
  return picked(ways, kind);
}

/** Something else where the file was, or nothing. */
function replaceFile(path: string, others: readonly string[], damage: Damage): void {
  const content = readFileSync(path);
  rmSync(path);
  const other = picked(others, damage.to);
  const ways: (() => unknown)[] = [
    () => undefined,
    () => {
      mkdirSync(path);
    },
    () => {
      mkdirSync(path);
      writeFileSync(join(path, 'x'), content);
    },
    () => spawnSync('mkfifo', [path]),
    () => {
      symlinkSync(basename(path), path);
    },
    () => {
      symlinkSync('nowhere', path);
    },
    () => {
      symlinkSync('/dev/zero', path);
    },
    () => {
      symlinkSync('.', path);
    },
    () => {
      if (other !== path && existsSync(other)) writeFileSync(path, readFileSync(other));
    },
    () => {
      if (other !== path) symlinkSync(relative(dirname(path), other), path);
    },
    () => {
      writeFileSync(path, Buffer.alloc(1_000_000, content));
    },
    () => {
      writeFileSync(path, 'x'.repeat(3_000_000));
    },
    () => {
      writeFileSync(`${path}.tmp`, content);
      writeFileSync(join(dirname(path), `.${damage.length}.age`), content);
      writeFileSync(path, content);
    },
  ];
  picked(ways, damage.kind)();
}

/** Every file of a folder, sorted. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Breaks one file of a folder. @returns what was done, in words */
export function damageFile(folder: string, files: readonly string[], damage: Damage): string {
  const path = join(folder, picked(files, damage.file));
  if (!existsSync(path) || !statSync(path).isFile()) return `${path}: nothing`;
  const content = readFileSync(path);
  if (damage.way === 'place') {
    const others = files.map((file) => join(folder, file));
    replaceFile(path, others, damage);
  } else if (damage.way === 'bytes') writeFileSync(path, damageBytes(content, damage));
  else {
    const text = content.toString('utf8');
    const tree = damage.way === 'tree' ? withTree(text, extname(path), damage) : undefined;
    writeFileSync(path, tree ?? damageText(text, damage));
  }
  return `${picked(files, damage.file)}: ${damage.way} ${damage.kind.toFixed(3)}`;
}

/**
 * Makes a damaged study agree with itself again, as a forger does who can write every file: the digests of the changed
 * files are replaced wherever they are, and the chain of the ledger is made anew.
 */
export function coverUp(study: string, before: ReadonlyMap<string, Buffer>): void {
  const changed = new Map<string, string>();
  const replaceAll = (text: string) => {
    let result = text;
    for (const [old, now] of changed) result = result.replaceAll(old, now);
    return result;
  };
  const isManifest = (path: string) => path.endsWith('manifest.json');
  const paths = [...before.keys()].sort((a, b) => Number(isManifest(a)) - Number(isManifest(b)));
  for (const path of paths) {
    const file = join(study, path);
    if (!existsSync(file) || !statSync(file).isFile()) continue;
    if (isManifest(path)) writeFileSync(file, replaceAll(readFileSync(file, 'latin1')), 'latin1');
    const now = readFileSync(file);
    const old = before.get(path)!;
    if (!now.equals(old)) changed.set(sha256(old), sha256(now));
  }
  const ledger = join(study, 'ledger.jsonl');
  if (!existsSync(ledger) || !statSync(ledger).isFile()) return;
  let prev = '0'.repeat(64);
  const lines = replaceAll(readFileSync(ledger, 'utf8')).trimEnd().split('\n');
  const written = lines.map((line) => {
    try {
      const entry = JSON.parse(line) as Record<string, unknown>;
      delete entry.hash;
      delete entry.signature;
      const body = JSON.stringify({ ...entry, prev });
      prev = sha256(body);
      return `${body.slice(0, -1)},"hash":"${prev}"}`;
    } catch {
      return line;
    }
  });
  writeFileSync(ledger, `${written.join('\n')}\n`);
}

/** A word of a command line as nobody types it: mistyped, or something else. */
export function nastyWord(word: string, value: number): string {
  const at = Math.floor(value * 997) % (word.length + 1);
  const changed = [
    word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at) + word.slice(at).toUpperCase(),
    `${word.slice(0, at)}0${word.slice(at + 1)}`,
    `${word} `,
    `${word.slice(0, at)}\u00a0${word.slice(at)}`,
    `${word},${word}`,
  ];
  const found = picked([...changed, ...VALUES], value);
  const text = typeof found === 'string' ? found : JSON.stringify(found);
  // No command line can have it.
  return text.replaceAll('\u0000', '').slice(0, 60_000);
}
