import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  type Stats,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { RandoseError } from '../errors.ts';
import { linkAt, realPath } from './links.ts';
import { lookAt } from './look.ts';

/**
 * Reads a file, and never waits: it refuses a FIFO, a socket or a device at once. A descriptor of this
 * process, such as /dev/stdin or the name that bash makes for `<(…)`, is read to its end.
 *
 * @throws RandoseError `bad-data` if it is not a file; system errors as they are
 */
export function readRegular(path: string): Uint8Array {
  const found = statSync(path);
  if (!found.isFile() && !found.isDirectory()) {
    const descriptor = descriptorNamedBy(path);
    if (descriptor !== undefined && found.isFIFO()) return readFileSync(path);
    // A socket cannot be opened a second time.
    if (descriptor !== undefined && found.isSocket()) return readFileSync(descriptor);
    throw notFile(path, found);
  }
  // Another file may be there by now: opening a FIFO would wait for a writer.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const opened = fstatSync(file);
    if (!opened.isFile() && !opened.isDirectory()) throw notFile(path, opened);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** @throws RandoseError `bad-data` if there is something at the path that is not a file */
export function requireRegular(path: string): void {
  const found = lookAt(path);
  if (found !== undefined && !found.isFile() && !found.isDirectory()) throw notFile(path, found);
}

function notFile(path: string, found: Stats): RandoseError {
  return new RandoseError('bad-data', `${path} is ${kindOf(found)}, not a file`, {
    hint: 'Put the file there, or name another one.',
  });
}

/** What is at a path, with its article. */
export function kindOf(found: Stats): string {
  if (found.isFile()) return 'a file';
  if (found.isFIFO()) return 'a FIFO';
  if (found.isSocket()) return 'a socket';
  if (found.isDirectory()) return 'a folder';
  if (found.isSymbolicLink()) return 'a symbolic link';
  return found.isBlockDevice() ? 'a block device' : 'a character device';
}

/** The descriptor of this process that a path names, directly or by a link; undefined if it is something else. */
function descriptorNamedBy(path: string): number | undefined {
  let place = resolve(path);
  for (;;) {
    const folder = realPath(dirname(place));
    place = join(folder, basename(place));
    const number = /^\d+$/.exec(basename(place))?.[0];
    if (number !== undefined && isDescriptorFolder(folder)) return Number(number);
    const target = linkAt(place);
    if (target === undefined) return undefined;
    place = resolve(folder, target);
  }
}

function isDescriptorFolder(folder: string): boolean {
  const own = `/proc/${process.pid}`;
  return folder === '/dev/fd' || (folder.endsWith('/fd') && `${folder}/`.startsWith(`${own}/`));
}
