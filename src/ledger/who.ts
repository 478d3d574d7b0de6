import { RandoseError } from '../errors.ts';

/** The person who does something: `NAME, ROLE, ORGANISATION`. */
export interface Who {
  readonly name: string;
  readonly role: string;
  readonly organisation: string;
}

const LONGEST = 200;

/**
 * Reads `NAME, ROLE, ORGANISATION`. A name alone is enough; the whole text after the second comma is the
 * organisation.
 *
 * @throws RandoseError `usage` if there is no name, or the text is not one line of up to 200 characters
 */
export function parseWho(text: string): Who {
  const [name = '', role = '', ...organisation] = text.split(',').map((part) => part.trim());
  if (name === '' || text.length > LONGEST || /\p{Cc}/u.test(text)) {
    throw new RandoseError(
      'usage',
      `--by expects the person who does this, found "${text.slice(0, 60)}"`,
      {
        hint: 'For example: --by "A. Example, pharmacist, Example Hospital". A name alone is enough.',
      },
    );
  }
  return { name, role, organisation: organisation.join(', ') };
}

/** The person as one line, as `parseWho` reads it. */
export function formatWho({ name, role, organisation }: Who): string {
  return [name, role, organisation].filter((part) => part !== '').join(', ');
}
