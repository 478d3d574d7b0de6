import { type CommandUnknownOpts, Help, type Option } from '@commander-js/extra-typings';
import { type CommandEntry, DESKS } from './command.ts';
import { commandLines, fitted, indented, wrapped } from './output/wrapped.ts';

export const ABOUT =
  'Sealed allocation lists, kit labels and injection calendars for clinical trials.';

const plain = new Help();

/** How help shows options: those that are required come first, and say so. */
export const HELP_STYLE: Partial<Help> = {
  // Descriptions wrap on a narrow terminal too; commander would print them in one line.
  minWidthToWrap: 20,
  visibleOptions: (command: CommandUnknownOpts): Option[] =>
    plain.visibleOptions(command).toSorted((a, b) => Number(b.mandatory) - Number(a.mandatory)),
  optionDescription: (option: Option): string =>
    (option.mandatory ? 'required: ' : '') + plain.optionDescription(option),
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
  return `\nExamples:\n${lines.join('\n')}\n\nMore: ${page}`;
}

/** The end of the help of randose itself. */
export function whereToBegin(columns: number): string {
  return `\n${fitted(`${BEGIN}\n\n${STATUSES}`, columns)}`;
}

const BEGIN = `Where to begin:
  $ randose demo        the whole trial in a few seconds
  docs/statistician.md  make the list
  docs/pharmacist.md    randomize, labels, kits, calendars
  docs/officer.md       break the code
  SECURITY.md           who can see what, and how to check it`;

const STATUSES =
  'Exit status: 0 done, 1 verify found a discrepancy, 64 usage, 65 bad or tampered data, 66 input missing, 70 bug, 73 would overwrite, 74 the disk or the output failed, 75 locked or no space left, 77 wrong key, 78 invalid study.';
