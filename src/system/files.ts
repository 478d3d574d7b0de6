import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, sep } from 'node:path';
import { RandoseError } from '../errors.ts';
import { linkAt, realPath } from './links.ts';
import { lookAt } from './look.ts';
import { readRegular, requireRegular } from './regular-file.ts';
import { asKnown, isCode } from './system-error.ts';

export { asKnown } from './system-error.ts';

/** Who may read a file that is written: everyone the folder lets in, or its owner alone. */
export type Mode = 'shared' | 'private';
const MODES: Record<Mode, number> = { shared: 0o644, private: 0o600 };

/**
 * Reads a text file.
 *
 * @throws RandoseError `not-found` where it is not there or cannot be read; `bad-data` where it is
 *   not UTF-8
 */
export function readText(path: string, hint?: string): string {
  return decodeText(readBytes(path, hint), path);
}

/** Bytes as UTF-8 text. @throws RandoseError `bad-data` where they are none */
export function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RandoseError('bad-data', `${path} is not UTF-8 text`, {
      hint: 'Save it again as UTF-8 (in a spreadsheet: "CSV UTF-8").',
    });
  }
}

/**
 * Reads a file, and does not wait for one: see readRegular.
 *
 * @throws RandoseError `not-found` if it is missing; `no-access` or `io-error` if it cannot be read;
 *   `bad-data` if there is something else in its place, such as a FIFO
 */
export function readBytes(path: string, hint?: string): Uint8Array {
  try {
    return readRegular(path);
  } catch (error) {
    throw isCode(error, 'ENOENT') ? missing(error, path, hint) : asKnown(error, path, hint);
  }
}

/** A link that leads to nothing is told from a file that is missing. */
function missing(error: unknown, path: string, hint?: string): unknown {
  const target = path === '' ? undefined : linkAt(path);
  if (target === undefined) return asKnown(error, path, hint);
  return new RandoseError('not-found', `${path} is a link to ${target}, which does not exist`, {
    hint: 'Bring the file back, or connect the disk that it is on.',
  });
}

/**
 * Whether there is anything at a path. If the system refuses to look, there is nothing.
 *
 * @throws RandoseError if links go in a circle, a name is too long, or the disk reports an error
 */
export function exists(path: string): boolean {
  try {
    return lookAt(path) !== undefined;
  } catch (error) {
    if (isCode(error, 'EACCES', 'EPERM')) return false;
    throw asKnown(error, path);
  }
}

/** Whether a path leads to a folder. */
export function isFolder(path: string): boolean {
  try {
    return lookAt(path)?.isDirectory() ?? false;
  } catch (error) {
    throw asKnown(error, path);
  }
}

/** Whether a path leads to something that cannot be read to its end, such as a pipe or a device. */
export function isSpecialFile(path: string): boolean {
  const found = lookAt(path);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** @throws RandoseError where a folder is not there, or nobody may write into it here */
export function requireWritable(folder: string, name: string): void {
  if (!isFolder(folder)) {
    throw new RandoseError('not-found', `the folder ${folder} does not exist`, {
      hint: `It is where ${name} was to be written: make it, or name another.`,
    });
  }
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw asKnown(error, folder);
  }
}

/** Whether two paths lead to the same file, symbolic links followed as far as they exist. */
export function isSameFile(one: string, other: string): boolean {
  return realPath(one) === realPath(other);
}

/**
 * Every file below a folder, as paths relative to it with forward slashes, sorted. Links to folders are followed.
 *
 * @throws RandoseError `not-found` if such a link leads back to a folder above it; `no-access` if a folder cannot
 *   be read
 */
export function filesBelow(folder: string): string[] {
  if (!exists(folder)) return [];
  return walk(folder, [])
    .map((file) => relative(folder, file).split(sep).join('/'))
    .sort();
}

