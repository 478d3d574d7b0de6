import { Option } from '@commander-js/extra-typings';
import { needing } from '../../arguments/needs.ts';
import { csvFor, opening, reason, wholeNumber } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const packingCommand = declareCommand({
  name: 'packing',
  desk: 'supplies',
  description: 'Open the packing list for the packers: the arm of each kit',
  page: 'docs/pharmacist.md',
  examples: [
    'packing --identity packer.key --output ../packing.csv',
    'packing --identity packer.key --format pdf --output ../packing.pdf',
  ],
  flags: (command) =>
    needing(
      opening(command, 'the secret key of a packer')
        .addOption(reason())
        .option('--batch <number>', 'one batch of the list (default: all)', wholeNumber)
        .addOption(
          new Option('--format <format>', 'pdf: with bar codes, arm by arm')
            .choices(['csv', 'pdf', 'json'] as const)
            .default('csv' as const),
        )
        .addOption(csvFor())
        .option(
          '--output <file>',
          'a new file that only you can read (default: stdout, but on a terminal only with -)',
        ),
      { oneOf: ['--identity'] },
    ),
});
export type PackingFlags = FlagsOf<typeof packingCommand>;
