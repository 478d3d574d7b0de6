import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { isSelfTest } from './determined.ts';
import { exists } from './files.ts';

/**
 * A folder in the user's state folder, by the XDG base directory specification.
 *
 * @returns undefined in a self-test, and for an account without a home
 */
export function stateFolder(name: 'studies' | 'databases'): string | undefined {
  if (isSelfTest()) return undefined;
  const named = process.env.XDG_STATE_HOME ?? '';
  // The specification says to ignore a path that is not absolute.
  const base = isAbsolute(named) ? named : homeState();
  return base === undefined ? undefined : join(base, 'randose', name);
}

function homeState(): string | undefined {
  try {
    return join(homedir(), '.local', 'state');
  } catch {
    return undefined; // an account without a home
  }
}

/**
 * Makes a folder and those above it, for this user only. Step by step: Node's own way to make them all
 * never ends if the system says that an existing folder does not exist, as below /proc.
 */
export function makePrivateFolder(path: string): void {
  if (exists(path)) return;
  makePrivateFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}
