import { needing } from '../../arguments/needs.ts';
import { onParticipant } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const correctCommand = declareCommand({
  name: 'correct',
  desk: 'site',
  description: 'Correct the id of a participant, or the level with which they were randomized',
  page: 'docs/pharmacist.md',
  examples: [
    'correct CRT-001 --new-id CRT-010 --reason "typing error at randomization" --by "E. Example, nurse"',
    'correct PAR-004 --factor sex=F --reason "typing error at randomization" --by "E. Example, nurse"',
    'correct PAR-004 --factor sex=F age=LT65 --reason "read from the wrong file" --by "E. Example, nurse"',
  ],
  flags: (command) =>
    needing(
      onParticipant(
        command
          .option('--new-id <id>', 'the right subject id; the old one is never free again')
          .option('--id-is-right', 'the new id is right although it is like another one')
          .option('--factor <name=level...>', 'the true level, such as sex=F'),
      ),
      { oneOf: ['--factor', '--new-id'] },
    ),
});
export type CorrectFlags = FlagsOf<typeof correctCommand>;
