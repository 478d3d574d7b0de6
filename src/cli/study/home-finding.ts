import { join } from 'node:path';
import type { Problem } from '../../errors.ts';
import {
  compareFrom,
  type HomeView,
  lastUsedCopy,
  placeText,
  rivalsOf,
  viewHome,
} from '../../store/folder/home.ts';
import type { Finding } from '../../store/verify/inspect-filed.ts';
import { LEDGER_FILE, LEDGER_STORE_FILE } from '../../study/layout.ts';
import { exists } from '../../system/files.ts';
import { compareCommand, olderText, rivalText } from './at-home.ts';
import { counted, withStop } from '../../words.ts';
import { formatProblem, type Output } from '../output/output.ts';

/** What is known about a study folder and its copies. */
interface HomeFinding extends Finding {
  /** That entries were made here although the study was last used elsewhere; empty if none were, or if it is a problem. */
  readonly note: string;
  /** That a newer ledger was seen here, among the problems; undefined if none was. */
  readonly older: Problem | undefined;
}

/**
 * What this user's machine knows about a study folder: a newer ledger that was seen in it, other copies with more
 * entries, and signatures that are no longer there.
 */
export function findHome(root: string): HomeFinding {
  if (isInDatabase(root)) return WITHOUT_COPIES;
  const view = viewHome(root);
  const { older, unsigned, others } = view;
  const left = others.filter(({ isLeft }) => isLeft);
  const note = asideText(view);
  const olderProblem = older && { file: LEDGER_FILE, message: olderText(older) };
  return {
    problems: [
      ...(olderProblem === undefined ? [] : [olderProblem]),
      ...(unsigned === undefined ? [] : [{ file: LEDGER_FILE, message: unsignedText(unsigned) }]),
      ...rivalsOf(view).map((rival) => {
        return {
          message: `${rivalText(rival)}. To see what to do: ${compareCommand(rival.path)}`,
        };
      }),
      ...aheadOfLastUsed(view).map((message) => ({ message })),
    ],
    text: [
      ...left.map(({ path }) => `The copy at ${path} is no longer used.`),
      ...(note === '' ? [] : [note]),
    ].join('\n'),
    data: {},
    note,
    older: olderProblem,
  };
}

/** Whether the ledger of a folder is in a database: what the folder has is a copy, and nothing is recorded in it. */
function isInDatabase(root: string): boolean {
  return exists(join(root, LEDGER_STORE_FILE));
}

/** A ledger in a database has no copies of which one is in use. */
export const WITHOUT_COPIES: HomeFinding = {
  problems: [],
  text: '',
  data: {},
  note: '',
  older: undefined,
};

/** Warns of what is known about a folder and its copies, but for a problem that is told elsewhere. */
export function warnOfHome(output: Output, { problems, note }: HomeFinding, told?: Problem): void {
  for (const problem of problems.filter((one) => one !== told)) {
    output.warn(withStop(formatProblem(problem)));
  }
  if (note !== '') output.warn(note);
}

/** That the copy that was used last lacks entries of this one. */
function aheadOfLastUsed(view: HomeView): string[] {
  const other = lastUsedCopy(view);
  if (other?.relation !== 'behind') return [];
  const { head, place } = view;
  const count = counted(head.seq - other.head.seq, 'entry', 'entries');
  return [
    `this folder is a copy: the study was last used at ${other.path}, which lacks ${count} of this ledger. To see what to do: ${compareFrom(other.path, place.path)}`,
  ];
}

/** That code-breaks were entered here, if nobody can compare them with the folder that was used last. */
function asideText(view: HomeView): string {
  const { lastUsed, isAside, place } = view;
  if (lastUsed === undefined || !isAside || lastUsedCopy(view) !== undefined) return '';
  return `The study was last used at ${placeText(lastUsed, place)}, and code-breaks were entered here since then. If that is another folder, enter them there too: randose ledger --enter-from, there, with the ledger from here`;
}

function unsignedText({ before, now, seq }: { before: number; now: number; seq: number }): string {
  const were = before === 1 ? 'was' : 'were';
  return `${counted(before, 'entry', 'entries')} ${were} signed up to sequence ${seq} when it was seen here, and ${now} still are: signatures have been removed`;
}
