import { type Command, Option } from 'commander';
import type { Role } from '../study/study.ts';
import type { KitEvent } from '../ledger/entry.ts';
import { PROFILES } from '../study/supplies.ts';
import type { RunApart } from './commands/selftest.ts';
import {
  identities,
  json,
  onStudy,
  onVisit,
  opening,
  passphraseFd,
  passphraseFile,
  signature,
  study,
  tableFormat,
  wholeNumber,
  wholeNumbers,
} from './options.ts';
import type { Output } from './output.ts';

/** What a command is called with. */
export interface Call {
  readonly output: Output;
  /** Its arguments, then its options. */
  readonly values: unknown[];
  /** Runs another command line in the same surroundings. */
  readonly again: (words: readonly string[]) => Promise<number>;
  /** Runs another command line, and keeps what it prints. */
  readonly apart: RunApart;
}

/** A command: what it is called, what it takes, and what it does. */
export interface CommandSpec {
  readonly name: string;
  readonly description: string;
  /** The page of docs/ for whoever uses it. */
  readonly page: string;
  readonly examples: readonly string[];
  readonly define: (command: Command) => void;
  /** Commands of its own, each typed behind it. */
  readonly parts?: readonly CommandSpec[];
  /** @returns the exit status, where it is not 0 */
  readonly run: (call: Call) => Promise<number | undefined>;
}

