import {
  type Command,
  InvalidArgumentError,
  Option,
  type OptionValues,
} from '@commander-js/extra-typings';
import type { CsvFlavour } from '../../exports/csv.ts';
import type { AddedBy, NoFlags } from '../command.ts';
import { needing, PARTICIPANT } from './needs.ts';

/** The flags that more than one command has. Each is described only here. */

/** A whole number up to seven digits. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number, such as 3.');
}

/** Whole numbers with commas between them. @throws InvalidArgumentError */
export function wholeNumbers(text: string): number[] {
  if (/\d\s+\d/.test(text)) {
    throw new InvalidArgumentError(
      `Write commas between the numbers: ${text.trim().replace(/[\s,]+/g, ',')}`,
    );
  }
  return text.split(',').map((part) => wholeNumber(part.trim()));
}

/** What can have a default of the user: in the environment or in config.yaml (cli/defaults.ts). */
export type DefaultKey = 'by' | 'sign' | 'study' | 'ledger';

/** A default that an option takes: always, or only if one of some options is typed too. */
interface TakesDefault {
  readonly key: DefaultKey;
  readonly with?: readonly string[] | undefined;
}

const DEFAULTS = new WeakMap<object, TakesDefault>();

/** Lets an option take a default of the user. @param only the options with one of which it is asked for; none: always */
function letTakeDefault(option: object, key: DefaultKey, only: readonly string[] = []): void {
  DEFAULTS.set(option, { key, with: only.length === 0 ? undefined : only });
}

/** The default that an option takes, if it takes one. */
export function defaultOf(option: object): TakesDefault | undefined {
  return DEFAULTS.get(option);
}

export function study() {
  const option = namedStudy();
  letTakeDefault(option, 'study');
  return option;
}

/** The same for a command that does without a study. */
export function namedStudy() {
  return new Option('--study <dir>', 'the study folder (default: this or one above it)');
}

/** The database of a ledger that is not in the study folder. */
export function ledgerUrl() {
  const option = new Option('--ledger <url>', "the ledger's database (default: the folder)");
  letTakeDefault(option, 'ledger');
  return option;
}

export function json() {
  return new Option('--json', 'print JSON; never prompt');
}

export function yes() {
  return new Option('--yes', 'take yes as every answer, also in a copied folder');
}

export function dryRun() {
  return new Option('--dry-run', 'show what would be done, and do nothing');
}

export function rehearsal(words = 'use a rehearsal study (DUMMY) only') {
  return new Option('--rehearsal', words);
}

/** The older name of --rehearsal. */
export function dummy() {
  return new Option('--dummy', 'the same as --rehearsal').implies({ rehearsal: true }).hideHelp();
}

export function identities(words: string) {
  return new Option('--identity <file...>', words);
}

export function reason() {
  return new Option('--reason <text>', 'why; it is kept in the ledger');
}

/** Who does something; it cannot be left out. */
export function by() {
  const option = new Option(
    '--by <who>',
    'who does this: "NAME, ROLE, ORGANISATION"',
  ).makeOptionMandatory();
  letTakeDefault(option, 'by');
  return option;
}

/** Who does something, if the command is asked for something that is recorded. @param only the options that ask for it */
export function byIfRecorded(words: string, ...only: readonly string[]) {
  const option = new Option('--by <who>', words);
  letTakeDefault(option, 'by', only);
  return option;
}

/** Who does something with a key. A default would name another person than the owner of the key. */
function byOrKey() {
  return new Option('--by <who>', 'who does this (default: the person whose key it is)');
}

/** Who does something that the account of the computer may stand for. @param only the options that ask for it */
export function byOrAccount(...only: readonly string[]) {
  const option = new Option(
    '--by <who>',
    'who does this: "NAME, ROLE, ORGANISATION" (default: your computer account)',
  );
  letTakeDefault(option, 'by', only);
  return option;
}

export function signature() {
  const option = new Option('--sign <key>', 'sign the ledger entries with this ssh key');
  letTakeDefault(option, 'sign');
  return option;
}

export function force() {
  return new Option('--force', 'replace a file that exists');
}

/** The programs for which a CSV can be written. */
const PROGRAMS = ['excel', 'excel-fr'] as const satisfies readonly CsvFlavour[];

/** The program that a CSV is for. Who names one wants CSV, without --format too. */
export function csvFor() {
  return new Option(
    '--csv-for <program>',
    'CSV that Excel opens by a double click: excel, or excel-fr with semicolons',
  )
    .choices(PROGRAMS)
    .implies({ format: 'csv' as const });
}

export function passphraseFile() {
  return new Option(
    '--passphrase-file <file>',
    'a file with the passphrase of each key, one per line',
  );
}

export function passphraseFd() {
  return new Option(
    '--passphrase-fd <number>',
    'read the passphrase from this open file descriptor',
  ).argParser(wholeNumber);
}

/** The flags of a command on a study that is allocated. */
export function onStudy<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
) {
  // One more option in the type of nearly every command would take the compiler minutes: it is added here, and typed below.
  command.addOption(ledgerUrl());
  return command.addOption(rehearsal()).addOption(dummy()).addOption(study()).addOption(json());
}
export type StudyFlags = Pick<AddedBy<typeof onStudy<[], NoFlags>>, 'study' | 'rehearsal'> &
  DatabaseFlags;
