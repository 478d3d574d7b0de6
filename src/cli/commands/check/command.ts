import { needing, PARTICIPANT } from '../../arguments/needs.ts';
import { onStudy } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const checkCommand = declareCommand({
  name: 'check',
  desk: 'supplies',
  description: 'Check a kit code, or a study.yaml before its list is drawn',
  page: 'docs/pharmacist.md',
  examples: [
    'check 474WW4E',
    'check CRT-007',
    'check --kit "474 ww4e" --json',
    'check study.yaml --plan ../plan.yaml',
  ],
  flags: (command) =>
    needing(
      onStudy(
        command
          .argument(
            '[id]',
            'a kit code; a subject id or randomization number, for its kits; or study.yaml',
          )
          .option('--kit <code>', 'the kit code, typed or scanned')
          .option('--subject <id>', "a participant's kits")
          .option('--number <number>', 'the kits of a randomization number')
          .option('--plan <file>', 'with study.yaml: the confidential randomization plan'),
      ),
      PARTICIPANT,
    ),
});
export type CheckFlags = FlagsOf<typeof checkCommand>;
