import { lstatSync, type Stats, statSync } from 'node:fs';
import { isCode } from './system-error.ts';

/** What a path leads to; undefined if it leads to nothing. */
export function lookAt(path: string): Stats | undefined {
  return orNothing(() => statSync(path, { throwIfNoEntry: false }));
}

/** What is at a path itself, links not followed; undefined if there is nothing. */
export function lookAtItself(path: string): Stats | undefined {
  return orNothing(() => lstatSync(path, { throwIfNoEntry: false }));
}

/** Undefined also for a path below a file. */
function orNothing(look: () => Stats | undefined): Stats | undefined {
  try {
    return look();
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
