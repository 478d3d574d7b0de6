import { needing } from '../../arguments/needs.ts';
import { by, onRecordedStudy, reason, signature } from '../../arguments/options.ts';
import { declareCommand, type FlagsOf, type NoFlags } from '../../command.ts';
import type { Command } from '@commander-js/extra-typings';

export const lockCommand = declareCommand({
  name: 'lock',
  desk: 'statistician',
  description: 'Lock the database: nothing more about participants or kits',
  page: 'docs/statistician.md',
  examples: [
    'lock --reason "database lock, all queries closed" --by "C. Example, data manager"',
    'lock --dry-run --reason "rehearsal of the lock" --by "C. Example, data manager"',
  ],
  flags: (command) => onLock(command),
});

export const unlockCommand = declareCommand({
  name: 'unlock',
  desk: 'statistician',
  description: 'Unlock the database, so that records can be added or corrected',
  page: 'docs/statistician.md',
  examples: [
    'unlock --reason "query 17: D15 of CRT-003 was missing" --by "C. Example, data manager"',
    'unlock --dry-run --reason "query 17" --by "C. Example, data manager"',
  ],
  flags: (command) => onLock(command),
});

function onLock(command: Command<[], NoFlags>) {
  return needing(
    onRecordedStudy(command.addOption(reason()).addOption(by()).addOption(signature())),
    { oneOf: ['--reason'] },
  );
}
export type LockFlags = FlagsOf<typeof lockCommand>;
