import {
  closeSync,
  constants,
  type Dirent,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Problem } from '../../errors.ts';
import { compareLedgers, compareParticipants, relationText } from '../../ledger/compare.ts';
import type { Entry } from '../../ledger/entry.ts';
import { ALLOCATION, UNFINISHED } from '../../study/layout.ts';
import { isPlan, type SeenFile, type Stray, strayOf } from '../../study/stray.ts';
import { liesWithin } from '../../system/files.ts';
import { readOtherLedger } from './other-ledger.ts';

/** How many bytes of a file are read. */
const HEAD_BYTES = 64 * 1024;
/** Larger copies of the ledger are not compared. */
const LARGEST_LEDGER = 64 * 1024 * 1024;
/** After this number of files the others are not checked. */
const MOST_FILES = 20_000;
/** If one folder has this number of sealed files, it is named instead of each file. */
const MANY = 4;
/** A folder that is not checked: git compresses its files. */
const CLOSED = '.git';

/**
 * Finds files in the study folder, outside allocation/, that do not belong to the study.
 *
 * @param entries the study's ledger, to compare copies of it with
 * @param isRehearsal whether it is the folder of a rehearsal, which has its keys in it
 */
export function findStrays(
  root: string,
  entries: readonly Entry[],
  isRehearsal: boolean,
): { readonly problems: readonly Problem[]; readonly notes: readonly string[] } {
  const { files, notes } = look(root);
  const strays = files.flatMap((file) => strayOf(file, isRehearsal) ?? []);
  const told = strays.filter(({ what }) => what === 'problem' || what === 'ledger');
  return {
    problems: [
      ...told.map((stray) => problemOf(root, stray, entries)),
      ...sealedProblems(strays.filter(({ what }) => what === 'sealed')),
    ],
    notes: [...notes, ...new Set(strays.flatMap(noteOf))],
  };
}

/** The randomization plans in the study folder, outside allocation/. */
export function findPlans(root: string): string[] {
  return look(root).files.flatMap((file) => (isPlan(file) ? file.path : []));
}

function noteOf({ what, path, message }: Stray): string[] {
  return what === 'note' ? [`${path} ${message}.`] : [];
}

function problemOf(
  root: string,
  { path, what, message }: Stray,
  entries: readonly Entry[],
): Problem {
  if (what !== 'ledger') return { file: path, message };
  return { file: path, message: `${message}: ${ledgerText(join(root, path), entries)}` };
}

/** How a copy of the ledger differs from it. */
function ledgerText(file: string, entries: readonly Entry[]): string {
  const command = `randose ledger --compare "${file}"`;
  const next = `To see what to do, run: ${command}`;
  if (statSync(file).size > LARGEST_LEDGER) return `it is too large to compare here. ${next}`;
  const other = readOtherLedger(file);
  const comparison = compareLedgers(entries, other.entries);
  const participants = compareParticipants(entries, other.entries);
  const damage = other.problems.length === 0 ? '' : ', and it is damaged';
  return `it ${relationText(comparison, participants)}${damage}. ${next}`;
}

/** A problem for each sealed file; if one folder has many, a problem for the folder. */
function sealedProblems(strays: readonly Stray[]): Problem[] {
  const folders = new Map<string, Stray[]>();
  for (const stray of strays) {
    const folder = dirname(stray.path);
    folders.set(folder, [...(folders.get(folder) ?? []), stray]);
  }
  return [...folders].flatMap(([folder, own]) => {
    if (folder === '.' || own.length < MANY) {
      return own.map(({ path, message }) => ({ file: path, message }));
    }
    const message = `has ${own.length} sealed files outside allocation/: move it out of the study folder`;
    return [{ file: `${folder}/`, message }];
  });
}

/** Every file in the folder, with the first bytes of each regular file. It does not follow links. */
function look(root: string): { files: SeenFile[]; notes: string[] } {
  const files: SeenFile[] = [];
  const notes: string[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    for (const entry of entriesOf(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (path === UNFINISHED) notes.push(`${UNFINISHED}/ ${UNFINISHED_TEXT}.`);
      if (path === UNFINISHED || path === ALLOCATION) continue;
      if (!entry.isDirectory()) files.push(seen(root, path, entry));
      else if (entry.name === CLOSED) notes.push(`${path}/ was not checked.`);
      else folders.push(path);
    }
    if (files.length > MOST_FILES) {
      notes.push(`there are more than ${MOST_FILES} files: the others were not checked.`);
      break;
    }
  }
  return { files, notes };
}

const UNFINISHED_TEXT =
  'was left by an interrupted command: the next randose allocate or randose rewrap moves it aside';

/** What is in a folder, sorted by name; empty if it cannot be read. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

function seen(root: string, path: string, entry: Dirent): SeenFile {
  if (entry.isSymbolicLink()) return { path, kind: linkKind(root, join(root, path)), text: '' };
  if (!entry.isFile()) return { path, kind: 'not regular', text: '' };
  try {
    return { path, kind: 'file', text: firstText(join(root, path)) };
  } catch {
    return { path, kind: 'unreadable', text: '' };
  }
}

function linkKind(root: string, file: string): SeenFile['kind'] {
  try {
    return liesWithin(realpathSync(file), root) ? 'link inside' : 'link outside';
  } catch {
    return 'dead link';
  }
}

/** The first bytes of a file as Latin-1, without zeros, so that UTF-16 can be read too. */
function firstText(file: string): string {
  // Without O_NONBLOCK, opening would wait if a pipe replaces the file at this moment.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const bytes = Buffer.alloc(HEAD_BYTES);
    const length = readSync(descriptor, bytes, 0, HEAD_BYTES, 0);
    return bytes.toString('latin1', 0, length).replaceAll('\0', '');
  } finally {
    closeSync(descriptor);
  }
}
