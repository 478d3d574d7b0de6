import { type KeyPair, readIdentityFile } from '../../blinding/identity.ts';
import { RandoseError } from '../../errors.ts';
import { join } from 'node:path';
import { STUDY_FILE } from '../../study/layout.ts';
import { REHEARSAL_KEYS } from '../../study/stray.ts';
import { readStudy } from '../../study/study-file.ts';
import { exists, liesWithin, readBytes, readText } from '../../system/files.ts';
import { type PassphraseFlags, passphrasesFrom } from '../../system/prompts.ts';

/** The flags that name keys. */
interface KeyOptions extends PassphraseFlags {
  readonly identity: readonly string[];
}

/**
 * Reads key files, and asks for the passphrase of each file that has one.
 *
 * @throws RandoseError `wrong-key` if a file does not exist or does not open; `usage` if two files have
 *   the same key
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
        throw new RandoseError('usage', `${file} and ${other} have the same key`, {
          hint: 'If several people are needed, each of them uses a different key.',
        });
      }
      fileOf.set(key.recipient, file);
      keys.push(key);
    }
  }
  return keys;
}

/** Whether a file is in the key folder of a rehearsal. */
export function isKeyOfRehearsal(file: string, study: string): boolean {
  if (!liesWithin(file, join(study, REHEARSAL_KEYS))) return false;
  const read = readStudy(readText(join(study, STUDY_FILE)), STUDY_FILE);
  return read.ok && read.value.domain === 'dummy';
}
