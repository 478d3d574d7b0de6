import { Command } from '@commander-js/extra-typings';
import { needsOf } from './arguments/needs.ts';
import { quoted } from '../words.ts';
import { shownUrl } from './arguments/shown-url.ts';
import type { CommandEntry } from './command.ts';

/**
 * Talk whose commands name the study that was typed, and the database of its ledger, such as `randose verify --study DIR`:
 * who copies a command from a hint goes on with the same study.
 *
 * @param words the words after `randose`
 * @param commands every command
 * @returns the text with `--study` and `--ledger` in each command that takes them and does not have them yet
 */
export function aboutTypedStudy(
  words: readonly string[],
  commands: readonly CommandEntry[],
): (text: string) => string {
  const study = valueOf('--study', words);
  const ledger = shownUrl(valueOf('--ledger', words) ?? '');
  const typed = Object.entries({ '--study': study, '--ledger': ledger });
  return (text) =>
    text.replace(COMMAND, (found: string, name: string, part: string | undefined, rest: string) => {
      const command = commands.find((one) => one.name === name);
      if (command === undefined || NEEDS_NONE.test(rest)) return found;
      const own = command.parts.find((one) => ` ${one.name}` === part);
      const called = own === undefined ? `randose ${name}` : `randose ${name}${part ?? ''}`;
      const added = typed.map(([option, value]) => {
        const isNeeded = value !== undefined && !rest.includes(option);
        return isNeeded && takes(own ?? command, option, rest) ? ` ${option} ${quoted(value)}` : '';
      });
      return `${called}${added.join('')}${found.slice(called.length)}`;
    });
}

/** A command in a text: its name, a word that may be a part of it, and what follows up to the end of the sentence. */
const COMMAND = /\brandose ([a-z]+(?:-[a-z]+)*)( [a-z]+)?((?:(?!\. |\brandose )[^\n:])*)/g;

/** A command that asks for its help, or no command but the first line of a file: `randose commitment 1`. */
const NEEDS_NONE = /^ --help\b|^ \d/;

function valueOf(option: string, words: readonly string[]): string | undefined {
  const index = words.findIndex((word) => word === option || word.startsWith(`${option}=`));
  const word = words[index];
  return word?.startsWith(`${option}=`) === true
    ? word.slice(option.length + 1)
    : words[index === -1 ? words.length : index + 1];
}

/** Whether a command takes an option: one that needs further options beside it does not, without them. */
function takes(entry: CommandEntry, option: string, rest: string): boolean {
  const command = new Command(entry.name);
  entry.define(command);
  const more = needsOf(command).filter((need) => need.with?.includes(option) === true);
  return (
    command.options.some(({ long }) => long === option) &&
    more.every(({ oneOf }) => oneOf.some((one) => rest.includes(one)))
  );
}
