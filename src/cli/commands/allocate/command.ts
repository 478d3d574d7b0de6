import {
  byOrAccount,
  type DatabaseFlags,
  dryRun,
  dummy,
  identities,
  json,
  ledgerUrl,
  passphrases,
  rehearsal,
  signature,
  study,
  yes,
} from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const allocateCommand = declareCommand({
  name: 'allocate',
  desk: 'statistician',
  description: 'Make the allocation list and seal it',
  page: 'docs/statistician.md',
  examples: [
    'allocate --plan ../depil-2-plan.yaml',
    'allocate --plan plan.yaml --study depil-2 --by "C. Example, statistician, Example CRO"',
    'allocate --extend --plan plan.yaml --identity statistician.key',
    'allocate --rehearsal --plan rehearsal-plan.yaml',
  ],
  flags: (command) => {
    const whole = passphrases(
      command
        .requiredOption('--plan <file>', 'the confidential randomization plan')
        .option('--extend', 'add a batch: the slots that study.yaml has and the list does not')
        .addOption(
          identities('with --extend: the key of an officer or a statistician, to sign the batch'),
        ),
    )
      .addOption(rehearsal('make a rehearsal of the study, in a folder of its own'))
      .addOption(dummy())
      .option(
        '--output <dir>',
        "the rehearsal's folder (default: DUMMY-STUDY beside the study folder)",
      )
      .addOption(byOrAccount())
      .addOption(signature())
      .addOption(yes())
      .addOption(dryRun())
      .addOption(study())
      .addOption(json());
    whole.addOption(ledgerUrl()); // typed below
    return whole;
  },
});
export type AllocateFlags = FlagsOf<typeof allocateCommand> & DatabaseFlags;
