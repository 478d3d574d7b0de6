import type { KeyPair } from '../../blinding/identity.ts';
import { RandoseError } from '../../errors.ts';
import { isKeyOfRehearsal, readKeys } from '../../store/opening/keys.ts';
import { studyFolderAround } from '../../store/folder/study-folder.ts';
import type { KeyFlags } from './options.ts';

/** @throws RandoseError `usage` if no key is named */
export function requireKeyFlags({ identity, card = false }: KeyFlags, hasCards = false): void {
  if (identity !== undefined || card) return;
  throw new RandoseError('usage', 'name a key', {
    hint: hasCards
      ? 'Name a secret key with --identity FILE; or add --card, then scan or type the key of a code-break card.'
      : 'Name a secret key with --identity FILE; if several people are needed, repeat --identity for each.',
  });
}

/** The flags that name secret files. */
export interface SecretFlags {
  readonly identity?: readonly string[];
  readonly sign?: string;
  readonly passphraseFile?: string;
}

/**
 * A warning for each named secret file in a study folder, which blinded people read. The keys of a rehearsal are in
 * its folder on purpose.
 */
export function misplacedSecrets({ identity = [], sign, passphraseFile }: SecretFlags): string[] {
  const keys = [...identity, ...(sign === undefined ? [] : [sign])];
  const named: [file: string, what: string][] = keys.map((file) => [file, 'secret key']);
  if (passphraseFile !== undefined) named.push([passphraseFile, 'file with a passphrase']);
  return named.flatMap(([file, what]) => {
    const study = studyFolderAround(file);
    if (study === undefined || isKeyOfRehearsal(file, study)) return [];
    return `${file} is a ${what} inside the study folder, which blinded people read: move it elsewhere.`;
  });
}

/**
 * Reads the keys that are named, and asks for their passphrases.
 *
 * @throws RandoseError `wrong-key` if a key is missing, or its passphrase is wrong
 */
export async function keysOf(flags: KeyFlags, mayAsk: boolean): Promise<KeyPair[]> {
  const { identity = [], card = false, ...passphrases } = flags;
  const keys = identity.length > 0 ? await readKeys({ identity, ...passphrases }, mayAsk) : [];
  if (!card) return keys;
  const { readCard } = await import('../../store/opening/read-card.ts');
  return [...keys, ...(await readCard(mayAsk))];
}
