import type { CodeList } from '../../study/cdisc-terms.ts';
import { madeWhenRead } from '../made-when-read.ts';

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
  /** The terms of which its values are some; undefined if they are no terms. */
  readonly list?: CodeList;
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
  /** Each has a cell for each column. They can be read several times, and are the same each time. */
  readonly rows: Iterable<readonly Cell[]>;
}

/** A column, and its value for one participant, kit or entry. */
export interface Variable<One> extends Column {
  readonly of: (one: One) => Cell;
}

/** Makes a dataset, a row for each of `ones`. */
export function makeDataset<One>(
  about: Pick<Dataset, 'name' | 'label'>,
  variables: readonly Variable<One>[],
  ones: Iterable<One>,
): Dataset {
  return { ...about, columns: variables, rows: rowsOf(variables, ones) };
}

/** A row for each of `ones`. */
export function rowsOf<One>(
  variables: readonly Variable<One>[],
  ones: Iterable<One>,
): Dataset['rows'] {
  return madeWhenRead(function* () {
    for (const one of ones) yield variables.map(({ of }) => of(one));
  });
}

/** The header of a column in tables for people. */
export function headerOf({ name, title }: Column): string {
  return title ?? name;
}

/** What only all values of a column together say. */
interface Extent {
  /** The length of the longest text, in bytes of UTF-8. */
  longest: number;
  /** Whether all numbers are whole. */
  isWhole: boolean;
  /** Whether all texts are printable ASCII. */
  isAscii: boolean;
  /** The terms that it has, if it has a list. */
  readonly terms: Set<string>;
}

/** What only all rows together say. */
export interface Measures {
  /** The number of rows. */
  readonly count: number;
  /** Those of the columns, in their order. */
  readonly extents: readonly Readonly<Extent>[];
}
export type MeasuredDataset = Dataset & Measures;

/** Reads all rows, and checks and measures them. @throws Error as `measuring` */
export function measured<One extends Dataset>(dataset: One): One & Measures {
  const { add, measures } = measuring(dataset);
  for (const row of dataset.rows) add(row);
  return { ...dataset, ...measures() };
}

/**
 * Measures rows one by one, and checks what no format checks by itself: that each has a cell for each column, of its type,
 * and that names are different. A dataset that fails is a bug.
 */
export function measuring({ name, columns }: Pick<Dataset, 'name' | 'columns'>): {
  readonly add: (row: readonly Cell[]) => void;
  readonly measures: () => Measures;
} {
  const wrong = (what: string) => new Error(`dataset ${name}: ${what}`);
  const names = new Set(columns.map((column) => column.name));
  if (names.size !== columns.length) throw wrong('two columns have the same name');
  let count = 0;
  const extents = columns.map((): Extent => {
    return { longest: 0, isWhole: true, isAscii: true, terms: new Set() };
  });
  const add = (row: readonly Cell[]): void => {
    count += 1;
    if (row.length !== columns.length) throw wrong(`row ${count} has ${row.length} cells`);
    for (let index = 0; index < row.length; index += 1) {
      const cell = row[index] ?? null;
      if (cell === null) continue;
      const { name: column, type, list } = columns[index]!;
      const extent = extents[index]!;
      const isRight = type === 'number' ? Number.isFinite(cell) : typeof cell === 'string';
      if (!isRight) throw wrong(`row ${count} has no ${type} as ${column}`);
      if (typeof cell === 'number') {
        extent.isWhole &&= Number.isInteger(cell);
        continue;
      }
      extent.longest = Math.max(extent.longest, Buffer.byteLength(cell));
      extent.isAscii &&= isAscii(cell);
      if (list !== undefined) extent.terms.add(cell);
    }
  };
  return { add, measures: () => ({ count, extents }) };
}

/** Whether a text has the printable characters of ASCII alone. */
export function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** The least length of a column, in bytes: a whole date has ten, an instant to the second twenty. */
const LEAST: Readonly<Record<Column['type'], number>> = {
  text: 1,
  number: 1,
  date: 10,
  datetime: 20,
  day: 10,
};

/** The length in bytes that a column without numbers needs: that of its longest value. */
export function lengthOf({ columns, extents }: MeasuredDataset, index: number): number {
  const { length, type } = columns[index]!;
  return length ?? Math.max(LEAST[type], extents[index]!.longest);
}
