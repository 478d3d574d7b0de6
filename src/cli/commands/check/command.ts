import { onStudy } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const checkCommand = declareCommand({
  name: 'check',
  desk: 'supplies',
  description: 'Check a kit code, and show where the kit is',
  page: 'docs/pharmacist.md',
  examples: ['check --kit 474WW4E', 'check --kit "474 ww4e" --json'],
  flags: (command) =>
    onStudy(command.requiredOption('--kit <code>', 'the kit code, typed or scanned')),
});
export type CheckFlags = FlagsOf<typeof checkCommand>;
