import type { Command, CommanderError } from '@commander-js/extra-typings';
import { type Problem, RandoseError } from '../errors.ts';
import { KIT_ALPHABET } from '../study/identifiers.ts';
import { counted, nearestWord } from '../words.ts';
import { eitherOf, missingNeeds, type Need, needsOf } from './arguments/needs.ts';
import type { CommandEntry } from './command.ts';
import { noPart } from './mistyped-part.ts';
import { isOptionWord, type Sorted, sortWords } from './typed-words.ts';

/** What is wrong with a command line. */
export interface WrongLine {
  readonly error: CommanderError;
  /** What commander would print. */
  readonly complaint: string;
  /** The command that was called; undefined if there is none. */
  readonly command: Command | undefined;
  /** All words after `randose`. */
  readonly words: readonly string[];
  /** Whether a word is the path of a study folder. */
  readonly isStudy: (word: string) => boolean;
}

const HELP = 'randose --help lists the commands. randose COMMAND --help shows the options of one.';

/**
 * The error for a wrong command line. What the command does not know comes first, for it is the reason why something
 * else seems to be missing; then all that is missing, with what it is.
 */
export function usageError({ error, complaint, command, words, isStudy }: WrongLine): RandoseError {
  if (command === undefined) return wrongProgramLine(complaint, words);
  const name = nameOf(command);
  const own = words.slice(wordsBefore(command, words));
  const { unknown, surplus, operands, given } = sortWords(command, own);
  const part = wrongPart(command, operands, unknown);
  if (part !== undefined) return part;
  const flags = command.options.filter(({ hidden }) => !hidden).map(({ long }) => long ?? '');
  const meant = unknown.map((flag) => ({ flag, near: nearestWord(flag, flags) }));
  const wrong = [
    ...meant.map(({ flag, near }) => `unknown option '${flag}'${didYouMean(near)}`),
    ...surplusText(command, own, { surplus, operands, given }, isStudy),
  ];
  // What commander found before it came to the rest, such as a value that an option does not take.
  const first = plainly(complaint.replace(/^error: /, '').split('\n')[0] ?? '', name);
  if (!FOUND_HERE.includes(error.code) && first !== '') wrong.push(first);
  // What the advice above already has is not missing too.
  const advised = [
    ...meant.flatMap(({ near }) => near ?? []),
    ...(wrong.some((text) => text.includes(AS_SUBJECT)) ? ['--subject'] : []),
  ];
  const byDefault = command.options.flatMap((option) => {
    const isSet = command.getOptionValueSource(option.attributeName()) === 'config';
    return isSet ? (option.long ?? []) : [];
  });
  const missing = missingIn(command, operands, new Set([...given, ...byDefault])).filter(
    ({ flag }) => flag === undefined || !advised.includes(flag),
  );
  if (wrong.length === 0) return needs(name, missing);
  const [message = '', ...others] = wrong;
  return new RandoseError('usage', message, {
    problems: [
      ...others.map((text) => ({ message: text })),
      ...missing.map(({ text }) => ({ message: `${name} also needs ${text}` })),
    ],
    hint: `randose ${name} --help shows what it takes.`,
  });
}

/**
 * Makes sure that no option took another option for its value, because its own was forgotten.
 *
 * @param flags all options that the command line can have
 * @throws RandoseError `usage`
 */
export function requireValues(
  words: readonly string[],
  commands: readonly Pick<Command, 'options'>[],
  flags: readonly string[],
): void {
  const options = commands.flatMap((command) => command.options);
  for (const [index, word] of words.entries()) {
    const option = options.find(({ long, short, required }) => {
      return required && (word === long || word === short);
    });
    const [next = ''] = words[index + 1]?.split('=', 1) ?? [];
    if (option === undefined || !/^--?[A-Za-z]/.test(next) || !flags.includes(next)) continue;
    const before = words[index - 1];
    const isValue = options.some(({ long, required }) => required && before === long);
    if (isValue) continue;
    throw new RandoseError('usage', `${word} needs a value before ${next}`, {
      hint: `${option.flags}: ${option.description}`,
    });
  }
}

