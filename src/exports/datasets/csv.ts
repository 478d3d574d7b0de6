import { stringify } from 'csv-stringify/sync';
import { type Cell, type Column, type Dataset, headerOf, requireSound } from './dataset.ts';

/** For which program a CSV is: `excel` and `excel-fr` are what Excel takes with English and French settings. */
export const CSV_FLAVOURS = ['excel', 'excel-fr'] as const;
export type CsvFlavour = (typeof CSV_FLAVOURS)[number];

/** What separates the fields. */
const SEPARATORS: Readonly<Record<CsvFlavour, string>> = { excel: ',', 'excel-fr': ';' };

/**
 * Writes a dataset as CSV with a header: UTF-8, commas. For Excel it has a byte order mark, so that accents stay, and
 * texts that Excel would take for a formula, a number or a date are written so that they stay texts.
 */
export function formatDatasetCsv(dataset: Dataset, flavour?: CsvFlavour): string {
  requireSound(dataset);
  const { columns, rows } = dataset;
  const header = columns.map(headerOf);
  if (flavour === undefined) return stringify([header, ...rows]);
  const safe = rows.map((row) => row.map((cell, index) => asText(cell, columns[index]!, flavour)));
  return stringify([header.map(withoutFormula), ...safe], {
    bom: true,
    delimiter: SEPARATORS[flavour],
    record_delimiter: 'windows',
  });
}

function asText(cell: Cell, { type }: Column, flavour: CsvFlavour): string {
  if (cell === null) return '';
  if (typeof cell === 'number') {
    return flavour === 'excel-fr' ? String(cell).replace('.', ',') : String(cell);
  }
  if (type === 'date') return cell;
  return type === 'text' && IS_CHANGED.some((one) => one.test(cell))
    ? `="${cell}"`
    : withoutFormula(cell);
}

/**
 * Texts that Excel changes: numbers such as `001` and `34679E4`, dates such as `1-2`, `JUN-001` and `MARS4`, and the names of
 * truth values.
 */
const IS_CHANGED = [
  /^(?:true|false|vrai|faux)$/i,
  /^[+-]?[\d.,:/-]*\d[\d.,:/-]*(?:e[+-]?\d+)?$/i,
  /^\p{L}{3,9}[ ./-]?\d{1,4}$/u,
];

/** A text that no spreadsheet calculates. */
function withoutFormula(text: string): string {
  return /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
}
