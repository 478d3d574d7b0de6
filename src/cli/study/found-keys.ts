import { RandoseError } from '../../errors.ts';
import { formatWho } from '../../ledger/who.ts';
import { findKeys } from '../../store/opening/find-keys.ts';
import { isNoKeyFile } from '../../store/opening/keys.ts';
import { ownersOfRecipients, type People } from '../../store/opening/owners.ts';
import { listed, withStop } from '../../words.ts';

/** More key files than these are not read at night. */
const MOST_NAMED = 6;

export const NO_KEY_FOUND =
  'No key file was found in this folder, in the one above, in your home folder or on a disk that is plugged in.';

/**
 * An error about a file that is not a key, with the key files that are there. Any other error as it is.
 *
 * @param root the study folder
 * @param people undefined if nothing that can be read names anybody
 */
export function withFoundKeys(error: unknown, root: string, people: People | undefined): unknown {
  if (!(error instanceof RandoseError) || !isNoKeyFile(error)) return error;
  const { code, message, problems, hint = '', ledger } = error;
  return new RandoseError(code, message, {
    problems,
    hint: `${hint}\n${foundText(root, people)}`.trim(),
    ...(ledger && { ledger }),
  });
}

function foundText(root: string, people: People | undefined): string {
  const found = findKeys(root).map(({ file, recipients }) => {
    const owners = people === undefined ? [] : ownersOfRecipients(people, recipients);
    return owners.length === 0 ? file : `${file} (${owners.map(formatWho).join('; ')})`;
  });
  if (found.length === 0) return NO_KEY_FOUND;
  const named = found.slice(0, MOST_NAMED);
  const more = found.length - named.length;
  const all = more > 0 ? `${named.join(', ')} and ${more} more` : listed(named);
  return withStop(
    found.length === 1 ? `A key file that is here: ${all}` : `Key files that are here: ${all}`,
  );
}
