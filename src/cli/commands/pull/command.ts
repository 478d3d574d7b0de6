import { dryRun, json, ledgerUrl } from '../../arguments/options.ts';
import { type DatabaseFlags } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const pullCommand = declareCommand({
  name: 'pull',
  desk: 'everyone',
  description: 'Get the files of a study whose ledger is in a database',
  page: 'docs/database.md',
  examples: [
    'pull depil-2 --ledger postgres://db.example.org/depil2',
    'pull --ledger postgres://db.example.org/depil2',
  ],
  flags: (command) =>
    command
      .argument('[dir]', 'the study folder, which is made if it is not there (default: this one)')
      .addOption(ledgerUrl())
      .addOption(dryRun())
      .addOption(json()),
});
export type PullFlags = FlagsOf<typeof pullCommand> & DatabaseFlags;
