import { needing, PARTICIPANT } from '../../arguments/needs.ts';
import { onStudy } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const checkCommand = declareCommand({
  name: 'check',
  desk: 'supplies',
  description: 'Check a kit code, and show where the kit is',
  page: 'docs/pharmacist.md',
  examples: ['check 474WW4E', 'check CRT-007', 'check --kit "474 ww4e" --json'],
  flags: (command) =>
    needing(
      onStudy(
        command
          .argument('[id]', 'a kit code; or a subject id or randomization number, for its kits')
          .option('--kit <code>', 'the kit code, typed or scanned')
          .option('--subject <id>', "a participant's kits")
          .option('--number <number>', 'the kits of a randomization number'),
      ),
      PARTICIPANT,
    ),
});
export type CheckFlags = FlagsOf<typeof checkCommand>;
