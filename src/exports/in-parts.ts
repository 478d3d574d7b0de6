/** So many rows are written at a time: few writes, and few rows that are kept until then. */
const PART = 256;

/** Rows in their order, some thousand at a time. */
export function* inParts<Row>(rows: Iterable<Row>): Generator<Row[]> {
  let part: Row[] = [];
  for (const row of rows) {
    part.push(row);
    if (part.length < PART) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
