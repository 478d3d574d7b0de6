import { needing } from '../../arguments/needs.ts';
import { opening, reason } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const rewrapCommand = declareCommand({
  name: 'rewrap',
  desk: 'officer',
  description: 'Re-encrypt everything for the people now listed in study.yaml',
  page: 'docs/officer.md',
  examples: [
    'rewrap --identity officer.key --reason "C. Example takes over from A. Example"',
    'rewrap --identity a.key b.key --reason "a third officer"',
  ],
  flags: (command) =>
    needing(
      opening(command, 'the secret key of an officer from before the change').addOption(reason()),
      { oneOf: ['--identity'] },
    ),
});
export type RewrapFlags = FlagsOf<typeof rewrapCommand>;