/** @param above the real paths of the folders that are being walked */
function walk(folder: string, above: readonly string[]): string[] {
  const real = realPath(folder);
  if (above.includes(real)) {
    throw new RandoseError('not-found', `${folder} is a link to a folder that it lies in`, {
      hint: 'Remove the link, and run the command again.',
    });
  }
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    const leadsToFolder = entry.isDirectory() || (entry.isSymbolicLink() && isFolder(path));
    return leadsToFolder ? walk(path, [...above, real]) : [path];
  });
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw asKnown(error, folder);
  }
}

/** Whether a path lies in a folder or is it, symbolic links followed as far as they exist. */
export function liesWithin(path: string, folder: string): boolean {
  const real = realPath(folder);
  // Both where it is and where it leads to: a link inside the folder counts as inside.
  return [realPath(path), join(realPath(dirname(path)), basename(path))].some((place) => {
    const way = relative(real, place);
    return way !== '..' && !way.startsWith(`..${sep}`);
  });
}

/**
 * Writes a new file, whole or not at all: beside it, synced, then moved into place.
 *
 * @throws RandoseError `would-overwrite` where there is one already and `force` is not set
 */
export function writeNew(
  path: string,
  content: string | Uint8Array,
  { mode = 'shared', force = false }: { mode?: Mode; force?: boolean } = {},
): void {
  if (force) {
    replace(path, content, mode);
    return;
  }
  const beside = writeBeside(path, content, MODES[mode]);
  try {
    // A link, unlike a rename, never takes the place of a file that came in between.
    linkSync(beside, path);
  } catch (error) {
    throw asKnown(error, path);
  } finally {
    tidyUp(beside);
  }
  syncFolder(dirname(path));
}

/**
 * Puts new content in a file's place: a reader, or a crash, meets the old or the new, whole. A link is followed,
 * and the file that it leads to is replaced; its permissions, group and owner are kept as far as the system
 * allows it.
 *
 * @param mode who may read the file if it is new
 */
export function replace(path: string, content: string | Uint8Array, mode: Mode = 'shared'): void {
  const target = path === '' ? path : realPath(path);
  const old = fileToReplace(target);
  const beside = writeBeside(target, content, MODES[mode], old && { old, mode });
  try {
    renameSync(beside, target);
  } catch (error) {
    tidyUp(beside);
    throw asKnown(error, path);
  }
  syncFolder(dirname(target));
}

/** @throws RandoseError if there is something else than a file */
function fileToReplace(path: string): Stats | undefined {
  if (path === '') return undefined;
  try {
    requireRegular(path);
    return lookAt(path);
  } catch (error) {
    throw asKnown(error, path);
  }
}

/**
 * Writes files into new folders that nobody else sees yet, then syncs them and the folders: all together,
 * which a disk does in far less time than one by one.
 *
 * @param files path → content; none of them exists
 * @param time when all of them are to have been changed last, in ISO 8601: one time for all, so that
 *   none tells of the others
 * @param tellProgress called now and then with the number of files that are on the disk
 */
export function writeAllSynced(
  files: ReadonlyMap<string, string | Uint8Array>,
  time: string,
  tellProgress: (written: number) => void = () => undefined,
): void {
  const moment = new Date(time);
  const folders = new Set([...files.keys()].map((path) => dirname(path)));
  for (const folder of folders) makeFolder(folder);
  for (const [path, content] of files) {
    try {
      writeFileSync(path, content, { flag: 'wx', mode: MODES.shared });
      utimesSync(path, moment, moment);
    } catch (error) {
      throw asKnown(error, path);
    }
  }
  let written = 0;
  for (const path of files.keys()) {
    syncFile(path);
    written += 1;
    if (written % TELL_EVERY === 0 || written === files.size) tellProgress(written);
  }
  for (const folder of folders) syncFolder(folder);
}

/** After how many files somebody who waits is told. */
const TELL_EVERY = 256;

/** Makes a folder, and those above it. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw asKnown(error, path);
  }
}

/** Does work with a folder of its own, which nobody else can read and which is gone afterwards. */
export async function withTemporaryFolder<T>(
  prefix: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = makeTemporaryFolder(prefix);
  try {
    return await work(folder);
  } finally {
    removeFolder(folder);
  }
}

