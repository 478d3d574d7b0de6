import { existsSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { lookAtItself } from './look.ts';
import { asKnown, isCode } from './system-error.ts';

/** The number of links after which the operating system gives up (path_resolution(7)). */
const MOST_LINKS = 40;

/**
 * The path with its symbolic links followed, also links to a file that does not exist yet.
 *
 * @throws RandoseError `not-found` if the links go in a circle
 */
export function realPath(path: string): string {
  try {
    return follow(resolve(path), MOST_LINKS);
  } catch (error) {
    throw asKnown(error, path);
  }
}

function follow(path: string, left: number): string {
  const above = dirname(path);
  if (above === path) return path;
  const real = existsSync(path) ? realOrNot(path) : undefined;
  if (real !== undefined) return real;
  const folder = follow(above, left);
  const place = join(folder, basename(path));
  const target = linkAt(place);
  if (target === undefined) return place;
  if (left === 0) throw circle();
  return follow(resolve(folder, target), left - 1);
}

/** The real path; undefined for a pipe such as `<(…)`, which can be opened but has no path. */
function realOrNot(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** The target of a symbolic link, as written in it; undefined if the path is not a link. */
export function linkAt(path: string): string | undefined {
  return lookAtItself(path)?.isSymbolicLink() === true ? readlinkSync(path) : undefined;
}

function circle(): Error {
  const error = new Error('ELOOP: too many symbolic links encountered');
  return Object.assign(error, { code: 'ELOOP', syscall: 'readlink' });
}
