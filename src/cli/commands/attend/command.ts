import { needing } from '../../arguments/needs.ts';
import { onVisit, retract } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const attendCommand = declareCommand({
  name: 'attend',
  desk: 'site',
  description: 'Record assessments of a visit that took place or were missed',
  page: 'docs/pharmacist.md',
  examples: [
    'attend --subject CRT-001 --visit D60 --date today --by "E. Example, nurse"',
    'attend --subject CRT-001 --visit D60 --date today --assessment "Treg blood sample" --not-done --reason "tube broken" --by "E. Example"',
    'attend --subject CRT-001 --visit D60 --date 2026-08-14 --correct --reason "typing error" --by "E. Example"',
    'attend --subject CRT-001 --visit D60 --retract --reason "another participant" --by "E. Example"',
  ],
  flags: (command) =>
    needing(
      onVisit(command, {
        visit: 'the visit, as the calendar names it, such as D60',
        date: 'the day on which they took place or were missed, YYYY-MM-DD',
        kit: 'the same, by a kit code',
      })
        .option('--assessment <name...>', 'only these assessments of the visit (default: all)')
        .option('--not-done', 'they were missed')
        .option('--correct', 'replace the earlier record of these assessments')
        .addOption(retract('take back the record of these assessments: they are planned again')),
      { oneOf: ['--reason'], with: ['--not-done', '--correct', '--retract'] },
    ),
});
export type AttendFlags = FlagsOf<typeof attendCommand>;
