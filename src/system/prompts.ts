import { readFileSync } from 'node:fs';
import { RandoseError } from '../errors.ts';
import { readText } from './files.ts';

/** The flags that say where passphrases come from; without one, the terminal is asked, without echo. */
export interface PassphraseFlags {
  /** A file with a passphrase a line. */
  readonly passphraseFile?: string;
  /** An open file descriptor with the same. */
  readonly passphraseFd?: number;
}

/** Gives the passphrases of existing keys, one after the other. */
export type AskPassphrase = (what: string) => Promise<string>;

/**
 * Where the passphrases of existing keys come from.
 *
 * @param mayAsk false where nothing may be asked, as with --json
 */
export function passphrasesFrom(flags: PassphraseFlags, mayAsk: boolean): AskPassphrase {
  let lines: string[] | undefined;
  let asked = 0;
  return async (what) => {
    if (!isGiven(flags)) return askSecret(mayAsk, `Passphrase for ${what}:`, IN_OTHER_WAYS);
    lines ??= linesOf(flags);
    const line = lines[asked] ?? '';
    asked += 1;
    if (line !== '') return line;
    throw new RandoseError(
      'usage',
      `line ${asked} of ${sourceOf(flags)} has no passphrase for ${what}`,
      {
        hint: 'It takes a line for each key that has a passphrase, in their order.',
      },
    );
  };
}

/**
 * Asks for a new passphrase, twice.
 *
 * @throws RandoseError `usage` where the two differ or it is shorter than eight characters
 */
export async function newPassphrase(
  flags: PassphraseFlags,
  mayAsk: boolean,
  what: string,
): Promise<string> {
  const given = isGiven(flags);
  const first = given
    ? (linesOf(flags)[0] ?? '')
    : await askSecret(mayAsk, `New passphrase for ${what}:`, IN_OTHER_WAYS);
  if (given && first === '') {
    throw new RandoseError('usage', `the first line of ${sourceOf(flags)} is empty`);
  }
  if (first.length < 8) {
    throw new RandoseError('usage', 'the passphrase is shorter than eight characters', {
      hint: 'Four or five random words are easy to type and hard to guess.',
    });
  }
  if (!given && (await askSecret(mayAsk, 'The same once more:', IN_OTHER_WAYS)) !== first) {
    throw new RandoseError('usage', 'the two passphrases differ', { hint: 'No key was made.' });
  }
  return first;
}

const IN_OTHER_WAYS =
  'Give it with --passphrase-file FILE, or with --passphrase-fd N from an open file descriptor.';

function isGiven({ passphraseFile, passphraseFd }: PassphraseFlags): boolean {
  if (passphraseFile !== undefined && passphraseFd !== undefined) {
    throw new RandoseError('usage', '--passphrase-file and --passphrase-fd contradict each other');
  }
  return passphraseFile !== undefined || passphraseFd !== undefined;
}

function sourceOf({ passphraseFile, passphraseFd }: PassphraseFlags): string {
  return passphraseFile ?? `file descriptor ${passphraseFd}`;
}

function linesOf({ passphraseFile, passphraseFd = 0 }: PassphraseFlags): string[] {
  const text =
    passphraseFile === undefined ? fromDescriptor(passphraseFd) : readText(passphraseFile);
  return text.split(/\r?\n/);
}

function fromDescriptor(descriptor: number): string {
  try {
    return readFileSync(descriptor, 'utf8');
  } catch {
    throw new RandoseError('usage', `nothing can be read from file descriptor ${descriptor}`, {
      hint: 'Open it in the shell: randose … --passphrase-fd 3 3< PASSPHRASES',
    });
  }
}

/**
 * Asks for something that is not to be seen.
 *
 * @param elsewhere how else to give it, for the error
 * @throws RandoseError `usage` where nothing can be asked, or whoever is asked stops
 */
export async function askSecret(
  mayAsk: boolean,
  message: string,
  elsewhere: string,
): Promise<string> {
  if (!mayAsk || !process.stdin.isTTY) {
    const what = message.startsWith('Key') ? 'a key' : 'a passphrase';
    throw new RandoseError('usage', `${what} is needed, and there is no terminal to ask on`, {
      hint: elsewhere,
    });
  }
  const { default: password } = await import('@inquirer/password');
  try {
    return await password({ message, mask: false }, { output: process.stderr });
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new RandoseError('usage', 'stopped at the question: nothing was done');
    }
    throw error;
  }
}

/** Whether somebody is at the terminal who can be asked. */
export function isAtTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks a question to which "y" or "yes" is yes, and all else is no. */
export async function confirm(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await new Promise<string>((resolve) => {
    // Ctrl-C and Ctrl-D close it without an answer.
    lines.once('close', () => {
      resolve('');
    });
    lines.question(`${question} [y/N] `, resolve);
  });
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
