/**
 * What a blinded person, or an attacker without a key, can see of a study: its files with their names,
 * lengths, modes and times, and what commands print. Two studies that differ in nothing but exchanged
 * arms must look the same in all of it.
 */
export interface BlindedView {
  readonly files: readonly SeenFile[];
  /** What each command printed, by its command line. */
  readonly outputs: readonly { readonly command: string; readonly text: string }[];
}

export interface SeenFile {
  readonly path: string;
  readonly content: Uint8Array;
  /** Permission bits. */
  readonly mode: number;
  /** When it was last changed, in milliseconds; undefined where that is the clock of the machine. */
  readonly modified: number | undefined;
}

/** A digest that has to differ, by what it is of: 64 hexadecimal digits → words. */
export type Explained = ReadonlyMap<string, string>;

/** Where the one looks other than the other: empty where nobody can tell them apart. */
export function differences(
  [one, explainedOne]: readonly [BlindedView, Explained],
  [other, explainedOther]: readonly [BlindedView, Explained],
): string[] {
  return [
    ...compare(
      one.files.map((file) => [file.path, aspectsOf(file, explainedOne)]),
      other.files.map((file) => [file.path, aspectsOf(file, explainedOther)]),
    ),
    ...compare(
      one.outputs.map(({ command, text }) => [command, { text: explained(text, explainedOne) }]),
      other.outputs.map(({ command, text }) => [
        command,
        { text: explained(text, explainedOther) },
      ]),
    ),
  ];
}

type Aspects = Readonly<Record<string, string | number | undefined>>;

function compare(
  one: readonly (readonly [string, Aspects])[],
  other: readonly (readonly [string, Aspects])[],
): string[] {
  const found: string[] = [];
  const names = one.map(([name]) => name);
  const otherNames = other.map(([name]) => name);
  if (names.join('\n') !== otherNames.join('\n')) {
    found.push(`names: ${names.join(', ')}; but ${otherNames.join(', ')}`);
    return found;
  }
  for (const [index, [name, aspects]] of one.entries()) {
    const others = other[index]![1];
    for (const aspect of Object.keys(aspects)) {
      if (aspects[aspect] !== others[aspect]) found.push(`${name}: ${aspect}`);
    }
  }
  return found;
}

function aspectsOf({ path, content, mode, modified }: SeenFile, known: Explained): Aspects {
  const bytes = Buffer.from(content);
  const common = { length: bytes.length, mode, modified };
  // Sealed bytes look like chance; what is seen of them is who can open them, and how much it is.
  if (path.endsWith('.age')) return { ...common, header: shapeOfHeader(bytes.toString('latin1')) };
  return { ...common, content: explained(bytes.toString('latin1'), known) };
}

/** The lines of an age header, each as what kind of recipient it is for and how long its parts are. */
function shapeOfHeader(text: string): string {
  const lines = text.slice(0, text.indexOf('\n--- ')).split('\n');
  return lines
    .map((line) => {
      const [mark, kind, ...parts] = line.split(' ');
      return mark === '->'
        ? [mark, kind, ...parts.map((part) => part.length)].join(' ')
        : line.length;
    })
    .join('\n');
}

/** A text with its digests explained, in hexadecimal and as bytes. */
function explained(text: string, known: Explained): string {
  let result = text.replace(/[0-9a-f]{64}/g, (digest) => known.get(digest) ?? digest);
  for (const [digest, words] of known) {
    result = result.replaceAll(Buffer.from(digest, 'hex').toString('latin1'), words);
  }
  return result;
}
