import { Command } from '@commander-js/extra-typings';
import type { CommandEntry } from '../command.ts';

/** What a study has the words for. None of them says anything about an arm. */
export type StudyWords = 'subject' | 'number' | 'kit' | 'site' | 'visit' | 'injection';

/** What can follow on a command line. */
export type Expected =
  /** These words, each with what it means. */
  | { readonly kind: 'words'; readonly words: readonly Word[] }
  /** Words of the study. Of several kinds, the first that has a fitting one counts. */
  | {
      readonly kind: 'study';
      readonly of: readonly StudyWords[];
      readonly isList: boolean;
      /** Whether it can be a file too: it is offered if no word of the study fits. */
      readonly isFileToo?: boolean;
    }
  /** A part of a page of the documentation. */
  | { readonly kind: 'section'; readonly page: string }
  | { readonly kind: 'file' | 'folder' | 'page' | 'sheet' | 'month' | 'anything' };
export interface Word {
  readonly word: string;
  readonly about: string;
}

const ANYTHING: Expected = { kind: 'anything' };

/** By the name of an option: what its value is. The rest follows from its placeholder and its choices. */
const BY_OPTION: Readonly<Record<string, StudyWords>> = {
  '--subject': 'subject',
  '--for': 'subject',
  '--given-to': 'subject',
  '--number': 'number',
  '--kit': 'kit',
  '--kits': 'kit',
  '--site': 'site',
  '--visit': 'visit',
};

/** Commands whose `--subject` is an id that nobody has yet. */
const NEW_SUBJECT = ['randomize', 'replace'];

/** By what stands for a value in help: `--plan <file>`. */
const BY_PLACEHOLDER: Readonly<Record<string, Expected>> = {
  file: { kind: 'file' },
  path: { kind: 'file' },
  copy: { kind: 'file' },
  other: { kind: 'file' },
  receipt: { kind: 'file' },
  recipient: { kind: 'file' },
  dir: { kind: 'folder' },
  page: { kind: 'page' },
  month: { kind: 'month' },
  site: { kind: 'study', of: ['site'], isList: false },
};

/** A command line, as far as it is typed. */
interface Typed {
  /** The words after `randose`, without the one that is being typed. */
  readonly before: readonly string[];
  /** What is typed of the last word; empty if none of it is. */
  readonly current: string;
}

/**
 * What can follow a command line that is being typed.
 *
 * @returns without regard to what is typed of the last word, but for a hyphen, which begins an option
 */
export function expectedAfter(
  { before, current }: Typed,
  commands: readonly CommandEntry[],
): Expected {
  const [name, second] = before;
  if (name === undefined) return words([...commands, HELP].map(asWord));
  if (name === 'help') {
    const parts = commands.find((entry) => entry.name === second)?.parts;
    return words((second === undefined ? commands : (parts ?? [])).map(asWord));
  }
  const entry = commands.find((one) => one.name === name);
  if (entry === undefined) return ANYTHING;
  const part = entry.parts.find((one) => one.name === second);
  const called = part ?? entry;
  const command = new Command(called.name);
  called.define(command);
  return afterCommand(command, called, before.slice(part === undefined ? 1 : 2), current);
}

/** What can follow the words after a command. */
function afterCommand(
  command: Command,
  { name, parts }: CommandEntry,
  after: readonly string[],
  current: string,
): Expected {
  const optionOf = (word: string) =>
    command.options.find(({ long, short }) => [long, short].includes(word));
  const given = new Set<string>();
  let places = 0;
  /** The option whose value is next, and whether it may be left out. */
  let open: { option: Command['options'][number]; isEnough: boolean } | undefined;
  for (const word of after) {
    const option = optionOf(word);
    if (option !== undefined) {
      given.add(option.long ?? '');
      open = option.required || option.optional ? { option, isEnough: false } : undefined;
    } else if (open === undefined) places += 1;
    else open = open.option.variadic ? { ...open, isEnough: true } : undefined;
  }
  if (open !== undefined && !(open.isEnough && current.startsWith('-'))) {
    return valueOf(open.option, name);
  }
  const options = command.options
    .filter(({ hidden, variadic, long }) => !hidden && (variadic || !given.has(long ?? '')))
    .map(({ long, description }) => ({ word: long ?? '', about: description }));
  const all = [...options, { word: '--help', about: 'print this help' }];
  if (current.startsWith('-')) return words(all);
  const argument =
    command.registeredArguments[places] ??
    command.registeredArguments.find(({ variadic }) => variadic);
  if (places === 0 && parts.length > 0 && !/^[A-Z\d]/.test(current)) {
    return words(parts.map(asWord));
  }
  if (argument === undefined) return words(all);
  if (argument.argChoices !== undefined) {
    return words(argument.argChoices.map((word) => ({ word, about: '' })));
  }
  if (argument.name() === 'id') {
    const isFileToo = name === 'check';
    return { kind: 'study', of: ['subject', 'number', 'kit'], isList: false, isFileToo };
  }
  if (name === 'docs' && places === 1) return { kind: 'section', page: after[0]! };
  return BY_PLACEHOLDER[argument.name()] ?? ANYTHING;
}

/** What the value of an option can be. */
function valueOf(
  { long, flags, argChoices }: Command['options'][number],
  command: string,
): Expected {
  if (argChoices !== undefined) return words(argChoices.map((word) => ({ word, about: '' })));
  if (long === '--subject' && NEW_SUBJECT.includes(command)) return ANYTHING;
  if (long === '--to' && command === 'transfer') return BY_PLACEHOLDER.site!;
  if (long === '--sign') return BY_PLACEHOLDER.file!;
  if (long === '--sheet') return { kind: 'sheet' };
  if (long === '--visit' && command === 'dose') {
    return { kind: 'study', of: ['injection'], isList: false };
  }
  const own = BY_OPTION[long ?? ''];
  if (own !== undefined) return { kind: 'study', of: [own], isList: long === '--kits' };
  return BY_PLACEHOLDER[/<(\w+)/.exec(flags)?.[1] ?? ''] ?? ANYTHING;
}

const HELP = { name: 'help', description: 'print help for a command' };

function asWord({ name, description }: Pick<CommandEntry, 'name' | 'description'>): Word {
  return { word: name, about: description };
}

function words(list: readonly Word[]): Expected {
  return { kind: 'words', words: list };
}
