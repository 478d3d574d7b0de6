import { RandoseError } from '../../errors.ts';
import { formatEntries, formatHead, START } from '../../ledger/chain.ts';
import { entryText } from '../../ledger/entry-text.ts';
import {
  type HomeView,
  lastUsedCopy,
  noteHome,
  type OlderLedger,
  type OtherCopy,
  rivalsOf,
  viewHome,
} from '../../store/folder/home.ts';
import { LEDGER_FILE } from '../../study/layout.ts';
import { confirm, isAtTerminal } from '../../system/prompts.ts';
import { onlyCopy } from '../../store/folder/ledger-marker.ts';
import { isExportedCopy, ledgerOf } from '../../store/ledger-of.ts';
import type { StudyPlace } from '../../store/open-study.ts';
import type { Output } from '../output/output.ts';
import { clockWarning, mayBeAhead } from './clock-warning.ts';
import type { HomeFlags } from '../arguments/options.ts';
import { momentText } from '../../ledger/times.ts';
import { quoted } from '../../words.ts';

/**
 * A study that a command may change: only in the folder that is in use. A person is asked once about a copy of the
 * folder; the answer is kept in the folder. Every change is checked again, under the study's lock.
 *
 * @throws RandoseError `bad-data` if it is a copy of a ledger in a database; `not-trusted` if the ledger is older than one that was seen here, or if another copy on
 *   this machine has more entries; `usage` if the person at the terminal says no
 */
export async function atHome(
  output: Output,
  study: StudyPlace,
  { yes = false }: HomeFlags,
): Promise<StudyPlace> {
  if (study.ledger.kind === 'database') return settledIn(output, study);
  const { root } = study;
  if (isExportedCopy(root)) throw onlyCopy();
  const found = viewHome(root);
  const isConfirmed = yes || (!output.json && (await isAskedFor(found)));
  const checked = (view: HomeView): HomeView => {
    requireNewest(view);
    const [rival] = rivalsOf(view);
    if (rival !== undefined && !isConfirmed) throw refuseBeside(rival);
    return view;
  };
  // Fails before anything is decided; checked again under the lock.
  const { lastTime } = checked(found);
  const wrong = clockWarning(lastTime);
  if (wrong !== undefined) output.warn(wrong);
  if (mayBeAhead(lastTime) && !yes && !output.json) await askIfClockIsRight();
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    const view = checked(viewHome(root));
    // The answer is kept even if the work fails after it: the question is asked once.
    if (isConfirmed && isInQuestion(view)) noteHome(root, rivalsOf(view));
    else if (view.lastUsed !== undefined) output.warn(movedText(view, view.lastUsed.path));
    return noteAfter(root, view, work);
  };
  return { ...study, ledger: ledgerOf(root, { around, isInFolder: true }) };
}

/** A study whose ledger is in a database, after it was asked and said whether earlier commands were recorded. */
async function settledIn(output: Output, study: StudyPlace): Promise<StudyPlace> {
  const settled = await study.ledger.settle();
  for (const { time, acts, entered } of settled) {
    const when = `the outcome of what was sent on ${momentText(time)} was unknown`;
    if (entered === undefined) {
      const sent = formatEntries(START, acts, time).entries;
      const what = sent.map((entry) => entryText(entry, sent));
      output.warn(`${when}: it was not recorded, and will not be (${what.join('; ')}).`);
      continue;
    }
    const what = entered.entries.map(
      (entry) => `entry ${entry.seq}, ${entryText(entry, entered.entries)}`,
    );
    output.warn(`${when}: it is recorded (${what.join('; ')}).`);
  }
  return { ...study, settled };
}

/** @throws RandoseError `usage` if the person at the terminal says that the clock is wrong */
async function askIfClockIsRight(): Promise<void> {
  if (!isAtTerminal() || (await confirm('Is the clock right?'))) return;
  throw new RandoseError('usage', 'Cancelled. Nothing was done.', {
    hint: 'Set the clock of this machine, and run the command again.',
  });
}

/** Notes the newest head if the work is done, or if it failed after it entered something. */
async function noteAfter<T>(root: string, before: HomeView, work: () => Promise<T>): Promise<T> {
  let isDone = false;
  try {
    const result = await work();
    isDone = true;
    return result;
  } finally {
    if (isDone || viewHome(root).head.hash !== before.head.hash) noteHome(root);
  }
}

/**
 * Notes a study folder when its list is made. Warns of a list that was made here before: a second one would be a
 * choice between two lists.
 */
