/**
 * The colour space sRGB (IEC 61966-2-1) as an ICC profile, version 4.2: what PDF/A asks a file to say about its colours.
 * It is made here, because it is short if its curve is a formula.
 */
export function srgbProfile(): Buffer {
  const curve = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];
  const tags: readonly (readonly [name: string, data: Buffer])[] = [
    ['desc', text('sRGB')],
    ['cprt', text('CC0')],
    ['wtpt', xyz(D50)],
    // From the white of sRGB to that of the profile: the matrix of Bradford (ICC.1:2004-10, annex E).
    ['chad', typed('sf32', numbers(CHROMATIC_ADAPTATION))],
    ['rXYZ', xyz([0.43607, 0.22249, 0.01392])],
    ['gXYZ', xyz([0.38515, 0.71687, 0.09708])],
    ['bXYZ', xyz([0.14307, 0.06061, 0.7141])],
    ['rTRC', typed('para', Buffer.from([0, 3, 0, 0]), numbers(curve))],
  ];
  const table = [...tags.map(([name]) => name), 'gTRC', 'bTRC'];
  const start = 128 + 4 + 12 * table.length;
  const offsets = tags.map((_, index) =>
    tags.slice(0, index).reduce((sum, [, data]) => sum + data.length, start),
  );
  const entries = table.map((name, index) => {
    // The three colours have the same curve.
    const at = Math.min(index, tags.length - 1);
    return Buffer.concat([Buffer.from(name), whole(offsets[at]!), whole(tags[at]![1].length)]);
  });
  const size = tags.reduce((sum, [, data]) => sum + data.length, start);
  const parts = [header(size), whole(table.length), ...entries, ...tags.map(([, data]) => data)];
  return Buffer.concat(parts);
}

type Xyz = readonly [number, number, number];

/** The white of every profile. */
const D50: Xyz = [0.9642, 1, 0.8249];

const CHROMATIC_ADAPTATION = [
  ...[1.04788, 0.02292, -0.05022],
  ...[0.02959, 0.99048, -0.01707],
  ...[-0.00925, 0.01508, 0.75168],
];

/** ICC.1:2004-10, 7.2: a display (mntr) of the colours RGB, described by XYZ. */
function header(size: number): Buffer {
  const all = Buffer.alloc(128);
  all.writeUInt32BE(size, 0);
  all.writeUInt32BE(0x04200000, 8);
  all.write('mntrRGB XYZ ', 12, 'latin1');
  for (const [index, one] of [2000, 1, 1, 0, 0, 0].entries())
    all.writeUInt16BE(one, 24 + 2 * index);
  all.write('acsp', 36, 'latin1');
  numbers(D50).copy(all, 68);
  return all;
}

/** A text in one language (type mluc), filled up to a multiple of four bytes. */
function text(words: string): Buffer {
  const utf16 = Buffer.from(words, 'utf16le').swap16();
  const head = [whole(1), whole(12), Buffer.from('enUS'), whole(utf16.length), whole(28)];
  const filling = Buffer.alloc((4 - (utf16.length % 4)) % 4);
  return typed('mluc', ...head, utf16, filling);
}

function xyz(value: Xyz): Buffer {
  return typed('XYZ ', numbers(value));
}

function typed(type: string, ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(type, 'latin1'), whole(0), ...parts]);
}

/** Numbers of 16 bits before and 16 behind the point. */
function numbers(values: readonly number[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(Math.round(value * 0x10000));
      return bytes;
    }),
  );
}

function whole(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
