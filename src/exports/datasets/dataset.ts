/** A value of a row; null if there is none. */
export type Cell = string | number | null;

/** One variable of a dataset. */
export interface Column {
  /** As CDISC names it, if it does: upper case, at most 8 characters, a letter first. */
  readonly name: string;
  /** At most 40 characters. */
  readonly label: string;
  /**
   * A date is ISO 8601, and can be less precise than a day; a datetime is ISO 8601 with its zone. A day is a whole date,
   * which programs for analysis keep as a number.
   */
  readonly type: 'text' | 'number' | 'date' | 'datetime' | 'day';
  /** In bytes of UTF-8, for a text; undefined for that of the longest value. */
  readonly length?: number;
  /** Its place in the order of the keys, from 1; undefined if it is not a key. */
  readonly key?: number;
  /** The header in tables for people, if the study has a name of its own for it, such as that of a factor. */
  readonly title?: string;
}

/** A table that leaves the trial, in whatever format it is written. */
export interface Dataset {
  /** As a variable's name. */
  readonly name: string;
  /** At most 40 characters. */
  readonly label: string;
  readonly columns: readonly Column[];
  /** Each has a cell for each column. */
  readonly rows: readonly (readonly Cell[])[];
}

/** A column, and its value for one participant, kit or entry. */
export interface Variable<One> extends Column {
  readonly of: (one: One) => Cell;
}

/** Called now and then with the number of rows that are made. */
export type TellRows = (done: number) => void;

/** After so many rows progress is told. */
const TELL_EVERY = 1024;

/** Makes a dataset, a row for each of `ones`. */
export function makeDataset<One>(
  about: Pick<Dataset, 'name' | 'label'>,
  variables: readonly Variable<One>[],
  ones: readonly One[],
  tell: TellRows,
): Dataset {
  const rows = ones.map((one, index) => {
    if (index % TELL_EVERY === 0) tell(index);
    return variables.map(({ of }) => of(one));
  });
  tell(ones.length);
  return { ...about, columns: variables, rows };
}

/** The header of a column in tables for people. */
export function headerOf({ name, title }: Column): string {
  return title ?? name;
}

/** The least length of a column, in bytes: a whole date has ten, an instant to the second twenty. */
const LEAST: Readonly<Record<Exclude<Column['type'], 'number'>, number>> = {
  text: 1,
  date: 10,
  datetime: 20,
  day: 10,
};

/** The length in bytes that a column without numbers needs: that of its longest value. */
export function lengthOf({ columns, rows }: Dataset, index: number): number {
  const { length, type } = columns[index]!;
  if (length !== undefined) return length;
  const least = type === 'number' ? 1 : LEAST[type];
  return rows.reduce((longest, row) => {
    const cell = row[index] ?? '';
    return Math.max(longest, typeof cell === 'string' ? Buffer.byteLength(cell) : 0);
  }, least);
}

/**
 * Checks what no format checks by itself: that each row has a cell for each column, of its type, and that names are
 * different. A dataset that fails is a bug.
 */
export function requireSound({ name, columns, rows }: Dataset): void {
  const wrong = (what: string) => new Error(`dataset ${name}: ${what}`);
  const names = new Set(columns.map((column) => column.name));
  if (names.size !== columns.length) throw wrong('two columns have the same name');
  for (const [at, row] of rows.entries()) {
    if (row.length !== columns.length) throw wrong(`row ${at + 1} has ${row.length} cells`);
    for (const [index, cell] of row.entries()) {
      const { name: column, type } = columns[index]!;
      const isRight = type === 'number' ? Number.isFinite(cell) : typeof cell === 'string';
      if (cell !== null && !isRight) throw wrong(`row ${at + 1} has no ${type} as ${column}`);
    }
  }
}
