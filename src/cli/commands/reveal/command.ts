import { needing, PARTICIPANT } from '../../arguments/needs.ts';
import { namingParticipant, opening, reason } from '../../arguments/options.ts';
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
  flags: (command) =>
    needing(
      opening(
        namingParticipant(command, {
          subject: 'the participant, who must be randomized',
          kit: 'the same, by the code on the kit',
        }),
        "an officer's secret key; several if several officers are needed",
      ).addOption(reason()),
      PARTICIPANT,
      { oneOf: ['--identity'] },
    ),
});
export type RevealFlags = FlagsOf<typeof revealCommand>;
