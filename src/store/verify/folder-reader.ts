import { join } from 'node:path';
import { type Problem, RandoseError } from '../../errors.ts';
import { plainText } from '../../ledger/salvage.ts';
import { readBytes } from '../../system/files.ts';

/** Reads the files of a study folder. If one has a problem, the reader notes it and goes on. */
export interface FolderReader {
  readonly root: string;
  /** What is wrong so far. */
  readonly problems: readonly Problem[];
  /** Notes a problem. */
  readonly report: (problem: Problem) => void;
  /** Does work. If it throws a RandoseError, that is a problem, and the result is undefined. */
  readonly attempt: <T>(work: () => T) => T | undefined;
  /** The text of a file, as `plain` returns it. It throws as `readBytes` does. */
  readonly text: (file: string) => string;
  /**
   * The text in a file's bytes as randose wrote it. If an editor changed line ends or the encoding, that
   * is undone, and it is a problem the first time.
   */
  readonly plain: (file: string, content: Uint8Array) => string;
}

/** @param root the study folder; all files are relative to it */
export function readerOf(root: string): FolderReader {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const report = (problem: Problem) => void problems.push(problem);
  const plain = (file: string, content: Uint8Array): string => {
    const { text, changes } = plainText(content);
    if (!seen.has(file)) {
      for (const change of changes) report({ file, message: `${change}: ${ONLY_RANDOSE_WRITES}` });
    }
    seen.add(file);
    return text;
  };
  return {
    root,
    problems,
    report,
    plain,
    text: (file) => plain(file, readBytes(join(root, file))),
    attempt: (work) => {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof RandoseError)) throw error;
        const { message, problems: details } = error;
        (details.length > 0 ? details : [{ message }]).forEach(report);
        return undefined;
      }
    },
  };
}

const ONLY_RANDOSE_WRITES =
  'randose writes UTF-8 with line feeds. If no other line names this file, nothing else in it differs: restore it from a backup';
