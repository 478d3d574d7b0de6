import type { CommandSpec } from '../command.ts';
import { identities, opening, tableFormat } from '../arguments/options.ts';

/** What officers and card makers type: opening, cards, and sealing anew. */
export const OFFICER_COMMANDS: readonly CommandSpec[] = [
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
          .option('--number <number>', 'the participant, by the randomization number')
          .option('--given-to <id>', 'with --kit: who was given that kit, whoever has its slot')
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
          .option('--commitment <file>', 'compare with the commitment that was filed')
          .option('--expect <receipt...>', 'compare with receipts that were filed, SEQUENCE:HEAD')
          .option('--proof <file>', 'also write a proof of this one allocation, for sha256sum')
          .option('--output <file>', 'a new file for what --to seals, or for the table of --all')
          .addOption(tableFormat()),
      ),
    run: async ({ output, values: [options] }) => {
      if ((options as { all?: boolean }).all === true) {
        const { unblindAll } = await import('../commands/unblind-all/unblind-all.ts');
        await unblindAll(output, options as never);
      } else {
        const { unblind } = await import('../commands/unblind/unblind.ts');
        await unblind(output, options as never);
      }
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
      const { cards } = await import('../commands/cards/cards.ts');
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
      const { rewrap } = await import('../commands/rewrap/rewrap.ts');
      await rewrap(output, options as never);
      return undefined;
    },
  },
];
