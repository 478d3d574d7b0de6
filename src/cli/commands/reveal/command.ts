import { openingParticipant } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const revealCommand = declareCommand({
  name: 'reveal',
  desk: 'officer',
  description: "Show a randomized participant's arm in an open-label study; not a code-break",
  page: 'docs/officer.md',
  examples: [
    'reveal CRT-001 --identity officer.key',
    'reveal --kit 474WW4E --identity officer.key --by "E. Example, randomization office, Example CRO"',
  ],
  flags: openingParticipant,
});
export type RevealFlags = FlagsOf<typeof revealCommand>;
