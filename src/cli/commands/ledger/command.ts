import { type Command, Option, type OptionValues } from '@commander-js/extra-typings';
import { type Duty, DUTIES } from '../../../store/postgres/duties.ts';
import {
  type DatabaseFlags,
  onRecordedStudy,
  signature,
  byIfRecorded,
} from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';
import { ENTRY_KINDS } from './entry-kinds.ts';

export const ledgerCommand = declareCommand({
  name: 'ledger',
  desk: 'everyone',
  description: 'Show who did what, when and why',
  page: 'docs/officer.md',
  examples: [
    'ledger',
    'ledger --last 10',
    'ledger CRT-007',
    'ledger --kind code-break --since 2026-06-15 --until 2026-06-30T12:00Z',
    'ledger --compare ../copy-of-the-study',
    'ledger --enter-from ../copy-of-the-study',
    'ledger --repair --by "A. Example, data manager" --reason "power cut at night"',
    'ledger --grant LOGIN --duty coordinator --site CRT --by "A. Example, data manager"',
    'ledger --export ../copy-of-the-study',
  ],
  flags: (command) =>
    onRecordedStudy(
      withDatabase(
        command
          .argument(
            '[id]',
            'the entries about this participant: subject id, randomization number or kit code',
          )
          .option('--subject <id>', 'the same')
          .addOption(new Option('--kind <kind...>', 'entries of these kinds').choices(ENTRY_KINDS))
          .option('--since <when>', 'entries from this day on, or this time in UTC')
          .option('--until <when>', 'entries up to and including this day, or this time in UTC')
          .option('--last <count>', 'only the last of these entries, so many')
          .option(
            '--compare <other>',
            'compare with another ledger or a copy of the folder, and show what to do',
          )
          .option(
            '--repair',
            'remove an incomplete last line (e.g. after a power cut) and log that',
          )
          .option(
            '--enter-pending',
            'enter code-breaks that could not be entered when they were made',
          )
          .option(
            '--enter-from <copy>',
            'enter the code-breaks that were made in a copy of this folder; this folder stays in use',
          )
          .option(
            '--enter-paper <id>',
            'enter a code-break of this participant that is on a signed paper alone',
          )
          .option('--opened <when>', 'with --enter-paper: when it was opened, in UTC (line When)')
          .option('--opened-by <who>', 'with --enter-paper: who opened it (line By)')
          .option('--key <text>', 'with --enter-paper: whose key it was (line Key)')
          .option('--refused', 'with --enter-paper: the paper says "refused" (line Result)')
          .option('--accept-older', 'accept this ledger although a newer one was seen here')
          .addOption(
            byIfRecorded(
              'with an option that records something: who does this: "NAME, ROLE, ORGANISATION"',
              '--repair',
              '--enter-paper',
              '--accept-older',
              '--import',
              '--grant',
              '--revoke',
            ),
          )
          .option(
            '--reason <text>',
            'with --repair or --accept-older: why; with --enter-paper: the line Reason',
          )
          .addOption(signature()),
      ),
    ),
});
export type LedgerFlags = FlagsOf<typeof ledgerCommand> & DatabaseFlags & AdministrationFlags;

/** The flags with which somebody sets up a ledger in a database. */
interface AdministrationFlags {
  readonly create?: boolean;
  readonly import?: boolean;
  readonly export?: string;
  readonly grant?: string;
  readonly revoke?: string;
  readonly duties?: boolean;
  readonly duty?: readonly Duty[];
  readonly site?: readonly string[];
}

/** Their type is given above: so many more options would take the compiler minutes. */
function withDatabase<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
): Command<Args, Flags> {
  command
    .option('--create', 'make an empty ledger in the database, as its owner')
    .option('--import', 'move the ledger of this folder into the database; needs --by')
    .option('--export <dir>', 'write a folder with every entry of the database, and the files')
    .option('--grant <login>', 'give a login of the database a duty; needs --duty and --by')
    .option('--revoke <login>', 'take all duties from a login; needs --by')
    .option('--duties', 'show which logins have which duties')
    .addOption(new Option('--duty <duty...>', 'with --grant: what the login does').choices(DUTIES))
    .option('--site <code...>', 'with --grant: the sites of the login');
  return command;
}
