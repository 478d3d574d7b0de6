import type { KeyPair } from '../blinding/identity.ts';
import { RandoseError } from '../errors.ts';
import { type KeyOptions, readKeys } from '../platform/keys.ts';

/** The flags that name keys. */
export interface KeyFlags extends Omit<KeyOptions, 'identity'> {
  readonly identity?: readonly string[];
  /** The key of a code-break card is asked for. */
  readonly card?: boolean;
}

/** The flags of what is done with keys, and is in the ledger. */
export interface OpeningFlags extends KeyFlags {
  readonly study?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly sign?: string;
  readonly dummy?: boolean;
}

/** @throws RandoseError `usage` where no key is named */
export function requireKeyFlags({ identity, card = false }: KeyFlags, hasCards = false): void {
  if (identity !== undefined || card) return;
  throw new RandoseError('usage', 'no key was named', {
    hint: hasCards
      ? 'Name a secret key with --identity FILE; or say --card, and scan or type the key of a code-break card.'
      : 'Name a secret key with --identity FILE; where it takes several people, once for each.',
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
  const { readCard } = await import('../platform/read-card.ts');
  return [...keys, ...(await readCard(mayAsk))];
}
