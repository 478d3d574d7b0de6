import { RandoseError } from '../../../errors.ts';
import type { Head } from '../../../ledger/chain.ts';
import { compareLedgers, isEnteredIn } from '../../../ledger/compare.ts';
import {
  codeBreaksToEnter,
  isOfCodeBreak,
  type LateCodeBreak,
} from '../../../ledger/copied-code-breaks.ts';
import { momentText } from '../../../ledger/times.ts';
import type { Entry } from '../../../ledger/entry.ts';
import { formatWho } from '../../../ledger/who.ts';
import { enterNow } from '../../../store/enter-now.ts';
import { readOtherLedger } from '../../../store/folder/other-ledger.ts';
import {
  enterFromCommand,
  type HomeView,
  noteHome,
  type OtherCopy,
  placeText,
  viewHome,
} from '../../../store/folder/home.ts';
import { waitingActs } from '../../../store/folder/pending.ts';
import { makeReady } from '../../../store/ready.ts';
import type { LoadedStudy } from '../../../store/folder/study-folder.ts';
import { isFolder } from '../../../system/files.ts';
import { counted } from '../../../words.ts';
import { atHome, compareCommand, isGone, requireNewest } from '../../study/at-home.ts';
import { askFirst, tellWould } from '../../study/look-first.ts';
import { studyPlace } from '../../study/study-place.ts';
import { formatReceipt } from '../../output/receipt.ts';
import type { Output } from '../../output/output.ts';
import { readWhole } from './own-ledger.ts';
import type { LedgerFlags } from './command.ts';

/**
 * Enters the code-breaks that were made in a copy of the study folder. If the copy has nothing else that is missing
 * here, no command asks about it any more.
 *
 * @param path a ledger file, or the folder of the copy
 * @throws RandoseError `usage` if there is nothing to enter, or if this folder is itself a copy; `bad-data` if the
 *   other ledger belongs to another study; `not-trusted` if it is damaged
 */
export async function enterFrom(
  output: Output,
  { root, text, study }: LoadedStudy,
  path: string,
  flags: LedgerFlags,
): Promise<void> {
  const other = readOtherLedger(path);
  if (other.problems.length > 0) {
    throw new RandoseError('not-trusted', `${other.file} is damaged: nothing was entered`, {
      problems: other.problems.slice(0, 3),
      hint: 'Write the code-break down by hand, and file it with a copy of that ledger.',
    });
  }
  const place = studyPlace(flags);
  if (place.ledger.kind === 'folder') requireInUse(root, path, flags);
  // A database has no folder in use.
  else await atHome(output, place, flags);
  const store = place.ledger;
  /** What the other ledger has more than this one. */
  const missing = async () => {
    const { entries, head: before } = await readWhole(store, 'entered');
    const { relation, here, there } = compareLedgers(entries, other.entries);
    if (relation === 'foreign') {
      throw new RandoseError('bad-data', `${other.file} is the ledger of another study`, {
        hint: `Nothing was entered. Name the ledger of a copy of ${study.id}, or its folder.`,
      });
    }
    const made = codeBreaksToEnter(entries, other.entries);
    const acts = [...made, ...waitingIn(path, entries, made)];
    if (acts.length === 0) {
      throw new RandoseError('usage', `${path} has no code-break that is missing here`, {
        hint: 'Nothing was entered.',
      });
    }
    return { acts, here, there, before, count: counted(acts.length, 'code-break') };
  };
  const seenFirst = await missing();
  if (flags.dryRun === true) {
    tellWould(output, `enter ${seenFirst.count} from ${path}:\n${linesOf(seenFirst.acts)}`);
    return;
  }
  await askFirst(output, flags, `Enter ${seenFirst.count} from ${path}?`, [
    linesOf(seenFirst.acts),
  ]);
  await store.exclusive(async () => {
    const { acts, here, there, before, count } = await missing();
    const seen = { text, head: before };
    const { head } = await enterNow(store, seen, makeReady(seen, acts));
    const isAll = there.every((entry) => isOfCodeBreak(entry) || isEnteredIn(here, entry));
    if (store.kind === 'folder') {
      const copy = isAll ? copyWith(viewHome(root), other.head) : undefined;
      noteHome(root, copy === undefined ? [] : [copy]);
    }
    output.result(
      { entered: acts.length, ledger: head },
      `${count} entered late, from ${path}:\n${linesOf(acts)}\n\n${formatReceipt(head)}\n`,
    );
    if (isAll && store.kind === 'database') return;
    output.say(
      isAll
        ? 'This folder stays in use. No command asks about that copy again unless something else is entered in it.'
        : `Other acts of that copy are missing here too. To see what to do: ${compareCommand(path)}`,
    );
  });
}

/** The code-breaks in the pending/ of a copy: nothing is entered in one whose ledger goes on in a database. */
function waitingIn(
  path: string,
  here: readonly Entry[],
  known: readonly LateCodeBreak[],
): LateCodeBreak[] {
  if (!isFolder(path)) return [];
  const digests = new Set(known.map(({ pending }) => pending));
  return waitingActs(path, here).acts.flatMap((act) =>
    // An outcome belongs to an entry of the copy.
    act.action === 'late code-break' && !digests.has(act.pending) ? act : [],
  );
}

/** @throws RandoseError `not-trusted` if the ledger of a folder is an older one; `usage` if the folder is itself a copy */
function requireInUse(root: string, path: string, { yes }: LedgerFlags): void {
  const home = viewHome(root);
  requireNewest(home);
  if (home.lastUsed === undefined || yes === true) return;
  const used = placeText(home.lastUsed, home.place);
  throw new RandoseError('usage', `this folder is a copy: the study was last used at ${used}`, {
    hint: isGone(home)
      ? `Nothing was entered. It is no longer there: if it was moved here, add --yes.`
      : `Nothing was entered. Run it in the folder in use: ${enterFromCommand(home.lastUsed.path, path)}\nIf this folder is the one in use now, add --yes.`,
  });
}

/** The line of each code-break: whose, when and by whom. It never has the arm. */
function linesOf(acts: readonly LateCodeBreak[]): string {
  return acts
    .map(({ subject, opened, who, result }) => {
      return `  ${subject}, ${momentText(opened)}, by ${formatWho(who)}: ${result}`;
    })
    .join('\n');
}

/** The copy on this machine whose ledger ends there. */
function copyWith({ others }: HomeView, { hash }: Head): OtherCopy | undefined {
  return others.find(({ head }) => head.hash === hash);
}
