import { Option } from 'commander';
import type { CommandSpec } from '../command.ts';
import {
  identities,
  json,
  onChangedStudy,
  onStudy,
  passphraseFd,
  passphraseFile,
  signature,
  wholeNumber,
} from '../arguments/options.ts';

/** What anybody types who looks at a trial, or at randose. */
export const EVERYONE_COMMANDS: readonly CommandSpec[] = [
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
          .option(
            '--remove-superseded',
            'if all passes, delete the sealed files that a rewrap moved aside',
          )
          .addOption(passphraseFile())
          .addOption(passphraseFd()),
      ),
    run: async ({ output, values: [options] }) => {
      const { verify } = await import('../commands/verify/verify.ts');
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
      'ledger --compare ../copy-of-the-study',
      'ledger --repair --by "A. Example, data manager" --reason "power cut at night"',
    ],
    define: (command) =>
      onChangedStudy(
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
            '--compare <other>',
            'another ledger, or a copy of the folder: where they differ, and what to do',
          )
          .option(
            '--repair',
            'take out a last line that a power cut has torn, with an entry about it',
          )
          .option(
            '--enter-pending',
            'enter code-breaks that could not be entered when they were made',
          )
          .option('--accept-older', 'take the ledger as it is, though a newer one was seen here')
          .option('--by <who>', 'for these two: who does this: "NAME, ROLE, ORGANISATION"')
          .option('--reason <text>', 'for these two: why')
          .addOption(signature()),
      ),
    run: async ({ output, values: [options] }) => {
      const { ledger } = await import('../commands/ledger/ledger.ts');
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
      const { status } = await import('../commands/status/status.ts');
      await status(output, options as never);
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
      const { selftest } = await import('../commands/selftest/selftest.ts');
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
      const { demo } = await import('../commands/demo/demo.ts');
      await demo(output, folder as string | undefined, again);
      return undefined;
    },
  },
];
