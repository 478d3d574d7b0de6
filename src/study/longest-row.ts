/** The most characters of a row of a table: far more than any has. The CSV library takes long over a line without end, and a code-break waits for it. */
export const LONGEST_ROW = 100_000;
