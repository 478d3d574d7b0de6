import { RandoseError } from '../../../errors.ts';
import { enterNow } from '../../../store/enter-now.ts';
import { type ReadLedger, readLedger } from '../../../ledger/chain.ts';
import { parseWho, type Who } from '../../../ledger/who.ts';
import { domainOf, requireDomain } from '../../../store/open-study.ts';
import { waitingActs } from '../../../store/folder/pending.ts';
import { incompleteLine, repairLedger } from '../../../store/folder/repair-ledger.ts';
import { signingWith } from '../../../store/signing.ts';
import { findStudyFolder, isAllocated, loadStudy } from '../../../store/folder/study-folder.ts';
import { readLedgerText } from '../../../store/folder/folder-ledger.ts';
import { explainedByLineEnds, lineEndsError } from '../../../store/verify/changed-line-ends.ts';
import { acceptOlderLedger } from './accept-older.ts';
import { atHome } from '../../study/at-home.ts';
import { chooseEntries, FILTERS } from './choose-entries.ts';
import { compareWithLedger } from './compare-ledger.ts';
import { enterFrom } from './enter-from.ts';
import { enterPaper } from './enter-paper.ts';
import { LEDGER_FILE } from '../../../study/layout.ts';
import { EXIT_DISCREPANCY, EXIT_OK } from '../../exit.ts';
import { formatEntry } from './ledger-view.ts';
import { formatProblem, type Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { askFirst, tellWould } from '../../study/look-first.ts';
import { studyPlace } from '../../study/study-place.ts';
import { counted, RESTORE } from '../../../words.ts';
import type { LedgerFlags } from './command.ts';

/**
 * `randose ledger`: who did what, when and why; with --compare, a comparison with another ledger; with --repair, the
 * removal of an incomplete last line.
 *
 * @returns the exit status
 */
export async function ledger(
  output: Output,
  flags: LedgerFlags,
  [id]: [string | undefined],
): Promise<number> {
  const options = withSubject(flags, id);
  const root = findStudyFolder(options.study);
  const loaded = loadStudy(root);
  requireDomain(loaded.study, domainOf(options));
  if (options.compare !== undefined) {
    refuseBeside(options, 'compare', [
      ...(['repair', 'acceptOlder', 'enterFrom', 'by', 'reason', 'sign'] as const),
      ...FILTERS,
    ]);
    return compareWithLedger(output, loaded, options.compare, options);
  }
  if (options.acceptOlder === true) {
    refuseBeside(options, 'acceptOlder', ['repair', 'sign', ...FILTERS]);
    await acceptOlderLedger(output, root, reasoned(options, 'accept-older'), options);
    return EXIT_OK;
  }
  if (options.repair === true) {
    await repair(output, root, options);
    return EXIT_OK;
  }
  if (options.enterFrom !== undefined) {
    refuseBeside(options, 'enterFrom', ['enterPending', 'by', 'reason', 'sign', ...FILTERS]);
    await enterFrom(output, loaded, options.enterFrom, options);
    return EXIT_OK;
  }
  if (options.enterPaper !== undefined) {
    refuseBeside(options, 'enterPaper', ['enterPending', ...FILTERS]);
    await enterPaper(output, options.enterPaper, options);
    return EXIT_OK;
  }
  if (options.enterPending === true) {
    await enterPending(output, root, options);
    return EXIT_OK;
  }
  refuseAlone(options);
  const { entries, head, problems } = readOwnLedger(root);
  const wanted = chooseEntries(entries, options);
  const shown = wanted.map((entry) => formatEntry(entry, output.colour, entries));
  output.result(
    {
      study: loaded.study.id,
      entries: wanted,
      problems,
      ledger: entries.length === 0 ? null : head,
    },
    `${shown.join('\n')}${shown.length > 0 ? '\n' : ''}`,
  );
  const count = counted(entries.length, 'entry', 'entries');
  output.say(wanted.length === entries.length ? `${count}.` : `${wanted.length} of ${count}.`);
  if (entries.length > 0) output.say(formatReceipt(head));
  for (const problem of problems) output.warn(formatProblem(problem));
  return problems.length === 0 ? EXIT_OK : EXIT_DISCREPANCY;
}

/** The flags with a participant who was typed without one. @throws RandoseError `usage` if both name somebody */
function withSubject(flags: LedgerFlags, id: string | undefined): LedgerFlags {
  if (id === undefined) return flags;
  if (flags.subject === undefined) return { ...flags, subject: id };
  throw new RandoseError('usage', `write either ${id} or --subject ${flags.subject}, not both`);
}

/** The ledger, with its problems. @throws RandoseError if only its line ends or its encoding were changed */
function readOwnLedger(root: string): ReadLedger {
  const hint = isAllocated(root)
    ? RESTORE
    : 'The ledger starts with the list. To make it: randose allocate --plan FILE';
  try {
    const read = readLedger(readLedgerText(root, hint));
    const changed = read.problems.length > 0 ? lineEndsError(root) : undefined;
    if (changed !== undefined) throw changed;
    return read;
  } catch (error) {
    throw explainedByLineEnds(root, error);
  }
}

/** @throws RandoseError `usage` if a flag of a repair is used to show the ledger */
function refuseAlone({ by, reason, sign, dryRun, ...flags }: LedgerFlags): void {
  const { opened, openedBy, key, refused } = flags;
  if ((opened ?? openedBy ?? key ?? refused) !== undefined) {
    throw new RandoseError(
      'usage',
      '--opened, --opened-by, --key and --refused need --enter-paper ID',
      { hint: 'To show the ledger, leave them out.' },
    );
  }
  const flag = dryRun === true ? '--dry-run needs' : '--by, --reason and --sign need';
  if ((by ?? reason ?? sign ?? dryRun) === undefined) return;
  const others =
    dryRun === true
      ? '--repair, --enter-pending, --enter-from, --enter-paper'
      : '--repair, --enter-paper';
  throw new RandoseError('usage', `${flag} ${others} or --accept-older`, {
    hint: 'To show the ledger, leave them out.',
  });
}

/** @throws RandoseError `usage` if a flag is used with another one that does not fit */
function refuseBeside(
  options: LedgerFlags,
  asked: keyof LedgerFlags,
  others: readonly (keyof LedgerFlags)[],
): void {
  const other = others.find((name) => options[name] !== undefined);
  if (other === undefined) return;
  const flag = (name: string) => `--${name.replace(/[A-Z]/g, (one) => `-${one.toLowerCase()}`)}`;
  throw new RandoseError('usage', `use either ${flag(asked)} or ${flag(other)}, not both`, {
    hint: 'randose ledger --help has an example of each.',
  });
}

/** Enters the code-breaks in pending/. Every command that writes the ledger does the same. */
async function enterPending(output: Output, root: string, options: LedgerFlags): Promise<void> {
  if (options.dryRun === true) {
    const { acts } = waitingActs(root, readOwnLedger(root).entries);
    tellWould(output, `enter ${counted(acts.length, 'entry', 'entries')} from pending/`);
    return;
  }
  const { ledger: store } = await atHome(output, studyPlace(options), options);
  await store.exclusive(async () => {
    const { entries, head: before, problems } = readOwnLedger(root);
    if (problems.length > 0) {
      throw new RandoseError('not-trusted', `${LEDGER_FILE} is damaged: nothing can be entered`, {
        problems,
        hint: 'What is in pending/ stays there. Restore the ledger from a backup, or run: randose ledger --repair --by WHO --reason TEXT',
      });
    }
    const { acts } = waitingActs(root, entries);
    if (acts.length === 0) {
      throw new RandoseError('usage', 'pending/ is empty: nothing to enter');
    }
    // The store enters what waits before other acts; here there are no others.
    const { head } = await enterNow(store, { head: before }, []);
    const count = counted(acts.length, 'entry', 'entries');
    output.result(
      { entered: acts.length, ledger: head },
      `${count} entered late.\n\n${formatReceipt(head)}\n`,
    );
  });
}

/** Who does something, and why. @throws RandoseError `usage` if one of them is missing */
function reasoned({ by, reason = '' }: LedgerFlags, flag: string): { who: Who; reason: string } {
  if (by !== undefined && reason.trim() !== '') return { who: parseWho(by), reason: reason.trim() };
  throw new RandoseError('usage', `--${flag} needs --by WHO and --reason TEXT`, {
    hint: `For example: --${flag} --by "A. Example, data manager" --reason "${EXAMPLE_REASONS[flag] ?? ''}"`,
  });
}

const EXAMPLE_REASONS: Readonly<Record<string, string>> = {
  repair: 'power cut at night',
  'accept-older': 'disk failed; restored from the backup of 24 November',
};

async function repair(output: Output, root: string, options: LedgerFlags): Promise<void> {
  const { who, reason } = reasoned(options, 'repair');
  // A last line that lacks nothing but its end is an act: it is put back, not removed.
  const changed = lineEndsError(root);
  if (changed !== undefined) throw changed;
  if (options.dryRun === true) {
    tellWould(output, repairText(root));
    return;
  }
  const { ledger: store } = await atHome(output, studyPlace(options), options);
  await askFirst(output, options, 'Remove this line?', [
    `This will ${repairText(root)}. An entry of the ledger keeps its bytes.`,
  ]);
  const signing = await signingWith(options.sign, !output.json);
  const about = { who, reason };
  const repaired = await repairLedger(loadStudy(root), store, about, signing);
  const { head, bytes, was, late } = repaired;
  const lateText =
    late === 0 ? '' : `${counted(late, 'entry', 'entries')} from pending/ entered late.\n`;
  output.result(
    { removedBytes: bytes, was, entered: late, ledger: head },
    `The incomplete last line (${counted(bytes, 'byte')}) was removed. An entry of the ledger keeps its bytes.\n${lateText}\n${formatReceipt(head)}\n`,
  );
  if (was !== '') {
    output.warn(`the removed line was about: ${was}. ${afterRepairText(was)}`);
  }
  output.say(
    'Compare the ledger with the receipts on file, and ask who did what was in that line. A receipt of the removed line no longer matches the ledger, but the repair entry keeps the line.',
  );
}

/** What a repair would do: which line it removes, and how long that is. @throws RandoseError as `incompleteLine` does */
function repairText(root: string): string {
  const { bytes, was, line } = incompleteLine(root);
  const about = was === '' ? '' : `, about ${was}`;
  return `remove the incomplete last line (line ${line}, ${counted(bytes, 'byte')}${about})`;
}

/** What to do about an act whose incomplete line was removed. @param was the act, as far as it can be read */
function afterRepairText(was: string): string {
  if (/^[a-z -]+ outcome\b/.test(was)) {
    return 'There is nothing to record again: randose verify goes on saying that this opening has no outcome.';
  }
  if (/^[a-z -]+ intent\b/.test(was)) {
    return 'If something was opened, write down who opened it, when and why, and file it: no command records it.';
  }
  return 'If it took place, record it again before anybody records anything else.';
}
