import { Option } from '@commander-js/extra-typings';
import { PROFILES } from '../../../study/profiles.ts';
import { needing } from '../../arguments/needs.ts';
import {
  choosingKits,
  csvFor,
  force,
  onRecordedStudy,
  reason,
  signature,
  byIfRecorded,
  wholeNumber,
  wholeNumbers,
} from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const labelsCommand = declareCommand({
  name: 'labels',
  desk: 'supplies',
  description: 'Print kit labels, on sheets or for a label printer',
  page: 'docs/pharmacist.md',
  examples: [
    'labels --sheet L7163 --output labels/outer.pdf --by "F. Example, pharmacist"',
    'labels --sheet L7651 --site CRT --start-at 14 --output labels/vials.pdf --by "F. Example"',
    'labels --subject CRT-001 --output labels/CRT-001.pdf --by "F. Example, pharmacist"',
    'labels --format zpl --dpi 203 --kits 474WW4E --output labels/one.zpl --by "F. Example"',
    'labels --use-by --output labels/use-by.pdf --by "F. Example, pharmacist"',
    'labels --specimen --output labels/specimen.pdf',
    'labels --calibrate --sheet L7163 --output labels/outlines.pdf',
  ],
  flags: (command) =>
    needing(
      onRecordedStudy(
        choosingKits(command)
          .addOption(
            new Option('--only <labels>', 'only these labels (default: by the sheet)').choices([
              'outer',
              'units',
            ] as const),
          )
          .option(
            '--use-by',
            'only additional labels with a changed use-by month (default: of all kits whose labels show an old one)',
          )
          .option('--unit <numbers>', 'only these units of a kit: 3 or 3,5', wholeNumbers)
          .addOption(
            new Option(
              '--profile <law>',
              'the law that says what is on a label (default: as in study.yaml)',
            ).choices(PROFILES),
          )
          .addOption(
            new Option('--format <format>', 'the format of the labels')
              .choices(['pdf', 'zpl', 'csv'] as const)
              .default('pdf' as const),
          )
          .addOption(csvFor())
          .option(
            '--sheet <name>',
            'L7160, L7161, L7163, L7165, L7651, 5160, 5163 or 5164 (default: L7163)',
          )
          .option('--start-at <place>', 'the first unused label on the sheet', wholeNumber)
          .option('--offset <x,y>', 'shift the print by X,Y mm (right, down)')
          .option(
            '--scale <x,y>',
            'stretch the print by factors X,Y (across, down), such as 1.005,1 or 202.1/201,266.7/266',
          )
          .option('--specimen', 'labels for approval: marked as specimens, not on record')
          .option('--calibrate', "print only the sheet's outlines")
          .addOption(
            new Option(
              '--dpi <number>',
              'the resolution of a label printer (default: 300)',
            ).choices(['203', '300', '600'] as const),
          )
          .requiredOption('--output <path>', 'the file to write')
          .addOption(force())
          .addOption(reason())
          .addOption(byIfRecorded('who makes them: "NAME, ROLE, ORGANISATION"'))
          .addOption(signature()),
      ),
      { oneOf: ['--by'], unless: ['--specimen', '--calibrate', '--dry-run'] },
    ),
});
export type LabelsFlags = FlagsOf<typeof labelsCommand>;
