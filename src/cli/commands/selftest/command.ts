import { needing } from '../../arguments/needs.ts';
import { force, json, namedStudy } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const selftestCommand = declareCommand({
  name: 'selftest',
  desk: 'everyone',
  description: 'Show that nothing a blinded person sees depends on the arms',
  page: 'SECURITY.md',
  examples: [
    'selftest',
    'selftest --report iq.pdf',
    'selftest --plan plan.yaml --study depil-2',
    'selftest --json',
  ],
  flags: (command) =>
    needing(
      command
        .option('--report <file>', 'a PDF to sign: what is installed here, and what was tested')
        .option('--plan <file>', 'try the design of study.yaml with this plan, not that of DEPIL-2')
        .addOption(namedStudy())
        .addOption(force())
        .addOption(json()),
      { oneOf: ['--plan'], with: ['--study'] },
      { oneOf: ['--report'], with: ['--force'] },
    ),
});
export type SelftestFlags = FlagsOf<typeof selftestCommand>;
