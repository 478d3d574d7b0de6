import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { exists, readText } from './files.ts';

/** The largest file that is read: it has three lines. */
const LARGEST = 64 * 1024;

/**
 * Where a user's own settings are: below %APPDATA% on Windows, elsewhere as the XDG base directory specification says.
 *
 * @returns undefined for an account without a home
 */
export function configFile(environment: NodeJS.ProcessEnv): string | undefined {
  const base = configFolder(environment);
  return base === undefined ? undefined : join(base, 'randose', 'config.yaml');
}

function configFolder(environment: NodeJS.ProcessEnv): string | undefined {
  const named = environment.XDG_CONFIG_HOME ?? '';
  // The specification says to ignore a path that is not absolute.
  if (isAbsolute(named)) return named;
  const ofWindows = process.platform === 'win32' ? (environment.APPDATA ?? '') : '';
  if (isAbsolute(ofWindows)) return ofWindows;
  try {
    return join(homedir(), '.config');
  } catch {
    return undefined;
  }
}

/**
 * The text of the settings; undefined if the file does not exist.
 *
 * @throws RandoseError or a system error if it cannot be read, or is much too large
 */
export function readConfig(path: string): string | undefined {
  if (!exists(path)) return undefined;
  const { size } = statSync(path);
  if (size > LARGEST) throw new Error(`${path} has ${size} bytes, and at most ${LARGEST} are read`);
  return readText(path);
}