/** A complaint of commander about a value, in our words; any other one as it is. @param name of the command */
function plainly(complaint: string, name: string): string {
  const [, other, argument, all] =
    /^command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*)\.$/.exec(
      complaint,
    ) ?? [];
  if (other !== undefined && argument !== undefined && all !== undefined) {
    const known = all.split(', ');
    const parts = other.split(/[, ]+/);
    if (parts.length > 1 && parts.every((one) => known.includes(one))) {
      return `<${argument}>: write ${oneAtATime(name, parts)}`;
    }
    return `<${argument}>: expected ${eitherOf(known)}, not "${other}"${didYouMean(meantWord(other, known))}`;
  }
  const [, flag, typed, why = ''] =
    /^option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.*)\.$/.exec(complaint) ??
    [];
  if (flag === undefined) return complaint;
  const [, choices] = /^Allowed choices are (.*)$/.exec(why) ?? [];
  if (choices !== undefined) {
    const known = choices.split(', ');
    const parts = (typed ?? '').split(',');
    return parts.length > 1 && parts.every((one) => known.includes(one))
      ? `${flag}: put spaces, not commas, between several: ${flag} ${parts.join(' ')}`
      : `${flag}: expected ${eitherOf(known)}, not "${typed ?? ''}"${flag === '--by' ? NO_NAME : didYouMean(meantWord(typed ?? '', known))}`;
  }
  const what = `${flag}: ${why.charAt(0).toLowerCase()}${why.slice(1)}`;
  return why.startsWith('Write ') ? `${what}, not "${typed ?? ''}"` : what;
}

/** Words that people type, and what randose calls it. */
const OTHER_WORDS = new Map(
  Object.entries({
    transfer: ['participants', 'subjects', 'randomizations', 'edc'],
    accountability: ['kits', 'kit', 'inventory'],
    ledger: ['audit', 'audit-trail', 'trail', 'log'],
    xlsx: ['excel', 'xls'],
    xpt: ['sas', 'xport'],
    json: ['dataset-json'],
    ics: ['ical', 'icalendar'],
    'excel-fr': ['fr', 'french'],
  }).flatMap(([meant, words]) => words.map((word) => [word, meant])),
);

/** The word that is nearest to what was typed, or what randose calls the same thing. */
function meantWord(typed: string, known: readonly string[]): string | undefined {
  const other = OTHER_WORDS.get(typed.toLowerCase());
  return other !== undefined && known.includes(other) ? other : nearestWord(typed, known);
}

/** After a name for `--by` of a command that does not ask who runs it. */
const NO_NAME = '. No name is needed here: nothing is recorded';

/** The errors of commander that are found again in the words, all at once. */
const FOUND_HERE: readonly string[] = [
  'commander.unknownOption',
  'commander.excessArguments',
  'commander.missingArgument',
  'commander.missingMandatoryOptionValue',
];

/**
 * Makes sure that a command line begins with a command.
 *
 * @throws RandoseError `usage` if the command is unknown, or an option is before it
 */
export function requireCommand(
  words: readonly string[],
  commands: readonly Pick<CommandEntry, 'name' | 'parts'>[],
): void {
  const [first = ''] = words;
  const named = words.find((word) => !isOptionWord(word));
  if (named === undefined || named === 'help') return;
  const known = commands.map(({ name }) => name);
  const entry = commands.find(({ name }) => name === named);
  if (isOptionWord(first) && !['--help', '-h', '--version'].includes(first)) {
    const command = words.find((word) => known.includes(word)) ?? 'COMMAND';
    throw new RandoseError('usage', `write the command before ${first}`, {
      hint: `That is: randose ${command} ${first} …\n${HELP}`,
    });
  }
  if (entry === undefined) {
    throw new RandoseError(
      'usage',
      `there is no command "${named}"${didYouMean(nearestWord(named, known))}`,
      {
        hint: HELP,
      },
    );
  }
  const [, part] = words;
  const parts = entry.parts.map(({ name }) => name);
  if (parts.length === 0 || part === undefined || words[2] !== '--help' || isOptionWord(part))
    return;
  if (!parts.includes(part)) throw noPart(named, part, parts);
}

function wrongProgramLine(complaint: string, words: readonly string[]): RandoseError {
  const [first = ''] = complaint.replace(/^error: /, '').split('\n');
  const isNothing = first === '' || first.startsWith('Usage:');
  const option = words.find(isOptionWord);
  const [flag = ''] = option?.split('=') ?? [];
  const near = nearestWord(flag, ['--help', '--version']);
  const what = isNothing
    ? 'no command was given'
    : option === undefined
      ? first
      : `unknown option '${flag}'${didYouMean(near)}`;
  return new RandoseError('usage', what, { hint: HELP });
}

