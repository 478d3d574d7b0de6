import type { OptionValues } from '@commander-js/extra-typings';
import type { KitEvent } from '../ledger/entry.ts';
import type { CommandEntry, Declaration, Given, Run } from './command.ts';
import { EXIT_OK } from './exit.ts';
import { amendCommand } from './commands/amend/command.ts';
import { allocateCommand } from './commands/allocate/command.ts';
import { assessCommand } from './commands/assess/command.ts';
import { attendCommand } from './commands/attend/command.ts';
import {
  calendarCommand,
  calendarLoadCommand,
  calendarPlanCommand,
} from './commands/calendar/command.ts';
import { completionCommand } from './commands/completion/command.ts';
import { correctCommand } from './commands/correct/command.ts';
import { cardsCommand } from './commands/cards/command.ts';
import { checkCommand } from './commands/check/command.ts';
import { commitmentCommand } from './commands/commitment/command.ts';
import { demoCommand } from './commands/demo/command.ts';
import { deviationsCommand } from './commands/deviations/command.ts';
import { docsCommand } from './commands/docs/command.ts';
import { doseCommand } from './commands/dose/command.ts';
import { exportCommand } from './commands/export/command.ts';
import { initCommand } from './commands/init/command.ts';
import { keygenCommand } from './commands/keygen/command.ts';
import {
  destroyedCommand,
  dispensedCommand,
  kitCommand,
  lostCommand,
  quarantinedCommand,
  receivedCommand,
  releasedCommand,
  retractedCommand,
  returnedCommand,
  returnedToDepotCommand,
  shippedCommand,
} from './commands/kit/command.ts';
import { labelsCommand } from './commands/labels/command.ts';
import { ledgerCommand } from './commands/ledger/command.ts';
import { lockCommand, unlockCommand } from './commands/lock/command.ts';
import { pullCommand } from './commands/pull/command.ts';
import { moveCommand } from './commands/move/command.ts';
import { openCommand } from './commands/open/command.ts';
import { packingCommand } from './commands/packing/command.ts';
import { peopleAddCommand, peopleCommand } from './commands/people/command.ts';
import { prepareCommand } from './commands/prepare/command.ts';
import { randomizeCommand } from './commands/randomize/command.ts';
import { randomizedInErrorCommand } from './commands/randomized-in-error/command.ts';
import { replaceCommand } from './commands/replace/command.ts';
import { revealCommand } from './commands/reveal/command.ts';
import { rewrapCommand } from './commands/rewrap/command.ts';
import { schemaCommand } from './commands/schema/command.ts';
import { selftestCommand } from './commands/selftest/command.ts';
import { statusCommand } from './commands/status/command.ts';
import { studyCommand } from './commands/study/command.ts';
import { transferCommand } from './commands/transfer/command.ts';
import { unblindCommand } from './commands/unblind/command.ts';
import { withdrawCommand } from './commands/withdraw/command.ts';
import { verifyCommand } from './commands/verify/command.ts';

/**
 * Every command, in the order in which a trial needs them: desk by desk. The code of a command is loaded when
 * it is called.
 */