/** The database of the ledger: every command on a study takes it. */
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- flags are checked as values by name
export type DatabaseFlags = { readonly ledger?: string };

/** The flags of a command that changes a study that is allocated. */
export function onChangedStudy<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
) {
  return onStudy(command).addOption(yes());
}
export type HomeFlags = Pick<AddedBy<typeof onChangedStudy<[], NoFlags>>, 'yes'>;

/** The flags of a command that records something, which can be looked at first. */
export function onRecordedStudy<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
) {
  return onChangedStudy(command).addOption(dryRun());
}
export type LookFlags = Pick<AddedBy<typeof onRecordedStudy<[], NoFlags>>, 'yes' | 'dryRun'>;

/** The flags of a command that randomizes. */
export function onRandomization<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
) {
  return onRecordedStudy(
    command
      .option('--id-is-right', 'the subject id is right although it is like another one')
      .option('--deviation', 'randomize against a rule, on record; needs --reason')
      .addOption(reason())
      .addOption(by())
      .addOption(signature()),
  );
}
export type RandomizationFlags = AddedBy<typeof onRandomization<[], NoFlags>>;

/** The level of each factor with which somebody is randomized. */
export function factorLevels() {
  return new Option(
    '--factor <name=level...>',
    'the level of each stratification factor, such as sex=F',
  );
}

/** Takes back a record of a visit. The record says its date, so that `--date` need not be there. */
export function retract(words: string) {
  return new Option('--retract', words).implies({ date: '' });
}

/** The ways to name a participant: an id of any kind, or a flag that says which kind it is. */
export function namingParticipant<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
  words: { readonly subject: string; readonly kit: string; readonly id?: string },
) {
  return command
    .argument('[id]', words.id ?? 'the participant: subject id, randomization number or kit code')
    .option('--subject <id>', words.subject)
    .option('--number <number>', 'the same, by the randomization number')
    .option('--kit <code>', words.kit);
}

/** The flags of a command that records something about one participant, with a reason. */
export function onParticipant<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
) {
  const named = namingParticipant(command, {
    subject: 'the participant',
    kit: 'the same, by a kit code',
  });
  return onRecordedStudy(
    needing(named.addOption(reason()).addOption(by()).addOption(signature()), PARTICIPANT, {
      oneOf: ['--reason'],
    }),
  );
}
export type ParticipantFlags = AddedBy<typeof onParticipant<[], NoFlags>>;

/** The flags of a command that records something about a participant's visit. */
export function onVisit<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
  words: { readonly visit: string; readonly date: string; readonly kit: string },
) {
  return onRecordedStudy(
    needing(
      namingParticipant(command, { subject: 'the participant', kit: words.kit })
        .requiredOption('--visit <visit>', words.visit)
        .requiredOption('--date <date>', words.date)
        .option('--deviation', 'record it although the schedule does not allow it; needs --reason')
        .addOption(reason())
        .addOption(by())
        .addOption(signature()),
      PARTICIPANT,
      { oneOf: ['--date'], unless: ['--retract'] },
    ),
  );
}
export type VisitFlags = AddedBy<typeof onVisit<[], NoFlags>>;

/** The flags that name keys' passphrases. */
export function passphrases<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
) {
  return command.addOption(passphraseFile()).addOption(passphraseFd());
}

/** The flags of a command that opens sealed files. */
export function opening<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
  keys: string,
) {
  return passphrases(
    onRecordedStudy(
      command.addOption(identities(keys)).addOption(byOrKey()).addOption(signature()),
    ),
  );
}
export type OpeningFlags = AddedBy<typeof opening<[], NoFlags>> & { readonly reason?: string };

/** The flags of a command with which officers open the envelope of one participant without a code-break. */
export function openingParticipant<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
) {
  const named = namingParticipant(command, {
    subject: 'the participant, who must be randomized',
    kit: 'the same, by the code on the kit',
  });
  const keys = "an officer's secret key; several if several officers are needed";
  return needing(opening(named, keys).addOption(reason()), PARTICIPANT, { oneOf: ['--identity'] });
}

/** The flags that choose kits. */
export function choosingKits<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
) {
  return command
    .option('--kits <codes>', 'these kits: CODE,CODE (default: all)')
    .option('--site <code>', 'the kits of one site')
    .option('--batch <number>', 'the kits of one batch of the list', wholeNumber)
    .option('--type <name>', 'the kits of one kit type, such as tablets')
    .option(
      '--subject <id>',
      "dispensing labels for one participant's kits, with visits and dates",
    );
}
export type KitChoice = AddedBy<typeof choosingKits<[], NoFlags>>;

/** The flags of a command that writes a table. */
export function toTable<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
  file: string,
) {
  return command
    .addOption(
      new Option('--format <format>', 'the format of the table')
        .choices(['csv', 'json'] as const)
        .default('csv' as const),
    )
    .addOption(csvFor())
    .option('--output <file>', file);
}
export type TableFlags = AddedBy<typeof toTable<[], NoFlags>>;

/** The flags that name keys. */
export type KeyFlags = Pick<OpeningFlags, 'identity' | 'passphraseFile' | 'passphraseFd'> & {
  /** The key of a code-break card is asked for. */
  readonly card?: boolean;
  /** What was typed or scanned of the card's key already. */
  readonly cardLine?: string;
};
