import { type KeyPair, readIdentityFile } from '../../blinding/identity.ts';
import { RandoseError } from '../../errors.ts';
import { askSecret } from '../../system/prompts.ts';

/**
 * Asks for the key of a code-break card, which is scanned or typed. Blanks and small letters do no harm.
 *
 * @throws RandoseError `wrong-key` where it is mistyped: the key has a checksum
 */
export async function readCard(mayAsk: boolean): Promise<KeyPair[]> {
  const typed = await askSecret(
    mayAsk,
    'Key of the code-break card (scan or type it):',
    'Write it into a file, and name that with --identity FILE.',
  );
  const text = typed.replace(/\s/g, '').toUpperCase();
  try {
    return await readIdentityFile(new TextEncoder().encode(text), 'the card', () =>
      Promise.reject(new Error('a card has no passphrase')),
    );
  } catch {
    throw new RandoseError('wrong-key', 'that is not the key of a code-break card', {
      hint: 'A character is wrong or missing: it begins with AGE-SECRET-KEY-. Scan it, or type it again.',
    });
  }
}
