import { declareCommand, type FlagsOf } from '../../command.ts';
import { Argument } from '@commander-js/extra-typings';
import { json } from '../../arguments/options.ts';

export const completionCommand = declareCommand({
  name: 'completion',
  desk: 'everyone',
  description: 'Print the script that completes commands in your shell with the Tab key',
  page: 'docs/install.md',
  examples: ['completion bash', 'completion zsh', 'completion fish'],
  flags: (command) =>
    command
      .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish'] as const))
      .addOption(json()),
});
export type CompletionFlags = FlagsOf<typeof completionCommand>;
