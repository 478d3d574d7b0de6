import { type CsvFlavour, csvParts } from '../csv.ts';
import { headerOf, type MeasuredDataset } from './dataset.ts';

/** Writes a dataset as CSV, for programs or for Excel. @returns its parts */
export function formatDatasetCsv(
  { columns, rows }: MeasuredDataset,
  flavour?: CsvFlavour,
): Iterable<string> {
  return csvParts(columns.map(headerOf), rows, flavour);
}
