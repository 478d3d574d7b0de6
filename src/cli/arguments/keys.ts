import type { KeyPair } from '../../blinding/identity.ts';
import { RandoseError } from '../../errors.ts';
import {
  type GivenKeys,
  hasPassphrase,
  isKeyFile,
  isKeyOfRehearsal,
  readKeys,
  recipientsOfFile,
  requireKeyFiles,
} from '../../store/opening/keys.ts';
import { attempt } from '../../store/opening/on-record.ts';
import { studyFolderAround } from '../../store/folder/study-folder.ts';
import { exists } from '../../system/files.ts';
import {
  CancelledAfterTry,
  type PassphraseDesk,
  passphrasesFrom,
} from '../../system/passphrases.ts';
import { Cancelled, noteInterrupt } from '../../system/prompts.ts';
import { withFoundKeys } from '../study/found-keys.ts';
import type { Output } from '../output/output.ts';
import type { KeyFlags } from './options.ts';

/**
 * Makes sure that keys are named, and that their files are key files, before anything is asked: a mistyped name is not
 * an attempt to open something.
 *
 * @throws RandoseError `usage` if no key is named; `wrong-key` if a file is missing or is not a key file
 */
export async function requireKeyFlags({
  identity,
  study = '.',
}: KeyFlags & { readonly study?: string }): Promise<void> {
  if (identity !== undefined) {
    const done = await attempt(() => requireKeyFiles(identity));
    if (done.ok) return;
    throw withFoundKeys(done.error, study, undefined);
  }
  throw new RandoseError('usage', 'name a key', {
    hint: 'Name a secret key with --identity FILE; if several people are needed, name all: --identity A B.',
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
  // What is not a key, such as study.yaml, is refused for that reason.
  const keys = [...identity.filter(isKeyFile), ...(sign === undefined ? [] : [sign])];
  const named: [file: string, what: string][] = keys.map((file) => [file, 'secret key']);
  if (passphraseFile !== undefined) named.push([passphraseFile, 'file with a passphrase']);
  return named.flatMap(([file, what]) => {
    const study = exists(file) ? studyFolderAround(file) : undefined;
    if (study === undefined || isKeyOfRehearsal(file, study)) return [];
    return `${file} is a ${what} inside the study folder, which blinded people read: move it elsewhere.`;
  });
}

/** Who asks for keys and passphrases. */
export type KeyDesk = PassphraseDesk;

/** The desk of a command: it asks on the terminal, unless a program listens. */
export function keyDesk(output: Output): KeyDesk {
  return {
    mayAsk: !output.json,
    say: (text) => {
      output.say(text);
    },
  };
}

/**
 * Reads the keys that are named, and asks for their passphrases.
 *
 * @param heard is told each passphrase, right or wrong
 * @throws RandoseError `wrong-key` if a key is missing, or its passphrase is wrong; Cancelled
 */
export async function keysOf(
  output: Output,
  flags: KeyFlags,
  heard: (passphrase: string) => void = () => undefined,
): Promise<KeyPair[]> {
  const { identity = [], card = false, cardLine, ...passphrases } = flags;
  const desk = keyDesk(output);
  const next = passphrasesFrom(passphrases, desk);
  const keys = await readKeys(identity, (file) => async (wrong) => {
    const passphrase = await next(file, wrong);
    if (passphrase !== undefined) heard(passphrase);
    return passphrase;
  });
  if (!card) return keys;
  const { askForCard } = await import('./card-key.ts');
  return [...keys, ...(await askForCard(desk, cardLine))];
}

/** The keys of an attempt that fails whatever they are: no secret is asked for. They still name a person. */
export function keysNotAsked({ identity = [] }: KeyFlags, error: RandoseError): GivenKeys {
  return { ok: false, error, named: identity.flatMap(recipientsOfFile) };
}

/** Whether a person will type a secret: a passphrase or the key of a card. */
export function isSecretTyped(flags: KeyFlags): boolean {
  const { identity = [], card = false, cardLine, passphraseFile, passphraseFd } = flags;
  const isGiven = (passphraseFile ?? passphraseFd) !== undefined;
  return (card && cardLine === undefined) || (!isGiven && identity.some(hasPassphrase));
}

/** Keys for an opening on record, and what must not be kept of them. */
interface HeardKeys {
  readonly keys: GivenKeys;
  /** Whether a text has a passphrase in it that was typed for these keys, right or wrong. */
  readonly hasPassphraseIn: (text: string) => boolean;
}

/** A passphrase of fewer characters could be any part of a sentence. */
const LEAST_CHARACTERS = 4;

/**
 * As `keysOf`, for an opening on record: a key that cannot be read is an attempt too.
 *
 * @throws Cancelled if the person cancels before anything was tried: this is not an attempt
 */
export async function givenKeys(output: Output, flags: KeyFlags): Promise<HeardKeys> {
  const passphrases: string[] = [];
  const interrupt = noteInterrupt();
  const keys = await attempt(async () => {
    const read = await keysOf(output, flags, (one) => passphrases.push(one));
    if (!(await interrupt.isInterrupted())) return read;
    throw passphrases.length === 0 ? new Cancelled() : new CancelledAfterTry();
  });
  interrupt.end();
  if (!keys.ok && keys.error instanceof Cancelled) throw keys.error;
  const named = keys.ok ? [] : (flags.identity ?? []).flatMap(recipientsOfFile);
  const plain = (text: string) => text.normalize('NFC').toLowerCase();
  return {
    keys: { ...keys, named },
    hasPassphraseIn: (text) =>
      passphrases.some(
        (one) => one.length >= LEAST_CHARACTERS && plain(text).includes(plain(one.trim())),
      ),
  };
}
