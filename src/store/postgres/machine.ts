import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { accountName } from '../../system/account.ts';
import { readRegular } from '../../system/regular-file.ts';
import { isCode } from '../../system/system-error.ts';

/** A file as it is on this machine. */
export interface FoundFile {
  readonly text: string;
  /** The permissions, as chmod writes them; undefined on Windows. */
  readonly mode: number | undefined;
  readonly isOwnedByRoot: boolean;
}

/** What of this machine has a say in how a database is reached. */
export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Undefined for an account without one. */
  readonly home: string | undefined;
  readonly account: string;
  readonly isWindows: boolean;
  /** Undefined if the file does not exist, or is not a file. */
  readonly readFile: (path: string) => FoundFile | undefined;
  /** Whether a socket exists. */
  readonly hasSocket: (path: string) => boolean;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  const isWindows = process.platform === 'win32';
  return {
    environment: process.env,
    home: homeFolder(),
    account: accountName(),
    isWindows,
    readFile: (path) => {
      try {
        const { mode, uid } = statSync(path);
        const text = new TextDecoder().decode(readRegular(path));
        return { text, mode: isWindows ? undefined : mode & 0o777, isOwnedByRoot: uid === 0 };
      } catch (error) {
        if (isCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined;
        throw error;
      }
    },
    hasSocket: (path) => statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false,
  };
}

function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
