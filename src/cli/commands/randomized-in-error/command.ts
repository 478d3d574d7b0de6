import { onParticipant } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const randomizedInErrorCommand = declareCommand({
  name: 'randomized-in-error',
  desk: 'site',
  description: 'Record that a participant should not have been randomized',
  page: 'docs/pharmacist.md',
  examples: [
    'randomized-in-error CRT-009 --reason "not eligible: screening failed" --by "E. Example, investigator"',
    'randomized-in-error CRT-009 --retract --reason "was eligible" --by "E. Example, investigator"',
  ],
  flags: (command) => onParticipant(command.option('--retract', 'take that back')),
});
export type RandomizedInErrorFlags = FlagsOf<typeof randomizedInErrorCommand>;
