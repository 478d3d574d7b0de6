import { Option } from 'commander';
import type { CommandSpec } from '../command.ts';
import { onChangedStudy, onStudy, onVisit, signature, wholeNumber } from '../arguments/options.ts';

/** What a site types: participants and their injections. */
export const SITE_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'randomize',
    description: 'Give participants the next free slots, all or none',
    page: 'docs/pharmacist.md',
    examples: [
      'randomize --from participants.csv --by "D. Example, coordinator, Example Hospital"',
      'randomize --subject CRT-001 --site CRT --day1 2026-06-15 --by "D. Example"',
      'randomize --subject CRT-001 --site CRT --factor sex=F --day1 2026-06-15 --by "D. Example"',
    ],
    define: (command) =>
      onChangedStudy(
        command
          .option('--from <file>', "participants as CSV: subject,site,day1 and the study's factors")
          .option('--subject <id>', "one participant's subject id")
          .option('--site <code>', 'the site, as study.yaml has it')
          .option(
            '--factor <name=level...>',
            'a level of each stratification factor, such as sex=F',
          )
          .option('--day1 <date>', 'the date of the first injection, YYYY-MM-DD')
          .requiredOption('--by <who>', 'who does this: "NAME, ROLE, ORGANISATION"')
          .addOption(signature()),
      ),
    run: async ({ output, values: [options] }) => {
      const { randomize } = await import('../commands/randomize/randomize.ts');
      await randomize(output, options as never);
      return undefined;
    },
  },
  {
    name: 'calendar',
    description: 'Show or export injection calendars',
    page: 'docs/pharmacist.md',
    examples: [
      'calendar --subject CRT-001',
      'calendar --subject CRT-001 --format pdf --language fr --output CRT-001.pdf',
      'calendar --format ics --by site --at 09:00 --alarm 1d --output calendars',
      'calendar --changes',
      'calendar plan --from 2027-03-01 --to 2027-03-31',
      'calendar load --weeks 4',
    ],
    define: (command) =>
      onStudy(
        command
          .option('--subject <id>', 'one participant (else all who are randomized)')
          .option('--kit <code>', 'one participant, by the code on the kit')
          .option('--site <code>', 'the participants of one site')
          .addOption(
            new Option('--format <format>', 'how; month: sheets; html: the workload')
              .choices(['table', 'month', 'csv', 'ics', 'json', 'pdf', 'html'])
              .default('table'),
          )
          .addOption(
            new Option('--by <whom>', 'ICS: a file each; PDF: a page each, or a month').choices([
              'participant',
              'site',
            ]),
          )
          .option('--month <month>', 'for a PDF by site, YYYY-MM')
          .addOption(new Option('--language <code>', 'of a PDF (else en)').choices(['en', 'fr']))
          .option('--at <time>', 'ICS: injections at a time of day, HH:MM (else all day)')
          .option('--alarm <before>', 'ICS: remind before an injection: 30m, 2h or 1d')
          .option('--changes', 'what moved since the last export to a file')
          .option('--since <entry>', 'what moved since an entry of the ledger, or a receipt')
          .option('--output <path>', 'a file; for ICS a folder (else calendars/ in the study)')
          .option('--force', 'replace what is there'),
      ),
    run: async ({ output, values: [options] }) => {
      const { calendar } = await import('../commands/calendar/calendar.ts');
      await calendar(output, options as never);
      return undefined;
    },
    parts: [
      {
        name: 'plan',
        description: 'Rank the dates that Day 1 could be, before anyone is randomized',
        page: 'docs/pharmacist.md',
        examples: [
          'calendar plan --from 2027-03-01 --to 2027-03-31',
          'calendar plan --from 2027-03-01 --to 2027-03-31 --site CRT --all',
        ],
        define: (command) =>
          onStudy(
            command
              .requiredOption('--from <date>', 'the first candidate, YYYY-MM-DD')
              .requiredOption('--to <date>', 'the last one')
              .option('--site <code>', 'for one site (else each)')
              .option('--all', 'every candidate, and what is in its way (else the best ten)'),
          ),
        run: async ({ output, values: [options] }) => {
          const { calendarPlan } = await import('../commands/calendar/calendar-plan.ts');
          await calendarPlan(output, options as never);
          return undefined;
        },
      },
      {
        name: 'load',
        description: 'Show the injections of each day and site over the coming weeks',
        page: 'docs/pharmacist.md',
        examples: [
          'calendar load',
          'calendar load --site CRT --from 2026-06-15 --weeks 8 --format html --output load.html',
        ],
        define: (command) =>
          onStudy(
            command
              .option('--site <code>', 'one site (else each)')
              .option('--from <date>', 'the first day, YYYY-MM-DD (else today)')
              .addOption(
                new Option('--weeks <number>', 'how many weeks').default(6).argParser(wholeNumber),
              )
              .addOption(
                new Option('--format <format>', 'how')
                  .choices(['table', 'html', 'json'])
                  .default('table'),
              )
              .option('--output <file>', 'a file (else stdout)')
              .option('--force', 'replace what is there'),
          ),
        run: async ({ output, values: [options] }) => {
          const { calendarLoad } = await import('../commands/calendar/calendar-load.ts');
          await calendarLoad(output, options as never);
          return undefined;
        },
      },
    ],
  },
  {
    name: 'dose',
    description: 'Record an injection that was given, or missed',
    page: 'docs/pharmacist.md',
    examples: [
      'dose --subject CRT-001 --visit D1 --date 2026-06-15 --by "E. Example, nurse"',
      'dose --subject CRT-001 --visit D3 --date 2026-06-17 --not-done --reason "fever" --by "E. Example"',
      'dose --subject CRT-001 --visit D1 --date 2026-06-16 --correct --reason "typing error" --by "E. Example"',
    ],
    define: (command) =>
      onVisit(
        command,
        'of an injection, as the calendar has it: D15',
        'the day on which it was given, or given up',
      )
        .option('--not-done', 'it was missed')
        .option('--rest', 'with --not-done: and all later ones, as where somebody stops')
        .option('--correct', 'take the place of what was recorded'),
    run: async ({ output, values: [options] }) => {
      const { dose } = await import('../commands/dose/dose.ts');
      await dose(output, options as never);
      return undefined;
    },
  },
  {
    name: 'move',
    description: 'Put a planned visit on another date',
    page: 'docs/pharmacist.md',
    examples: [
      'move --subject CRT-001 --visit D15 --date 2026-06-30 --reason "public holiday" --by "E. Example, nurse"',
      'move --subject CRT-001 --visit D1 --date 2026-06-22 --reason "not well yet" --by "E. Example, nurse"',
    ],
    define: (command) =>
      onVisit(command, 'as the calendar has it: D15', 'the date on which it is to be'),
    run: async ({ output, values: [options] }) => {
      const { move } = await import('../commands/move/move.ts');
      await move(output, options as never);
      return undefined;
    },
  },
];
