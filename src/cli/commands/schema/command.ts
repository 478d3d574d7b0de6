import { Argument } from '@commander-js/extra-typings';
import { force, json } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const schemaCommand = declareCommand({
  name: 'schema',
  desk: 'statistician',
  description: 'Print the JSON Schema of study.yaml or plan.yaml, for editors',
  page: 'docs/statistician.md',
  examples: ['schema study', 'schema plan --output ../plan.schema.json'],
  flags: (command) =>
    command
      .addArgument(
        new Argument('<file>', 'the file that it is about').choices(['study', 'plan'] as const),
      )
      .option('--output <file>', 'write it to this file')
      .addOption(force())
      .addOption(json()),
});
export type SchemaFlags = FlagsOf<typeof schemaCommand>;
