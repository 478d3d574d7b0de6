import {
  type Argument,
  type CommandUnknownOpts,
  Help,
  type Option,
} from '@commander-js/extra-typings';
import {
  dryRun,
  json,
  ledgerUrl,
  passphraseFd,
  passphraseFile,
  rehearsal,
  signature,
  study,
  yes,
} from './arguments/options.ts';
import { needsOf, requiredMark } from './arguments/needs.ts';
import { type CommandEntry, DESKS } from './command.ts';
import { commandLines, fitted, indented } from './output/wrapped.ts';
import { wrapped } from '../system/text-lines.ts';

export const ABOUT =
  'Sealed allocation lists, kit labels and injection calendars for clinical trials.';

const plain = new Help();

/** What help says before the description of an option, because of the command that is shown. */
const marks = new WeakMap<object, string>();

/** The heading of the options that most commands have, and their order. They come last. */
const COMMON_HEADING = 'Options of many commands:';
export const COMMON: readonly Pick<Option, 'long' | 'flags' | 'description'>[] = [
  ...[signature(), passphraseFile(), passphraseFd(), rehearsal(), study(), ledgerUrl()],
  ...[json(), yes(), dryRun()],
];

/** The place of an option among the common ones; -1 if it is a command's own, or means something else there. */
function commonPlace({ long, description }: Option): number {
  if (long === '--help') return COMMON.length;
  return COMMON.findIndex((one) => one.long === long && one.description === description);
}

/** The options of a command as help shows them: what is required, then its other own ones, then the common ones. */
function shownOptions(command: CommandUnknownOpts): Option[] {
  const visible = plain.visibleOptions(command);
  // On the page of randose itself there is nothing to tell apart.
  if (command.parent === null) return visible;
  const needs = needsOf(command);
  const needOf = ({ long }: Option) => needs.find(({ oneOf: [first] }) => first === long);
  // The other way to give what is needed; those of an argument are its own options.
  const others = needs.flatMap(({ oneOf: [first, ...more] }) => (first === 'id' ? [] : more));
  const options = visible.map((option) => {
    const need = needOf(option);
    marks.set(option, need === undefined ? '' : requiredMark(need));
    const place = commonPlace(option);
    const isCommon = place !== -1 && need === undefined;
    if (isCommon) option.helpGroup(COMMON_HEADING);
    const isNeeded = need !== undefined || others.includes(option.long ?? '');
    const rank = isCommon ? 2 + place : isNeeded ? 0 : 1;
    return { option, rank };
  });
  return options.toSorted((a, b) => a.rank - b.rank).map(({ option }) => option);
}

/** A description whose choices and default are in one pair of brackets, as they are typed. */
function choicesLast(description: string): string {
  const [, text, before, choices, after] =
    /^(.*?)(?: \(default: ([^()]*)\))? \(choices: (.*?)(?:, default: (.*))?\)$/.exec(description) ??
    [];
  if (text === undefined || choices === undefined) return description;
  const normal = before ?? after;
  const last = normal === undefined ? '' : `; default: ${normal}`;
  return `${text} (${`${choices}${last}`.replaceAll('"', '')})`;
}

/** How help shows options: those that are required come first, and say so. */
export const HELP_STYLE: Partial<Help> = {
  // Descriptions wrap on a narrow terminal too; commander would print them in one line.
  minWidthToWrap: 20,
  visibleOptions: shownOptions,
  optionDescription: (option: Option): string =>
    (marks.get(option) ?? '') + choicesLast(plain.optionDescription(option)),
  visibleArguments: (command: CommandUnknownOpts): Argument[] => {
    const need = needsOf(command).find(({ oneOf: [first] }) => first === 'id');
    const shown = plain.visibleArguments(command);
    for (const one of shown) marks.set(one, need === undefined ? '' : requiredMark(need));
    return shown;
  },
  argumentDescription: (argument: Argument): string =>
    (marks.get(argument) ?? '') + plain.argumentDescription(argument),
  // An id that is needed, in whichever way it is given, is not in the brackets of what may be left out.
  commandUsage: (command: CommandUnknownOpts): string => {
    const usage = plain.commandUsage(command);
    const isNeeded = needsOf(command).some(({ oneOf: [first] }) => first === 'id');
    return isNeeded ? usage.replace('[id]', '<id>') : usage;
  },
};

/** What `randose` alone prints: every command under its desk, on one screen of 24 lines. */
export function overview(commands: readonly CommandEntry[], columns: number): string {
  const desks = Object.entries(DESKS).map(([desk, title]) => {
    const names = commands.filter((entry) => entry.desk === desk).map(({ name }) => name);
    return `${title}\n${indented(names.join(', '), columns)}`;
  });
  const next = [
    'Begin with: randose demo (the whole trial in a few seconds, in a new folder)',
    'A line about each command: randose --help; one in full: randose help COMMAND',
  ];
  const lines = next.map((line) => fitted(line, columns));
  return `${wrapped(`randose: ${ABOUT}`, columns).join('\n')}\n\n${desks.join('')}\n${lines.join('\n')}\n`;
}

/** The end of a command's help: examples to copy, and its page. */
export function examplesText({ examples, page }: CommandEntry, columns: number): string {
  const lines = examples.flatMap((line) => commandLines(`$ randose ${line}`, columns, '  '));
  return `\nExamples:\n${lines.join('\n')}\n\nMore: ${pageCommand(page)}`;
}

/** How somebody reads a page who has the program alone: `docs/officer.md` is `randose docs officer`. */
export function pageCommand(page: string): string {
  return `randose docs ${page.replace(/^docs\/|\.md$/g, '').toLowerCase()}`;
}

/** The end of the help of randose itself. */
export function whereToBegin(columns: number): string {
  return `\n${fitted(`${BEGIN}\n\n${STATUSES}`, columns)}`;
}

const BEGIN = `Where to begin:
  $ randose demo               the whole trial in a few seconds
  $ randose docs statistician  make the list
  $ randose docs pharmacist    randomize, labels, kits, calendars
  $ randose docs data-manager  export to spreadsheets, SAS, R and an EDC
  $ randose docs officer       break the code
  $ randose docs physician     what to have ready if you need an arm
  $ randose docs security      who can see what, and how to check it`;

export const STATUSES =
  'Exit status: 0 done, 1 verify found a discrepancy, 64 usage, 65 bad or tampered data, 66 input missing, 70 bug, 73 would overwrite, 74 the disk or the output failed, 75 locked, no space left, or the database does not answer, 77 wrong key, 78 invalid study.';
