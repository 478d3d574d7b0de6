import {
  accessSync,
  closeSync,
  constants,
  type Dirent,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, parse, relative, sep } from 'node:path';
import { type Content, partsOf, sha256 } from '../digest.ts';
import { RandoseError } from '../errors.ts';
import { linkAt, realPath } from './links.ts';
import { lookAt } from './look.ts';
import { readRegular, requireRegular } from './regular-file.ts';
import { asKnown, isCode } from './system-error.ts';

export { asKnown } from './system-error.ts';

/** Who may read a written file: everyone who can reach the folder, or only the owner. */
export type Mode = 'shared' | 'private';
const MODES: Record<Mode, number> = { shared: 0o644, private: 0o600 };

/**
 * Reads a text file.
 *
 * @throws RandoseError as `readBytes`; `bad-data` if it is not UTF-8
 */
export function readText(path: string, hint?: string): string {
  return decodeText(readBytes(path, hint), path);
}

/** Decodes UTF-8. @throws RandoseError `bad-data` if the bytes are not UTF-8 */
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
 * Reads a file, and never waits for it: see readRegular.
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

/** Reads the last bytes of a file, at most so many. @throws RandoseError as `readBytes` */
export function readEnd(path: string, most: number): Buffer {
  try {
    // Opening a FIFO would wait for a writer.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.alloc(Math.min(most, size));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, size - bytes.length));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw asKnown(error, path);
  }
}

/** The error for a missing file, or for a link to one. */
function missing(error: unknown, path: string, hint?: string): unknown {
  const target = path === '' ? undefined : linkAt(path);
  if (target === undefined) return asKnown(error, path, hint);
  return new RandoseError('not-found', `${path} is a link to ${target}, which does not exist`, {
    hint: 'Restore the file, or connect the disk that it is on.',
  });
}

