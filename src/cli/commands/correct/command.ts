import { needing } from '../../arguments/needs.ts';
import { onParticipant } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const correctCommand = declareCommand({
  name: 'correct',
  desk: 'site',
  description: 'Correct the level of a factor with which a participant was randomized',
  page: 'docs/pharmacist.md',
  examples: [
    'correct PAR-004 --factor sex=F --reason "typing error at randomization" --by "E. Example, nurse"',
    'correct PAR-004 --factor sex=F age=LT65 --reason "read from the wrong file" --by "E. Example, nurse"',
  ],
  flags: (command) =>
    needing(
      onParticipant(command.option('--factor <name=level...>', 'the true level, such as sex=F')),
      { oneOf: ['--factor'] },
    ),
});
export type CorrectFlags = FlagsOf<typeof correctCommand>;
