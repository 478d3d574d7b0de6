import { needing } from '../../arguments/needs.ts';
import { onRecordedStudy, reason, signature, byIfRecorded } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const amendCommand = declareCommand({
  name: 'amend',
  desk: 'statistician',
  description: 'Put a protocol amendment of study.yaml in force, or list them',
  page: 'docs/statistician.md',
  examples: [
    'amend',
    'amend --id A2 --reason "substantial amendment 2 of 2026-11-20" --by "C. Example, statistician"',
    'amend --id A2 --subject CRT-001 --date 2026-12-07 --reason "consented again" --by "E. Example, nurse"',
    'amend --id A2 --subject CRT-001 --retract --reason "it was CRT-002" --by "E. Example, nurse"',
  ],
  flags: (command) =>
    needing(
      onRecordedStudy(
        command
          .option('--id <amendment>', 'the amendment, as study.yaml calls it')
          .option('--subject <id>', 'move this earlier participant to it, who consented again')
          .option('--date <date>', 'with --subject: the day from which it counts (default: today)')
          .option('--retract', 'with --subject: take that move back')
          .addOption(reason())
          .addOption(byIfRecorded('who does this: "NAME, ROLE, ORGANISATION"', '--id'))
          .addOption(signature()),
      ),
      { oneOf: ['--reason'], with: ['--id'] },
      { oneOf: ['--by'], with: ['--id'] },
    ),
});
export type AmendFlags = FlagsOf<typeof amendCommand>;
