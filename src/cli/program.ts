import {
  Command,
  CommanderError,
  InvalidArgumentError,
  type OptionValues,
} from '@commander-js/extra-typings';
import { forgetEntered } from '../store/entered.ts';
import { closeOpened } from '../store/opened-ledgers.ts';
import type { Terminal } from '../system/terminal.ts';
import { VERSION } from '../version.ts';
import { type CommandEntry, DESKS, type RanApart, type Runner } from './command.ts';
import { COMMANDS } from './registry.ts';
import { EXIT_OK } from './exit.ts';
import type { SecretFlags } from './arguments/keys.ts';
import { defaultOf } from './arguments/options.ts';
import { needsOf } from './arguments/needs.ts';
import type { DefaultTaker } from './defaults.ts';
import { requireStoredTexts } from './arguments/stored-texts.ts';
import { ABOUT, examplesText, HELP_STYLE, overview, whereToBegin } from './help.ts';
import { widthFor } from '../system/text-lines.ts';
import { aboutTypedStudy } from './typed-study.ts';
import { isOptionWord, meantWords } from './typed-words.ts';
import { requireCsv, takeFormatFromName } from './format-by-name.ts';
import {
  requireCommand,
  requireNeeds,
  requireValues,
  usageError,
  refuseTextAsId,
} from './usage-error.ts';
import { refuseMistypedPart } from './mistyped-part.ts';
import type { Output } from './output/output.ts';

/** The streams and the environment that a command line runs in. */
export interface Surroundings {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly env: NodeJS.ProcessEnv;
  /** Whether the user's own defaults are left alone: somebody else typed the command line. */
  readonly isApart?: boolean;
}

/**
 * Runs one command line. Everything heavy is loaded by the command that needs it, when it is called.
 *
 * @param typed the words after `randose`
 * @returns the exit status
 */
export async function runRandose(
  typed: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, stderr, env } = surroundings;
  // A shell asks what can follow: on every Tab, and it can show no error.
  if (typed[0] === 'completion' && typed[1] === '--') {
    const { completions } = await import('./completion/complete.ts');
    stdout.write(await completions(typed.slice(2), COMMANDS));
    return EXIT_OK;
  }
  if (typed[0] === 'help' && typed[1] === '--man') {
    const { manPage } = await import('./man-page.ts');
    stdout.write(manPage(COMMANDS));
    return EXIT_OK;
  }
  let words = typed;
  const columns = widthFor(stdout.columns);
  let opened: Output | undefined;
  // The whole command has one output, which remembers what could not be written.
  const makeOutput = async (): Promise<Output> => {
    const { Output } = await import('./output/output.ts');
    const asTyped = aboutTypedStudy(words, COMMANDS);
    opened ??= await Output.open({ stdout, stderr }, words.includes('--json'), env, asTyped);
    return opened;
  };
  let status = EXIT_OK;
  let complaint = '';
  // Commands inherit what is set before they are made.
  const program = new Command('randose')
    .description(ABOUT)
    .configureHelp(HELP_STYLE)
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'print help; also: randose COMMAND --help')
    .commandsGroup(DESKS.everyone)
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', whereToBegin(columns))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        stdout.write(text);
      },
      writeErr: (text) => {
        complaint += text;
      },
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  let failed: Command | undefined;
  // Of the command that is called: what its user's own defaults say.
  const defaultWarnings: string[] = [];
  let confirmDefaults: ((output: Output) => Promise<void>) | undefined;
  const warnOfDefaults = (output: Output): void => {
    for (const text of defaultWarnings) output.warn(text);
  };
  const runner: Runner = {
    again: (more) => unasked(() => runRandose(more, { ...surroundings, isApart: true })),
    apart: (more) => unasked(() => runApart(more)),
  };
  const define = (command: Command, entry: CommandEntry): void => {
    entry.define(command);
    command.helpOption('-h, --help', 'print this help');
    refuseRepeats(command);
    command.exitOverride((error) => {
      failed = command;
      throw error;
    });
    command.addHelpText('after', examplesText(entry, columns));
    command.action(async () => {
      refuseMistypedPart(command);
      refuseTextAsId(command, words);
      requireNeeds(command);
      takeFormatFromName(command);
      requireCsv(command);
      const output = await makeOutput();
      warnOfDefaults(output);
      await confirmDefaults?.(output);
      const typedFlags: OptionValues = command.opts();
      requireStoredTexts(typedFlags, entry.name);
      await warnOfKeys(output, typedFlags);
      await warnOfName(output, typedFlags);
      const flags = await withoutArms(output, typedFlags, entry.name);
      const own = await entry.run(output, flags, command.processedArgs, runner);
      status = output.finish(own);
    });
    // Words after the name of a part belong to the part.
    if (entry.parts.length > 0) {
      program.enablePositionalOptions();
      command.enablePositionalOptions().helpCommand(false);
    }
    for (const part of entry.parts) {
      define(command.command(part.name).description(part.description), part);
    }
  };
  const [first, second, third] = words.filter((word) => !isOptionWord(word));
  const isHelp = first === 'help' && second !== undefined;
  const called = isHelp ? second : first;
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).description(entry.description);
    command.helpGroup(DESKS[entry.desk]);
    // Only the command that is called needs its flags; the others need their names and descriptions.
    if (entry.name === called) define(command, entry);
  }
  const own = program.commands.filter((command) => command.name() === called);
  const parts = own.flatMap(({ commands }) => commands);
  words = meantWords(typed, flagsOf([program, ...own, ...parts]));
  if (isHelp) words = [second, ...(third === undefined ? [] : [third]), '--help'];
  try {
    if (typed.length === 0) {
      stdout.write(overview(COMMANDS, columns));
      return EXIT_OK;
    }
    requireCommand(words, COMMANDS);
    requireValues(words, [...own, ...parts], flagsOf([program, ...own, ...parts]));
    const part = parts.find((command) => command.name() === second);
    const takes = surroundings.isApart === true ? undefined : (part ?? own[0]);
    if (takes?.options.some((option) => defaultOf(option) !== undefined) === true) {
      const defaults = await import('./defaults.ts');
      const taker = takes as unknown as DefaultTaker;
      const used = await defaults.defaultsFor(taker, needsOf(takes), words, env);
      defaults.setDefaults(taker, used);
      defaultWarnings.push(...used.warnings);
      confirmDefaults = (output) => defaults.confirmDefaults(output, taker, used);
    }
    await program.parseAsync(words, { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) return (await makeOutput()).fail(error);
    if (error.exitCode === 0) return EXIT_OK;
    warnOfDefaults(await makeOutput());
    const { isStudyFolder } = await import('../store/folder/study-folder.ts');
    const wrong = { error, complaint, command: failed, words, isStudy: isStudyFolder };
    return (await makeOutput()).fail(usageError(wrong));
  } finally {
    // A command line within another one leaves the connections of the outer one open.
    if (surroundings.isApart !== true) await closeOpened();
    forgetEntered();
  }
}

