import { fstatSync, writeSync } from 'node:fs';
import { RandoseError } from '../errors.ts';
import { isCode, isSystemError } from './system-error.ts';

/** A stream that people or programs read: file descriptor 1 or 2. */
export interface Terminal {
  /**
   * @returns false if the reader has closed the stream. This is not a failure; further text is dropped.
   * @throws RandoseError `no-space` or `io-error` if the text cannot be written
   */
  write(text: string): boolean;
  /** The width in columns; undefined if the stream is not a terminal. */
  readonly columns: number | undefined;
  /** The number of bits of colour; 1 means no colour. */
  readonly colourDepth: number;
}

const PAUSE_MS = 5;

/**
 * Opens standard output or standard error. The text is written when `write` returns. Node's own streams
 * are used only for a terminal's width and colours, since loading them takes a third of the time that
 * printing a help page takes.
 *
 * A reader that stops reading (`randose calendar | head`) is not a failure: further text is dropped.
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
      // A non-blocking pipe is full: its reader needs a moment.
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
  const message = `cannot write ${what} to ${name}: ${why}`;
  return new RandoseError(isFull ? 'no-space' : 'io-error', message, {
    hint: 'Free some space or send the output elsewhere, then run the command again.',
  });
}

function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}
