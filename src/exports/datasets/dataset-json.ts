import { inParts } from '../in-parts.ts';
import { type Column, type Dataset, lengthOf, requireSound } from './dataset.ts';

/** Where a dataset comes from. */
export interface Source {
  /** When its data changed last, ISO 8601, UTC, in seconds. */
  readonly created: string;
  /** The id of the study. */
  readonly study: string;
  /** Who is responsible for the study. */
  readonly originator: string;
  /** The version of randose. */
  readonly version: string;
  /** The name of the file that describes the dataset, define.xml; undefined if there is none. */
  readonly described?: string | undefined;
}

/** Writes a dataset as CDISC Dataset-JSON 1.1, a row on each line. */
export function formatDatasetJson(dataset: Dataset, source: Source): string {
  const about = JSON.stringify(metadata(dataset, source));
  const parts = inParts(dataset.rows, (part) => part.map((row) => JSON.stringify(row)).join(',\n'));
  const rows = parts.join(',\n');
  return `${about.slice(0, -1)},"rows":[\n${rows}\n]}\n`;
}

/** Writes it as NDJSON, for readers that take a long table line by line: the metadata, then a row on each line. */
export function formatDatasetNdjson(dataset: Dataset, source: Source): string {
  const lines = (ones: readonly unknown[]) =>
    ones.map((one) => `${JSON.stringify(one)}\n`).join('');
  return [lines([metadata(dataset, source)]), ...inParts(dataset.rows, lines)].join('');
}

/** The attributes, in the order that the standard recommends to readers of streams. */
function metadata(dataset: Dataset, { created, study, originator, version, described }: Source) {
  requireSound(dataset);
  const { name, label, columns, rows } = dataset;
  return {
    datasetJSONCreationDateTime: created,
    datasetJSONVersion: '1.1.0',
    fileOID: `${study}/${name}/${created}`,
    dbLastModifiedDateTime: created,
    ...(originator !== '' && { originator }),
    sourceSystem: { name: 'randose', version },
    studyOID: `STDY.${study}`,
    ...(described !== undefined && {
      metaDataVersionOID: `MDV.${study}`,
      metaDataRef: described,
    }),
    itemGroupOID: `IG.${name}`,
    records: rows.length,
    name,
    label,
    columns: columns.map((column, index) => ({
      itemOID: `IT.${name}.${column.name}`,
      name: column.name,
      label: column.label,
      ...typeOf(dataset, column, index),
      ...(column.key !== undefined && { keySequence: column.key }),
    })),
  };
}

function typeOf(dataset: Dataset, { type }: Column, index: number) {
  switch (type) {
    case 'text': {
      return { dataType: 'string', length: lengthOf(dataset, index) };
    }
    case 'number': {
      const isWhole = dataset.rows.every((row) => Number.isInteger(row[index] ?? 0));
      return { dataType: isWhole ? 'integer' : 'double' };
    }
    case 'date':
    case 'datetime':
      return { dataType: type };
    case 'day':
      return { dataType: 'date', targetDataType: 'integer', displayFormat: 'E8601DA.' };
  }
}
