/**
 * Everything in a study that a blinded person, or an attacker without a key, can see: the files with their
 * names, lengths, modes and times, and the output of commands. Two studies that differ only in exchanged
 * arms must look the same.
 */
export interface BlindedView {
  readonly files: readonly SeenFile[];
  /** The output of each command. */
  readonly outputs: readonly { readonly command: string; readonly text: string }[];
}

export interface SeenFile {
  readonly path: string;
  readonly content: Uint8Array;
  /** Permission bits. */
  readonly mode: number;
  /** When it was last changed, in milliseconds; undefined if the time is the machine's. */
  readonly modified: number | undefined;
}

/** The digests that must differ between two such studies, each with an explanation: hexadecimal → words. */
export type Explained = ReadonlyMap<string, string>;

/** Compares two views. @returns each difference, in words; empty if nobody can tell the studies apart */
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
  // Sealed bytes look random. Visible are only the kinds of recipients and the length.
  if (path.endsWith('.age')) return { ...common, header: shapeOfHeader(bytes.toString('latin1')) };
  return { ...common, content: explained(bytes.toString('latin1'), known) };
}

/** The lines of an age header, each as its kind of recipient and the lengths of its parts. */
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

/** A text with the known digests, in hexadecimal and as bytes, replaced by their explanations. */
function explained(text: string, known: Explained): string {
  let result = text.replace(/[0-9a-f]{64}/g, (digest) => known.get(digest) ?? digest);
  for (const [digest, words] of known) {
    result = result.replaceAll(Buffer.from(digest, 'hex').toString('latin1'), words);
  }
  return result;
}
