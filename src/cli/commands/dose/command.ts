import { Option } from '@commander-js/extra-typings';
import { needing } from '../../arguments/needs.ts';
import { onVisit, retract } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const doseCommand = declareCommand({
  name: 'dose',
  desk: 'site',
  description: 'Record an injection that was given or missed',
  page: 'docs/pharmacist.md',
  examples: [
    'dose --subject CRT-001 --visit D1 --date 2026-06-15 --by "E. Example, nurse"',
    'dose --subject CRT-001 --visit D1 --date 2026-06-15 --with-assessments --by "E. Example, nurse"',
    'dose --subject CRT-001 --visit D3 --date 2026-06-17 --not-done --reason "fever" --by "E. Example"',
    'dose --subject CRT-001 --visit D1 --date 2026-06-16 --correct --reason "typing error" --by "E. Example"',
    'dose --subject CRT-001 --additional --date 2026-06-16 --amount "0.5 million IU" --reason "second vial" --by "E. Example"',
    'dose --subject CRT-001 --visit D1 --retract --reason "another participant" --by "E. Example"',
  ],
  flags: (command) =>
    needing(
      onVisit(command, {
        visit: "the injection's visit, as the calendar names it, such as D15 or C2D8",
        date: 'the day on which it was given or missed, YYYY-MM-DD',
        kit: 'the kit that was used; alone, it says who the participant is',
      })
        .option('--not-done', 'the injection was missed')
        .option(
          '--with-assessments',
          'also record the assessments of this visit as done on that day',
        )
        .addOption(
          new Option(
            '--additional',
            'an injection that the schedule does not have: no --visit',
          ).implies({ visit: '' }),
        )
        .option(
          '--entry <number>',
          'with --additional --retract: the ledger entry, if there are several',
        )
        .option('--amount <text>', 'how much was given, such as "0.5 million IU"')
        .option('--weight <kg>', 'the weight of the participant in kg, such as 72.5')
        .option('--rest', 'with --not-done or --retract: this injection and all later ones')
        .option('--correct', 'replace the earlier record of this injection')
        .addOption(retract('take back the record of this injection: it is planned again'))
        .option('--other-kit <text>', 'a kit of another study that was used, as written on it'),
      { oneOf: ['--visit'], unless: ['--additional'] },
      { oneOf: ['--reason'], with: ['--not-done', '--correct', '--retract', '--additional'] },
    ),
});
export type DoseFlags = FlagsOf<typeof doseCommand>;