function didYouMean(near: string | undefined): string {
  return near === undefined ? '' : `. Did you mean ${near}?`;
}

/** A word where a part of a command belongs, such as `recieved` after `kit`. */
function wrongPart(
  command: Command,
  [typed]: readonly string[],
  unknown: readonly string[],
): RandoseError | undefined {
  const parts = command.commands.map((part) => part.name());
  if (typed === undefined || parts.length === 0) return undefined;
  const near = nearestWord(typed, parts);
  // A command that also takes an id has no wrong part unless the word is nearly one, or cannot be an id and has the
  // options of a part.
  const isWord = unknown.length > 0 && /^[a-z-]+$/i.test(typed);
  if (near === undefined && !isWord && command.registeredArguments.length > 0) return undefined;
  return noPart(command.name(), typed, parts);
}

/** Words too many: most often kit codes, or a text with spaces that is not in quotation marks. */
function surplusText(
  command: Command,
  own: readonly string[],
  { surplus, operands, given }: Pick<Sorted, 'surplus' | 'operands' | 'given'>,
  isStudy: (word: string) => boolean,
): string[] {
  const [first] = surplus;
  if (first === undefined) return [];
  const shown = surplus.map(({ word }) => `"${word}"`).join(' ');
  const many = `too many arguments for ${nameOf(command)}: ${shown}`;
  const codes = surplus.map(({ word }) => word.replace(/[,;]$/, ''));
  if (command.options.some(({ long }) => long === '--kits') && codes.every(isLikeKit)) {
    const before = own.find((_, index) => own[index - 1] === '--kits');
    const all = [...(before?.split(/[,;]/) ?? []), ...codes]
      .filter((code) => code !== '')
      .join(',');
    const how = before === undefined ? 'Use' : 'Separate codes with commas:';
    return [`${many}. ${how} --kits ${all}`];
  }
  if (isStudy(first.word)) return [`${many}. Did you mean --study ${first.word}?`];
  const hasAgainst = command.options.some(({ long }) => long === '--against');
  if (first.after === '--plan' && hasAgainst) {
    const others = surplus.map(({ word }) => word).join(' ');
    return [`${many}. To compare it with other plans, write: --against ${others}`];
  }
  const known = command.registeredArguments[0]?.argChoices;
  if (known !== undefined && (first.after === undefined || known.includes(first.word))) {
    const all = [...operands, ...surplus.map(({ word }) => word)];
    const words = [...new Set(all)].filter((word) => known.includes(word));
    return [`${many}. Write ${oneAtATime(nameOf(command), words)}`];
  }
  const takesParticipant = command.registeredArguments.some((one) => one.name() === 'id');
  if (takesParticipant && first.after === undefined) {
    const code = operands.join('');
    const isOneCode = operands.every((word) => word.length < 5) && isLikeKit(code);
    const inOne = isOneCode
      ? ` If this is one kit code, write it without spaces: ${nameOf(command)} ${code}`
      : ` One ${named(command)} at a time.`;
    return [`${many}.${inOne}`];
  }
  const isId = !takesParticipant && first.after === undefined && !given.has('--subject');
  if (isId && /\d/.test(first.word) && hasOption(command, '--subject')) {
    const others = surplus.filter(({ after }) => after !== undefined);
    return [
      `${many}. ${AS_SUBJECT} ${first.word}`,
      ...(others.length === 0 ? [] : [inQuotes(others[0]?.after)]),
    ];
  }
  return [`${many}. ${inQuotes(first.after)}`];
}

/** What to type in the place of several words where one belongs. @param words those that are right, alone */
function oneAtATime(name: string, words: readonly string[]): string {
  const lines = words.map((word) => `randose ${name} ${word}`);
  return `one at a time${lines.length === 0 ? '' : `: ${lines.join(', then ')}`}`;
}

const AS_SUBJECT = 'Write the participant as --subject';

function hasOption(command: Command, flag: string): boolean {
  return command.options.some(({ long }) => long === flag);
}

/** What to do with a text of several words. @param flag the option before it */
function inQuotes(flag: string | undefined): string {
  return `Put a text with spaces in quotes${flag === undefined ? '' : `: ${flag} "SEVERAL WORDS"`}`;
}

/**
 * Refuses a word that is taken for the id although an option names the participant, if it is after an option with a
 * text: it is a part of this text, which is not in quotes.
 *
 * @param words all words after `randose`
 * @throws RandoseError `usage`
 */
