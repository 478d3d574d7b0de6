import { type Argument, Command, type Option } from '@commander-js/extra-typings';
import { VERSION } from '../version.ts';
import { type CommandEntry, DESKS } from './command.ts';
import { ABOUT, COMMON, HELP_STYLE, pageCommand, STATUSES } from './help.ts';

/**
 * The manual page randose(1), in the macros man(7): every command with its arguments, options and examples. It says what
 * `--help` says, from the same declarations.
 */
export function manPage(commands: readonly CommandEntry[]): string {
  const desks = Object.entries(DESKS).flatMap(([desk, title]) => [
    `.SH ${quoted(title.replace(/:.*/, '').toUpperCase())}`,
    ...commands.filter((entry) => entry.desk === desk).flatMap((entry) => commandLines(entry)),
  ]);
  const lines = [
    `.TH RANDOSE 1 "" ${quoted(`randose ${VERSION}`)} ${quoted('User Commands')}`,
    ...['.SH NAME', `randose \\- ${text(ABOUT.replace(/^S/, 's').replace(/\.$/, ''))}`],
    '.SH SYNOPSIS',
    ...['.B randose', '.I command', '[\\fIoptions]', '.br'],
    ...['.B randose help', '[\\fIcommand]', '.br', '.B randose docs', '[\\fIpage]'],
    '.SH DESCRIPTION',
    text(ABOUT),
    'A statistician makes a list that is sealed from the first moment. A site randomizes participants and keeps their',
    'calendars, a pharmacist prints labels, and an authorized officer opens one allocation in an emergency.',
    '.PP',
    '.B randose demo',
    'shows the whole trial in a new folder, and',
    '.B randose docs',
    'the pages for each role.',
    ...desks,
    '.SH OPTIONS OF MANY COMMANDS',
    ...COMMON.flatMap((option) => item(option.flags, option.description)),
    ...['.SH EXIT STATUS', text(STATUSES.replace(/^Exit status: /, ''))],
    '.SH ENVIRONMENT',
    ...item('RANDOSE_BY', 'who does this, if --by is not typed: NAME, ROLE, ORGANISATION'),
    ...item('RANDOSE_SIGN', 'the ssh key that signs entries, if --sign is not typed'),
    ...item('RANDOSE_STUDY', 'the study folder, outside a study folder and without --study'),
    ...item(
      'XDG_CONFIG_HOME',
      'the folder of randose/config.yaml, whose keys by, sign and study say the same',
    ),
    ...item('NO_COLOR', 'if it is set, nothing is printed in colour'),
    ...item('XDG_STATE_HOME', 'the folder in which randose notes the studies that it saw'),
    ...['.SH SEE ALSO', '.BR age (1),', '.BR ssh\\-keygen (1),', '.B randose docs'],
  ];
  return `${lines.join('\n')}\n`;
}

/** A command, and those that are typed after it. */
function commandLines(entry: CommandEntry, before = 'randose'): string[] {
  const command = new Command(entry.name);
  new Command(before).configureHelp(HELP_STYLE).addCommand(command);
  command.configureHelp(HELP_STYLE);
  entry.define(command);
  const help = command.createHelp();
  const shown = help.visibleOptions(command);
  const own = shown.filter(
    ({ helpGroupHeading, long }) => helpGroupHeading === undefined && long !== '--help',
  );
  const common = shown.filter(({ helpGroupHeading }) => helpGroupHeading !== undefined);
  const called = `${before} ${entry.name}`;
  const names = common.map(({ long }) => long).filter((long) => long !== '--help');
  return [
    `.SS ${quoted(called)}`,
    text(`${entry.description}.`),
    '.PP',
    `.B ${text(
      help
        .commandUsage(command)
        .replace(/\[options\] ?|\[command\]/g, '')
        .trim(),
    )}`,
    ...help
      .visibleArguments(command)
      .flatMap((one: Argument) => item(help.argumentTerm(one), help.argumentDescription(one))),
    ...own.flatMap((one: Option) => item(help.optionTerm(one), help.optionDescription(one))),
    ...(names.length === 0 ? [] : ['.PP', text(`Also: ${names.join(', ')}.`)]),
    ...['.PP', 'Examples:', '.PP', '.nf', '.RS'],
    ...entry.examples.map((example) => text(`randose ${example}`)),
    ...['.RE', '.fi', '.PP', text(`More: ${pageCommand(entry.page)}`)],
    ...entry.parts.flatMap((part) => commandLines(part, called)),
  ];
}

/** A term, and below it what it means. */
function item(term: string, about: string): string[] {
  return ['.TP', `.B ${text(term)}`, text(about)];
}

/** A text as roff reads it: with its hyphens, so that a command can be copied. */
function text(words: string): string {
  const escaped = words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(
      /[^\x20-\x7e\n]/gu,
      (sign) => `\\[u${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`,
    );
  return escaped.replace(/^(?=[.'])/gm, '\\&');
}

/** An argument of a macro. */
function quoted(words: string): string {
  return `"${text(words).replaceAll('"', '\\(dq')}"`;
}