/** Makes a folder for files that nobody else can read. Whoever makes it removes it. */
export function makeTemporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (error) {
    throw asKnown(error, tmpdir());
  }
}

/** Moves a finished folder into its place. */
export function moveFolder(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    throw asKnown(error, to);
  }
  syncFolder(dirname(to));
}

/** Takes away a folder and all in it, if it exists. */
export function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw asKnown(error, path);
  }
}

/**
 * Takes away files that were begun beside their place in a folder, and never moved there. What cannot be taken
 * away stays, and the command goes on.
 *
 * @param of the name of the file that they were to become; undefined for any
 */
export function removeUnfinished(folder: string, of?: string): void {
  const begun = of === undefined ? '.' : `.${beginning(of)}.`;
  for (const name of namesIn(folder)) {
    if (name.startsWith(begun) && /^\..+\.\d+\.partial$/.test(name)) tidyUp(join(folder, name));
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Removes a file that has no use any more. A failure to do so changes nothing for anybody. */
function tidyUp(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The next process that writes here tries again.
  }
}

/** Asks the disk to keep a file's content. */
function syncFile(path: string): void {
  try {
    syncPath(path);
  } catch (error) {
    throw asKnown(error, path);
  }
}

/**
 * Asks the disk to keep the names in a folder. A folder that this account may write into but not read cannot be
 * opened for it: the files in it are written all the same.
 */
function syncFolder(path: string): void {
  try {
    syncPath(path);
  } catch (error) {
    if (!isCode(error, 'EISDIR', 'EACCES', 'EPERM')) throw asKnown(error, path);
  }
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    syncDescriptor(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Some file systems cannot be asked to keep something, and keep it. */
function syncDescriptor(descriptor: number): void {
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!isCode(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EBADF')) throw error;
  }
}

/** The file that is replaced, and who may read what takes its place. */
interface Predecessor {
  readonly old: Stats;
  readonly mode: Mode;
}

function writeBeside(
  path: string,
  content: string | Uint8Array,
  mode: number,
  predecessor?: Predecessor,
): string {
  const beside = join(dirname(path), `.${beginning(basename(path))}.${process.pid}.partial`);
  try {
    rmSync(beside, { force: true });
    writeAndSync(beside, content, mode, predecessor);
    return beside;
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) {
      throw new RandoseError('not-found', `the folder ${dirname(path)} does not exist`, {
        hint: `It is where ${basename(path)} was to be written: make it, or name another.`,
      });
    }
    if (!isCode(error, 'EACCES', 'EPERM')) tidyUp(beside);
    throw asKnown(error, path);
  }
}

/** So much of a name that a process number fits behind it: a name has at most 255 bytes. */
function beginning(name: string): string {
  return Array.from(name).slice(0, 50).join('');
}

function writeAndSync(
  path: string,
  content: string | Uint8Array,
  mode: number,
  predecessor: Predecessor | undefined,
): void {
  // Nobody else may read it before its group and permissions are what they are to be.
  const file = openSync(path, 'wx', predecessor === undefined ? mode : 0o600);
  try {
    if (predecessor !== undefined) takeAfter(file, predecessor);
    writeFileSync(file, content);
    syncDescriptor(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Gives a file the permissions, group and owner of the one that it replaces. If the group cannot be kept, what the
 * old group might do is not given to another one. A private file stays closed to everybody else.
 */
function takeAfter(file: number, { old, mode }: Predecessor): void {
  const others = mode === 'private' ? 0 : old.mode & 0o007;
  const isOwned = tries(() => {
    fchownSync(file, old.uid, old.gid);
  });
  const isGrouped =
    isOwned ||
    tries(() => {
      fchownSync(file, fstatSync(file).uid, old.gid);
    });
  const group = isGrouped ? old.mode & 0o070 : old.mode & 0o070 & (others << 3);
  tries(() => {
    fchmodSync(file, (old.mode & 0o700) | group | others);
  });
}

/** Whether the system does it: what it does not allow, or cannot do, is left as it is. */
function tries(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (isCode(error, 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) return false;
    throw error;
  }
}
