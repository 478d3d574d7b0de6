import { Option } from '@commander-js/extra-typings';
import type { Role } from '../../../study/study.ts';
import { needing } from '../../arguments/needs.ts';
import { dryRun, json, passphrases } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

const ROLE_NAMES = [
  'officer',
  'packer',
  'statistician',
  'card-maker',
  'preparer',
] as const satisfies Role[];

export const keygenCommand = declareCommand({
  name: 'keygen',
  desk: 'statistician',
  description: 'Create a key for an officer or anyone else who must open sealed files',
  page: 'docs/officer.md',
  examples: [
    'keygen --role officer --name "A. Example" --output officer.key --study depil-2',
    'keygen --role packer --name "B. Example" --output packer.key --no-passphrase',
    'keygen --name "C. Example, physician" --output physician.key',
  ],
  flags: (command) =>
    needing(
      passphrases(
        command
          .requiredOption(
            '--output <file>',
            'the file for the secret key, outside the study folder',
          )
          .addOption(
            new Option(
              '--role <role>',
              'what the key is for in a study; needed with --study',
            ).choices(ROLE_NAMES),
          )
          .requiredOption('--name <name>', "the person's name")
          .option('--study <dir>', "also add the person to this study's study.yaml")
          .option(
            '--post-quantum',
            'a key that a quantum computer cannot break; then all keys must be post-quantum',
          )
          .option('--no-passphrase', 'do not protect the key with a passphrase'),
      )
        .addOption(dryRun())
        .addOption(json()),
      { oneOf: ['--role'], with: ['--study'] },
    ),
});
export type KeygenFlags = FlagsOf<typeof keygenCommand>;
