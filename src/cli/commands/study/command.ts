import {
  byOrAccount,
  type DatabaseFlags,
  onRecordedStudy,
  reason,
  signature,
} from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const studyCommand = declareCommand({
  name: 'study',
  desk: 'statistician',
  description: 'Show what was changed in study.yaml, and bring back the accepted one',
  page: 'docs/statistician.md',
  examples: [
    'study',
    'study --diff',
    'study --restore --by "C. Example, statistician" --reason "edited by mistake"',
  ],
  flags: (command) =>
    onRecordedStudy(
      command
        .option('--diff', 'show the lines that differ from the study.yaml that was accepted last')
        .option('--restore', 'bring it back; the edited file stays beside it')
        .addOption(reason())
        .addOption(byOrAccount('--restore'))
        .addOption(signature()),
    ),
});
export type StudyCommandFlags = FlagsOf<typeof studyCommand> & DatabaseFlags;