export function refuseTextAsId(command: Command, words: readonly string[]): void {
  const [id] = command.args;
  if (id === undefined || command.registeredArguments[0]?.name() !== 'id') return;
  const { given, typed } = sortWords(command, words.slice(wordsBefore(command, words)));
  const after = typed.find(({ word }) => word === id)?.after;
  const option = command.options.find(({ long, short }) => after === long || after === short);
  if (!/<(?:who|text|name|purpose)>/.test(option?.flags ?? '')) return;
  if (!given.has('--subject') && !given.has('--number')) return;
  throw new RandoseError(
    'usage',
    `too many arguments for ${nameOf(command)}: "${id}". ${inQuotes(after)}`,
    { hint: `randose ${nameOf(command)} --help shows what it takes.` },
  );
}

/** What the id of a command names. */
function named(command: Command): string {
  return command.name() === 'check' ? 'kit or participant' : 'participant';
}

/** Whether a word looks as kit codes do in any study: it ends in characters of their alphabet, and is not a word. */
function isLikeKit(word: string): boolean {
  const ends = word.toUpperCase().split('-').at(-1) ?? '';
  const isWord = !/\d/.test(ends) && word !== word.toUpperCase();
  return !isWord && ends.length > 4 && Array.from(ends).every((one) => KIT_ALPHABET.includes(one));
}

/** A flag or an argument that a command needs and did not get, and what it is. */
interface Missing {
  readonly flag: string | undefined;
  readonly text: string;
}

function missingIn(
  command: Command,
  operands: readonly string[],
  given: ReadonlySet<string>,
): Missing[] {
  const has = new Set([...given, ...(operands.length > 0 ? ['id'] : [])]);
  return [
    ...command.registeredArguments
      .filter((argument, index) => argument.required && index >= operands.length)
      .map((argument) => ({
        flag: undefined,
        text: `<${argument.name()}>: ${argument.description}`,
      })),
    ...missingNeeds(needsOf(command), has).map((need) => {
      return { flag: need.oneOf[0], text: needText(command, need) };
    }),
  ];
}

/** What is needed, as an error says it. */
function needText(command: Command, { oneOf, unless }: Need): string {
  if (oneOf[0] === 'id') {
    return `the ${named(command)}: ID, --subject ID, --number NUMBER or --kit CODE`;
  }
  const options = oneOf.flatMap((name) => command.options.find(({ long }) => long === name) ?? []);
  const except = unless === undefined ? '' : ` (except with ${eitherOf(unless)})`;
  const [first, ...others] = options;
  const text =
    others.length === 0
      ? `${first?.flags ?? ''}: ${first?.description ?? ''}`
      : options.map(({ flags, description }) => `${flags} (${description})`).join(' or ');
  return `${text}${except}`;
}

/**
 * Makes sure that a command has all that it needs, before it does anything.
 *
 * @throws RandoseError `usage`, with all that is missing
 */
export function requireNeeds(command: Command): void {
  const given = command.options.flatMap((option) => {
    const name = option.attributeName();
    const isTyped = ['cli', 'config'].includes(command.getOptionValueSource(name) ?? '');
    const value: unknown = command.getOptionValue(name);
    const isBlank = typeof value === 'string' && value.trim() === '';
    return isTyped && !isBlank ? (option.long ?? []) : [];
  });
  const missing = missingIn(command, command.args, new Set(given));
  if (missing.length > 0) throw needs(nameOf(command), missing);
}

function needs(name: string, missing: readonly Missing[]): RandoseError {
  const [only] = missing;
  const isOne = missing.length === 1 && only !== undefined;
  const what = isOne ? only.text : counted(missing.length, 'more option');
  const problems: Problem[] = isOne ? [] : missing.map(({ text }) => ({ message: text }));
  return new RandoseError('usage', `${name} needs ${what}`, {
    problems,
    hint: `randose ${name} --help has examples.`,
  });
}

/** As it is typed: `kit received`. */
function nameOf(command: Command): string {
  const above = command.parent;
  // The command that has no parent is the program itself.
  const isPart = above !== null && above.parent !== null;
  return isPart ? `${above.name()} ${command.name()}` : command.name();
}

/** How many words there are up to a command's name, that included. */
function wordsBefore(command: Command, words: readonly string[]): number {
  let at = 0;
  for (const name of nameOf(command).split(' ')) at = words.indexOf(name, at) + 1;
  return at;
}
