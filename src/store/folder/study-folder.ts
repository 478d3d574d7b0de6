import { basename, dirname, join, resolve } from 'node:path';
import { type Problem, RandoseError } from '../../errors.ts';
import {
  ALLOCATION,
  KEPT_STUDY_FILE,
  LEDGER_FILE,
  STUDY_FILE,
  SUPERSEDED,
} from '../../study/layout.ts';
import type { Study } from '../../study/study.ts';
import { readStudy } from '../../study/study-file.ts';
import { exists, isRegularFile, readBytes, readText } from '../../system/files.ts';
import { realPath } from '../../system/links.ts';
import { foldersIn } from '../../system/usual-places.ts';
import { counted, nearestWord, quoted, RESTORE } from '../../words.ts';

/**
 * The folder of a study.
 *
 * @param given the folder named by --study; without it the nearest one upwards from here with a study.yaml, as git
 *   looks for its folder
 * @throws RandoseError `not-found`
 */
export function findStudyFolder(given: string | undefined): string {
  if (given !== undefined) {
    const folder = resolve(given);
    if (exists(join(folder, STUDY_FILE))) return folder;
    if (isRegularFile(folder)) throw fileGiven(given);
    const hasLost = [ALLOCATION, LEDGER_FILE].some((name) => exists(join(folder, name)));
    throw new RandoseError('not-found', `${given} has no ${STUDY_FILE}`, {
      hint: hasLost
        ? `It was there when the list was sealed. ${lostStudyHint(folder)}`
        : isSomething(given)
          ? `Name the study folder: the one with ${STUDY_FILE} in it.`
          : (nearStudyHint(given) ?? `Name the study folder, or make one: randose init ${given}`),
    });
  }
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (exists(join(folder, STUDY_FILE))) return folder;
    if (folder === dirname(folder)) break;
  }
  throw noStudy('Go to the study folder, name it with --study DIR, or make one: randose init DIR');
}

/** The error if --study names a file, such as study.yaml itself or the plan. */
function fileGiven(given: string): RandoseError {
  const parent = dirname(given);
  const beside = foldersIn(parent).filter((name) => isStudyFolder(join(parent, name)));
  const folder = isStudyFolder(parent)
    ? parent
    : beside.length === 1
      ? join(parent, beside[0]!)
      : undefined;
  return new RandoseError('not-found', `--study takes a folder, and ${given} is a file`, {
    hint:
      folder === undefined
        ? `Name the study folder: the one with ${STUDY_FILE} in it.`
        : `Name the study folder: --study ${quoted(folder)}`,
  });
}

/** The error if there is no study here. If there is one in a folder below, the hint is to go there. */
function noStudy(hint: string): RandoseError {
  const below = foldersIn('.').filter((name) => isAnyStudy(name));
  const [only] = below;
  const listed = below.slice(0, 5).map((name) => `${name}/`);
  return new RandoseError('not-found', `no ${STUDY_FILE} here or in any folder above`, {
    hint:
      only === undefined
        ? hint
        : below.length === 1
          ? `${only}/ is a study: cd ${quoted(only)}`
          : `These are studies: ${listed.join(', ')}. Go to the right one with cd, or name it with --study DIR`,
  });
}

/** Whether this folder, or one above it, has any part of a study. */
export function hasStudyHere(): boolean {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (isAnyStudy(folder)) return true;
    if (folder === dirname(folder)) return false;
  }
}

/** Whether a folder has any part of a study. */
export function isAnyStudy(folder: string): boolean {
  return [STUDY_FILE, LEDGER_FILE, ALLOCATION, SUPERSEDED].some((name) =>
    exists(join(folder, name)),
  );
}

/** Whether a path is that of a folder with a study.yaml. Hints ask this: what cannot be looked at is none. */
export function isStudyFolder(path: string): boolean {
  try {
    return exists(join(path, STUDY_FILE));
  } catch {
    return false;
  }
}

