import { type CsvFlavour, formatCsv } from '../csv.ts';
import { type Dataset, headerOf, requireSound } from './dataset.ts';

/** Writes a dataset as CSV, for programs or for Excel. */
export function formatDatasetCsv(dataset: Dataset, flavour?: CsvFlavour): string {
  requireSound(dataset);
  const { columns, rows } = dataset;
  return formatCsv(columns.map(headerOf), rows, flavour);
}
