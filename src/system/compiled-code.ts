import { mkdirSync, type Stats, statSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { isSea } from 'node:sea';

/** Of Node 22.1 and later: keeps compiled code in a folder, and takes it from there for the same files. */
type EnableCompileCache = (folder: string) => unknown;

/**
 * Lets Node keep the compiled code of randose in this user's cache folder, by the XDG base directory specification:
 * commands after the first start faster. Only in a folder that nobody else can write to, for what is in it is run.
 * Does nothing without such a folder, in the executable, or if Node is older; nothing that goes wrong here stops a command.
 *
 * It is called ahead of everything else: what is loaded before it is compiled each time.
 */
export function keepCompiledCode(): void {
  const { enableCompileCache } = module as { readonly enableCompileCache?: EnableCompileCache };
  if (enableCompileCache === undefined || isSea()) return;
  try {
    const named = process.env.XDG_CACHE_HOME ?? '';
    const cache = isAbsolute(named) ? named : join(homedir(), '.cache');
    const folder = join(cache, 'randose', 'compiled');
    // With sudo, the home folder may be somebody else's.
    if (!isOwn(nearest(folder))) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isOwn(statSync(folder))) enableCompileCache(folder);
  } catch {
    // A home that is missing, or a disk that is full or read-only.
  }
}

/** The folder, or the next one above it that exists. */
function nearest(path: string): Stats {
  const found = statSync(path, { throwIfNoEntry: false });
  const above = dirname(path);
  if (found === undefined && above === path) throw new Error(`no ${path}`);
  return found ?? nearest(above);
}

function isOwn({ uid, mode }: Stats): boolean {
  // Windows has no such numbers; a profile's folders are its user's own.
  if (process.getuid === undefined) return true;
  return uid === process.getuid() && (mode & 0o022) === 0;
}
