import { Argument } from '@commander-js/extra-typings';
import { force, json } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const schemaCommand = declareCommand({
  name: 'schema',
  desk: 'statistician',
  description:
    'Print the JSON Schema of study.yaml, of plan.yaml, or of what a command gives as JSON',
  page: 'docs/statistician.md',
  examples: [
    'schema study',
    'schema plan --output ../plan.schema.json',
    'schema result status',
    'schema result kit received --output ../kit-received.json',
    'schema result error',
  ],
  flags: (command) =>
    command
      .addArgument(
        new Argument(
          '<what>',
          'study and plan are the files, for editors; result is what a command prints with --json, for scripts',
        ).choices(['study', 'plan', 'result'] as const),
      )
      .argument('[command...]', 'with result: the command, or error for a command that fails')
      .option('--output <file>', 'write it to this file')
      .addOption(force())
      .addOption(json()),
});
export type SchemaFlags = FlagsOf<typeof schemaCommand>;
