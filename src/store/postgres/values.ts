/** What a statement can be given for `$1`, `$2`, … */
export type Parameter =
  string | number | boolean | null | Uint8Array | readonly (string | number | null | Uint8Array)[];

/**
 * A value as PostgreSQL reads it from text.
 * https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function toText(value: Exclude<Parameter, null>): string {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (typeof value !== 'object') return String(value);
  const elements = value.map((one) =>
    one === null ? 'NULL' : `"${toText(one).replace(/["\\]/g, String.raw`\$&`)}"`,
  );
  return `{${elements.join(',')}}`;
}

/** An array of texts as PostgreSQL writes it. */
function toTexts(text: string): (string | null)[] {
  const inner = text.slice(1, -1);
  const elements = inner.matchAll(/(?:"((?:[^"\\]|\\[\s\S])*)"|([^,]+))(?:,|$)/g);
  return [...elements].map(([, quoted, plain]) => {
    if (quoted !== undefined) return quoted.replace(/\\([\s\S])/g, '$1');
    return plain === 'NULL' ? null : plain!;
  });
}

/** How values are written and read, by the number of their type in PostgreSQL. What is not named here is text. */
export const TYPES = {
  // The numbers of the ledger are far below 2^53.
  number: { to: 20, from: [20, 21, 23, 26], serialize: String, parse: Number },
  boolean: { to: 16, from: [16], serialize: String, parse: (text: string) => text === 't' },
  bytes: {
    to: 17,
    from: [17],
    serialize: String,
    parse: (text: string) => Buffer.from(text.slice(2), 'hex'),
  },
  texts: { to: 1009, from: [1003, 1009, 1015], serialize: String, parse: toTexts },
  // The text counts, letter by letter.
  json: { to: 114, from: [114, 3802], serialize: String, parse: String },
  time: { to: 1184, from: [1082, 1114, 1184], serialize: String, parse: String },
};
