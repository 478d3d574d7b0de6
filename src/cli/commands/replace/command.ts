import { factorLevels, onRandomization } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const replaceCommand = declareCommand({
  name: 'replace',
  desk: 'site',
  description: 'Randomize a participant in the place of one who stopped',
  page: 'docs/pharmacist.md',
  examples: [
    'replace --subject CRT-019 --for CRT-002 --day1 2026-06-15 --by "D. Example"',
    'replace --subject CRT-019 --for CRT-002 --factor sex=F --day1 today --by "D. Example"',
  ],
  flags: (command) =>
    onRandomization(
      command
        .requiredOption('--subject <id>', 'the subject id of the new participant')
        .requiredOption(
          '--for <id>',
          'whom they replace: subject id, randomization number or kit code',
        )
        .option('--site <code>', "the new participant's site (default: the site of the other one)")
        .addOption(factorLevels())
        .option(
          '--day1 <date>',
          'the date of Day 1, YYYY-MM-DD or today; needed if the study has a schedule',
        ),
    ),
});
export type ReplaceFlags = FlagsOf<typeof replaceCommand>;
