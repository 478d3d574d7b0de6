import { type KeyPair, readIdentityFile } from '../blinding/identity.ts';
import { RandoseError } from '../errors.ts';
import type { Who } from '../ledger/who.ts';
import { ROLES, type Study } from '../study/study.ts';
import { exists, readBytes } from './files.ts';
import { existingPassphrase } from './prompts.ts';

/** The flags that name a key. */
export interface KeyOptions {
  readonly identity: string;
  readonly passphraseFile?: string;
}

/**
 * Reads somebody's key file, and asks for its passphrase where it has one.
 *
 * @throws RandoseError `wrong-key` where there is none, or it does not open
 */
export async function readKeys(options: KeyOptions, mayAsk: boolean): Promise<KeyPair[]> {
  const { identity, passphraseFile } = options;
  if (!exists(identity)) {
    throw new RandoseError('wrong-key', `there is no key at ${identity}`, {
      hint: 'Name the key file with --identity FILE.',
    });
  }
  return readIdentityFile(readBytes(identity), identity, () =>
    existingPassphrase({ file: passphraseFile, mayAsk }, identity),
  );
}

/** Whose keys they are, by study.yaml, whatever they may open; undefined where nobody's. */
export function ownerOf(study: Study, keys: readonly KeyPair[]): Who | undefined {
  for (const [role, people] of Object.entries(ROLES)) {
    const owner = study[people].find(({ recipient }) =>
      keys.some((key) => key.recipient === recipient),
    );
    if (owner !== undefined) return { name: owner.name, role, organisation: '' };
  }
  return undefined;
}
