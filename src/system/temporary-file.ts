import { openSync, readSync, rmSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../digest.ts';
import { RandoseError } from '../errors.ts';
import { makeTemporaryFolder, removeFolder } from './files.ts';
import { asKnown } from './system-error.ts';

/**
 * A temporary file without a name, for many bytes that need not wait in memory: nobody else can open it, and nothing of it is
 * left, whatever stops this process. It is closed when the process ends.
 */
export class TemporaryFile {
  /** The descriptor; undefined if there is no place for the file. */
  #file = openUnnamed();
  #end = 0;

  /**
   * Keeps bytes.
   *
   * @returns each part: what reads it when it is used; or as it was, in memory, if the file cannot take it
   */
  keep(parts: readonly Uint8Array[]): (Uint8Array | KeptPart)[] {
    const file = this.#file;
    if (file === undefined || !isWritten(file, parts, this.#end)) {
      this.#file = undefined;
      return [...parts];
    }
    return parts.map((part) => {
      const start = this.#end;
      this.#end += part.length;
      return new KeptPart(file, start, part.length, sha256(part));
    });
  }
}

/** Bytes in a temporary file, which are read each time they are used. */
class KeptPart implements Iterable<Uint8Array> {
  readonly #file: number;
  readonly #start: number;
  readonly #length: number;
  readonly #digest: string;

  constructor(file: number, start: number, length: number, digest: string) {
    this.#file = file;
    this.#start = start;
    this.#length = length;
    this.#digest = digest;
  }

  /** @throws RandoseError `io-error` if the file does not give back what it took */
  *[Symbol.iterator](): Generator<Uint8Array> {
    const bytes = readAt(this.#file, this.#start, this.#length);
    if (sha256(bytes) !== this.#digest) {
      throw new RandoseError('io-error', 'a temporary file has changed while it was used', {
        hint: 'Check the disk of the temporary folder, or name another folder in TMPDIR, and run the command again.',
      });
    }
    yield bytes;
  }
}

function openUnnamed(): number | undefined {
  try {
    const folder = makeTemporaryFolder('randose-');
    try {
      const path = join(folder, 'waiting');
      const file = openSync(path, 'wx+', 0o600);
      rmSync(path);
      return file;
    } finally {
      removeFolder(folder);
    }
  } catch {
    return undefined;
  }
}

function isWritten(file: number, parts: readonly Uint8Array[], start: number): boolean {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  try {
    return writevSync(file, parts, start) === length;
  } catch {
    return false; // A disk that is full, say.
  }
}

function readAt(file: number, start: number, length: number): Uint8Array {
  try {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, start));
  } catch (error) {
    throw asKnown(error, 'a temporary file');
  }
}
