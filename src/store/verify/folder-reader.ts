import { join } from 'node:path';
import { type Problem, RandoseError } from '../../errors.ts';
import { plainText, type ProvenContent } from '../../ledger/plain-text.ts';
import { readBytes } from '../../system/files.ts';
import { PUT_BACK } from '../../words.ts';
import { changedLineEnds, changesText } from './changed-line-ends.ts';

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
  /** What randose wrote, if only line ends or the encoding of the file were changed; that is a problem too. */
  readonly proven: (file: string) => Uint8Array | undefined;
}

/** @param root the study folder; all files are relative to it */
export function readerOf(root: string): FolderReader {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const report = (problem: Problem) => void problems.push(problem);
  let changed: ReadonlyMap<string, ProvenContent> | undefined;
  const proven = (file: string): Uint8Array | undefined => {
    changed ??= changedLineEnds(root); // reads all files: only if one of them is not as it was
    const found = changed.get(file);
    if (found === undefined) return undefined;
    if (!seen.has(file)) report({ file, message: `${changesText(found)}. ${PUT_BACK}` });
    seen.add(file);
    return found.content;
  };
  const plain = (file: string, content: Uint8Array): string => {
    const { text, changes } = plainText(content);
    const isAsWritten = changes.length === 0 && /(^|[^\n])\n$/.test(text);
    const original = isAsWritten ? undefined : proven(file);
    if (original !== undefined) return new TextDecoder().decode(original);
    if (!seen.has(file)) {
      for (const change of changes) report({ file, message: `${change}, and differs in more` });
    }
    seen.add(file);
    return text;
  };
  return {
    root,
    problems,
    report,
    plain,
    proven,
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
