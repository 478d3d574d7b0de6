import type { Step } from './twin-trials.ts';

const FORMATS = ['csv', 'xlsx', 'json', 'ndjson', 'xpt'];

/**
 * Every export in every format.
 *
 * @param at the path of a file beside the study folder
 * @param hasKits whether there is anything to account for
 */
export function exportSteps(at: (name: string) => string, hasKits = true): Step[] {
  const all = ['transfer', ...(hasKits ? ['accountability'] : []), 'ledger'];
  const folder = at('exports');
  const step = (file: string, ...words: string[]): Step => ({
    words: ['export', ...words, '--output', folder, '--force'],
    seen: 'all',
    results: [at(`exports/${file}`)],
    mayRefuse: true,
  });
  return [
    ...all.flatMap((what) =>
      FORMATS.map((format) => step(`${what}.${format}`, what, '--format', format)),
    ),
    step('transfer.csv', 'transfer', '--csv-for', 'excel-fr'),
  ];
}
