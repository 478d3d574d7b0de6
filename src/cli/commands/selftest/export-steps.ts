import { BLINDED_DATASETS } from '../../../exports/sdtm/sdtm-datasets.ts';
import type { Step } from './twin-trials.ts';

/**
 * The datasets of SDTM that are compared. TS is not: it says the ratio of study.yaml (RANDQT), which the exchange changes,
 * and is made from study.yaml alone.
 */
const SDTM = BLINDED_DATASETS.filter((name) => name !== 'TS').map((name) => name.toLowerCase());

const FORMATS = ['csv', 'xlsx', 'json', 'ndjson', 'xpt'];

/**
 * Every export in every format.
 *
 * @param at the path of a file beside the study folder
 * @param hasKits whether there is anything to account for
 * @param hasRedcap whether the study says what REDCap calls its strata
 */
export function exportSteps(
  at: (name: string) => string,
  hasKits: boolean,
  hasRedcap: boolean,
): Step[] {
  const all = ['transfer', ...(hasKits ? ['accountability'] : []), 'ledger'];
  const steps = (folder: string, files: readonly string[], ...words: string[]): Step => ({
    words: ['export', ...words, '--output', at(folder), '--force'],
    seen: 'all',
    results: files.map((file) => at(`${folder}/${file}`)),
    mayRefuse: true,
  });
  const step = (file: string, ...words: string[]) => steps('exports', [file], ...words);
  return [
    ...all.flatMap((what) =>
      FORMATS.map((format) => step(`${what}.${format}`, what, '--format', format)),
    ),
    ...FORMATS.map((format) => {
      const files = SDTM.map((name) => `${name}.${format}`);
      return steps(
        `exports/sdtm-${format}`,
        format === 'json' ? [...files, 'define.xml'] : files,
        'sdtm',
        '--format',
        format,
      );
    }),
    step('transfer.csv', 'transfer', '--csv-for', 'excel-fr'),
    ...(hasRedcap ? [step('redcap.csv', 'redcap')] : []),
  ];
}