/** Every command, in the order in which a trial needs them. What is heavy is loaded when it runs. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'init',
    description: 'Make a study folder from the DEPIL-2 template',
    page: 'docs/statistician.md',
    examples: ['init depil-2', 'init depil-2 --plan confidential/depil-2-plan.yaml'],
    define: (command) =>
      command
        .argument('<dir>', 'the folder to make')
        .option('--plan <file>', 'also write the confidential randomization plan, outside DIR')
        .addOption(json()),
    run: async ({ output, values: [folder, options] }) => {
      const { init } = await import('./commands/init.ts');
      init(output, folder as string, options as never);
      return undefined;
    },
  },
  {
    name: 'keygen',
    description: 'Make the key of an officer, or of anybody to whom is sealed',
    page: 'docs/officer.md',
    examples: [
      'keygen --role officer --name "A. Example" --output officer.key --study depil-2',
      'keygen --role packer --name "B. Example" --output packer.key --no-passphrase',
    ],
    define: (command) =>
      command
        .requiredOption(
          '--output <file>',
          'where to write the secret key; outside the study folder',
        )
        .addOption(
          new Option('--role <role>', 'what the key is for')
            .choices(['officer', 'packer', 'statistician', 'card-maker'] satisfies Role[])
            .makeOptionMandatory(),
        )
        .requiredOption('--name <name>', 'whose key it is')
        .option('--study <dir>', "also add the person to this study's study.yaml")
        .option(
          '--post-quantum',
          'a key that no quantum computer opens; then all keys must be such',
        )
        .option('--no-passphrase', 'do not protect the key with a passphrase')
        .addOption(passphraseFile())
        .addOption(passphraseFd())
        .addOption(json()),
    run: async ({ output, values: [options] }) => {
      const { keygen } = await import('./commands/keygen.ts');
      await keygen(output, options as never);
      return undefined;
    },
  },
  {
    name: 'assess',
    description: 'Measure a plan, or several side by side, before it is chosen',
    page: 'docs/statistician.md',
    examples: [
      'assess --plan plan.yaml',
      'assess --plan plan.yaml --against blocks-of-3.yaml blocks-of-9.yaml',
      'assess --plan plan.yaml --format html --output assessment.html',
      'assess --plan plan.yaml --participants 18 --recruited 5,4,3,3,2,1',
    ],
    define: (command) =>
      command
        .requiredOption('--plan <file>', 'a randomization plan')
        .option('--against <file...>', 'other plans to hold beside it')
        .option('--extend', 'for the slots alone that allocate --extend would add')
        .option('--participants <number>', 'the totals after so many, from any strata', wholeNumber)
        .option(
          '--recruited <numbers>',
          'the totals for so many from each stratum, in order: 5,4,3',
          wholeNumbers,
        )
        .addOption(
          new Option('--format <format>', 'how')
            .choices(['table', 'json', 'html'])
            .default('table'),
        )
        .option('--output <file>', 'a file, readable by you alone (else stdout)')
        .option('--force', 'replace what is there')
        .addOption(study())
        .addOption(json()),
    run: async ({ output, values: [options] }) => {
      const { assess } = await import('./commands/assess.ts');
      await assess(output, options as never);
      return undefined;
    },
  },
  {
    name: 'allocate',
    description: 'Make the allocation list and seal it',
    page: 'docs/statistician.md',
    examples: [
      'allocate --plan ../depil-2-plan.yaml',
      'allocate --plan plan.yaml --study depil-2 --by "C. Example, statistician, Example CRO"',
      'allocate --extend --plan plan.yaml',
      'allocate --dummy --plan rehearsal-plan.yaml',
    ],
    define: (command) =>
      command
        .requiredOption('--plan <file>', 'the confidential randomization plan')
        .option('--extend', 'add a batch: the slots that study.yaml asks for beyond the list')
        .option('--dummy', 'make a rehearsal of the study, in a folder of its own')
        .option('--output <dir>', "the rehearsal's folder (else DUMMY-STUDY beside the study)")
        .option('--by <who>', 'who does this: "NAME, ROLE, ORGANISATION" (else the account)')
        .addOption(signature())
        .addOption(study())
        .addOption(json()),
    run: async ({ output, values: [options] }) => {
      const { allocate } = await import('./commands/allocate.ts');
      await allocate(output, options as never);
      return undefined;
    },
  },
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
      onStudy(
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
      const { randomize } = await import('./commands/randomize.ts');
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
      const { calendar } = await import('./commands/calendar.ts');
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
          const { calendarPlan } = await import('./commands/calendar-plan.ts');
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
          const { calendarLoad } = await import('./commands/calendar-load.ts');
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
      const { dose } = await import('./commands/dose.ts');
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
      const { move } = await import('./commands/move.ts');
      await move(output, options as never);
      return undefined;
    },
  },
  {
    name: 'labels',
    description: 'Print kit labels, on sheets or for a label printer',
    page: 'docs/pharmacist.md',
    examples: [
      'labels --sheet L7163 --output labels/outer.pdf',
      'labels --sheet L7651 --site CRT --start-at 14 --output labels/vials.pdf',
      'labels --subject CRT-001 --output labels/CRT-001.pdf',
      'labels --format zpl --dpi 203 --kits 474WW4E --output labels/one.zpl',
      'labels --calibrate --sheet L7163 --output outlines.pdf',
    ],
    define: (command) =>
      onStudy(
        command
          .option('--kits <codes>', 'these kits: CODE,CODE (else all)')
          .option('--site <code>', 'the kits of one site')
          .option('--batch <number>', 'the kits of one batch of the list', wholeNumber)
          .option('--subject <id>', "dispensing labels: a participant's kit, with visits and dates")
          .addOption(
            new Option(
              '--only <labels>',
              'outer labels, or those of units (else by the sheet)',
            ).choices(['outer', 'units']),
          )
          .addOption(
            new Option('--profile <law>', 'what they must say (else as study.yaml has it)').choices(
              PROFILES,
            ),
          )
          .addOption(
            new Option('--format <format>', 'how')
              .choices(['pdf', 'zpl', 'csv', 'png'])
              .default('pdf'),
          )
          .option(
            '--sheet <name>',
            'the labels: L7160, L7161, L7163, L7165, L7651, 5160, 5163, 5164 (else L7163)',
          )
          .option('--start-at <place>', 'the first label that is left on the sheet', wholeNumber)
          .option('--offset <x,y>', 'move everything: millimetres to the right, and down')
          .option('--calibrate', "print the sheet's outlines instead")
          .addOption(
            new Option('--dpi <number>', 'of a label printer, or a PNG (else 300)').choices([
              '203',
              '300',
              '600',
            ]),
          )
          .requiredOption('--output <path>', 'a file; several PNG go into a folder')
          .option('--force', 'replace what is there')
          .option('--reason <text>', 'why; it is kept in the ledger')
          .option('--by <who>', 'who does this: "NAME, ROLE, ORGANISATION" (else the account)')
          .addOption(signature()),
      ),
    run: async ({ output, values: [options] }) => {
      const { labels } = await import('./commands/labels.ts');
      await labels(output, options as never);
      return undefined;
    },
  },
  {
    name: 'packing',
    description: 'Open the packing list, kit to arm, for the packers',
    page: 'docs/pharmacist.md',
    examples: [
      'packing --identity packer.key --output ../packing.csv',
      'packing --identity packer.key --format pdf --output ../packing.pdf',
    ],
    define: (command) =>
      opening(
        command
          .addOption(identities('the secret key of a packer'))
          .option('--batch <number>', 'one batch of the list (else all)', wholeNumber)
          .addOption(
            new Option('--format <format>', 'how; pdf: with bar codes, arm by arm')
              .choices(['csv', 'pdf', 'json'])
              .default('csv'),
          )
          .option('--output <file>', 'a new file, readable by you alone (else stdout)')
          .option('--reason <text>', 'why; it is kept in the ledger')
          .option('--by <who>', 'who does this (else the person whose key it is)'),
      ),
    run: async ({ output, values: [options] }) => {
      const { packing } = await import('./commands/packing.ts');
      await packing(output, options as never);
      return undefined;
    },
  },
  {
    name: 'check',
    description: 'Tell whether a kit code is valid, and where the kit is',
    page: 'docs/pharmacist.md',
    examples: ['check --kit 474WW4E', 'check --kit "474 ww4e" --json'],
    define: (command) =>
      onStudy(command.requiredOption('--kit <code>', 'the code, typed or scanned')),
    run: async ({ output, values: [options] }) => {
      const { check } = await import('./commands/check.ts');
      check(output, options as never);
      return undefined;
    },
  },
  {
    name: 'kit',
    description: 'Account for kits: received, dispensed, returned, destroyed',
    page: 'docs/pharmacist.md',
    examples: [
      'kit',
      'kit received --from scanned.txt --by "F. Example, pharmacist"',
      'kit dispensed --kits 474WW4E --subject CRT-001 --by "F. Example, pharmacist"',
    ],
    define: (command) => onStudy(command.option('--site <code>', 'the kits of one site')),
    run: async ({ output, values: [options] }) => {
      const { kitLog } = await import('./commands/kit.ts');
      kitLog(output, options as never);
      return undefined;
    },
    parts: [
      kitPart('received', 'Record kits that came to the site'),
      kitPart('dispensed', 'Record a kit that was given out, for the one who has its slot'),
      kitPart('returned', 'Record a kit that came back, with the units left in it'),
      kitPart('destroyed', 'Record kits that were destroyed'),
      kitPart('retracted', 'Take back what was recorded last of kits, by mistake'),
    ],
  },
  {
    name: 'unblind',
    description: "Open one participant's allocation (code-break), or all",
    page: 'docs/officer.md',
    examples: [
      'unblind --subject CRT-007 --identity officer.key --reason "SAE: treatment depends on it"',
      'unblind --kit 474WW4E --card --by "E. Example, physician" --reason "SAE"',
      'unblind --subject CRT-007 --identity officer.key --reason "SAE" --to age1… --output ../answer.age',
      'unblind --all --identity statistician.key --output ../unblinded.csv --reason "database is locked"',
    ],
    define: (command) =>
      opening(
        command
          .option('--subject <id>', 'the participant')
          .option('--kit <code>', 'the participant, by the code on the kit')
          .option(
            '--all',
            'everybody, proven and replayed from the seed: a table, after database lock',
          )
          .addOption(identities("an officer's secret key; where it takes several, one of each"))
          .option('--card', "ask for the key on the participant's code-break card")
          .requiredOption('--reason <text>', 'why; it is kept in the ledger')
          .option('--by <who>', 'who does this (else the person whose key it is)')
          .option(
            '--to <recipient>',
            'seal the answer to this age recipient, and show it to nobody here',
          )
          .option('--proof <file>', 'also write a proof of this one allocation, for sha256sum')
          .option('--output <file>', 'a new file for what --to seals, or for the table of --all')
          .addOption(tableFormat()),
      ),
    run: async ({ output, values: [options] }) => {
      if ((options as { all?: boolean }).all === true) {
        const { unblindAll } = await import('./commands/unblind-all.ts');
        await unblindAll(output, options as never);
      } else {
        const { unblind } = await import('./commands/unblind.ts');
        await unblind(output, options as never);
      }
      return undefined;
    },
  },
  {
    name: 'open',
    description: 'Open the whole allocation list, with its blocks and arms',
    page: 'docs/statistician.md',
    examples: [
      'open --identity statistician.key --output ../list.csv --reason "database is locked"',
      'open --identity statistician.key --format json',
    ],
    define: (command) =>
      opening(
        command
          .addOption(identities("a statistician's or an officer's secret key"))
          .addOption(tableFormat())
          .option('--output <file>', 'a new file, readable by you alone (else stdout)')
          .option('--reason <text>', 'why; it is kept in the ledger')
          .option('--by <who>', 'who does this (else the person whose key it is)'),
      ),
    run: async ({ output, values: [options] }) => {
      const { open } = await import('./commands/open.ts');
      await open(output, options as never);
      return undefined;
    },
  },
  {
    name: 'commitment',
    description: 'Print what to file or publish before the first participant',
    page: 'docs/statistician.md',
    examples: ['commitment', 'commitment --output commitment.txt --request commitment.tsq'],
    define: (command) =>
      onStudy(
        command
          .option('--output <file>', 'a new file (else stdout)')
          .option('--request <file>', 'also a request for a time-stamping authority (RFC 3161)'),
      ),
    run: async ({ output, values: [options] }) => {
      const { commitment } = await import('./commands/commitment.ts');
      await commitment(output, options as never);
      return undefined;
    },
  },
  {
    name: 'cards',
    description: "Print the code-break cards for the sites' sealed envelopes",
    page: 'docs/pharmacist.md',
    examples: [
      'cards --identity card-maker.key --output ../cards.pdf',
      'cards --identity card-maker.key --output ../again.pdf --again --reason "lost in the post"',
    ],
    define: (command) =>
      opening(
        command
          .addOption(identities('the secret key of a card maker; where there is none, an officer'))
          .requiredOption('--output <file>', 'a new PDF, readable by you alone')
          .option('--again', 'all of them once more, each marked REPRINT')
          .option('--reason <text>', 'why; it is kept in the ledger')
          .option('--by <who>', 'who does this (else the person whose key it is)'),
      ),
    run: async ({ output, values: [options] }) => {
      const { cards } = await import('./commands/cards.ts');
      await cards(output, options as never);
      return undefined;
    },
  },
  {
    name: 'rewrap',
    description: 'Seal everything to the people whom study.yaml names now',
    page: 'docs/officer.md',
    examples: [
      'rewrap --identity officer.key --reason "C. Example takes over from A. Example"',
      'rewrap --identity a.key --identity b.key --reason "a third officer"',
    ],
    define: (command) =>
      opening(
        command
          .addOption(identities('the secret key of somebody to whom it is sealed so far'))
          .option('--reason <text>', 'why; it is kept in the ledger', '')
          .option('--by <who>', 'who does this (else the person whose key it is)'),
      ),
    run: async ({ output, values: [options] }) => {
      const { rewrap } = await import('./commands/rewrap.ts');
      await rewrap(output, options as never);
      return undefined;
    },
  },
  {
    name: 'verify',
    description: 'Check everything in the study folder, without a key',
    page: 'docs/officer.md',
    examples: [
      'verify',
      'verify --expect 6:d76e… --commitment commitment.txt',
      'verify --proof CRT-007.txt',
      'verify --regenerate --identity statistician.key',
    ],
    define: (command) =>
      onStudy(
        command
          .option('--expect <receipt...>', 'receipts that were filed, SEQUENCE:HEAD')
          .option('--commitment <file>', 'the commitment that was filed or published')
          .option('--proof <file>', "the proof of one participant's allocation")
          .option('--regenerate', 'also make the list again from its sealed seed; shows no arm')
          .addOption(identities('for that: the secret key of a statistician or an officer'))
          .addOption(passphraseFile())
          .addOption(passphraseFd()),
      ),
    run: async ({ output, values: [options] }) => {
      const { verify } = await import('./commands/verify.ts');
      return verify(output, options as never);
    },
  },
  {
    name: 'ledger',
    description: 'Show who did what, when and why',
    page: 'docs/officer.md',
    examples: [
      'ledger',
      'ledger --subject CRT-007',
      'ledger --kind code-break --since 2026-06-15 --until 2026-06-30T12:00Z',
      'ledger --repair --by "A. Example, data manager" --reason "power cut at night"',
    ],
    define: (command) =>
      onStudy(
        command
          .option('--subject <id>', 'what is about this participant')
          .addOption(
            new Option('--kind <kind...>', 'what is of these kinds').choices([
              ...[
                'allocation',
                'randomization',
                'dose',
                'move',
                'code-break',
                'list-opening',
                'card-making',
              ],
              ...['rewrap', 'repair', 'labels', 'kit', 'packing'],
            ]),
          )
          .option('--since <when>', 'from this day, or time in UTC, on')
          .option('--until <when>', 'up to this day, or time in UTC, and all of it')
          .option(
            '--repair',
            'take out a last line that a power cut has torn, with an entry about it',
          )
          .option('--by <who>', 'for that: who does this: "NAME, ROLE, ORGANISATION"')
          .option('--reason <text>', 'for that: why')
          .addOption(signature()),
      ),
    run: async ({ output, values: [options] }) => {
      const { ledger } = await import('./commands/ledger.ts');
      return ledger(output, options as never);
    },
  },
  {
    name: 'status',
    description: 'Show how far the trial has come, blinded',
    page: 'docs/pharmacist.md',
    examples: ['status', 'status --kit 474WW4E', 'status --warn-at 10'],
    define: (command) =>
      onStudy(
        command
          .option('--kit <code>', 'of one kit, as check')
          .option('--warn-at <slots>', 'warn where a stratum has so few slots left', wholeNumber),
      ),
    run: async ({ output, values: [options] }) => {
      const { status } = await import('./commands/status.ts');
      status(output, options as never);
      return undefined;
    },
  },
  {
    name: 'selftest',
    description: 'Show that nothing a blinded person sees depends on the arms',
    page: 'SECURITY.md',
    examples: ['selftest', 'selftest --json'],
    define: (command) => command.addOption(json()),
    run: async ({ output, apart }) => {
      const { selftest } = await import('./commands/selftest.ts');
      return selftest(output, apart);
    },
  },
  {
    name: 'demo',
    description: 'Do all of it in a new folder with throwaway keys',
    page: 'README.md',
    examples: ['demo', 'demo /tmp/depil-2-demo'],
    define: (command) => command.argument('[dir]', 'the folder to make (else randose-demo here)'),
    run: async ({ output, values: [folder], again }) => {
      const { demo } = await import('./commands/demo.ts');
      await demo(output, folder as string | undefined, again);
      return undefined;
    },
  },
];

/** A command that records one kind of event of kits. */
function kitPart(event: KitEvent, description: string): CommandSpec {
  const isOfOne = event === 'dispensed';
  const needsReason = event === 'destroyed' || event === 'retracted';
  const subject = isOfOne ? ' --subject CRT-001' : '';
  const reason = needsReason ? ' --reason "too warm on the way"' : '';
  const before = `kit ${event} --kits 474WW4E${subject}${reason}`;
  return {
    name: event,
    description,
    page: 'docs/pharmacist.md',
    examples: [
      `${before} --by "F. Example, pharmacist, Example Hospital"`,
      `${before} --date 2026-06-15 --by "F. Example, pharmacist"`,
    ],
    define: (command) => {
      command
        .option('--kits <codes>', 'the kits: CODE,CODE')
        .option('--from <file>', 'a file with their codes, one a line, as a scanner writes them')
        .option('--date <date>', 'when it was, YYYY-MM-DD (else today)');
      if (isOfOne) command.option('--subject <id>', 'to whom');
      if (event === 'returned' || event === 'destroyed') {
        command.option('--units <number>', 'how many units (else all that are left)', wholeNumber);
      }
      onStudy(
        command
          .option('--reason <text>', 'why; it is kept in the ledger')
          .requiredOption('--by <who>', 'who does this: "NAME, ROLE, ORGANISATION"')
          .addOption(signature()),
      );
    },
    run: async ({ output, values: [options] }) => {
      const { kitEvent } = await import('./commands/kit.ts');
      await kitEvent(output, event, options as never);
      return undefined;
    },
  };
}
