import { Option } from '@commander-js/extra-typings';
import { needing } from '../../arguments/needs.ts';
import { onParticipant } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const withdrawCommand = declareCommand({
  name: 'withdraw',
  desk: 'site',
  description: 'Record that a participant stops treatment, or leaves the study',
  page: 'docs/pharmacist.md',
  examples: [
    'withdraw CRT-001 --from treatment --date 2026-06-20 --reason "adverse event" --by "E. Example, nurse"',
    'withdraw CRT-001 --from study --date today --reason "consent withdrawn" --by "E. Example, nurse"',
    'withdraw CRT-001 --retract --reason "it was CRT-002" --by "E. Example, nurse"',
  ],
  flags: (command) =>
    needing(
      onParticipant(
        command
          .addOption(
            new Option(
              '--from <what>',
              'treatment: later injections are cancelled; study: all later visits',
            ).choices(['treatment', 'study'] as const),
          )
          .option('--date <date>', 'the last day; visits after it are cancelled')
          .option('--retract', 'take the withdrawal back'),
      ),
      { oneOf: ['--from'], unless: ['--retract'] },
      { oneOf: ['--date'], unless: ['--retract'] },
    ),
});
export type WithdrawFlags = FlagsOf<typeof withdrawCommand>;
