import type { Command, CommanderError } from '@commander-js/extra-typings';
import { type Problem, RandoseError } from '../errors.ts';
import { counted } from '../words.ts';

/** What is wrong with a command line. */
export interface WrongLine {
  readonly error: CommanderError;
  /** What commander would print. */
  readonly complaint: string;
  /** The command that was called; undefined if there is none. */
  readonly command: Command | undefined;
}

const HELP = 'randose --help lists the commands; randose COMMAND --help shows the options of one.';

/** The error for a wrong command line. It names everything that is missing, each with its description. */
export function usageError({ error, complaint, command }: WrongLine): RandoseError {
  const missing = command === undefined ? [] : missingIn(command, error);
  if (command !== undefined && missing.length > 0) return needs(nameOf(command), missing);
  if (command !== undefined && error.code === 'commander.excessArguments') {
    const parts = command.commands.map((part) => part.name());
    if (parts.length > 0) return hasNoPart(command, parts);
  }
  const [first = '', second = ''] = complaint.replace(/^error: /, '').split('\n');
  if (first === '' || first.startsWith('Usage:')) {
    return new RandoseError('usage', 'no command was given', {
      hint: 'randose --help lists the commands.',
    });
  }
  const hint = second.startsWith('(Did you mean') ? `${second}\n${HELP}` : HELP;
  return new RandoseError('usage', first, { hint });
}

/** The flags or arguments that a command needs and did not get. */
function missingIn(command: Command, { code }: CommanderError): Problem[] {
  if (code === 'commander.missingArgument') {
    const { registeredArguments: all, args } = command;
    return all
      .filter((argument, index) => argument.required && index >= args.length)
      .map((argument) => ({ message: `<${argument.name()}>: ${argument.description}` }));
  }
  if (code !== 'commander.missingMandatoryOptionValue') return [];
  const given: Record<string, unknown> = command.opts();
  return command.options
    .filter((option) => option.mandatory && given[option.attributeName()] === undefined)
    .map(({ flags, description }) => ({ message: `${flags}: ${description}` }));
}

function needs(name: string, missing: readonly Problem[]): RandoseError {
  const [only] = missing;
  const isOne = missing.length === 1 && only !== undefined;
  const what = isOne ? only.message : counted(missing.length, 'more option');
  return new RandoseError('usage', `${name} needs ${what}`, {
    problems: isOne ? [] : missing,
    hint: `randose ${name} --help has examples.`,
  });
}

function hasNoPart(command: Command, parts: readonly string[]): RandoseError {
  const [typed = ''] = command.args;
  return new RandoseError('usage', `${command.name()} has no command "${typed}"`, {
    hint: `It has: ${parts.join(', ')}. randose ${command.name()} --help shows each.`,
  });
}

/** As it is typed: `kit received`. */
function nameOf(command: Command): string {
  const above = command.parent;
  // The command that has no parent is the program itself.
  const isPart = above !== null && above.parent !== null;
  return isPart ? `${above.name()} ${command.name()}` : command.name();
}
