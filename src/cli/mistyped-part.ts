import type { Command } from '@commander-js/extra-typings';
import { RandoseError } from '../errors.ts';
import { nearestWord } from '../words.ts';

/**
 * Refuses a mistyped name of a command that is typed after another one, such as `kit recieved`, if the first command
 * would take it for an id. Ids have digits.
 *
 * @throws RandoseError `usage`
 */
export function refuseMistypedPart(command: Command): void {
  const [typed] = command.args;
  const parts = command.commands.map((part) => part.name());
  if (typed === undefined || !/^[a-z-]+$/i.test(typed)) return;
  if (nearestWord(typed, parts) !== undefined) throw noPart(command.name(), typed, parts);
}

/** The error for a word that is not the name of a command that is typed after another one. */
export function noPart(name: string, typed: string, parts: readonly string[]): RandoseError {
  const near = nearestWord(typed, parts);
  const meant = near === undefined ? '' : `. Did you mean ${near}?`;
  const removal =
    name === 'people' && /^(rm|remove|delete|del|drop)$/i.test(typed)
      ? 'To take somebody out, delete the two lines with their name and recipient in study.yaml; after allocate, then run: randose rewrap\n'
      : '';
  return new RandoseError('usage', `${name} has no command "${typed}"`, {
    hint: `${removal}It has: ${parts.join(', ')}${meant}\nrandose ${name} --help shows each.`,
  });
}
