import { needing } from '../../arguments/needs.ts';
import { opening, reason } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const cardsCommand = declareCommand({
  name: 'cards',
  desk: 'officer',
  description: "Print the code-break cards for the sites' sealed envelopes",
  page: 'docs/pharmacist.md',
  examples: [
    'cards --identity card-maker.key --output ../cards.pdf',
    'cards --identity card-maker.key --output ../again.pdf --again --reason "lost in the post"',
  ],
  flags: (command) =>
    needing(
      opening(command, 'the secret key of a card maker; if there is none, of an officer')
        .addOption(reason())
        .requiredOption('--output <file>', 'a new PDF that only you can read')
        .option('--again', 'print all of them again, each marked REPRINT'),
      { oneOf: ['--identity'] },
    ),
});
export type CardsFlags = FlagsOf<typeof cardsCommand>;
