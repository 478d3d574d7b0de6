import { type KeyPair, readIdentityFile } from '../../blinding/identity.ts';
import { RandoseError } from '../../errors.ts';
import { askSecret } from '../../system/prompts.ts';

/**
 * Asks a person to scan or type the key of a code-break card. Lower case and spaces are accepted.
 *
 * @throws RandoseError `wrong-key` if it is mistyped: the key has a checksum
 */
export async function readCard(mayAsk: boolean): Promise<KeyPair[]> {
  const typed = await askSecret(
    mayAsk,
    'Key of the code-break card (scan or type it):',
    'Write it to a file, and name the file with --identity FILE.',
  );
  const text = typed.replace(/\s/g, '').toUpperCase();
  try {
    return await readIdentityFile(new TextEncoder().encode(text), 'the card', () =>
      Promise.reject(new Error('a card has no passphrase')),
    );
  } catch {
    throw new RandoseError('wrong-key', 'this is not the key of a code-break card', {
      hint: 'A character is wrong or missing. The key begins with AGE-SECRET-KEY-. Scan it, or type it again.',
    });
  }
}
