import {
  type DatabaseFlags,
  dryRun,
  identities,
  onStudy,
  passphrases,
  yes,
} from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const verifyCommand = declareCommand({
  name: 'verify',
  desk: 'everyone',
  description: 'Check everything in the study folder, without a key',
  page: 'docs/officer.md',
  examples: [
    'verify',
    'verify --expect 6:d76e… --commitment commitment.txt',
    'verify --checkpoint checkpoint-2026-06-15.txt',
    'verify --proof CRT-007.txt',
    'verify --regenerate --identity statistician.key',
    'verify --repair-line-ends',
  ],
  flags: (command) =>
    passphrases(
      onStudy(
        command
          .option('--expect <receipt...>', 'receipts on file, SEQUENCE:HASH')
          .option('--commitment <file>', 'the commitment that was filed or published')
          .option('--checkpoint <file>', 'a checkpoint of the ledger that was filed')
          .option('--proof <file>', "the proof of one participant's allocation")
          .option('--regenerate', 'also make the list again from its sealed seed; shows no arm')
          .addOption(
            identities('with --regenerate: the secret key of a statistician or an officer'),
          )
          .option(
            '--repair-line-ends',
            'put back line ends and encodings that another program changed',
          )
          .addOption(yes())
          .addOption(dryRun())
          .option(
            '--remove-superseded',
            'if all checks pass, delete the sealed files that a rewrap moved aside',
          ),
      ),
    ),
});
export type VerifyFlags = FlagsOf<typeof verifyCommand> & DatabaseFlags;
