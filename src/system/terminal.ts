import { fstatSync, writeSync } from 'node:fs';
import { RandoseError } from '../errors.ts';
import { isCode, isSystemError } from './system-error.ts';

/** A stream that people or programs read: file descriptor 1 or 2. */
export interface Terminal {
  /**
   * @returns false if the reader has gone away, which is not a failure: what follows is dropped
   * @throws RandoseError `no-space` or `io-error` if the text cannot be written
   */
  write(text: string): boolean;
  /** Its width in columns; undefined where it is no terminal. */
  readonly columns: number | undefined;
  /** How many bits of colour it shows: 1 is none. */
  readonly colourDepth: number;
}

const PAUSE_MS = 5;

/**
 * Opens standard output or standard error. What is written is there when `write` returns; Node's own
 * streams are asked for a terminal's width and colours alone, since to load them takes a third of
 * what it takes to print a help page.
 *
 * A reader that has seen enough (`randose calendar | head`) is no failure: what follows is dropped.
 */
export function openTerminal(descriptor: 1 | 2): Terminal {
  const stream = () => (descriptor === 1 ? process.stdout : process.stderr);
  const mayBeTerminal = isCharacterDevice(descriptor);
  return {
    write(text) {
      return writeAll(descriptor, Buffer.from(text));
    },
    get columns() {
      return mayBeTerminal && stream().isTTY ? stream().columns : undefined;
    },
    get colourDepth() {
      return mayBeTerminal && stream().isTTY ? stream().getColorDepth() : 1;
    },
  };
}

function writeAll(descriptor: 1 | 2, bytes: Buffer): boolean {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (isCode(error, 'EPIPE')) return false;
      if (!isCode(error, 'EAGAIN')) throw notWritten(error, descriptor);
      // A pipe that was set not to block is full: its reader needs a moment.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
  return true;
}

function notWritten(error: unknown, descriptor: 1 | 2): unknown {
  if (!isSystemError(error)) return error;
  const isFull = isCode(error, 'ENOSPC', 'EDQUOT', 'EFBIG');
  const why = isFull ? 'no space left' : error.message;
  const what = descriptor === 1 ? 'the result' : 'the messages';
  const name = descriptor === 1 ? 'standard output' : 'standard error';
  const message = `${what} could not be written to ${name}: ${why}`;
  return new RandoseError(isFull ? 'no-space' : 'io-error', message, {
    hint: 'Free some space, or send the output to another place, before you run the command again.',
  });
}

function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}