/** The study beside a path, if its name is nearly that of the path; undefined if there is none. */
function nearStudyHint(given: string): string | undefined {
  const parent = dirname(resolve(given));
  const studies = foldersIn(parent).filter((name) => isAnyStudy(join(parent, name)));
  const near = nearestWord(basename(resolve(given)), studies);
  return near === undefined ? undefined : `Did you mean ${quoted(join(dirname(given), near))}?`;
}

/** Whether a name is that of a file, or of one that was meant: no study folder can be made there. */
function isSomething(given: string): boolean {
  return exists(given) || /\.ya?ml$/i.test(given);
}

/** How to get a lost study.yaml back. */
function lostStudyHint(folder: string): string {
  if (!exists(join(folder, KEPT_STUDY_FILE))) return RESTORE;
  return 'To bring back the one that was accepted last: randose study --restore';
}

/**
 * The folder of a study for an emergency: any part of a study shows that it is one.
 *
 * @param given as for `findStudyFolder`
 * @throws RandoseError `not-found`
 */
export function findAnyStudyFolder(given: string | undefined): string {
  const toGo = 'Go to the study folder, or name it with --study DIR';
  if (given !== undefined) {
    if (isAnyStudy(resolve(given))) return resolve(given);
    if (isRegularFile(resolve(given))) throw fileGiven(given);
    throw new RandoseError('not-found', `${given} has no ${STUDY_FILE}`, {
      hint: nearStudyHint(given) ?? toGo,
    });
  }
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (isAnyStudy(folder)) return folder;
    if (folder === dirname(folder)) throw noStudy(toGo);
  }
}

/** The study folder in which a path is or would be, or to which it leads; undefined if there is none. */
export function studyFolderAround(path: string): string | undefined {
  const places = [realPath(path), join(realPath(dirname(resolve(path))), basename(path))];
  for (const place of places) {
    for (let folder = place; ; folder = dirname(folder)) {
      if (exists(join(folder, STUDY_FILE))) return folder;
      if (folder === dirname(folder)) break;
    }
  }
  return undefined;
}

/** A study folder with its study.yaml, read and checked. */
export interface LoadedStudy {
  readonly root: string;
  readonly study: Study;
  readonly text: string;
}

/** study.yaml as it is; empty if it cannot be read: for what does not depend on it. */
export function studyFileIfReadable(root: string): Uint8Array | string {
  try {
    return readBytes(join(root, STUDY_FILE));
  } catch {
    return '';
  }
}

/** @throws RandoseError `invalid-study`, with every problem's line and column */
export function loadStudy(root: string): LoadedStudy {
  const text = readText(join(root, STUDY_FILE));
  const checked = readStudy(text, STUDY_FILE);
  if (checked.ok) return { root, text, study: checked.value };
  throw invalidStudy(checked.problems, exists(join(root, KEPT_STUDY_FILE)));
}

/**
 * The failure for problems in study.yaml, in plan.yaml, or in both.
 *
 * @param hasAccepted whether there is a copy of a study.yaml that was accepted before
 */
export function invalidStudy(problems: readonly Problem[], hasAccepted = false): RandoseError {
  const files = [...new Set(problems.map((problem) => problem.file))];
  const inOrder = problems.toSorted((a, b) => {
    return files.indexOf(a.file) - files.indexOf(b.file) || (a.line ?? 0) - (b.line ?? 0);
  });
  const message = `${files.join(' and ')}: ${counted(problems.length, 'problem')}`;
  return new RandoseError('invalid-study', message, {
    problems: inOrder,
    hint: `Nothing was changed. Correct these lines and run the command again.${hasAccepted ? ' To see what was edited: randose study --diff. To bring back the accepted study.yaml: randose study --restore' : ''}`,
  });
}

/** Whether the study has its list. After that, most of study.yaml is fixed. */
export function isAllocated(root: string): boolean {
  return exists(join(root, ALLOCATION));
}
