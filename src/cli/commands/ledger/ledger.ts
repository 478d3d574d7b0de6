import { RandoseError } from '../../../errors.ts';
import { isFileShown, ledgerOf } from '../../../store/ledger-of.ts';
import type { InspectedLedger } from '../../../store/ledger-store.ts';
import { domainOf, requireDomain } from '../../../store/open-study.ts';
import {
  findAnyStudyFolder,
  findStudyFolder,
  loadStudy,
} from '../../../store/folder/study-folder.ts';
import type { Study } from '../../../study/study.ts';
import { counted, withStop } from '../../../words.ts';
import { EXIT_DISCREPANCY, EXIT_OK } from '../../exit.ts';
import { formatProblem, type Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { acceptOlderLedger } from './accept-older.ts';
import { chooseEntries, FILTERS } from './choose-entries.ts';
import type { LedgerFlags } from './command.ts';
import { compareWithLedger } from './compare-ledger.ts';
import { enterFrom } from './enter-from.ts';
import { enterPaper } from './enter-paper.ts';
import { enterPending } from './enter-pending.ts';
import { formatEntry } from './ledger-view.ts';
import { readOwnLedger } from './own-ledger.ts';
import { repair } from './repair.ts';
import { reasoned } from './who-and-why.ts';

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
  const administered = await administer(output, options);
  if (administered) return EXIT_OK;
  if (isOnlyShown(options)) return showLedger(output, options);
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
  await enterPending(output, root, options);
  return EXIT_OK;
}

/** Sets up a ledger in a database, or shows how it is set up, if that is asked for. @returns whether it was */
async function administer(output: Output, options: LedgerFlags): Promise<boolean> {
  if (options.create === true) {
    const { createInDatabase } = await import('./create-in-database.ts');
    await createInDatabase(output, options);
  } else if (options.import === true) {
    const { moveToDatabase } = await import('./move-to-database.ts');
    await moveToDatabase(output, options);
  } else if (options.export !== undefined) {
    const { copyToFolder } = await import('./copy-to-folder.ts');
    await copyToFolder(output, options.export, options);
  } else if ((options.grant ?? options.revoke ?? options.duties) !== undefined) {
    const { changeDuties } = await import('./duties.ts');
    await changeDuties(output, options);
  } else return false;
  return true;
}

/** Whether nothing is compared, repaired or entered. */
function isOnlyShown(options: LedgerFlags): boolean {
  const { compare, acceptOlder, repair: repairs, enterFrom: from } = options;
  const { enterPaper: paper, enterPending: pending } = options;
  return (compare ?? acceptOlder ?? repairs ?? from ?? paper ?? pending) === undefined;
}

/** Shows the ledger, whatever study.yaml is like: nothing of it is needed but the name of the study. */
async function showLedger(output: Output, options: LedgerFlags): Promise<number> {
  refuseAlone(options);
  const root = findAnyStudyFolder(options.study);
  const study = studyIn(output, root, options);
  const { entries, head, problems, hidden } = await shownLedger(root, options);
  const wanted = chooseEntries(entries, options);
  const shown = wanted.map((entry) => formatEntry(entry, output.colour, entries));
  output.result(
    {
      study: study?.id ?? null,
      entries: wanted,
      problems,
      hidden,
      ledger: head.seq === 0 ? null : head,
    },
    `${shown.join('\n')}${shown.length > 0 ? '\n' : ''}`,
  );
  const count = counted(entries.length, 'entry', 'entries');
  output.say(wanted.length === entries.length ? `${count}.` : `${wanted.length} of ${count}.`);
  if (hidden > 0) {
    output.say(
      `${counted(hidden, 'entry', 'entries')} of other sites: only their hashes are known.`,
    );
  }
  if (head.seq > 0) output.say(formatReceipt(head));
  for (const problem of problems) output.warn(formatProblem(problem));
  return problems.length === 0 ? EXIT_OK : EXIT_DISCREPANCY;
}

/** The ledger that is shown. */
async function shownLedger(
  root: string,
  options: LedgerFlags,
): Promise<Pick<InspectedLedger, 'entries' | 'head' | 'problems' | 'hidden'>> {
  if (isFileShown(root, options)) return { ...readOwnLedger(root), hidden: 0 };
  const store = ledgerOf(root, options);
  return store.kind === 'database' ? store.inspect() : { ...readOwnLedger(root), hidden: 0 };
}

/** The study; undefined, with a warning, if study.yaml cannot be read or has problems. */
function studyIn(output: Output, root: string, options: LedgerFlags): Study | undefined {
  try {
    const { study } = loadStudy(root);
    requireDomain(study, domainOf(options));
    return study;
  } catch (error) {
    const isRefused = !(error instanceof RandoseError) || error.code === 'usage';
    if (isRefused) throw error;
    output.warn(withStop(error.message));
    for (const problem of error.problems) output.say(`  ${formatProblem(problem)}`);
    return undefined;
  }
}

/** The flags with a participant who was typed without one. @throws RandoseError `usage` if both name somebody */
function withSubject(flags: LedgerFlags, id: string | undefined): LedgerFlags {
  if (id === undefined) return flags;
  if (flags.subject === undefined) return { ...flags, subject: id };
  throw new RandoseError('usage', `write either ${id} or --subject ${flags.subject}, not both`);
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