export const COMMANDS: readonly CommandEntry[] = [
  entry(initCommand, async () => (await import('./commands/init/init.ts')).init),
  entry(schemaCommand, async () => (await import('./commands/schema/schema.ts')).schema),
  entry(keygenCommand, async () => (await import('./commands/keygen/keygen.ts')).keygen),
  entry(peopleCommand, async () => (await import('./commands/people/people.ts')).people, [
    entry(
      peopleAddCommand,
      async () => (await import('./commands/people/people-add.ts')).peopleAdd,
    ),
  ]),
  entry(assessCommand, async () => (await import('./commands/assess/assess.ts')).assess),
  entry(allocateCommand, async () => (await import('./commands/allocate/allocate.ts')).allocate),
  entry(amendCommand, async () => (await import('./commands/amend/amend.ts')).amend),
  entry(lockCommand, async () => (await import('./commands/lock/lock.ts')).lock),
  entry(unlockCommand, async () => (await import('./commands/lock/lock.ts')).unlock),
  entry(studyCommand, async () => (await import('./commands/study/study.ts')).study),
  entry(openCommand, async () => (await import('./commands/open/open.ts')).open),
  entry(
    commitmentCommand,
    async () => (await import('./commands/commitment/commitment.ts')).commitment,
  ),
  entry(
    randomizeCommand,
    async () => (await import('./commands/randomize/randomize.ts')).randomize,
  ),
  entry(replaceCommand, async () => (await import('./commands/replace/replace.ts')).replace),
  entry(calendarCommand, async () => (await import('./commands/calendar/calendar.ts')).calendar, [
    entry(
      calendarPlanCommand,
      async () => (await import('./commands/calendar/calendar-plan.ts')).calendarPlan,
    ),
    entry(
      calendarLoadCommand,
      async () => (await import('./commands/calendar/calendar-load.ts')).calendarLoad,
    ),
  ]),
  entry(
    deviationsCommand,
    async () => (await import('./commands/deviations/deviations.ts')).deviations,
  ),
  entry(doseCommand, async () => (await import('./commands/dose/dose.ts')).dose),
  entry(attendCommand, async () => (await import('./commands/attend/attend.ts')).attend),
  entry(moveCommand, async () => (await import('./commands/move/move.ts')).move),
  entry(withdrawCommand, async () => (await import('./commands/withdraw/withdraw.ts')).withdraw),
  entry(transferCommand, async () => (await import('./commands/transfer/transfer.ts')).transfer),
  entry(correctCommand, async () => (await import('./commands/correct/correct.ts')).correct),
  entry(
    randomizedInErrorCommand,
    async () =>
      (await import('./commands/randomized-in-error/randomized-in-error.ts')).randomizedInError,
  ),
  entry(labelsCommand, async () => (await import('./commands/labels/labels.ts')).labels),
  entry(packingCommand, async () => (await import('./commands/packing/packing.ts')).packing),
  entry(checkCommand, async () => (await import('./commands/check/check.ts')).check),
  entry(kitCommand, async () => (await import('./commands/kit/kit-log.ts')).kitLog, [
    entry(shippedCommand, () => eventOf('shipped')),
    entry(receivedCommand, () => eventOf('received')),
    entry(dispensedCommand, () => eventOf('dispensed')),
    entry(returnedCommand, () => eventOf('returned')),
    entry(returnedToDepotCommand, () => eventOf('returned to depot')),
    entry(destroyedCommand, () => eventOf('destroyed')),
    entry(lostCommand, () => eventOf('lost')),
    entry(quarantinedCommand, () => eventOf('quarantined')),
    entry(releasedCommand, () => eventOf('released')),
    entry(retractedCommand, () => eventOf('retracted')),
  ]),
  entry(unblindCommand, async () => (await import('./commands/unblind/unblind.ts')).unblind),
  entry(prepareCommand, async () => (await import('./commands/prepare/prepare.ts')).prepare),
  entry(revealCommand, async () => (await import('./commands/reveal/reveal.ts')).reveal),
  entry(cardsCommand, async () => (await import('./commands/cards/cards.ts')).cards),
  entry(rewrapCommand, async () => (await import('./commands/rewrap/rewrap.ts')).rewrap),
  entry(verifyCommand, async () => (await import('./commands/verify/verify.ts')).verify),
  entry(pullCommand, async () => (await import('./commands/pull/pull.ts')).pull),
  entry(ledgerCommand, async () => (await import('./commands/ledger/ledger.ts')).ledger),
  entry(exportCommand, async () => (await import('./commands/export/export.ts')).exportData),
  entry(statusCommand, async () => (await import('./commands/status/status.ts')).status),
  entry(selftestCommand, async () => (await import('./commands/selftest/selftest.ts')).selftest),
  entry(docsCommand, async () => (await import('./commands/docs/docs.ts')).docs),
  entry(
    completionCommand,
    async () => (await import('./commands/completion/completion.ts')).completion,
  ),
  entry(demoCommand, async () => (await import('./commands/demo/demo.ts')).demo),
];

/** A command that records one kind of event of kits. */
async function eventOf(event: KitEvent) {
  const { kitEvent } = await import('./commands/kit/kit.ts');
  return kitEvent(event);
}

/** Puts a declaration and its code together: they do not compile if the code takes other flags. */
function entry<Args extends unknown[], Flags extends OptionValues>(
  declaration: Declaration<Args, Flags>,
  load: () => Promise<Run<Args, Given<Flags>>>,
  parts: readonly CommandEntry[] = [],
): CommandEntry {
  const { flags: add, ...about } = declaration;
  return {
    ...about,
    define: (command) => {
      add(command);
    },
    run: async (output, flags, args, runner) => {
      const run = await load();
      // Commander gives what the declaration says.
      return (await run(output, flags as Given<Flags>, args as Args, runner)) ?? EXIT_OK;
    },
    parts,
  };
}
