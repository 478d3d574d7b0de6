import { json } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const docsCommand = declareCommand({
  name: 'docs',
  desk: 'everyone',
  description: 'Read the pages of the documentation: one for each role',
  page: 'README.md',
  examples: ['docs', 'docs officer', 'docs officer rewrap'],
  flags: (command) =>
    command
      .argument('[page]', 'the page (default: which pages there are)')
      .argument('[words...]', 'only the sections about this: it is in their heading or text')
      .addOption(json()),
});
export type DocsFlags = FlagsOf<typeof docsCommand>;
