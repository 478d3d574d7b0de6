import {
  type GivePassphrase,
  isProtectedIdentityFile,
  type KeyPair,
  looksLikeIdentityFile,
  namedRecipients,
  readIdentityFile,
} from '../../blinding/identity.ts';
import { RandoseError } from '../../errors.ts';
import { join } from 'node:path';
import { STUDY_FILE } from '../../study/layout.ts';
import { REHEARSAL_KEYS } from '../../study/stray.ts';
import { readStudy } from '../../study/study-file.ts';
import type { Attempt } from './on-record.ts';
import { quoted } from '../../words.ts';
import {
  exists,
  isRegularFile,
  isSpecialFile,
  liesWithin,
  readBytes,
  readText,
} from '../../system/files.ts';

/** The keys that somebody gave, or why they could not be read: an attempt without a key goes on record too. */
export type GivenKeys = Attempt<readonly KeyPair[]> & {
  /** The public halves that the files name without their passphrases. They only name a person: see `recipientsOfFile`. */
  readonly named: readonly string[];
};

/**
 * Makes sure that each file is a key file, as far as it shows without a passphrase. So a mistyped name is found before
 * anything is asked or recorded.
 *
 * @throws RandoseError `wrong-key` if a file does not exist or is not a key file
 */
export async function requireKeyFiles(files: readonly string[]): Promise<void> {
  requireFiles(files);
  for (const file of files) {
    const content = readBytes(file);
    if (isProtectedIdentityFile(content)) continue;
    refusePublicHalf(file, content);
    await readIdentityFile(content, file, () => Promise.resolve(undefined));
  }
}

/** @throws RandoseError `wrong-key` */
function requireFiles(files: readonly string[]): void {
  const missing = files.find((file) => !exists(file));
  if (missing === undefined) return;
  if (/^AGE-(?:SECRET-KEY|PLUGIN)-/i.test(missing)) {
    throw new RandoseError(
      'wrong-key',
      'a secret key was typed: --identity takes the name of its file',
      {
        hint: 'Others can see what is typed, and your shell may keep it. If the key is used in a trial, make another one, and have the statistician rewrap the list.',
      },
    );
  }
  const parts = missing.split(',').filter((one) => one !== '');
  throw new RandoseError('wrong-key', `there is no key at ${missing}`, {
    hint:
      parts.length > 1 && parts.every(exists)
        ? `Put spaces, not commas, between several files: --identity ${parts.map(quoted).join(' ')}`
        : 'Name the key file with --identity FILE.',
  });
}

/**
 * Reads key files.
 *
 * @param passphraseOf gives the passphrases of a file that has one
 * @throws RandoseError `wrong-key` if a file does not exist or does not open; `usage` if two files have
 *   the same key
 */
export async function readKeys(
  files: readonly string[],
  passphraseOf: (file: string) => GivePassphrase,
): Promise<KeyPair[]> {
  requireFiles(files);
  const fileOf = new Map<string, string>();
  const keys: KeyPair[] = [];
  for (const file of files) {
    const content = readBytes(file);
    refusePublicHalf(file, content);
    for (const key of await readIdentityFile(content, file, passphraseOf(file))) {
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

/** @throws RandoseError `wrong-key` if a file has public keys only, with the file beside it that has the secret one */
function refusePublicHalf(file: string, content: Uint8Array): void {
  if (looksLikeIdentityFile(content)) return;
  if (namedRecipients(new TextDecoder().decode(content)).length === 0) return;
  const secret = [file.replace(/\.pub$/, ''), file.replace(/\.pub$/, '.key')].find(
    (one) => one !== file && exists(one),
  );
  throw new RandoseError('wrong-key', `${file} is the public key: it opens nothing`, {
    hint:
      secret === undefined
        ? 'Use the file with the secret key, which randose keygen wrote beside it.'
        : `The secret key is ${secret}, beside it.`,
  });
}

/** Whether an error says that a named file is missing or is not a secret key: that shows without a passphrase. */
export function isNoKeyFile({ code, message }: RandoseError): boolean {
  return code === 'wrong-key' && NO_KEY_FILE.test(message);
}

const NO_KEY_FILE = /^there is no key at |is not a key file$|is the public key: it opens nothing$/;

/** Whether a file can be read and looks like a key file, with or without a passphrase. */
export function isKeyFile(file: string): boolean {
  try {
    return isRegularFile(file) && looksLikeIdentityFile(readBytes(file));
  } catch {
    return false; // nothing depends on it
  }
}

/** The file with the public half of a key, beside the key file. */
export function publicHalfFile(keyFile: string): string {
  return `${keyFile}.pub`;
}

/**
 * The public halves of a key file, without its passphrase: as its comments say it, or the file beside it. Nobody has
 * proven them: use them only to name a person. Empty if nothing says it, or a file cannot be read.
 */
export function recipientsOfFile(file: string): string[] {
  const beside = [file, publicHalfFile(file), file.replace(/\.key$/, '.pub')];
  for (const path of beside) {
    try {
      const named = namedRecipients(readText(path));
      if (named.length > 0) return named;
    } catch {
      continue; // nothing depends on it
    }
  }
  return [];
}

/** Whether a key file opens only with a passphrase. False if it cannot be read, or only once, as a pipe. */
export function hasPassphrase(file: string): boolean {
  try {
    if (isSpecialFile(file)) return false;
    return isProtectedIdentityFile(readBytes(file));
  } catch {
    return false;
  }
}

/** Whether a file is in the key folder of a rehearsal. */
export function isKeyOfRehearsal(file: string, study: string): boolean {
  if (!liesWithin(file, join(study, REHEARSAL_KEYS))) return false;
  const read = readStudy(readText(join(study, STUDY_FILE)), STUDY_FILE);
  return read.ok && read.value.domain === 'dummy';
}
