import { onVisit } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const doseCommand = declareCommand({
  name: 'dose',
  desk: 'site',
  description: 'Record an injection that was given or missed',
  page: 'docs/pharmacist.md',
  examples: [
    'dose --subject CRT-001 --visit D1 --date 2026-06-15 --by "E. Example, nurse"',
    'dose --subject CRT-001 --visit D3 --date 2026-06-17 --not-done --reason "fever" --by "E. Example"',
    'dose --subject CRT-001 --visit D1 --date 2026-06-16 --correct --reason "typing error" --by "E. Example"',
  ],
  flags: (command) =>
    onVisit(command, {
      visit: "the injection's visit, as the calendar names it, such as D15",
      date: 'the day on which it was given or missed, YYYY-MM-DD',
    })
      .option('--not-done', 'the injection was missed')
      .option('--rest', 'with --not-done: this injection and all later ones (treatment stopped)')
      .option('--correct', 'replace the earlier record of this injection'),
});
export type DoseFlags = FlagsOf<typeof doseCommand>;
