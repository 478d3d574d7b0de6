import { Option } from '@commander-js/extra-typings';
import type { Role } from '../../../study/study.ts';
import { dryRun, json, study, yes } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

const ROLE_NAMES = [
  'officer',
  'statistician',
  'packer',
  'card-maker',
  'preparer',
] as const satisfies Role[];

export const peopleCommand = declareCommand({
  name: 'people',
  desk: 'statistician',
  description: 'Show who can open sealed files; add a person whose key was sent',
  page: 'docs/statistician.md',
  examples: ['people', 'people add --role officer --name "A. Example" --recipient age1…'],
  flags: (command) => command.addOption(study()).addOption(json()),
});
export type PeopleFlags = FlagsOf<typeof peopleCommand>;

export const peopleAddCommand = declareCommand({
  name: 'add',
  desk: 'statistician',
  description: 'Write a person and the public key that they sent into study.yaml',
  page: 'docs/statistician.md',
  examples: [
    'people add --role officer --name "A. Example" --recipient age1…',
    'people add --role packer --name "B. Example" --recipient keys/b.key.pub --dry-run',
  ],
  flags: (command) =>
    command
      .addOption(
        new Option('--role <role>', 'what the key is for')
          .choices(ROLE_NAMES)
          .makeOptionMandatory(),
      )
      .requiredOption('--name <name>', "the person's name")
      .requiredOption(
        '--recipient <key>',
        'the public key that the person sent: age1…, or its file',
      )
      .addOption(dryRun())
      .addOption(yes())
      .addOption(study())
      .addOption(json()),
});
export type PeopleAddFlags = FlagsOf<typeof peopleAddCommand>;
