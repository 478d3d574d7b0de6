import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { RandoseError } from '../errors.ts';

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

/** Reads a file. @throws RandoseError `not-found` where it is not there or cannot be read */
export function readBytes(path: string, hint?: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw asKnown(error, path, hint);
  }
}

/** Whether there is anything at a path. */
export function exists(path: string): boolean {
  return existsSync(path);
}

/** Whether a path leads to a folder. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    throw asKnown(error, path);
  }
}

/** Whether a path leads to something that cannot be read to its end, such as a pipe or a device. */
export function isSpecialFile(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
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
  return realFolder(one) === realFolder(other);
}

/** Every file below a folder, as paths relative to it with forward slashes, sorted. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Whether a path lies in a folder or is it, symbolic links followed as far as they exist. */
export function liesWithin(path: string, folder: string): boolean {
  const real = realFolder(folder);
  // Both where it is and where it leads to: a link inside the folder counts as inside.
  return [realFolder(path), join(realFolder(dirname(path)), basename(path))].some((place) => {
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
  const beside = writeBeside(path, content, mode);
  try {
    // A link, unlike a rename, never takes the place of a file that came in between.
    linkSync(beside, path);
  } catch (error) {
    throw asKnown(error, path);
  } finally {
    rmSync(beside, { force: true });
  }
  syncPath(dirname(path));
}

/** Puts new content in a file's place: a reader, or a crash, meets the old or the new, whole. */
export function replace(path: string, content: string | Uint8Array, mode: Mode = 'shared'): void {
  const beside = writeBeside(path, content, mode);
  try {
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw asKnown(error, path);
  }
  syncPath(dirname(path));
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
    syncPath(path);
    written += 1;
    if (written % TELL_EVERY === 0 || written === files.size) tellProgress(written);
  }
  for (const folder of folders) syncPath(folder);
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
  const folder = mkdtempSync(join(tmpdir(), prefix));
  try {
    return await work(folder);
  } finally {
    removeFolder(folder);
  }
}

/** Moves a finished folder into its place. */
export function moveFolder(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    throw asKnown(error, to);
  }
  syncPath(dirname(to));
}

/** Takes away a folder and all in it, where it exists. */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** Takes away files that were begun beside their place in a folder, and never moved there. */
export function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/^\..+\.\d+\.partial$/.test(name)) rmSync(join(folder, name), { force: true });
  }
}

/** Asks the disk to keep a file's content, or the names in a folder. */
function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeBeside(path: string, content: string | Uint8Array, mode: Mode): string {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  try {
    rmSync(beside, { force: true });
    writeAndSync(beside, content, mode);
    return beside;
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) {
      throw new RandoseError('not-found', `the folder ${dirname(path)} does not exist`, {
        hint: `It is where ${basename(path)} was to be written: make it, or name another.`,
      });
    }
    if (!isCode(error, 'EACCES', 'EPERM')) rmSync(beside, { force: true });
    throw asKnown(error, path);
  }
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

function writeAndSync(path: string, content: string | Uint8Array, mode: Mode): void {
  const file = openSync(path, 'wx', MODES[mode]);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The path with the links of its longest existing part followed. */
export function realFolder(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole)) return realpathSync(whole);
  const above = dirname(whole);
  return above === whole ? whole : join(realFolder(above), basename(whole));
}

/** What the operating system says of a path, as a failure that randose knows, where it is one. */
export function asKnown(error: unknown, path: string, hint?: string): unknown {
  if (error instanceof RandoseError || !(error instanceof Error) || !('code' in error))
    return error;
  if (path === '') return new RandoseError('usage', 'an empty name was given for a file');
  const withHint = hint === undefined ? {} : { hint };
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new RandoseError('not-found', `${path} does not exist`, withHint);
    case 'EISDIR':
      return new RandoseError('not-found', `${path} is a folder, not a file`, withHint);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new RandoseError('no-access', `${path}: the operating system refuses access`, {
        hint: 'Check who owns it and its permissions.',
      });
    case 'EEXIST':
    case 'ENOTEMPTY':
      return new RandoseError('would-overwrite', `${path} exists already`, {
        hint: 'Choose another name; nothing was overwritten.',
      });
    case 'ENOSPC':
    case 'EDQUOT':
      return new RandoseError('no-space', `no space left to write ${path}`, {
        hint: 'Free some space and try again; nothing was changed.',
      });
    default:
      return error;
  }
}
