import { onStudy, wholeNumber } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const statusCommand = declareCommand({
  name: 'status',
  desk: 'everyone',
  description: 'Show the recruitment progress, blinded',
  page: 'docs/pharmacist.md',
  examples: ['status', 'status --warn-at 10', 'status --json'],
  flags: (command) =>
    onStudy(
      command.option(
        '--warn-at <slots>',
        'warn if a stratum has this many slots left, or fewer',
        wholeNumber,
      ),
    ),
});
export type StatusFlags = FlagsOf<typeof statusCommand>;
