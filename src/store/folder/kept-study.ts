import { join } from 'node:path';
import { sha256 } from '../../digest.ts';
import { isOfCodeBreak } from '../../ledger/copied-code-breaks.ts';
import type { Entry } from '../../ledger/entry.ts';
import { KEPT_STUDY_FILE, STUDY_FILE } from '../../study/layout.ts';
import { changedDesign, type SealedStudy } from '../changed-study.ts';
import { exists, readBytes, readText, replace, writeNew } from '../../system/files.ts';

/**
 * Keeps a copy of study.yaml beside it, each time that something is entered under it and the list agrees with it.
 * So an edit that goes wrong can be undone. If the copy cannot be written, nothing fails: the next entry keeps it.
 */
export function keepStudyFile(
  open: SealedStudy & { readonly root: string; readonly text: string },
): void {
  const { root, text } = open;
  if (changedDesign(open).length > 0) return;
  const file = join(root, KEPT_STUDY_FILE);
  try {
    if (!exists(file) || readText(file) !== text) replace(file, text);
  } catch {
    // What was done is on record. The copy is a help, and the next command writes it.
  }
}

/** The study.yaml that was accepted last, as far as this folder has a copy of it. */
export interface KeptStudy {
  readonly text: string;
  /** The entry with which it was accepted; undefined if no entry was made under it: then it is not an accepted one. */
  readonly entry: Entry | undefined;
}

/** @returns undefined if no copy is kept here. @throws RandoseError if it cannot be read */
export function keptStudy(root: string, entries: readonly Entry[]): KeptStudy | undefined {
  const file = join(root, KEPT_STUDY_FILE);
  if (!exists(file)) return undefined;
  const text = readText(file);
  return { text, entry: acceptedWith(entries, sha256(text)) };
}

/**
 * The entry since which a study.yaml is the accepted one. A code-break accepts nothing: it is entered whatever
 * study.yaml says.
 */
function acceptedWith(entries: readonly Entry[], digest: string): Entry | undefined {
  const accepting = entries.filter((entry) => !isOfCodeBreak(entry));
  const isUnder = ({ study }: Entry) => study === digest;
  const last = accepting.findLastIndex(isUnder);
  if (last === -1) return entries.find(isUnder);
  const before = accepting.slice(0, last).findLastIndex((entry) => !isUnder(entry));
  return accepting[before + 1];
}

/** study.yaml as it is now; undefined if it is missing. Bytes that are not text are replaced in `text`. */
export function studyFileNow(
  root: string,
): { readonly bytes: Uint8Array; readonly text: string } | undefined {
  const file = join(root, STUDY_FILE);
  if (!exists(file)) return undefined;
  const bytes = readBytes(file);
  return { bytes, text: new TextDecoder().decode(bytes) };
}

/**
 * Puts the accepted study.yaml in its place. The edited one stays beside it. To be called inside `exclusive`.
 *
 * @returns the name of the edited file; undefined if study.yaml was missing
 */
export function putBackStudyFile(root: string, text: string): string | undefined {
  const now = studyFileNow(root);
  const aside = now === undefined ? undefined : freeName(root);
  if (now !== undefined && aside !== undefined) writeNew(join(root, aside), now.bytes);
  replace(join(root, STUDY_FILE), text);
  return aside;
}

/** study.yaml.edited, or the first such name with a number that is not taken. */
function freeName(root: string): string {
  let name = `${STUDY_FILE}.edited`;
  for (let number = 2; exists(join(root, name)); number += 1) {
    name = `${STUDY_FILE}.edited-${number}`;
  }
  return name;
}
