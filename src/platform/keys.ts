import { type KeyPair, readIdentityFile } from '../blinding/identity.ts';
import { RandoseError } from '../errors.ts';
import { exists, readBytes } from './files.ts';
import { type PassphraseFlags, passphrasesFrom } from './prompts.ts';

/** The flags that name keys. */
export interface KeyOptions extends PassphraseFlags {
  readonly identity: readonly string[];
}

/**
 * Reads people's key files, and asks for the passphrase of each that has one.
 *
 * @throws RandoseError `wrong-key` where one is not there, or does not open; `usage` where two are the
 *   same key
 */
export async function readKeys(options: KeyOptions, mayAsk: boolean): Promise<KeyPair[]> {
  const { identity: files, ...flags } = options;
  const missing = files.find((file) => !exists(file));
  if (missing !== undefined) {
    throw new RandoseError('wrong-key', `there is no key at ${missing}`, {
      hint: 'Name the key file with --identity FILE.',
    });
  }
  const askPassphrase = passphrasesFrom(flags, mayAsk);
  const fileOf = new Map<string, string>();
  const keys: KeyPair[] = [];
  for (const file of files) {
    for (const key of await readIdentityFile(readBytes(file), file, () => askPassphrase(file))) {
      const other = fileOf.get(key.recipient);
      if (other !== undefined) {
        throw new RandoseError('usage', `${file} is the key of ${other} once more`, {
          hint: 'Where it takes several people, each of them brings a key.',
        });
      }
      fileOf.set(key.recipient, file);
      keys.push(key);
    }
  }
  return keys;
}