/**
 * Whether there is anything at a path. False if the system does not let this account look.
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

/** Whether a text is short enough for a path. A post-quantum key is longer than the name of a file can be. */
export function canBePath(text: string): boolean {
  try {
    lookAt(text);
    return true;
  } catch (error) {
    return !isCode(error, 'ENAMETOOLONG');
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

/**
 * Refuses the name of a file that is to be written if a folder has it.
 *
 * @throws RandoseError `not-found`
 */
export function refuseFolder(path: string): void {
  if (path === '' || !exists(path) || !isFolder(path)) return;
  throw new RandoseError('not-found', `${path} is a folder, not a file`, {
    hint: 'Name a file, in that folder or elsewhere. Nothing was written.',
  });
}

/**
 * Refuses a link in the place of a file that is to be written: nobody sees where it leads, and what is there is another
 * file.
 *
 * @throws RandoseError `would-overwrite`
 */
export function refuseLink(path: string): void {
  const target = path === '' ? undefined : linkAt(path);
  if (target === undefined) return;
  throw new RandoseError('would-overwrite', `${path} is a link to ${target}`, {
    hint: 'Name the file itself, or another one, or remove the link. Nothing was written.',
  });
}

/** Whether a path leads to a file with a content, and not to a folder or a device. */
export function isRegularFile(path: string): boolean {
  return exists(path) && !isFolder(path) && !isSpecialFile(path);
}

/** A path beside a file that leads to nothing yet, such as `labels.new.pdf` beside `labels.pdf`. */
export function freeNameBeside(path: string): string {
  const { dir, name, ext } = parse(path);
  for (let count = 1; ; count += 1) {
    const free = join(dir, `${name}.new${count === 1 ? '' : `-${count}`}${ext}`);
    if (!exists(free)) return free;
  }
}

/** Whether a path leads to something that cannot be read to its end, such as a pipe or a device. */
export function isSpecialFile(path: string): boolean {
  const found = lookAt(path);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/**
 * Checks that a file can be made at a path: missing folders above it would be made too.
 *
 * @throws RandoseError if what is above it is not a folder, or this account may not write there
 */
export function requireWritable(path: string): void {
  const name = basename(path);
  let folder = dirname(path);
  while (!exists(folder)) folder = dirname(folder);
  if (!isFolder(folder)) throw missingFolder(folder, name);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const known = asKnown(error, folder);
    if (!(known instanceof RandoseError)) throw known;
    const { code, message, hint = '' } = known;
    throw new RandoseError(code, `${name} cannot be written: ${message}`, { hint });
  }
}

/** The error for a folder that is not there, or is something else. @param name what would be written into it */
function missingFolder(folder: string, name: string): RandoseError {
  const would = `${name} would be written there.`;
  return exists(folder)
    ? new RandoseError('not-found', `${folder} is not a folder`, {
        hint: `${would} Name a folder.`,
      })
    : new RandoseError('not-found', `the folder ${folder} does not exist`, {
        hint: `${would} Create the folder, or name another one.`,
      });
}

/** Whether two paths lead to the same file. Symbolic links are followed as far as they exist. */
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
  return below(folder, walk(folder, []));
}

/** As `filesBelow`. What cannot be read is left out, so that a folder or a link that is broken hides no other file. */
export function readableFilesBelow(folder: string): string[] {
  const look = (path: string, above: readonly string[]): string[] => {
    try {
      const real = realPath(path);
      if (above.includes(real)) return [];
      return entriesOf(path).flatMap((entry) => {
        const name = join(path, entry.name);
        return leadsToFolder(entry, name) ? look(name, [...above, real]) : [name];
      });
    } catch {
      return [];
    }
  };
  const leadsToFolder = (entry: Dirent, path: string): boolean => {
    try {
      return entry.isDirectory() || (entry.isSymbolicLink() && isFolder(path));
    } catch {
      return false; // whoever reads it is told why it cannot be read
    }
  };
  return below(folder, look(folder, []));
}

function below(folder: string, files: readonly string[]): string[] {
  return files.map((file) => relative(folder, file).split(sep).join('/')).sort();
}

/** @param above the real paths of the folders above this one */
function walk(folder: string, above: readonly string[]): string[] {
  const real = realPath(folder);
  if (above.includes(real)) {
    throw new RandoseError('not-found', `${folder} is a link to a folder that contains it`, {
      hint: 'Remove the link and run the command again.',
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

/** Whether a path is a folder or is inside it. Symbolic links are followed as far as they exist. */
export function liesWithin(path: string, folder: string): boolean {
  const real = realPath(folder);
  // A link inside the folder counts as inside, wherever it leads.
  return [realPath(path), join(realPath(dirname(path)), basename(path))].some((place) => {
    const way = relative(real, place);
    return way !== '..' && !way.startsWith(`..${sep}`);
  });
}

/** A file that is to be written. */
export interface NewFile {
  readonly file: string;
  readonly content: Content;
}

/** How new files are written. */
interface HowNew {
  readonly mode?: Mode;
  /** Replace a file that exists; a link is not replaced, and neither is what it leads to. */
  readonly force?: boolean;
}

/**
 * Writes a new file, whole or not at all: under another name beside it, synced, then moved into place. Folders above it
 * that are missing are made, and can be read by those who may read the file.
 *
 * @throws RandoseError `would-overwrite` if the file exists and `force` is not set
 */
export function writeNew(file: string, content: Content, how: HowNew = {}): void {
  writeAllNew([{ file, content }], how);
}

/**
 * Writes new files as `writeNew` does. None is moved into its place before all are on the disk, so that a full disk, or
 * a content that cannot be made, leaves what was there.
 */
export function writeAllNew(
  files: readonly NewFile[],
  { mode = 'shared', force = false }: HowNew = {},
): void {
  const begun: Beside[] = [];
  try {
    for (const { file, content } of files) {
      if (file !== '') makeFolder(dirname(file), mode);
      if (force) refuseLink(file);
      else refuseFolder(file);
      begun.push(force ? besideOld(file, content, mode) : besideNew(file, content, mode));
    }
    for (const { move } of begun) move();
  } finally {
    for (const { beside } of begun) tidyUp(beside);
  }
  for (const folder of new Set(begun.map(({ beside }) => dirname(beside)))) syncFolder(folder);
}

/** A file that is written, beside its place. */
interface Beside {
  readonly beside: string;
  /** Moves it into its place. */
  readonly move: () => void;
}

function besideNew(path: string, content: Content, mode: Mode): Beside {
  const beside = writeBeside(path, content, MODES[mode]);
  const move = () => {
    try {
      // Unlike a rename, a link never replaces a file that somebody created in the meantime.
      linkSync(beside, path);
    } catch (error) {
      throw asKnown(error, path);
    }
  };
  return { beside, move };
}

/**
 * Replaces a file's content: after a crash, or for a reader, it is the whole old file or the whole new one. A
 * link is followed, and the file that it leads to is replaced. The permissions, group and owner stay as they
 * were, as far as the system allows it.
 *
 * @param mode who may read the file if it is new
 */
export function replace(path: string, content: Content, mode: Mode = 'shared'): void {
  const { beside, move } = besideOld(path, content, mode);
  try {
    move();
  } catch (error) {
    tidyUp(beside);
    throw error;
  }
  syncFolder(dirname(beside));
}

function besideOld(path: string, content: Content, mode: Mode): Beside {
  const target = path === '' ? path : realPath(path);
  const old = fileToReplace(target);
  const beside = writeBeside(target, content, MODES[mode], old && { old, mode });
  const move = () => {
    try {
      renameSync(beside, target);
    } catch (error) {
      throw asKnown(error, path);
    }
  };
  return { beside, move };
}

/** The existing file. @throws RandoseError if the path leads to something that is not a file */
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
 * Writes files into new folders that nobody else sees yet, then syncs the files and the folders together,
 * which is much faster than one by one.
 *
 * @param files the path and content of each; none of them exists
 * @param time the modification time of all files, in ISO 8601: one time for all, so that the times do not
 *   show in which order the files were written
 * @param tellProgress called now and then with the number of files on the disk
 */
export async function writeAllSynced(
  files: Iterable<readonly [path: string, content: Content]>,
  time: string,
  tellProgress: (written: number) => void = () => undefined,
): Promise<void> {
  const moment = new Date(time);
  const folders = new Set<string>();
  const paths: string[] = [];
  for (const [path, content] of files) {
    const folder = dirname(path);
    if (!folders.has(folder)) makeFolder(folder);
    folders.add(folder);
    paths.push(path);
    try {
      writeUnsynced(path, content, moment);
    } catch (error) {
      throw asKnown(error, path);
    }
  }
  let written = 0;
  const notSynced = paths.values();
  const syncSome = async () => {
    // All of them take from one iterator, so each file is synced once.
    for (const path of notSynced) {
      await syncFile(path);
      written += 1;
      if (written % TELL_EVERY === 0 || written === paths.length) tellProgress(written);
    }
  };
  await Promise.all(Array.from({ length: SYNCED_AT_ONCE }, syncSome));
  for (const folder of folders) syncFolder(folder);
}

function writeUnsynced(path: string, content: Content, modified: Date): void {
  const file = openSync(path, 'wx', MODES.shared);
  try {
    for (const part of partsOf(content)) writeFileSync(file, part);
    futimesSync(file, modified, modified);
  } finally {
    closeSync(file);
  }
}

/** The number of files after which progress is reported. */
const TELL_EVERY = 256;
/** A disk takes many files together in a tenth of the time that it needs for one after the other. */
const SYNCED_AT_ONCE = 16;

/** Makes a folder, and those above it. @param mode who may read it */
export function makeFolder(path: string, mode: Mode = 'shared'): void {
  try {
    mkdirSync(path, { recursive: true, ...(mode === 'private' && { mode: 0o700 }) });
  } catch (error) {
    throw asKnown(error, path);
  }
}

/** Runs work with a temporary folder that nobody else can read, and removes the folder afterwards. */
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

/** Makes a temporary folder that nobody else can read. The caller removes it. */
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

/** Removes a folder with everything in it, if it exists. */
export function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw asKnown(error, path);
  }
}

/** Removes a file, if it exists. */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw asKnown(error, path);
  }
}

/**
 * Removes the unfinished files that an interrupted write left in a folder. A file that cannot be removed
 * stays, and the command goes on.
 *
 * @param of the name of the file that was being written; undefined for any
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

/** Removes a file that is no longer needed. It does no harm if this fails. */
function tidyUp(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The next process that writes here tries again.
  }
}

