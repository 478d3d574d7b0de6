import { RandoseError } from '../errors.ts';
import { readText } from './files.ts';

/** Where a passphrase comes from: a file (its first line), or the terminal, without echo. */
export interface PassphraseSource {
  readonly file: string | undefined;
  /** False where nothing may be asked, as with --json. */
  readonly mayAsk: boolean;
}

/** Asks for the passphrase of an existing key. */
export async function existingPassphrase(source: PassphraseSource, what: string): Promise<string> {
  if (source.file !== undefined) return fromFile(source.file);
  return ask(source, `Passphrase for ${what}:`);
}

/**
 * Asks for a new passphrase, twice.
 *
 * @throws RandoseError `usage` where the two differ or it is shorter than eight characters
 */
export async function newPassphrase(source: PassphraseSource, what: string): Promise<string> {
  const first =
    source.file === undefined
      ? await ask(source, `New passphrase for ${what}:`)
      : fromFile(source.file);
  if (first.length < 8) {
    throw new RandoseError('usage', 'the passphrase is shorter than eight characters', {
      hint: 'Four or five random words are easy to type and hard to guess.',
    });
  }
  if (source.file === undefined && (await ask(source, 'The same once more:')) !== first) {
    throw new RandoseError('usage', 'the two passphrases differ', { hint: 'No key was made.' });
  }
  return first;
}

function fromFile(file: string): string {
  const [line = ''] = readText(file).split(/\r?\n/, 1);
  if (line === '') throw new RandoseError('usage', `the first line of ${file} is empty`);
  return line;
}

async function ask(source: PassphraseSource, message: string): Promise<string> {
  if (!source.mayAsk || !process.stdin.isTTY) {
    throw new RandoseError('usage', 'a passphrase is needed, and there is no terminal to ask on', {
      hint: 'Give it with --passphrase-file FILE (a named pipe or /dev/fd/3 will do).',
    });
  }
  const { default: password } = await import('@inquirer/password');
  try {
    return await password({ message, mask: false }, { output: process.stderr });
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new RandoseError('usage', 'stopped at the passphrase: nothing was done');
    }
    throw error;
  }
}
