import { Command } from '@commander-js/extra-typings';
import { needsOf } from './arguments/needs.ts';
import { quoted } from '../words.ts';
import type { CommandEntry } from './command.ts';

/**
 * Talk whose commands name the study that was typed, such as `randose verify --study DIR`: who copies a command from
 * a hint goes on with the same study.
 *
 * @param words the words after `randose`
 * @param commands every command
 * @returns the text with `--study` in each command that takes it and does not name a study yet
 */
export function aboutTypedStudy(
  words: readonly string[],
  commands: readonly CommandEntry[],
): (text: string) => string {
  const study = studyIn(words);
  if (study === undefined) return (text) => text;
  return (text) =>
    text.replace(COMMAND, (found: string, name: string, part: string | undefined, rest: string) => {
      const command = commands.find((one) => one.name === name);
      if (command === undefined || NEEDS_NONE.test(rest)) return found;
      const own = command.parts.find((one) => ` ${one.name}` === part);
      if (!takesStudy(own ?? command, rest)) return found;
      const called = own === undefined ? `randose ${name}` : `randose ${name}${part ?? ''}`;
      return `${called} --study ${quoted(study)}${found.slice(called.length)}`;
    });
}

/** A command in a text: its name, a word that may be a part of it, and what follows up to the end of the sentence. */
const COMMAND = /\brandose ([a-z]+(?:-[a-z]+)*)( [a-z]+)?((?:(?!\. |\brandose )[^\n:])*)/g;

/** A command that names a study or asks for its help, or no command but the first line of a file: `randose commitment 1`. */
const NEEDS_NONE = /^ --help\b|^ \d|--study\b/;

function studyIn(words: readonly string[]): string | undefined {
  const index = words.findIndex((word) => word === '--study' || word.startsWith('--study='));
  const word = words[index];
  return word?.startsWith('--study=') === true
    ? word.slice('--study='.length)
    : words[index === -1 ? words.length : index + 1];
}

/** Whether a command can be about a study: one that needs further options for that is not, without them. */
function takesStudy(entry: CommandEntry, rest: string): boolean {
  const command = new Command(entry.name);
  entry.define(command);
  const more = needsOf(command).filter((need) => need.with?.includes('--study') === true);
  return (
    command.options.some(({ long }) => long === '--study') &&
    more.every(({ oneOf }) => oneOf.some((option) => rest.includes(option)))
  );
}
