import { dirname, join } from 'node:path';
import { RandoseError } from '../../errors.ts';
import { sha256 } from '../../digest.ts';
import { readPart } from '../../ledger/chain.ts';
import { isOfCodeBreak } from '../../ledger/copied-code-breaks.ts';
import { ALLOCATION, KEPT_STUDY_FILE, LEDGER_FILE, STUDY_FILE } from '../../study/layout.ts';
import {
  exists,
  filesBelow,
  makeFolder,
  readBytes,
  replace,
  writeNew,
} from '../../system/files.ts';
import { setAside } from '../allocation/superseded.ts';
import { putBackStudyFile } from '../folder/kept-study.ts';
import { writeMarker } from '../folder/ledger-marker.ts';
import type { Server, Standing } from './server.ts';

/** What was changed in a folder so that it has the files of the study. */
export interface Pulled {
  /** How many files were written. */
  readonly written: number;
  /** Where sealed files are now that are no longer in force; undefined if there were none. */
  readonly superseded: string | undefined;
  /** The edited study.yaml that was kept beside the one in force; undefined if there was none. */
  readonly edited: string | undefined;
}

/**
 * Makes a study folder that has the files of the study as they are in the database, or brings one up to date. It overwrites
 * nothing that could be somebody's work: sealed files that are no longer in force are moved aside, and an edited study.yaml
 * is kept beside the one in force. To be called under the study's lock if the folder is there.
 *
 * @param studyId the id of the study, once study.yaml is there
 * @throws RandoseError `not-found` if the database has no files; `not-trusted` if one is not what its digest says
 */
export async function pullFiles(
  root: string,
  server: Server,
  standing: Standing,
  studyId: () => string,
  tellProgress: (done: number, total: number) => void,
): Promise<Pulled> {
  // An edited study.yaml can be there before it is in force.
  const files = (await server.fileList()).map((file) =>
    file.path === STUDY_FILE && standing.study !== null
      ? { ...file, digest: standing.study }
      : file,
  );
  if (files.length === 0 || standing.firstHash === null) {
    throw new RandoseError('not-found', 'the database has no study yet', {
      hint: 'The data manager moves it there: randose ledger --import --ledger URL --by WHO',
    });
  }
  for (const { path } of files) requireWithin(path);
  const missing = files.filter(({ path, digest }) => digestAt(root, path) !== digest);
  const byDigest = new Map<string, string[]>();
  for (const { path, digest } of missing) {
    byDigest.set(digest, [...(byDigest.get(digest) ?? []), path]);
  }
  const isOwnWork =
    missing.some(({ path }) => path === STUDY_FILE) && !(await wasInForce(root, server));
  let written = 0;
  let edited: string | undefined;
  for await (const [digest, content] of server.fileContents([...byDigest.keys()])) {
    if (sha256(content) !== digest) {
      throw new RandoseError('not-trusted', `a file in the database is not what its digest says`, {
        hint: 'Nothing more was written. Tell the data manager.',
      });
    }
    for (const path of byDigest.get(digest) ?? []) {
      if (path === STUDY_FILE && isOwnWork) {
        edited = putBackStudyFile(root, new TextDecoder().decode(content));
      } else write(join(root, path), content);
      written += 1;
      tellProgress(written, missing.length);
    }
  }
  const known = new Set(files.map(({ path }) => path));
  const others = filesBelow(join(root, ALLOCATION))
    .map((file) => `${ALLOCATION}/${file}`)
    .filter((path) => !known.has(path));
  const superseded = setAside(root, others);
  writeMarker(root, { study: studyId(), first: standing.firstHash });
  const own = join(root, STUDY_FILE);
  if (digestAt(root, STUDY_FILE) === standing.study)
    write(join(root, KEPT_STUDY_FILE), readBytes(own));
  return { written, superseded, edited };
}

/**
 * Whether study.yaml here is one that was in force, so that nobody has edited it: it is as it was pulled or accepted, or an
 * entry was made under it. Also if there is none. The entry may be one that the login does not see.
 */
async function wasInForce(root: string, server: Server): Promise<boolean> {
  const digest = digestAt(root, STUDY_FILE);
  if (digest === undefined || digest === digestAt(root, KEPT_STUDY_FILE)) return true;
  const { lines } = await server.readLedger();
  const { entries } = readPart(lines.map(({ line }) => line));
  return entries.some((entry) => entry.study === digest && !isOfCodeBreak(entry));
}

function digestAt(root: string, path: string): string | undefined {
  const file = join(root, path);
  return exists(file) ? sha256(readBytes(file)) : undefined;
}

function write(file: string, content: Uint8Array): void {
  makeFolder(dirname(file));
  if (exists(file)) replace(file, content);
  else writeNew(file, content);
}

/** @throws RandoseError `not-trusted` if a path leads out of the folder, or to a file that is never shared */
function requireWithin(path: string): void {
  const parts = path.split('/');
  const isPlain = parts.every((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(part));
  if (isPlain && path !== LEDGER_FILE) return;
  throw new RandoseError('not-trusted', `the database has a file in a place of its own: ${path}`, {
    hint: 'Nothing was written. Tell the data manager.',
  });
}
