import { onStudy } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const commitmentCommand = declareCommand({
  name: 'commitment',
  desk: 'statistician',
  description: 'Print what to file or publish before the first participant',
  page: 'docs/statistician.md',
  examples: [
    'commitment',
    'commitment --output commitment.txt --request commitment.tsq',
    'commitment --checkpoint --output checkpoint-2026-06-15.txt',
  ],
  flags: (command) =>
    onStudy(
      command
        .option('--output <file>', 'a new file (default: stdout)')
        .option('--checkpoint', 'how far the ledger is now, to file instead')
        .option('--request <file>', 'also write a request to a time-stamping authority (RFC 3161)'),
    ),
});
export type CommitmentFlags = FlagsOf<typeof commitmentCommand>;
