import { Argument, Option } from '@commander-js/extra-typings';
import { csvFor, force, opening, reason, wholeNumber } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

/** What can be exported. */
const WHAT = ['transfer', 'sdtm', 'accountability', 'ledger', 'redcap'] as const;
export type Exported = (typeof WHAT)[number];

/** The formats of datasets, the usual one first. */
export const FORMATS = ['csv', 'xlsx', 'json', 'ndjson', 'xpt'] as const;
export type Format = (typeof FORMATS)[number];

export const exportCommand = declareCommand({
  name: 'export',
  desk: 'everyone',
  description:
    'Write participants, CDISC datasets, kits or the ledger for other programs, without arms unless you have a key',
  page: 'docs/data-manager.md',
  examples: [
    'export transfer',
    'export transfer --format csv --csv-for excel-fr --output exports/2026-06-15',
    'export sdtm --format json',
    'export sdtm --identity statistician.key --output ../unblinded --reason "database is locked"',
    'export accountability --format xlsx',
    'export ledger --output ../audit.xlsx',
  ],
  flags: (command) =>
    opening(
      command
        .addArgument(
          new Argument(
            '<what>',
            'transfer: the participants; sdtm: CDISC datasets; accountability: the kits; ledger: the audit trail; redcap: the allocation table for REDCap',
          ).choices(WHAT),
        )
        .addOption(
          new Option(
            '--format <format>',
            'the format: json is CDISC Dataset-JSON, xpt is SAS transport (default: csv; of sdtm: xpt)',
          ).choices(FORMATS),
        )
        .addOption(csvFor())
        .option('--batch <number>', 'redcap: one batch of the list (default: all)', wholeNumber)
        .option(
          '--output <path>',
          'a folder, made if it is missing, or a file (default: exports/ in the study folder)',
        )
        .addOption(reason())
        .addOption(force()),
      "with sdtm: a statistician's or an officer's secret key, for datasets with arms, on record",
    ),
});
export type ExportFlags = FlagsOf<typeof exportCommand>;
