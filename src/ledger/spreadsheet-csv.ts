/** A table without what spreadsheets add to CSV. */
interface PlainCsv {
  /** With as many lines as before. */
  readonly text: string;
  /** The separator that the file names itself; undefined if it names none. */
  readonly separator: string | undefined;
}

/** A first line such as `sep=;`, which tells a spreadsheet how fields are separated. */
const SEPARATOR_LINE = /^\uFEFF?"?sep=([^\r\n"])"?[,;\t]*(?=\r?\n|$)/i;

/** A CSV text without the line that names its separator. */
export function withoutSeparatorLine(text: string): PlainCsv {
  const separator = SEPARATOR_LINE.exec(text)?.[1];
  return { text: text.replace(SEPARATOR_LINE, ''), separator };
}

/** A field without the marks that keep a spreadsheet from changing it: `="001"` is 001, and `'=1+1` is =1+1. */
export function withoutMarks(field: string): string {
  const text = /^="(.*)"$/.exec(field)?.[1] ?? field;
  return /^'[=+@\t\r-]/.test(text) ? text.slice(1) : text;
}

/** The rows of a table, without columns that have neither a name nor content. */
export function withoutEmptyColumns<Row extends { readonly record: readonly string[] }>(
  rows: readonly Row[],
): (Omit<Row, 'record'> & { readonly record: string[] })[] {
  const width = Math.max(0, ...rows.map(({ record }) => record.length));
  const used = Array.from({ length: width }, (_, index) =>
    rows.some(({ record }) => (record[index] ?? '') !== ''),
  );
  return rows.map((row) => ({ ...row, record: row.record.filter((_, index) => used[index]) }));
}
