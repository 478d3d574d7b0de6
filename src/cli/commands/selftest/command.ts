import { needing } from '../../arguments/needs.ts';
import { json, study } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const selftestCommand = declareCommand({
  name: 'selftest',
  desk: 'everyone',
  description: 'Show that nothing a blinded person sees depends on the arms',
  page: 'SECURITY.md',
  examples: ['selftest', 'selftest --plan plan.yaml --study depil-2', 'selftest --json'],
  flags: (command) =>
    needing(
      command
        .option('--plan <file>', 'try the design of study.yaml with this plan, not that of DEPIL-2')
        .addOption(study())
        .addOption(json()),
      { oneOf: ['--plan'], with: ['--study'] },
    ),
});
export type SelftestFlags = FlagsOf<typeof selftestCommand>;
