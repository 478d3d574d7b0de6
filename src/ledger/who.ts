import { RandoseError } from '../errors.ts';
import { isPlaceholder, whyNotStored } from '../study/stored-text.ts';

/** The person who does something: `NAME, ROLE, ORGANISATION`. */
export interface Who {
  readonly name: string;
  readonly role: string;
  readonly organisation: string;
}

const LONGEST = 200;
const EXAMPLE =
  'For example: --by "A. Example, pharmacist, Example Hospital". A name alone is enough.';

/**
 * Reads `NAME, ROLE, ORGANISATION`. A name alone is enough; the whole text after the second comma is the
 * organisation.
 *
 * @throws RandoseError `usage` if there is no name, or the text is not one line of up to 200 characters
 */
export function parseWho(text: string): Who {
  const why = whyNotStored(text, LONGEST);
  if (why !== undefined) {
    throw new RandoseError('usage', `--by ${why}`, { hint: EXAMPLE });
  }
  const [name = '', role = '', ...organisation] = text.split(',').map((part) => part.trim());
  if (name === '' || isPlaceholder(name) || isPlaceholder(text)) {
    throw new RandoseError('usage', `--by: write who does this, not "${text}"`, { hint: EXAMPLE });
  }
  return { name, role, organisation: organisation.join(', ') };
}

/** The person as one line, as `parseWho` reads it. */
export function formatWho({ name, role, organisation }: Who): string {
  return [name, role, organisation].filter((part) => part !== '').join(', ');
}
