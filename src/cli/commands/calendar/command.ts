import { Option } from '@commander-js/extra-typings';
import { LANGUAGE_CODES } from '../../../languages/languages.ts';
import { csvFor, force, namingParticipant, onStudy, wholeNumber } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const calendarCommand = declareCommand({
  name: 'calendar',
  desk: 'site',
  description: 'Show or export injection calendars',
  page: 'docs/pharmacist.md',
  examples: [
    'calendar CRT-001',
    'calendar CRT-001 --format pdf --language fr --output calendars/CRT-001.pdf',
    'calendar --format ics --by site --at 09:00 --alarm 1d --output calendars',
    'calendar --changes',
    'calendar plan --from 2027-03-01 --to 2027-03-31',
    'calendar load --weeks 4',
  ],
  flags: (command) =>
    onStudy(
      namingParticipant(command, {
        subject: 'one participant (default: all who are randomized)',
        kit: 'the same, by the code on the kit',
      })
        .option('--site <code>', 'the participants of one site')
        .addOption(
          new Option('--format <format>', 'the format of the calendars')
            .choices(['table', 'csv', 'ics', 'json', 'pdf'] as const)
            .default('table' as const),
        )
        .addOption(csvFor())
        .addOption(
          new Option(
            '--by <whom>',
            'ICS: one file for each; PDF: a page for each participant, or a month of a site',
          ).choices(['participant', 'site'] as const),
        )
        .option('--month <month>', 'the month of a PDF by site, YYYY-MM')
        .addOption(
          new Option(
            '--language <code>',
            'PDF, ICS, CSV: the language (default: en; PDF: that of the site)',
          ).choices(LANGUAGE_CODES),
        )
        .option('--at <time>', 'ICS: the time of injections, HH:MM (default: all day)')
        .option('--alarm <before>', 'ICS: a reminder before each injection: 30m, 2h or 1d')
        .option('--changes', 'what has changed since the last export to a file')
        .option('--since <entry>', 'what has changed since a ledger entry or a receipt')
        .option(
          '--output <path>',
          'a file; for ICS a folder (default: calendars/ in the study folder)',
        )
        .addOption(force()),
    ),
});
export type CalendarFlags = FlagsOf<typeof calendarCommand>;

export const calendarPlanCommand = declareCommand({
  name: 'plan',
  desk: 'site',
  description: 'Rank the possible dates of Day 1, before anyone is randomized',
  page: 'docs/pharmacist.md',
  examples: [
    'calendar plan --from 2027-03-01 --to 2027-03-31',
    'calendar plan --from 2027-03-01 --to 2027-03-31 --site CRT --all',
  ],
  flags: (command) =>
    onStudy(
      command
        .requiredOption('--from <date>', 'the first possible date, YYYY-MM-DD')
        .requiredOption('--to <date>', 'the last possible date, YYYY-MM-DD')
        .option('--site <code>', 'one site (default: each site)')
        .option('--all', 'every date, with its conflicts (default: the best ten)'),
    ),
});
export type CalendarPlanFlags = FlagsOf<typeof calendarPlanCommand>;

export const calendarLoadCommand = declareCommand({
  name: 'load',
  desk: 'site',
  description: 'Show the injections per day and site over the coming weeks',
  page: 'docs/pharmacist.md',
  examples: [
    'calendar load',
    'calendar load --site CRT --from 2026-06-15 --weeks 8 --format html --output calendars/load.html',
  ],
  flags: (command) =>
    onStudy(
      command
        .option('--site <code>', 'one site (default: each site)')
        .option('--from <date>', 'the first day, YYYY-MM-DD (default: today)')
        .addOption(
          new Option('--weeks <number>', 'how many weeks').default(6).argParser(wholeNumber),
        )
        .addOption(
          new Option('--format <format>', 'the format of the workload')
            .choices(['table', 'html', 'json'] as const)
            .default('table' as const),
        )
        .option('--output <file>', 'a file (default: stdout)')
        .addOption(force()),
    ),
});
export type CalendarLoadFlags = FlagsOf<typeof calendarLoadCommand>;
