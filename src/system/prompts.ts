import { AsyncLocalStorage } from 'node:async_hooks';
import { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { RandoseError } from '../errors.ts';
import { widthFor, wrapped } from './text-lines.ts';

/** Somebody answered a question with Ctrl-C or Ctrl-D. Nothing was done before the question. */
export class Cancelled extends RandoseError {
  constructor() {
    super('usage', 'Cancelled. Nothing was done.');
    this.name = 'Cancelled';
  }
}

/** Set within `withoutQuestions`, for the calls within it alone. */
const unasked = new AsyncLocalStorage<true>();

/** Runs work that asks nothing, as a script that answers every question with yes. */
export function withoutQuestions<T>(work: () => Promise<T>): Promise<T> {
  return unasked.run(true, work);
}

/** Whether randose can ask questions: input and messages are on a terminal. */
export function isAtTerminal(): boolean {
  return unasked.getStore() === undefined && process.stdin.isTTY && process.stderr.isTTY;
}

/** Runs work that changes nothing on the disk. Ctrl-C ends the program then, and says that nothing was done. */
export async function cancelledByInterrupt<T>(work: () => Promise<T>): Promise<T> {
  const end = (): void => {
    process.stderr.write(`\n${new Cancelled().message}\n`);
    process.removeListener('SIGINT', end);
    // The shell sees that it was interrupted.
    process.kill(process.pid, 'SIGINT');
  };
  process.on('SIGINT', end);
  try {
    return await work();
  } finally {
    process.removeListener('SIGINT', end);
  }
}

/**
 * From here to `end`, the first Ctrl-C outside of a question does not end the program: it is noted, for work that has to
 * leave a record. A second one ends it.
 *
 * @returns `isInterrupted` also reads what was typed while the program was too busy to read
 */
export function noteInterrupt(): {
  readonly isInterrupted: () => Promise<boolean>;
  readonly end: () => void;
} {
  let isInterrupted = false;
  const note = (): void => {
    isInterrupted = true;
  };
  process.once('SIGINT', note);
  return {
    isInterrupted: async () => {
      if (process.stdin.isTTY) await pause(DRAIN_MS);
      return isInterrupted;
    },
    end: () => {
      process.removeListener('SIGINT', note);
    },
  };
}

/**
 * Asks a question on the terminal, and shows what is typed.
 *
 * @throws Cancelled if the person cancels
 */
export function ask(question: string): Promise<string> {
  return readLine(question, true);
}

/**
 * Asks for a secret on the terminal, without echo. From the answer to the next question, or to the end of the program,
 * what is typed is neither shown nor kept: a person who types the secret again, because nothing seems to happen, shows
 * it to nobody, and no question and no shell takes it for an answer.
 *
 * @throws Cancelled if the person cancels
 */
export function askHidden(question: string): Promise<string> {
  return readLine(question, false);
}

/**
 * Asks a yes-or-no question, until the answer is one: "oui" and "ja" are neither yes nor no.
 *
 * @returns true for "y" or "yes", false for "n", "no", an empty answer and Ctrl-C
 */
export async function confirm(question: string): Promise<boolean> {
  try {
    for (;;) {
      const answer = (await ask(`${question} [y/N] `)).trim();
      if (/^y(es)?$/i.test(answer)) return true;
      if (/^(no?)?$/i.test(answer)) return false;
      process.stderr.write('Type y for yes, or n for no.\n');
    }
  } catch (error) {
    if (error instanceof Cancelled) return false;
    throw error;
  }
}

/** The columns that a question leaves free for the answer. */
const ANSWER = 4;

/**
 * A question in lines that fit a terminal, with room for a short answer after the last one.
 *
 * @param columns those of the terminal; undefined if they are unknown
 */
export function questionLines(question: string, columns: number | undefined): string[] {
  const room = widthFor(columns) - ANSWER;
  const text = question.trimEnd();
  const end = question.slice(text.length);
  const lines = text.split('\n').flatMap((line) => wrapped(line, room));
  return lines.map((line, index) => (index === lines.length - 1 ? line + end : line));
}

/** Lends the terminal to a program that asks there itself, and waits for its end. */
export function lendTerminal<T>(work: () => T): T {
  const wasQuiet = beLoud !== undefined;
  beLoud?.();
  try {
    return work();
  } finally {
    if (wasQuiet) beQuiet();
  }
}

/** Ends what `beQuiet` began; undefined if the terminal shows what is typed. */
let beLoud: (() => void) | undefined;

function isQuiet(): boolean {
  return beLoud !== undefined;
}

/** Time to read what was typed before, in milliseconds. */
const DRAIN_MS = 30;

const CTRL_C = '\u0003';

/** Drops what is typed, without echo. Ctrl-C still ends the program. */
function beQuiet(): void {
  const { stdin } = process;
  if (!stdin.isTTY || beLoud !== undefined) return;
  const drop = (typed: Buffer): void => {
    if (!typed.toString('latin1').includes(CTRL_C)) return;
    beLoud?.();
    process.kill(process.pid, 'SIGINT');
  };
  // The program ends without waiting for what is typed, but what was typed is not left for the shell.
  const drain = (): void => {
    setTimeout(() => beLoud?.(), DRAIN_MS);
  };
  beLoud = () => {
    beLoud = undefined;
    process.removeListener('beforeExit', drain);
    stdin.removeListener('data', drop);
    stdin.pause();
    stdin.setRawMode(false);
    stdin.ref();
  };
  process.once('beforeExit', drain);
  stdin.setRawMode(true);
  stdin.on('data', drop);
  stdin.resume();
  stdin.unref();
}

async function readLine(question: string, isShown: boolean): Promise<string> {
  const { createInterface } = await import('node:readline');
  if (beLoud !== undefined) {
    await pause(DRAIN_MS);
    // Ctrl-C in the meantime was no answer to this question, but it cancels it.
    if (!isQuiet()) throw new Cancelled();
    beLoud();
  }
  // What is written nowhere is not seen. The question itself is always written.
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const lines = createInterface({
    input: process.stdin,
    output: isShown ? process.stderr : nowhere,
    terminal: process.stdin.isTTY,
    historySize: 0,
  });
  return new Promise<string>((resolve, reject) => {
    const end = (): void => {
      // Closing is not an answer, so this listener goes. Readline's own listeners let go of the input.
      lines.removeListener('close', cancel);
      lines.close();
    };
    const cancel = (): void => {
      end();
      process.stderr.write('\n');
      reject(new Cancelled());
    };
    lines.once('SIGINT', cancel);
    lines.once('close', cancel); // Ctrl-D, or the end of the input
    const asked = questionLines(question, process.stderr.columns);
    const last = asked.pop() ?? '';
    for (const line of asked) process.stderr.write(`${line}\n`);
    if (!isShown) process.stderr.write(last);
    lines.question(isShown ? last : '', (answer) => {
      end();
      if (!isShown) {
        process.stderr.write('\n');
        beQuiet();
      }
      resolve(answer);
    });
  });
}
