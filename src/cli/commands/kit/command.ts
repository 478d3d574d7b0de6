import type { Command, OptionValues } from '@commander-js/extra-typings';
import type { KitEvent } from '../../../ledger/entry.ts';
import { needing } from '../../arguments/needs.ts';
import {
  by,
  namingParticipant,
  onRecordedStudy,
  onStudy,
  reason,
  signature,
  wholeNumber,
} from '../../arguments/options.ts';
import { declareCommand, type FlagsOf } from '../../command.ts';

export const kitCommand = declareCommand({
  name: 'kit',
  desk: 'supplies',
  description: 'Account for kits: shipped, received, dispensed, returned, destroyed, lost, on hold',
  page: 'docs/pharmacist.md',
  examples: [
    'kit',
    'kit CRT-001',
    'kit received --from scanned.txt --by "F. Example, pharmacist"',
    'kit dispensed --kits 474WW4E --subject CRT-001 --by "F. Example, pharmacist"',
  ],
  flags: (command) =>
    onStudy(
      namingParticipant(command, {
        subject: 'the kits of one participant',
        kit: 'the kits of one slot, by a kit code',
        id: 'whose kits: subject id, randomization number or kit code',
      }).option('--site <code>', 'the kits of one site'),
    ),
});
export type KitFlags = FlagsOf<typeof kitCommand>;

/** The flags of every command that records an event of kits. */
function onKits<Args extends unknown[], Flags extends OptionValues>(command: Command<Args, Flags>) {
  return onRecordedStudy(
    needing(
      command
        .option('--kits <codes>', 'the kits: CODE,CODE')
        .option('--from <file>', 'a file with their codes, one per line, as a scanner writes it')
        .addOption(reason())
        .addOption(by())
        .addOption(signature()),
      { oneOf: ['--kits', '--from'] },
    ),
  );
}

/** The same, of an event that needs a reason. */
function onKitsWhy<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
) {
  return needing(onKits(command), { oneOf: ['--reason'] });
}

/** The day of an event. */
function dated<Args extends unknown[], Flags extends OptionValues>(command: Command<Args, Flags>) {
  return command.option('--date <date>', 'the day of the event, YYYY-MM-DD (default: today)');
}

/** That an event is recorded although a rule forbids it. */
function deviating<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
) {
  return command.option('--deviation', 'record it although a rule forbids it; needs --reason');
}

/** How many units are gone, sent or on hold; by default all that are left. */
function counted<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
) {
  return command.option(
    '--units <number>',
    'how many units (default: all that are left)',
    wholeNumber,
  );
}

/** What the declarations of the events have in common. */
function eventOf<const Name extends KitCommand>(name: Name, ...own: string[]) {
  const before = `kit ${name} --kits 474WW4E${own.map((word) => ` ${word}`).join('')}`;
  return {
    name,
    desk: 'supplies',
    page: 'docs/pharmacist.md',
    examples: [
      `${before} --by "F. Example, pharmacist, Example Hospital"`,
      `${before} --date 2026-06-15 --by "F. Example, pharmacist"`,
    ],
  } as const;
}

/** The name of the command of an event: `returned-to-depot`. */
type KitCommand = CommandOf<KitEvent>;
type CommandOf<Event extends string> = Event extends `${infer First} ${infer More}`
  ? `${First}-${CommandOf<More>}`
  : Event;

export const shippedCommand = declareCommand({
  ...eventOf('shipped', '--to LYO'),
  description: 'Record kits that are on their way to a site',
  flags: (command) =>
    needing(
      onKits(deviating(counted(dated(command).option('--to <site>', 'the site that they go to')))),
      { oneOf: ['--to'] },
    ),
});
export const receivedCommand = declareCommand({
  ...eventOf('received'),
  description: 'Record kits that came to the site',
  flags: (command) =>
    onKits(
      deviating(
        dated(command)
          .option('--site <code>', 'the site that has them, if it is not the one that should')
          .option(
            '--units <number>',
            'how many units came in it (default: as many as were sent)',
            wholeNumber,
          ),
      ),
    ),
});
export const dispensedCommand = declareCommand({
  ...eventOf('dispensed', '--subject CRT-001'),
  description: 'Record a kit that was given to the participant whose slot it is for',
  flags: (command) =>
    needing(onKits(deviating(dated(command).option('--subject <id>', 'the participant'))), {
      oneOf: ['--subject'],
    }),
});
export const returnedCommand = declareCommand({
  ...eventOf('returned', '--units 2'),
  description: 'Record a kit that its participant brought back, with the units left in it',
  flags: (command) =>
    onKits(
      dated(command).requiredOption(
        '--units <number>',
        'how many units are left in it (count them)',
        wholeNumber,
      ),
    ),
});
export const returnedToDepotCommand = declareCommand({
  ...eventOf('returned-to-depot'),
  description:
    'Record kits that a site sent back to the depot: unused, or returned by participants',
  flags: (command) => onKits(counted(dated(command))),
});
export const destroyedCommand = declareCommand({
  ...eventOf('destroyed', '--reason "too warm on the way"'),
  description: 'Record kits that were destroyed',
  flags: (command) => onKitsWhy(counted(dated(command))),
});
export const lostCommand = declareCommand({
  ...eventOf('lost', '--reason "lost by the courier"'),
  description: 'Record kits that were lost',
  flags: (command) => onKits(counted(dated(command))),
});
export const quarantinedCommand = declareCommand({
  ...eventOf('quarantined', '--reason "temperature excursion"'),
  description: 'Put kits on hold: nobody is treated from them until they are released',
  flags: (command) => onKitsWhy(counted(dated(command))),
});
export const releasedCommand = declareCommand({
  ...eventOf('released', '--reason "the sponsor accepts 6 hours at 12 °C"'),
  description: 'Release kits from quarantine',
  flags: (command) => onKitsWhy(counted(dated(command))),
});
export const retractedCommand = declareCommand({
  ...eventOf('retracted'),
  examples: [
    'kit retracted --kits 474WW4E --reason "another kit was meant" --by "F. Example, pharmacist"',
    'kit retracted --kits 474WW4E,XEE6Q3J --reason "these kits have not come yet" --by "F. Example, pharmacist"',
  ],
  description: 'Take back the last record of kits, if it was a mistake',
  flags: (command) => onKitsWhy(command),
});

/** The flags of any event of kits. */
export type KitEventFlags = FlagsOf<typeof retractedCommand> &
  Partial<
    Pick<FlagsOf<typeof dispensedCommand>, 'date' | 'subject' | 'deviation'> &
      Pick<FlagsOf<typeof returnedCommand>, 'units'> &
      Pick<FlagsOf<typeof shippedCommand>, 'to'> &
      Pick<FlagsOf<typeof receivedCommand>, 'site'>
  >;
