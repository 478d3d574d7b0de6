import { Option } from 'commander';
import type { KitEvent } from '../../ledger/entry.ts';
import { PROFILES } from '../../study/profiles.ts';
import type { CommandSpec } from '../command.ts';
import {
  identities,
  onChangedStudy,
  onStudy,
  opening,
  signature,
  wholeNumber,
  wholeNumbers,
} from '../arguments/options.ts';

/** What pharmacists and packers type: labels, and where kits are. */
export const SUPPLIES_COMMANDS: readonly CommandSpec[] = [
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
      onChangedStudy(
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
          .option('--unit <numbers>', 'of units, these alone: 3 or 3,5', wholeNumbers)
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
          .option('--specimen', 'to look at, or to have approved: marked as such, not on record')
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
      const { labels } = await import('../commands/labels/labels.ts');
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
      const { packing } = await import('../commands/packing/packing.ts');
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
      const { check } = await import('../commands/check/check.ts');
      await check(output, options as never);
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
      const { kitLog } = await import('../commands/kit/kit.ts');
      await kitLog(output, options as never);
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
];

/** A command that records one kind of event of kits. */
function kitPart(event: KitEvent, description: string): CommandSpec {
  const isOfOne = event === 'dispensed';
  const needsReason = event === 'destroyed' || event === 'retracted';
  const subject = isOfOne ? ' --subject CRT-001' : '';
  const reason = needsReason ? ' --reason "too warm on the way"' : '';
  const units = event === 'returned' ? ' --units 2' : '';
  const date = event === 'retracted' ? '' : ' --date 2026-06-15';
  const before = `kit ${event} --kits 474WW4E${subject}${units}${reason}`;
  return {
    name: event,
    description,
    page: 'docs/pharmacist.md',
    examples: [
      `${before} --by "F. Example, pharmacist, Example Hospital"`,
      `${before}${date} --by "F. Example, pharmacist"`,
    ],
    define: (command) => {
      command
        .option('--kits <codes>', 'the kits: CODE,CODE')
        .option('--from <file>', 'a file with their codes, one a line, as a scanner writes them');
      if (event !== 'retracted') {
        command.option('--date <date>', 'when it was, YYYY-MM-DD (else today)');
      }
      if (isOfOne) command.option('--subject <id>', 'to whom');
      if (event === 'returned') {
        command.requiredOption('--units <number>', 'how many units are left, counted', wholeNumber);
      }
      onChangedStudy(
        command
          .option('--reason <text>', 'why; it is kept in the ledger')
          .requiredOption('--by <who>', 'who does this: "NAME, ROLE, ORGANISATION"')
          .addOption(signature()),
      );
    },
    run: async ({ output, values: [options] }) => {
      const { kitEvent } = await import('../commands/kit/kit.ts');
      await kitEvent(output, event, options as never);
      return undefined;
    },
  };
}
