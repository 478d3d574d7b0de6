import { onVisit, retract } from '../../arguments/options.ts';
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
    'dose --subject CRT-001 --visit D1 --retract --reason "another participant" --by "E. Example"',
  ],
  flags: (command) =>
    onVisit(command, {
      visit: "the injection's visit, as the calendar names it, such as D15 or C2D8",
      date: 'the day on which it was given or missed, YYYY-MM-DD',
    })
      .option('--not-done', 'the injection was missed')
      .option('--rest', 'with --not-done or --retract: this injection and all later ones')
      .option('--correct', 'replace the earlier record of this injection')
      .addOption(retract('take back the record of this injection: it is planned again'))
      .option('--other-kit <text>', 'a kit of another study that was used, as written on it'),
});
export type DoseFlags = FlagsOf<typeof doseCommand>;
