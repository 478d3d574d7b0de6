import { needing } from '../../arguments/needs.ts';
import { opening, reason, toTable } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const openCommand = declareCommand({
  name: 'open',
  desk: 'statistician',
  description: 'Open the whole allocation list, with its blocks and arms',
  page: 'docs/statistician.md',
  examples: [
    'open --identity statistician.key --output ../unblinded-list.csv --reason "database is locked"',
    'open --identity statistician.key --format json --output ../unblinded-list.json --reason "database is locked"',
  ],
  flags: (command) =>
    needing(
      toTable(
        opening(command, "a statistician's or an officer's secret key").addOption(reason()),
        'a new file that only you can read (default: stdout, but on a terminal only with -)',
      ),
      { oneOf: ['--identity'] },
    ),
});
export type OpenFlags = FlagsOf<typeof openCommand>;
