import { needing } from '../../arguments/needs.ts';
import { onVisit, retract } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const moveCommand = declareCommand({
  name: 'move',
  desk: 'site',
  description: 'Move a planned visit to another date',
  page: 'docs/pharmacist.md',
  examples: [
    'move --subject CRT-001 --visit D15 --date 2026-06-30 --reason "public holiday" --by "E. Example, nurse"',
    'move --subject CRT-001 --visit D1 --date 2026-06-22 --reason "not well yet" --by "E. Example, nurse"',
    'move --subject CRT-001 --visit D15 --retract --reason "another participant" --by "E. Example, nurse"',
  ],
  flags: (command) =>
    needing(
      onVisit(command, {
        visit: 'the visit, as the calendar names it, such as D15 or C2D8',
        date: 'the new date, YYYY-MM-DD',
        kit: 'the same, by a kit code',
      }).addOption(retract('take back the last move of this visit')),
      { oneOf: ['--reason'] },
    ),
});
export type MoveFlags = FlagsOf<typeof moveCommand>;