/** The options that commands have, and help. */
function flagsOf(commands: readonly Pick<Command, 'options'>[]): string[] {
  const options = commands.flatMap((command) => command.options.map(({ long }) => long ?? ''));
  return [...options, '--help', '-h'];
}

/** Warns of a name without a role. */
async function warnOfName(output: Output, flags: OptionValues): Promise<void> {
  if ((flags.by ?? flags.openedBy) === undefined) return;
  const { warnOfShortWho } = await import('./arguments/short-who.ts');
  warnOfShortWho(output, flags);
}

/** The flags; a reason that names an arm is asked about, or warned of. */
async function withoutArms(
  output: Output,
  flags: OptionValues,
  command: string,
): Promise<OptionValues> {
  if (flags.reason === undefined) return flags;
  const { askAboutArms } = await import('./study/arms-in-reason.ts');
  return askAboutArms(output, flags, command);
}

/** Warns of secrets in a study folder, and of a key whose signatures nobody accepts, whichever command names them. */
async function warnOfKeys(
  output: Output,
  named: SecretFlags & { readonly study?: string },
): Promise<void> {
  if ((named.identity ?? named.sign ?? named.passphraseFile) === undefined) return;
  const { misplacedSecrets } = await import('./arguments/keys.ts');
  for (const text of misplacedSecrets(named)) output.warn(text);
  if (named.sign === undefined) return;
  const { unlistedSigner } = await import('./arguments/unlisted-signer.ts');
  const unlisted = await unlistedSigner(named.sign, named.study);
  if (unlisted !== undefined) output.warn(unlisted);
}

/** Runs a command line that somebody else typed: nobody is there who could answer. */
async function unasked<T>(run: () => Promise<T>): Promise<T> {
  const { withoutQuestions } = await import('../system/prompts.ts');
  return withoutQuestions(run);
}

/** Runs a command line without the terminal. @returns what it printed */
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
  const surroundings = { stdout: keep('stdout'), stderr: keep('stderr'), env: {}, isApart: true };
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
