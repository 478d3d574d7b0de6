import { type Command, InvalidArgumentError, Option } from 'commander';

/** The options that more than one command has, each with its words once. */

/** A whole number up to seven digits. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number.');
}

/** Whole numbers with commas between them. */
export function wholeNumbers(text: string): number[] {
  return text.split(',').map((part) => wholeNumber(part.trim()));
}

function dummy(): Option {
  return new Option('--dummy', 'work on a rehearsal (DUMMY), and on nothing else');
}

export function study(): Option {
  return new Option('--study <dir>', 'the study folder (else the nearest upwards)');
}

export function json(): Option {
  return new Option('--json', 'print one JSON document on stdout, and ask nothing');
}

export function yes(): Option {
  return new Option('--yes', 'continue in a copy of the study folder; the other copy is given up');
}

export function identities(what: string): Option {
  return new Option('--identity <file...>', what);
}

export function tableFormat(): Option {
  return new Option('--format <format>', 'how').choices(['csv', 'json']).default('csv');
}

export function signature(): Option {
  return new Option('--sign <key>', 'sign what the ledger gets with this ssh key');
}

export function passphraseFile(): Option {
  return new Option(
    '--passphrase-file <file>',
    'a file with the passphrase; of several keys, a line each',
  );
}

export function passphraseFd(): Option {
  return new Option('--passphrase-fd <number>', 'the same from an open file descriptor').argParser(
    wholeNumber,
  );
}

/** The options of a command on a study that is allocated. */
export function onStudy(command: Command): Command {
  return command.addOption(dummy()).addOption(study()).addOption(json());
}

/** The options of a command that changes a study that is allocated. */
export function onChangedStudy(command: Command): Command {
  return onStudy(command.addOption(yes()));
}

/** The options of a command that records something of a participant's visit. */
export function onVisit(command: Command, visit: string, date: string): Command {
  return onChangedStudy(
    command
      .option('--subject <id>', 'the participant')
      .option('--kit <code>', 'the kit that was used; alone, the participant by it')
      .requiredOption('--visit <visit>', visit)
      .requiredOption('--date <date>', `${date}, YYYY-MM-DD`)
      .option('--deviation', 'record it although the schedule does not allow it; needs --reason')
      .option('--reason <text>', 'why; it is kept in the ledger')
      .requiredOption('--by <who>', 'who does this: "NAME, ROLE, ORGANISATION"')
      .addOption(signature()),
  );
}

/** The options of a command that opens what is sealed. */
export function opening(command: Command): Command {
  return onChangedStudy(
    command.addOption(signature()).addOption(passphraseFile()).addOption(passphraseFd()),
  );
}
