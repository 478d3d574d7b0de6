import type { Changed } from '../../../exports/datasets/ascii.ts';
import type { CsvFlavour } from '../../../exports/csv.ts';
import type { Source } from '../../../exports/datasets/dataset-json.ts';
import type { MeasuredDataset } from '../../../exports/datasets/dataset.ts';
import { toSeconds } from '../../../ledger/times.ts';
import { VERSION } from '../../../version.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import type { Content } from '../../../digest.ts';
import type { Format } from './command.ts';

/** What an export says of itself. */
export interface ExportSource {
  readonly study: OpenStudy['study'];
  /** The time of the last ledger entry: from the same ledger follow the same bytes. */
  readonly asOf: string;
  /** Line by line, for people. */
  readonly about: readonly (readonly [string, string])[];
  /** Called with texts that a file does not have as they were typed. */
  readonly tellChanged: (changed: readonly Changed[]) => void;
  /** The name of define.xml, if it is written too. */
  readonly described?: string | undefined;
  /** What must be known of all files; undefined if there is nothing. */
  readonly remark?: string | undefined;
}

/** Writes a dataset in one format. Each loads what it needs, and refuses what it cannot write before any part is made. */
export const FORMATTERS: Readonly<
  Record<
    Format,
    (
      dataset: MeasuredDataset,
      source: ExportSource,
      csvFor: CsvFlavour | undefined,
    ) => Promise<Content>
  >
> = {
  csv: async (dataset, _, csvFor) => {
    const { formatDatasetCsv } = await import('../../../exports/datasets/csv.ts');
    return formatDatasetCsv(dataset, csvFor);
  },
  xlsx: async (dataset, { about }) => {
    const { formatXlsx } = await import('../../../exports/datasets/xlsx.ts');
    return formatXlsx(dataset, about);
  },
  json: async (dataset, source) => {
    const { formatDatasetJson } = await import('../../../exports/datasets/dataset-json.ts');
    return formatDatasetJson(dataset, jsonSource(source));
  },
  ndjson: async (dataset, source) => {
    const { formatDatasetNdjson } = await import('../../../exports/datasets/dataset-json.ts');
    return formatDatasetNdjson(dataset, jsonSource(source));
  },
  xpt: async (dataset, { asOf, tellChanged }) => {
    const { formatXpt } = await import('../../../exports/datasets/xpt.ts');
    return formatXpt(dataset, { created: asOf, tellChanged });
  },
};

export function jsonSource({ study, asOf, described }: ExportSource): Source {
  const { id, sponsor } = study;
  return { created: toSeconds(asOf), study: id, originator: sponsor, version: VERSION, described };
}
