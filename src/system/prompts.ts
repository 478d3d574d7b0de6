import { readFileSync } from 'node:fs';
import { RandoseError } from '../errors.ts';
import { readText } from './files.ts';

/** The flags that say where passphrases come from. Without one, randose asks on the terminal, without echo. */
export interface PassphraseFlags {
  /** A file with one passphrase per line. */
  readonly passphraseFile?: string;
  /** An open file descriptor with one passphrase per line. */
  readonly passphraseFd?: number;
}

/** Gives the passphrase of the next key. @param what the key, for the question and the error */
type AskPassphrase = (what: string) => Promise<string>;

/**
 * Reads the passphrases of existing keys from the file or descriptor, or asks for them.
 *
 * @param mayAsk false if randose must not ask, as with --json
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
        hint: 'Write one line for each key that has a passphrase, in the order of the keys.',
      },
    );
  };
}

/**
 * Asks for a new passphrase, twice.
 *
 * @throws RandoseError `usage` if the two differ, or the passphrase has fewer than eight characters
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
    throw new RandoseError('usage', 'the passphrase has fewer than eight characters', {
      hint: 'Four or five random words are easy to type and hard to guess.',
    });
  }
  if (!given && (await askSecret(mayAsk, 'Repeat the passphrase:', IN_OTHER_WAYS)) !== first) {
    throw new RandoseError('usage', 'the two passphrases differ', { hint: 'No key was created.' });
  }
  return first;
}

const IN_OTHER_WAYS =
  'Give it with --passphrase-file FILE, or with --passphrase-fd N from an open file descriptor.';

function isGiven({ passphraseFile, passphraseFd }: PassphraseFlags): boolean {
  if (passphraseFile !== undefined && passphraseFd !== undefined) {
    throw new RandoseError('usage', 'use either --passphrase-file or --passphrase-fd, not both');
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
    throw new RandoseError('usage', `cannot read from file descriptor ${descriptor}`, {
      hint: 'Open it in the shell: randose … --passphrase-fd 3 3< PASSPHRASES',
    });
  }
}

/**
 * Asks for a secret, without echo.
 *
 * @param elsewhere how else to give it, for the error
 * @throws RandoseError `usage` if there is no terminal to ask on, or the user cancels
 */
export async function askSecret(
  mayAsk: boolean,
  message: string,
  elsewhere: string,
): Promise<string> {
  if (!mayAsk || !process.stdin.isTTY) {
    const what = message.startsWith('Key') ? 'a key' : 'a passphrase';
    throw new RandoseError('usage', `${what} is needed, but there is no terminal to ask on`, {
      hint: elsewhere,
    });
  }
  const { default: password } = await import('@inquirer/password');
  try {
    return await password({ message, mask: false }, { output: process.stderr });
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new RandoseError('usage', 'cancelled; nothing was done');
    }
    throw error;
  }
}

/** Whether randose can ask questions: input and messages are on a terminal. */
export function isAtTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks a yes-or-no question. @returns true for "y" or "yes", false for anything else */
export async function confirm(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await new Promise<string>((resolve) => {
    // Ctrl-C and Ctrl-D end the question without an answer.
    lines.once('close', () => {
      resolve('');
    });
    lines.question(`${question} [y/N] `, resolve);
  });
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
