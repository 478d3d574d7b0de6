import { declareCommand, type FlagsOf } from '../../command.ts';

import { dryRun, json } from '../../arguments/options.ts';

export const initCommand = declareCommand({
  name: 'init',
  desk: 'statistician',
  description: 'Make a study folder from the DEPIL-2 template',
  page: 'docs/statistician.md',
  examples: ['init depil-2', 'init depil-2 --plan confidential/depil-2-plan.yaml'],
  flags: (command) =>
    command
      .argument('<dir>', 'the folder to make')
      .option('--plan <file>', 'also write the confidential randomization plan, outside DIR')
      .addOption(dryRun())
      .addOption(json()),
});
export type InitFlags = FlagsOf<typeof initCommand>;
