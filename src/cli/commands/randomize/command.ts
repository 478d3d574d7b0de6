import { needing } from '../../arguments/needs.ts';
import { factorLevels, onRandomization } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const randomizeCommand = declareCommand({
  name: 'randomize',
  desk: 'site',
  description: 'Give each participant the next free slot; all are randomized, or none',
  page: 'docs/pharmacist.md',
  examples: [
    'randomize --from participants.csv --by "D. Example, coordinator, Example Hospital"',
    'randomize --subject CRT-001 --site CRT --day1 2026-06-15 --by "D. Example"',
    'randomize --subject CRT-001 --site CRT --factor sex=F --day1 2026-06-15 --by "D. Example"',
  ],
  flags: (command) =>
    needing(
      onRandomization(
        command
          .option('--from <file>', "participants as CSV: subject,site,day1 and the study's factors")
          .option('--subject <id>', "one participant's subject id")
          .option('--site <code>', "the site's code, as in study.yaml")
          .addOption(factorLevels())
          .option(
            '--day1 <date>',
            'the date of Day 1, YYYY-MM-DD or today; needed without --from if the study has a schedule',
          ),
      ),
      { oneOf: ['--subject'], unless: ['--from'] },
      { oneOf: ['--site'], unless: ['--from'] },
    ),
});
export type RandomizeFlags = FlagsOf<typeof randomizeCommand>;
