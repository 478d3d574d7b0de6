import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { RandoseError } from '../errors.ts';
import { forgetEntered } from '../store/entered.ts';
import type { Terminal } from '../system/terminal.ts';
import { VERSION } from '../version.ts';
import type { CommandSpec } from './command.ts';
import { COMMANDS } from './registry.ts';
import { EXIT_OK } from './exit.ts';
import type { RanApart } from './commands/selftest/selftest.ts';
import type { SecretFlags } from './arguments/keys.ts';
import type { Output } from './output/output.ts';

/** The streams and the environment that a command line runs in. */
export interface Surroundings {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs one command line. Everything heavy is loaded by the command that needs it, when it is called.
 *
 * @param words what was typed behind `randose`
 * @returns the exit status
 */
export async function runRandose(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, stderr, env } = surroundings;
  let opened: Output | undefined;
  // One for the whole command: it remembers what could not be written.
  const makeOutput = async (): Promise<Output> => {
    const { Output } = await import('./output/output.ts');
    opened ??= await Output.open({ stdout, stderr }, words.includes('--json'), env);
    return opened;
  };
  let status = EXIT_OK;
  let complaint = '';
  // Commands inherit what is set before they are made.
  const program = new Command('randose')
    .description('Sealed allocation lists, kit labels and injection calendars for clinical trials.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'print help; also: randose COMMAND --help')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', WHERE_TO_BEGIN)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        stdout.write(text);
      },
      writeErr: (text) => {
        complaint += text;
      },
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  const called = first === 'help' ? second : first;
  const define = (command: Command, spec: CommandSpec): void => {
    spec.define(command);
    refuseRepeats(command);
    command.addHelpText('after', examples(spec));
    command.action(async (...values: unknown[]) => {
      const output = await makeOutput();
      await warnOfSecrets(output, values);
      const again = (more: readonly string[]) => runRandose(more, surroundings);
      const own = (await spec.run({ output, values, again, apart: runApart })) ?? EXIT_OK;
      status = output.finish(own);
    });
    // What stands behind the name of a part is the part's.
    if (spec.parts !== undefined) {
      program.enablePositionalOptions();
      command.enablePositionalOptions().helpCommand(false);
    }
    for (const part of spec.parts ?? []) {
      define(command.command(part.name).description(part.description), part);
    }
  };
  for (const spec of COMMANDS) {
    const command = program.command(spec.name).description(spec.description);
    // A command's flags matter where it is called; elsewhere its name and description do.
    if (spec.name === called) define(command, spec);
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) return (await makeOutput()).fail(error);
    if (error.exitCode === 0) return EXIT_OK;
    return (await makeOutput()).fail(usageError(complaint));
  } finally {
    forgetEntered();
  }
}

/** Warns of secrets in a study folder, whichever command names them. */
async function warnOfSecrets(output: Output, values: readonly unknown[]): Promise<void> {
  const options = values.find((value) => value instanceof Object && !(value instanceof Command));
  const named = (options ?? {}) as SecretFlags;
  if ((named.identity ?? named.sign ?? named.passphraseFile) === undefined) return;
  const { misplacedSecrets } = await import('./arguments/keys.ts');
  for (const text of misplacedSecrets(named)) output.warn(text);
}

/** Runs a command line away from the terminal. @returns what it printed */
async function runApart(words: readonly string[]): Promise<RanApart> {
  const kept = { stdout: '', stderr: '' };
  const keep = (name: keyof typeof kept): Terminal => ({
    write(text) {
      kept[name] += text;
      return true;
    },
    columns: undefined,
    colourDepth: 1,
  });
  const surroundings = { stdout: keep('stdout'), stderr: keep('stderr'), env: {} };
  const status = await runRandose(words, surroundings);
  return { status, ...kept };
}

/** An option that is given twice is a mistake, not a choice of the last one. */
function refuseRepeats(command: Command): void {
  for (const option of command.options.filter((one) => one.required && !one.variadic)) {
    const read: (value: string, previous: unknown) => unknown =
      option.parseArg ?? ((value) => value);
    let isGiven = false;
    option.argParser((value, previous) => {
      if (isGiven) throw new InvalidArgumentError('It is given twice.');
      isGiven = true;
      return read(value, previous);
    });
  }
}

/** What commander says of a wrong command line, in our own words. */
function usageError(complaint: string): RandoseError {
  const [first = '', second = ''] = complaint.replace(/^error: /, '').split('\n');
  if (first === '' || first.startsWith('Usage:')) {
    return new RandoseError('usage', 'no command was given', {
      hint: 'randose --help lists the commands.',
    });
  }
  const hint = 'randose --help lists the commands; randose COMMAND --help shows what one takes.';
  return new RandoseError('usage', first, {
    hint: second.startsWith('(Did you mean') ? `${second}\n${hint}` : hint,
  });
}

function examples(spec: CommandSpec): string {
  const lines = spec.examples.map((line) => `  $ randose ${line}\n`).join('');
  return `\nExamples:\n${lines}\nMore: ${spec.page}`;
}

const WHERE_TO_BEGIN = `
Where to begin:
  $ randose demo                the whole trial in a few seconds
  docs/statistician.md          make the list
  docs/pharmacist.md            randomize, labels, kits, calendars
  docs/officer.md               break the code
  SECURITY.md                   who can see what, and how to check it

Exit status: 0 done, 1 verify found a discrepancy, 64 usage, 65 bad or tampered data,
66 input missing, 70 bug, 73 would overwrite, 74 the disk or the output failed, 75 locked or
no space left, 77 wrong key, 78 invalid study.`;
