import { Option } from '@commander-js/extra-typings';
import { csvFor, force, namingParticipant, onStudy } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const deviationsCommand = declareCommand({
  name: 'deviations',
  desk: 'site',
  description: 'List what was not done as the protocol says',
  page: 'docs/pharmacist.md',
  examples: [
    'deviations',
    'deviations CRT-001',
    'deviations --site CRT --format csv --output calendars/deviations.csv',
  ],
  flags: (command) =>
    onStudy(
      namingParticipant(command, {
        subject: 'one participant (default: all who are randomized)',
        kit: 'the same, by the code on the kit',
      })
        .option('--site <code>', 'the participants of one site')
        .addOption(
          new Option('--format <format>', 'the format of the list')
            .choices(['table', 'csv'] as const)
            .default('table' as const),
        )
        .addOption(csvFor())
        .option('--output <file>', 'a file for the list')
        .addOption(force()),
    ),
});
export type DeviationsFlags = FlagsOf<typeof deviationsCommand>;
