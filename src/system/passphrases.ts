import { readFileSync } from 'node:fs';
import { RandoseError } from '../errors.ts';
import { readBytes } from './files.ts';
import { askHidden, Cancelled } from './prompts.ts';

/** The flags that say where passphrases come from. Without one, randose asks on the terminal, without echo. */
export interface PassphraseFlags {
  /** A file with one passphrase per line. */
  readonly passphraseFile?: string;
  /** An open file descriptor with one passphrase per line. */
  readonly passphraseFd?: number;
}

/** Who asks for a passphrase, and how they talk to the person. */
export interface PassphraseDesk {
  /** False if randose must not ask, as with --json. */
  readonly mayAsk: boolean;
  /** Writes a line for the person who is asked. */
  readonly say: (text: string) => void;
}

/**
 * Gives the passphrase of the next key.
 *
 * @param what the key, for the question and the error
 * @param wrong how many passphrases of this key were wrong before
 * @returns undefined if there is no other one to try
 */
type NextPassphrase = (what: string, wrong: number) => Promise<string | undefined>;

/** How often a person may type the passphrase of a key. */
const MOST_TRIES = 3;

/** Reads the passphrases of existing keys from the file or descriptor, or asks for them. */
export function passphrasesFrom(flags: PassphraseFlags, desk: PassphraseDesk): NextPassphrase {
  let lines: string[] | undefined;
  let asked = 0;
  return async (what, wrong) => {
    if (!isGiven(flags)) return askFor(desk, what, wrong);
    if (wrong > 0) return undefined;
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

/** Asks for the passphrase of a key; again if it was wrong. */
async function askFor(
  { mayAsk, say }: PassphraseDesk,
  what: string,
  wrong: number,
): Promise<string | undefined> {
  if (wrong >= MOST_TRIES) return undefined;
  requireTerminal(mayAsk);
  if (wrong > 0) say(`This passphrase does not open ${what}. Try ${wrong + 1} of ${MOST_TRIES}.`);
  try {
    for (;;) {
      // No key has an empty passphrase: an Enter too many is not a try.
      const typed = await askHidden(`Passphrase for ${what}: `);
      if (typed === '') continue;
      say('Checking…');
      return typed;
    }
  } catch (error) {
    if (wrong === 0 || !(error instanceof Cancelled)) throw error;
    // A wrong passphrase is an attempt, and goes on record.
    throw new CancelledAfterTry();
  }
}

/** Somebody typed a passphrase, and cancelled while it was checked, or when they were asked again. */
export class CancelledAfterTry extends RandoseError {
  constructor() {
    super('usage', 'Cancelled after a passphrase was typed. Nothing was opened.');
    this.name = 'CancelledAfterTry';
  }
}

/** The fewest characters of a new passphrase. */
const LEAST_CHARACTERS = 8;

/**
 * Asks for a new passphrase, twice, and says beforehand what it must be. On a terminal, a mistake is asked again.
 *
 * @returns the passphrase in the composed form of Unicode (NFC), which most keyboards write
 * @throws RandoseError `usage` if one from a file has too few characters, or the two differ three times
 */
export async function newPassphrase(
  flags: PassphraseFlags,
  desk: PassphraseDesk,
  what: string,
): Promise<string> {
  if (isGiven(flags)) {
    const first = (linesOf(flags)[0] ?? '').normalize('NFC');
    if (first === '') {
      throw new RandoseError('usage', `the first line of ${sourceOf(flags)} is empty`);
    }
    if (isShort(first)) throw tooShort();
    for (const text of keyboardWarnings(first)) desk.say(text);
    return first;
  }
  requireTerminal(desk.mayAsk);
  for (const line of INTRODUCTION) desk.say(line);
  let tries = 1;
  for (;;) {
    const first = (await askHidden(`New passphrase for ${what}: `)).normalize('NFC');
    // Too short is seen at once. It costs no try, so that nobody types the next one into the shell.
    if (isShort(first)) {
      desk.say(`Try again: ${tooShort().message}.`);
      continue;
    }
    if (await isRepeated(desk, first)) return first;
    if (tries === MOST_TRIES) throw neverRepeated();
    tries += 1;
    desk.say(`The two passphrases differ. Try ${tries} of ${MOST_TRIES}.`);
  }
}

/** What a person should know before they choose. */
const INTRODUCTION = [
  'The passphrase protects the key. You type it each time the key is used.',
  `It has at least ${LEAST_CHARACTERS} characters, of any kind. Four or five random words do well.`,
  'Other keyboards lack accents, and have A, M, Q, W, Y, Z and signs elsewhere.',
  'Nobody can recover a forgotten passphrase: without it the key is lost.',
];

async function isRepeated(desk: PassphraseDesk, first: string): Promise<boolean> {
  for (const text of keyboardWarnings(first)) desk.say(text);
  return (await askHidden('Repeat the passphrase: ')).normalize('NFC') === first;
}

function neverRepeated(): RandoseError {
  return new RandoseError('usage', 'the two passphrases differ', {
    hint: 'No key was created. You are back at the shell: do not type a passphrase here.',
  });
}

/** What could keep a person from typing a passphrase on another computer. None of it shows the passphrase. */
function keyboardWarnings(passphrase: string): string[] {
  const special = Array.from(passphrase).filter((one) => !/^[\x20-\x7e]$/.test(one)).length;
  const warnings: string[] = [];
  if (special > 0) {
    const what = special === 1 ? '1 character of it is' : `${special} characters of it are`;
    warnings.push(
      `Note: ${what} not on every keyboard (an accent, for example). Make sure that you can type it where you need the key.`,
    );
  }
  if (passphrase !== passphrase.trim()) {
    warnings.push('Note: it begins or ends with a space. The space belongs to the passphrase.');
  }
  return warnings;
}

function isShort(passphrase: string): boolean {
  return Array.from(passphrase).length < LEAST_CHARACTERS;
}

function tooShort(): RandoseError {
  return new RandoseError('usage', `the passphrase has fewer than ${LEAST_CHARACTERS} characters`, {
    hint: 'Four or five random words are easy to type and hard to guess.',
  });
}

function requireTerminal(mayAsk: boolean): void {
  if (mayAsk && process.stdin.isTTY) return;
  const message = 'a passphrase is needed, but there is no terminal to ask on';
  throw new RandoseError('usage', message, {
    hint: 'Give it with --passphrase-file FILE, or with --passphrase-fd N from an open file descriptor.',
  });
}

function isGiven({ passphraseFile, passphraseFd }: PassphraseFlags): boolean {
  if (passphraseFile !== undefined && passphraseFd !== undefined) {
    throw new RandoseError('usage', 'use either --passphrase-file or --passphrase-fd, not both');
  }
  return passphraseFile !== undefined || passphraseFd !== undefined;
}

function sourceOf({ passphraseFile, passphraseFd }: PassphraseFlags): string {
  return passphraseFile ?? `file descriptor ${passphraseFd}`;
}

function linesOf(flags: PassphraseFlags): string[] {
  const { passphraseFile, passphraseFd = 0 } = flags;
  const bytes =
    passphraseFile === undefined ? fromDescriptor(passphraseFd) : readBytes(passphraseFile);
  return decoded(bytes, sourceOf(flags)).split(/\r?\n/);
}

/** The text, without a byte order mark: editors on Windows write one, also before UTF-16. */
function decoded(bytes: Uint8Array, source: string): string {
  const [first, second] = bytes;
  const isUtf16 = first === 0xff && second === 0xfe;
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RandoseError('bad-data', `${source} is not UTF-8 text`, {
      hint: 'Save the passphrase again as UTF-8.',
    });
  }
}

function fromDescriptor(descriptor: number): Uint8Array {
  try {
    return readFileSync(descriptor);
  } catch {
    throw new RandoseError('usage', `cannot read from file descriptor ${descriptor}`, {
      hint: 'Open it in the shell: randose … --passphrase-fd 3 3< PASSPHRASES',
    });
  }
}
