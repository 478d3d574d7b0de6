/** So many rows are written at a time: a text for each row of a long table would need much memory. */
const PART = 4096;

/** The texts of rows, some thousand rows at a time, in their order. */
export function inParts<Row>(
  rows: readonly Row[],
  textOf: (part: readonly Row[]) => string,
): string[] {
  const count = Math.ceil(rows.length / PART);
  return Array.from({ length: count }, (_, index) => {
    return textOf(rows.slice(index * PART, (index + 1) * PART));
  });
}
