import { json } from '../../arguments/options.ts';
import { declareCommand } from '../../command.ts';

export const selftestCommand = declareCommand({
  name: 'selftest',
  desk: 'everyone',
  description: 'Show that nothing a blinded person sees depends on the arms',
  page: 'SECURITY.md',
  examples: ['selftest', 'selftest --json'],
  flags: (command) => command.addOption(json()),
});
