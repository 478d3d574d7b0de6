import { type DatabaseFlags, opening, reason, toTable } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const unblindCommand = declareCommand({
  name: 'unblind',
  desk: 'officer',
  description:
    "Open one participant's allocation (code-break), or all; without options, it asks for everything",
  page: 'docs/officer.md',
  examples: [
    'unblind',
    'unblind CRT-007 --identity officer.key --reason "SAE: treatment depends on it"',
    'unblind 474WW4E --card --by "E. Example, physician" --reason "SAE"',
    'unblind CRT-007 --identity officer.key --reason "SAE" --to age1… --output ../answer.age',
    'unblind --all --identity statistician.key --output ../unblinded.csv --reason "database is locked"',
    'unblind --all --masked --until 2026-12-01 --purpose "interim 1" --identity statistician.key --output ../MASKED-interim-1.csv',
    'unblind --letters "interim 1" --identity statistician.key --reason "the committee asks"',
    'unblind --all --doses --identity statistician.key --output ../doses.csv --reason "database is locked"',
  ],
  flags: (command) =>
    toTable(
      opening(
        command
          .argument('[id]', 'the participant: subject id, randomization number or kit code')
          .option('--subject <id>', 'the participant')
          .option('--kit <code>', 'the participant, by the code on the kit')
          .option('--number <number>', 'the participant, by the randomization number')
          .option('--given-to <id>', 'with --kit: the participant who was given that kit')
          .option(
            '--all',
            'all participants, as a table, after database lock; proven from the seed',
          )
          .option(
            '--doses',
            'with --all: a row for each recorded injection, with the arm of the kit that was given',
          )
          .option('--masked', 'with --all: groups A, B, … instead of arms, for an interim look')
          .option('--until <date>', 'with --masked: the last day that counts')
          .option('--purpose <text>', 'with --masked: what it is for, such as "interim 1"')
          .option('--letters-of <purpose>', 'with --masked: the same letters as an earlier one')
          .option('--letters <purpose>', 'which arm each letter of a masked table is'),
        "an officer's secret key, with --all also a statistician's; several if several people are needed",
      )
        .option('--card', "ask for the key on the participant's code-break card")
        .addOption(reason())
        .option(
          '--to <recipient>',
          'encrypt the answer for this age recipient; do not show it here',
        )
        .option('--commitment <file>', 'compare with the commitment on file')
        .option('--expect <receipt...>', 'compare with receipts on file, SEQUENCE:HASH')
        .option('--proof <file>', 'also write a proof of this one allocation, for sha256sum'),
      'a new file for the answer to --to, or for the table of --all (on a terminal, - shows the table)',
    ),
});
export type UnblindFlags = FlagsOf<typeof unblindCommand> & DatabaseFlags;
