import type { YamlPath } from './yaml-file.ts';

/** The parts of a schema of valibot that lead to those within it. */
interface Shape {
  readonly entries?: Readonly<Record<string, Shape>>;
  readonly item?: Shape;
  readonly value?: Shape;
  readonly wrapped?: Shape;
  readonly pipe?: readonly Shape[];
  readonly options?: readonly unknown[];
  /** Of a shape that depends on what is there: it is asked for that of keys with values. */
  readonly getter?: (input: object) => unknown;
  /** `never` for a key that is refused with a reason. */
  readonly type?: string;
}

/** A place in a file where a key is known. */
interface KeyPlace {
  /** The keys on the way to it, the first one at the beginning of a line: `supplies`, `labels`. */
  readonly keys: readonly string[];
  /** Whether the last of these keys has a list, each item of which can have the key. */
  readonly isItem: boolean;
}

/**
 * The places below where a key was found, one or more levels deeper, in which it is known: it was not indented, or less
 * than it should be.
 */
export function placesOfKey(schema: unknown, path: YamlPath): KeyPlace[] {
  const key = String(path.at(-1));
  const around = path.slice(0, -1).reduce<readonly Shape[]>(
    (shapes, step) =>
      shapes.flatMap((shape) =>
        unwrapped(shape).flatMap(({ entries, item, value }) => {
          const next = typeof step === 'number' ? item : (entries?.[step] ?? value);
          return next === undefined ? [] : [next];
        }),
      ),
    [schema as Shape],
  );
  const places = around.flatMap((shape) => within(shape, key, [], false));
  const seen = new Map(places.map((one) => [`${one.keys.join('.')} ${one.isItem}`, one]));
  return [...seen.values()];
}

/** What to do about a key that is known deeper. */
export function belongsText(places: readonly KeyPlace[]): string {
  const names = places.map(({ keys, isItem }) => {
    return isItem ? `an item of ${keys.join('.')}` : keys.join('.');
  });
  return `this key belongs under ${names.join(', or ')}: move it there, and indent it like the keys beside it`;
}

/** The places of a key in a shape. */
function within(
  shape: Shape,
  key: string,
  keys: readonly string[],
  isItem: boolean,
): readonly KeyPlace[] {
  return unwrapped(shape).flatMap(({ entries = {}, item }) => {
    const here =
      keys.length > 0 && key in entries && !isRefused(entries[key]!) ? [{ keys, isItem }] : [];
    const deeper = Object.entries(entries).flatMap(([name, one]) => {
      return within(one, key, [...keys, name], false);
    });
    return [...here, ...deeper, ...(item === undefined ? [] : within(item, key, keys, true))];
  });
}

function isRefused(shape: Shape): boolean {
  return unwrapped(shape).some(({ type }) => type === 'never');
}

/** A shape and those that it stands for: without what makes it optional, and each of several that are possible. */
function unwrapped(shape: Shape): readonly Shape[] {
  const { wrapped, pipe = [], options = [], getter } = shape;
  const inner = [
    ...(wrapped === undefined ? [] : [wrapped]),
    ...(getter === undefined ? [] : [getter({})]),
    ...pipe.filter((one) => one !== shape),
    ...options.filter((one) => typeof one === 'object' && one !== null),
  ];
  return [shape, ...inner.flatMap((one) => unwrapped(one as Shape))];
}