/** Asks the disk to keep a file's content. */
async function syncFile(path: string): Promise<void> {
  try {
    // Windows syncs no file that is open for reading alone.
    const file = await open(path, 'r+');
    try {
      await file.sync().catch(ignoreUnsupported);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asKnown(error, path);
  }
}

/**
 * Asks the disk to keep the names in a folder. This is skipped if this account may write into the folder but
 * not read it: the files in it are written anyway.
 */
function syncFolder(path: string): void {
  try {
    const descriptor = openSync(path, 'r');
    try {
      syncDescriptor(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (!isCode(error, 'EISDIR', 'EACCES', 'EPERM')) throw asKnown(error, path);
  }
}

/** Syncs an open file. File systems that do not support this are ignored: they keep the content anyway. */
function syncDescriptor(descriptor: number): void {
  try {
    fsyncSync(descriptor);
  } catch (error) {
    ignoreUnsupported(error);
  }
}

/** @throws the error, unless it says that the file system does not sync */
function ignoreUnsupported(error: unknown): void {
  if (!isCode(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EBADF')) throw error;
}

/** The file that is replaced, and who may read the new one. */
interface Replaced {
  readonly old: Stats;
  readonly mode: Mode;
}

function writeBeside(path: string, content: Content, mode: number, replaced?: Replaced): string {
  const beside = join(dirname(path), `.${beginning(basename(path))}.${process.pid}.partial`);
  try {
    rmSync(beside, { force: true });
    writeAndSync(beside, content, mode, replaced);
    return beside;
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) {
      throw missingFolder(dirname(path), basename(path));
    }
    if (!isCode(error, 'EACCES', 'EPERM')) tidyUp(beside);
    throw asKnown(error, path);
  }
}

/**
 * A name, or what stands for a long one, so that a process number fits behind: names have at most 255 bytes. Long names
 * that begin alike stay different.
 */
function beginning(name: string): string {
  const characters = Array.from(name);
  if (characters.length <= 50) return name;
  return `${characters.slice(0, 40).join('')}~${sha256(name).slice(0, 9)}`;
}

function writeAndSync(
  path: string,
  content: Content,
  mode: number,
  replaced: Replaced | undefined,
): void {
  // Nobody else may read the file before its group and permissions are set.
  const file = openSync(path, 'wx', replaced === undefined ? mode : 0o600);
  try {
    if (replaced !== undefined) copyPermissions(file, replaced);
    for (const part of partsOf(content)) writeFileSync(file, part);
    syncDescriptor(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Gives a file the permissions, group and owner of the file that it replaces. If the group cannot be kept, the
 * new group gets no more permissions than everybody. A private file stays closed to everybody else.
 */
function copyPermissions(file: number, { old, mode }: Replaced): void {
  const others = mode === 'private' ? 0 : old.mode & 0o007;
  const isOwned = succeeds(() => {
    fchownSync(file, old.uid, old.gid);
  });
  const isGrouped =
    isOwned ||
    succeeds(() => {
      fchownSync(file, fstatSync(file).uid, old.gid);
    });
  const group = isGrouped ? old.mode & 0o070 : old.mode & 0o070 & (others << 3);
  succeeds(() => {
    fchmodSync(file, (old.mode & 0o700) | group | others);
  });
}

/** Tries to do something. @returns false if the system does not allow or support it */
function succeeds(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (isCode(error, 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) return false;
    throw error;
  }
}
