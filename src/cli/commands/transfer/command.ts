import { needing } from '../../arguments/needs.ts';
import { onParticipant } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const transferCommand = declareCommand({
  name: 'transfer',
  desk: 'site',
  description: 'Record that another site takes over a participant',
  page: 'docs/pharmacist.md',
  examples: [
    'transfer CRT-001 --to LYO --date 2026-06-10 --reason "moved house" --by "E. Example, nurse"',
    'transfer CRT-001 --retract --reason "it was CRT-002" --by "E. Example, nurse"',
  ],
  flags: (command) =>
    needing(
      onParticipant(
        command
          .option('--to <code>', 'the site that takes over, as in study.yaml')
          .option('--date <date>', 'the first day at that site, YYYY-MM-DD or today')
          .option('--retract', 'take the last transfer back'),
      ),
      { oneOf: ['--to'], unless: ['--retract'] },
      { oneOf: ['--date'], unless: ['--retract'] },
    ),
});
export type TransferFlags = FlagsOf<typeof transferCommand>;
