import type { KeyPair } from '../../blinding/identity.ts';
import { RandoseError } from '../../errors.ts';
import { isKeyOfRehearsal, readKeys } from '../../store/opening/keys.ts';
import { studyFolderAround } from '../../store/folder/study-folder.ts';
import type { KeyFlags } from './options.ts';

/** @throws RandoseError `usage` where no key is named */
export function requireKeyFlags({ identity, card = false }: KeyFlags, hasCards = false): void {
  if (identity !== undefined || card) return;
  throw new RandoseError('usage', 'no key was named', {
    hint: hasCards
      ? 'Name a secret key with --identity FILE; or say --card, and scan or type the key of a code-break card.'
      : 'Name a secret key with --identity FILE; where it takes several people, once for each.',
  });
}

/** The flags that name something secret. */
export interface SecretFlags {
  readonly identity?: readonly string[];
  readonly sign?: string;
  readonly passphraseFile?: string;
}

/**
 * A warning for each named secret that is in a study folder, which blinded people read. The keys of a
 * rehearsal are in its folder on purpose.
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
 * Reads the keys that are named, and asks for what they ask for.
 *
 * @throws RandoseError `wrong-key` where one is not there, or does not open
 */
export async function keysOf(flags: KeyFlags, mayAsk: boolean): Promise<KeyPair[]> {
  const { identity = [], card = false, ...passphrases } = flags;
  const keys = identity.length > 0 ? await readKeys({ identity, ...passphrases }, mayAsk) : [];
  if (!card) return keys;
  const { readCard } = await import('../../store/opening/read-card.ts');
  return [...keys, ...(await readCard(mayAsk))];
}
