import { Option } from 'commander';
import type { Role } from '../../study/study.ts';
import type { CommandSpec } from '../command.ts';
import {
  identities,
  json,
  onStudy,
  opening,
  passphraseFd,
  passphraseFile,
  signature,
  study,
  tableFormat,
  wholeNumber,
  wholeNumbers,
  yes,
} from '../arguments/options.ts';

/** What a statistician types: the study, its keys, its list. */
export const STATISTICIAN_COMMANDS: readonly CommandSpec[] = [
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
      const { init } = await import('../commands/init/init.ts');
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
      const { keygen } = await import('../commands/keygen/keygen.ts');
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
      const { assess } = await import('../commands/assess/assess.ts');
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
      'allocate --extend --plan plan.yaml --identity statistician.key',
      'allocate --dummy --plan rehearsal-plan.yaml',
    ],
    define: (command) =>
      command
        .requiredOption('--plan <file>', 'the confidential randomization plan')
        .option('--extend', 'add a batch: the slots that study.yaml asks for beyond the list')
        .addOption(
          identities('with --extend: the key of an officer or a statistician, to sign the batch'),
        )
        .addOption(passphraseFile())
        .addOption(passphraseFd())
        .option('--dummy', 'make a rehearsal of the study, in a folder of its own')
        .option('--output <dir>', "the rehearsal's folder (else DUMMY-STUDY beside the study)")
        .option('--by <who>', 'who does this: "NAME, ROLE, ORGANISATION" (else the account)')
        .addOption(signature())
        .addOption(yes())
        .addOption(study())
        .addOption(json()),
    run: async ({ output, values: [options] }) => {
      const { allocate } = await import('../commands/allocate/allocate.ts');
      await allocate(output, options as never);
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
      const { open } = await import('../commands/open/open.ts');
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
      const { commitment } = await import('../commands/commitment/commitment.ts');
      await commitment(output, options as never);
      return undefined;
    },
  },
];
