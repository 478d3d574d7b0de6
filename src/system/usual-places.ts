import { type Dirent, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { accountName } from './account.ts';

/** The most names of a folder that are looked at: a person waits. */
const MOST_NAMES = 500;

/** The folders where people keep keys: below the home folder, and on each disk that is plugged in. */
export function placesOfKeys(): string[] {
  const home = homedir();
  const account = accountName();
  const disks = [join('/media', account), join('/run/media', account), '/Volumes'].flatMap(
    (mounts) => foldersIn(mounts).map((name) => join(mounts, name)),
  );
  const own = ['', 'keys', 'Documents', 'Desktop', '.age', join('.config', 'age')];
  return [
    ...own.map((name) => join(home, name)),
    ...disks,
    ...disks.map((one) => join(one, 'keys')),
  ];
}

/** The names of the files in a folder. Empty if it cannot be read. */
export function filesIn(folder: string): string[] {
  return namesIn(folder, (entry) => entry.isFile());
}

/** The names of the folders in a folder. Empty if it cannot be read. */
export function foldersIn(folder: string): string[] {
  return namesIn(folder, (entry) => entry.isDirectory());
}

function namesIn(folder: string, isWanted: (entry: Dirent) => boolean): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).slice(0, MOST_NAMES);
    return entries.filter(isWanted).map(({ name }) => name);
  } catch {
    return [];
  }
}
