import { fstatSync, writeSync } from 'node:fs';

/** A stream that people or programs read: file descriptor 1 or 2. */
export interface Terminal {
  write(text: string): void;
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
      writeAll(descriptor, Buffer.from(text));
    },
    get columns() {
      return mayBeTerminal && stream().isTTY ? stream().columns : undefined;
    },
    get colourDepth() {
      return mayBeTerminal && stream().isTTY ? stream().getColorDepth() : 1;
    },
  };
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
      // A pipe that was set not to block is full: its reader needs a moment.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}