export function noteFirst(output: Output, root: string): void {
  const { older } = viewHome(root);
  if (older !== undefined) {
    output.warn(
      `this folder had another list before. If anyone was randomized with that list, restore it from a backup and destroy this one. The last entry of its ledger: ${formatHead(older.seen)}`,
    );
  }
  noteHome(root);
}

/** Asks the person at the terminal, if there is a question and a person. */
async function isAskedFor(view: HomeView): Promise<boolean> {
  requireNewest(view);
  if (!isInQuestion(view) || !isAtTerminal()) return false;
  if (await confirm(questionOf(view))) return true;
  const [rival] = rivalsOf(view);
  const path = rival?.path ?? view.lastUsed?.path ?? '';
  const hint =
    rival === undefined && isGone(view)
      ? `If the study is still used at ${path}, such as on a disk that is not connected now, use it there.`
      : `Use the other copy, or compare the two copies: ${compareCommand(path)}`;
  throw new RandoseError('usage', 'Cancelled. Nothing was done.', { hint });
}

function isInQuestion(view: HomeView): boolean {
  return view.lastUsed !== undefined || rivalsOf(view).length > 0;
}

function questionOf(view: HomeView): string {
  const [rival] = rivalsOf(view);
  if (rival === undefined && isGone(view)) {
    const path = view.lastUsed?.path ?? '';
    return `This study was last used at ${path}, and is no longer there.\nWas it moved here? A copy that is left elsewhere must no longer be used.\nContinue here?`;
  }
  const told =
    rival === undefined
      ? `This study was last used at ${view.lastUsed?.path ?? ''}.`
      : `${capital(rivalText(rival))}.`;
  return `${told}\nContinue here? The other copy must no longer be used.`;
}

/** Says that a copy of the study has entries that this folder does not have; without a full stop. */
export function rivalText({ path, head, relation }: OtherCopy): string {
  const how = relation === 'forked' ? 'has forked from this one' : 'has more entries';
  return `another copy of this study, at ${path}, ${how} (it ends at ${formatHead(head)})`;
}

/** Says that a ledger is not the newest one seen here; it follows the name of the file. */
export function olderText({ now, seen, time, gone }: OlderLedger): string {
  const when = momentText(time);
  if (gone !== undefined) return `${gone}: one up to ${formatHead(seen)} was seen here on ${when}`;
  // The head of a ledger whose lines do not follow each other is nowhere.
  if (now.seq === 0) {
    return `has no whole chain of entries, and one up to ${formatHead(seen)} was seen here on ${when}`;
  }
  return now.seq < seen.seq
    ? `ends at ${formatHead(now)} but one up to ${formatHead(seen)} was seen here on ${when}: entries are missing`
    : `has an entry at sequence ${seen.seq} that differs from the one seen here on ${when} (${formatHead(seen)})`;
}

/** The command that compares this study with another copy of it. */
export function compareCommand(path: string): string {
  return `randose ledger --compare ${quoted(path)}`;
}

export const RESTORE_LEDGER =
  'Restore the newest ledger from a backup or from another copy of this folder.';

/** @throws RandoseError `not-trusted` if a newer ledger was seen in this folder */
export function requireNewest({ older }: HomeView): void {
  if (older === undefined) return;
  throw new RandoseError('not-trusted', `${LEDGER_FILE} ${olderText(older)}`, {
    hint:
      older.gone !== undefined
        ? RESTORE_LEDGER
        : `${RESTORE_LEDGER} If this ledger is the right one: randose ledger --accept-older --by WHO --reason TEXT`,
  });
}

function refuseBeside(rival: OtherCopy): RandoseError {
  return new RandoseError('not-trusted', rivalText(rival), {
    hint: `Nothing was done. Compare the two, and choose the one to keep: ${compareCommand(rival.path)}\nTo continue here, and never use the other copy again, add --yes.`,
  });
}

/** Whether the study was last used on this machine, and is no longer there: moved, or on a disk that is not connected. */
export function isGone(view: HomeView): boolean {
  return view.lastUsed?.host === view.place.host && lastUsedCopy(view) === undefined;
}

function movedText(view: HomeView, from: string): string {
  const to = view.place.path;
  if (isGone(view)) {
    return `this study was moved: it was last used at ${from}, is no longer there, and is now used at ${to}. A copy that is left elsewhere must no longer be used.`;
  }
  return `this study was last used at ${from}, and is now used at ${to}: the other copy must no longer be used.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
