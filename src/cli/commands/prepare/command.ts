import { openingParticipant } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const prepareCommand = declareCommand({
  name: 'prepare',
  desk: 'officer',
  description: "Seal one participant's arm to the preparer of the treatment; not a code-break",
  page: 'docs/officer.md',
  examples: [
    'prepare CRT-001 --identity officer.key --output ../crt-001.age',
    'prepare --kit 474WW4E --to "F. Example" --identity officer.key --output ../crt-001.age',
  ],
  flags: (command) =>
    openingParticipant(command)
      .option('--to <name>', 'the preparer, by name; needed if study.yaml names several')
      .option('--output <file>', 'a new file for what the preparer opens (default: stdout)'),
});
export type PrepareFlags = FlagsOf<typeof prepareCommand>;
