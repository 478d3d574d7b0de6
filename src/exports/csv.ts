import { stringify } from 'csv-stringify/sync';
import { inParts } from './in-parts.ts';

/** For which program a CSV is: `excel` and `excel-fr` are what Excel takes with English and French settings. */
export type CsvFlavour = 'excel' | 'excel-fr';

/** What separates the fields. */
const SEPARATORS: Readonly<Record<CsvFlavour, string>> = { excel: ',', 'excel-fr': ';' };

/** A field: a number stays one in a spreadsheet, and a text is never made into one. */
export type CsvField = string | number | null;

/**
 * Writes a table as CSV with a header: UTF-8, commas. For Excel it has a byte order mark, so that accents stay, and
 * texts that Excel would take for a formula, a number or a date are written so that they stay texts. Dates such as
 * 2026-06-15 become dates.
 */
export function formatCsv(
  header: readonly string[],
  rows: readonly (readonly CsvField[])[],
  flavour?: CsvFlavour,
): string {
  return [...csvParts(header, rows, flavour)].join('');
}

/** As `formatCsv`, part by part. */
export function* csvParts(
  header: readonly string[],
  rows: Iterable<readonly CsvField[]>,
  flavour?: CsvFlavour,
): Generator<string> {
  if (flavour === undefined) {
    yield stringify([header]);
    for (const part of inParts(rows)) yield stringify(part);
    return;
  }
  const options = { delimiter: SEPARATORS[flavour], record_delimiter: 'windows' } as const;
  yield stringify([header.map(withoutFormula)], { ...options, bom: true });
  for (const part of inParts(rows)) {
    const safe = part.map((row) => row.map((field) => safeField(field, flavour)));
    yield stringify(safe, options);
  }
}

/**
 * Writes rows that have their columns by name.
 *
 * @param numbers the columns whose texts are numbers
 */
export function formatRecords(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, CsvField>>[],
  flavour?: CsvFlavour,
  numbers: readonly string[] = [],
): string {
  const fieldOf = (text: CsvField, name: string) => {
    const isNumber = flavour !== undefined && numbers.includes(name) && text !== '';
    return isNumber ? Number(text) : text;
  };
  const fields = rows.map((row) => columns.map((name) => fieldOf(row[name] ?? '', name)));
  return formatCsv(columns, fields, flavour);
}

function safeField(field: CsvField, flavour: CsvFlavour): string {
  if (field === null) return '';
  if (typeof field === 'number') {
    return flavour === 'excel-fr' ? String(field).replace('.', ',') : String(field);
  }
  if (/^\d{4}-\d\d-\d\d$/.test(field)) return field;
  return IS_CHANGED.some((one) => one.test(field)) ? `="${field}"` : withoutFormula(field);
}

/**
 * Texts that Excel changes: numbers such as `001`, `34679E4`, `(5)` and `01 49 81`, dates such as `1-2`, `JUN-001`, `MARS4`
 * and `15 June 2026`, times such as `3 pm`, and the names of truth values.
 */
const IS_CHANGED = [
  /^(?:true|false|vrai|faux)$/i,
  /^\(?[+-]?[\d.,:/\s-]*\d[\d.,:/\s-]*(?:e[+-]?\d+)?\s?%?\)?$/i,
  /^\p{L}{3,9}[ ./-]?\d{1,4}$/u,
  /^\d{1,2}[ ./-]?\p{L}{3,9}\.?(?:[ ./-]?\d{2,4})?$/u,
  /^\d{1,2}(?::\d\d)* ?[ap]m?$/i,
];

/** A text that no spreadsheet calculates. */
function withoutFormula(text: string): string {
  return /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
}
