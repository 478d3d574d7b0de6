import { Option } from '@commander-js/extra-typings';
import { csvFor, force, json, study, wholeNumber, wholeNumbers } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const assessCommand = declareCommand({
  name: 'assess',
  desk: 'statistician',
  description: 'Measure one or more plans before you choose one',
  page: 'docs/statistician.md',
  examples: [
    'assess --plan plan.yaml',
    'assess --plan plan.yaml --against blocks-of-3.yaml blocks-of-9.yaml',
    'assess --plan plan.yaml --format html --output assessment.html',
    'assess --plan plan.yaml --participants 18 --recruited 5,4,3,3,2,1',
    'assess --plan plan.yaml --draw 10000 --output reference.csv',
  ],
  flags: (command) =>
    command
      .requiredOption('--plan <file>', 'a randomization plan')
      .option('--against <file...>', 'other plans to compare it with')
      .option('--extend', 'assess only the slots that allocate --extend would add')
      .option(
        '--participants <number>',
        'the totals after this many participants, from any strata',
        wholeNumber,
      )
      .option(
        '--recruited <numbers>',
        'participants per stratum: one number per stratum, in order, such as 5,4,3',
        wholeNumbers,
      )
      .option(
        '--draw <number>',
        'write this many reference lists of the plan, for a randomization test',
        wholeNumber,
      )
      .option('--batch <number>', 'with --draw: the slots of this batch of the list', wholeNumber)
      .addOption(
        new Option('--format <format>', 'the format of the assessment; csv is for --draw')
          .choices(['table', 'csv', 'json', 'html'] as const)
          .default('table' as const),
      )
      .addOption(csvFor())
      .option('--output <file>', 'a file that only you can read (default: stdout)')
      .addOption(force())
      .addOption(study())
      .addOption(json()),
});
export type AssessFlags = FlagsOf<typeof assessCommand>;
