import { inParts } from '../in-parts.ts';
import { type Column, lengthOf, type MeasuredDataset } from './dataset.ts';

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

/** Writes a dataset as CDISC Dataset-JSON 1.1, a row on each line. @returns its parts */
export function* formatDatasetJson(dataset: MeasuredDataset, source: Source): Generator<string> {
  yield `${JSON.stringify(metadata(dataset, source)).slice(0, -1)},"rows":[\n`;
  let separator = '';
  for (const part of inParts(dataset.rows)) {
    yield separator + part.map((row) => JSON.stringify(row)).join(',\n');
    separator = ',\n';
  }
  yield '\n]}\n';
}

/**
 * Writes it as NDJSON, for readers that take a long table line by line: the metadata, then a row on each line.
 *
 * @returns its parts
 */
export function* formatDatasetNdjson(dataset: MeasuredDataset, source: Source): Generator<string> {
  yield `${JSON.stringify(metadata(dataset, source))}\n`;
  for (const part of inParts(dataset.rows)) {
    yield part.map((row) => `${JSON.stringify(row)}\n`).join('');
  }
}

/** The attributes, in the order that the standard recommends to readers of streams. */
function metadata(
  dataset: MeasuredDataset,
  { created, study, originator, version, described }: Source,
) {
  const { name, label, columns, count } = dataset;
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
    records: count,
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

function typeOf(dataset: MeasuredDataset, { type }: Column, index: number) {
  switch (type) {
    case 'text': {
      return { dataType: 'string', length: lengthOf(dataset, index) };
    }
    case 'number': {
      return { dataType: dataset.extents[index]!.isWhole ? 'integer' : 'double' };
    }
    case 'date':
    case 'datetime':
      return { dataType: type };
    case 'day':
      return { dataType: 'date', targetDataType: 'integer', displayFormat: 'E8601DA.' };
  }
}
