import { join } from 'node:path';
import { studyOfProof } from '../../../blinding/proof.ts';
import { readPublication } from '../../../blinding/published.ts';
import { type Problem, RandoseError } from '../../../errors.ts';
import { readCheckpoint } from '../../../blinding/checkpoint.ts';
import type { Head } from '../../../ledger/chain.ts';
import { isWithoutOutcome } from '../../../ledger/openings.ts';
import { exists } from '../../../system/files.ts';
import {
  compareCheckpoint,
  compareCommitment,
  compareReceipts,
  type Finding,
  inspectProof,
  requireFiledHere,
} from '../../../store/verify/inspect-filed.ts';
import { inspectSignatures } from '../../../store/verify/inspect-signatures.ts';
import { inspectStudy } from '../../../store/verify/inspect-study.ts';
import { isFileShown } from '../../../store/ledger-of.ts';
import type { InspectedLedger } from '../../../store/ledger-store.ts';
import { domainOf, openStudy } from '../../../store/open-study.ts';
import { deleteSuperseded, supersededFiles } from '../../../store/allocation/superseded.ts';
import { regenerateList } from '../../../store/verify/regenerate-list.ts';
import { goneText } from '../../../store/folder/ledger-lines.ts';
import { viewHome } from '../../../store/folder/home.ts';
import { findStudyFolder, isAllocated, loadStudy } from '../../../store/folder/study-folder.ts';
import { CALENDARS, LEDGER_FILE, LEDGER_STORE_FILE } from '../../../study/layout.ts';
import { EXIT_DISCREPANCY, EXIT_OK } from '../../exit.ts';
import { compareCommand } from '../../study/at-home.ts';
import { findHome, WITHOUT_COPIES } from '../../study/home-finding.ts';
import { readFiled } from '../../arguments/filed-file.ts';
import { keysOf } from '../../arguments/keys.ts';
import { formatProblem, type Output } from '../../output/output.ts';
import { studyPlace } from '../../study/study-place.ts';
import { formatReceipt, receiptsOf } from '../../output/receipt.ts';
import type { VerifyFlags } from './command.ts';
import type { CalendarFindings } from './inspect-calendars.ts';
import { causeFirst } from './cause-first.ts';
import { putBack } from './put-back.ts';
import { counted, identityOption } from '../../../words.ts';

/**
 * `randose verify`: compares everything in the study folder with everything else, and with what was filed elsewhere,
 * and reports all problems. It needs a key only to make the list again.
 *
 * @returns the exit status
 */
export async function verify(output: Output, options: VerifyFlags): Promise<number> {
  const root = findStudyFolder(options.study);
  const domain = domainOf(options);
  refuseHalves(options);
  const receipts = receiptsOf(options.expect ?? []);
  const filed = {
    commitment:
      options.commitment === undefined
        ? undefined
        : readPublication(readFiled(options.commitment, 'commitment'), options.commitment),
    checkpoint:
      options.checkpoint === undefined
        ? undefined
        : readCheckpoint(readFiled(options.checkpoint, 'checkpoint'), options.checkpoint),
    proof: options.proof === undefined ? undefined : readFiled(options.proof, 'proof'),
  };
  const database = await databaseOf(root, options);
  if (!isAllocated(root) && !exists(join(root, LEDGER_FILE))) {
    throw new RandoseError(
      'not-found',
      'this study has no allocation list yet: nothing to verify',
      {
        hint: 'A statistician makes it: randose allocate --plan FILE',
      },
    );
  }
  const isRepair = options.repairLineEnds === true;
  const repaired = isRepair ? await putBack(output, root, options) : [];
  const inspection = inspectStudy(
    root,
    domain,
    (done, total) => {
      output.progress(done, total, 'reading files');
    },
    database,
  );
  const { checked, entries, head } = inspection;
  const [filedBatch] = filed.commitment ?? [];
  if (filedBatch !== undefined) {
    requireFiledHere(root, entries, options.commitment ?? '', filedBatch.study);
  }
  const ofProof = studyOfProof(filed.proof ?? '', options.proof ?? '');
  if (ofProof !== undefined) requireFiledHere(root, entries, options.proof ?? '', ofProof);
  const calendars = await lookAtCalendars(root, options);
  const notes = [...inspection.notes, ...calendars.notes, ...ledgerNotes(root, database)];
  const home = database === undefined ? findHome(root) : WITHOUT_COPIES;
  const findings: Finding[] = [await inspectSignatures(root, entries), home];
  if (receipts.length > 0) findings.push(compareReceipts(headsOf(database) ?? entries, receipts));
  if (filed.commitment !== undefined) {
    findings.push(compareCommitment(root, entries, filed.commitment, options.commitment ?? ''));
  }
  if (filed.checkpoint !== undefined && entries.length > 0) {
    const hashes = database?.hashes ?? entries.map(({ hash }) => hash);
    const id = loadStudy(root).study.id;
    findings.push(compareCheckpoint(id, hashes, filed.checkpoint, options.checkpoint ?? ''));
  }
  if (filed.proof !== undefined) {
    findings.push(inspectProof(root, entries, filed.proof, options.proof ?? ''));
  }
  const gone = database === undefined ? goneText(root) : undefined;
  const all = [
    ...inspection.problems,
    ...calendars.problems,
    ...findings.flatMap(({ problems }) => problems),
  ];
  const { problems: found, isLedgerOld } = causeFirst(all, { gone, older: home.older });
  const todos = isLedgerOld ? [] : [...inspection.todos, ...calendars.todos];
  if (inspection.alteredLines.length > 0) todos.unshift(alteredText(root, inspection.alteredLines));
  // A missing outcome cannot be found any more; the list can still be made again.
  const again = await regenerate(output, root, options, found.every(isWithoutOutcome));
  const problems = [...found, ...again.problems];
  const entriesText = counted(checked.entries, 'ledger entry', 'ledger entries');
  const summary = `${counted(checked.files, 'file')}, ${counted(checked.slots, 'slot')}, ${entriesText}`;
  const [first] = entries;
  const toCompare = first === undefined || receipts.length > 0 ? '' : receiptsText(first, head);
  const verdict =
    problems.length === 0
      ? `${output.colour.green('verified')}: ${summary}. Nothing disagrees.\n`
      : `${output.colour.red('NOT VERIFIED')}: ${summary}.\n${problems
          .map((problem) => `  ${formatProblem(problem)}\n`)
          .join('')}`;
  const texts = [
    ...todos.map((todo) => `To do: ${todo}`),
    ...notes,
    ...findings.map(({ text }) => text),
  ]
    .flatMap((text) => (text === '' ? [] : [`${text}\n`]))
    .join('');
  const isVerified = problems.length === 0;
  const aside = supersededFiles(root);
  const isProven = problems.every(isWithoutOutcome) && again.hasEnvelopes;
  const asideText =
    isLedgerOld || inspection.alteredLines.length > 0
      ? ''
      : tidySuperseded(root, aside, options, { isProven, needed: inspection.needed });
  output.result(
    {
      verified: isVerified,
      problems,
      notes,
      toDo: todos,
      ...(isRepair && { repaired }),
      checked: database === undefined ? checked : { ...checked, hidden: database.hidden },
      ...Object.assign({}, ...findings.map(({ data }) => data)),
      regenerated: again.regenerated,
      superseded: aside.length,
      ledger: { first: first?.hash ?? null, ...head },
    },
    output.ownWords(`${verdict}${texts}${again.text}${asideText}${toCompare}`),
  );
  return isVerified ? EXIT_OK : EXIT_DISCREPANCY;
}

/** The ledger in a database; undefined if the one in the folder is to be verified, such as that of an exported copy. */
async function databaseOf(
  root: string,
  options: VerifyFlags,
): Promise<InspectedLedger | undefined> {
  if (isFileShown(root, options)) return undefined;
  const { ledger } = studyPlace(options);
  return ledger.kind === 'database' ? ledger.inspect() : undefined;
}

/** The head of a ledger in a database after each entry, also after those of other sites. */
function headsOf(database: InspectedLedger | undefined): Head[] | undefined {
  return database?.hashes.map((hash, index) => ({ seq: index + 1, hash }));
}

/** That a ledger file is a copy, and that some entries are known by their hashes alone. */
function ledgerNotes(root: string, database: InspectedLedger | undefined): string[] {
  if (database === undefined && exists(join(root, LEDGER_STORE_FILE))) {
    return [
      `The ledger is in a database. ${LEDGER_FILE} here is a copy: the database may have more entries.`,
    ];
  }
  const { hidden = 0, hashes = [], notes = [] } = database ?? {};
  if (hidden === 0) return [...notes];
  const all = counted(hashes.length, 'entry', 'entries');
  return [
    ...notes,
    `${hidden} of ${all} are of other sites: they were seen by their hashes alone. Whoever sees all, such as an inspector, checks them.`,
  ];
}

/** What to do about complete lines of the ledger that are not as randose wrote them. */
function alteredText(root: string, lines: readonly number[]): string {
  const [first = 1, ...others] = lines;
  const which = others.length === 0 ? `Line ${first}` : `Line ${first} and ${others.length} more`;
  const { others: copies } = viewHome(root);
  const other = copies[0]?.path ?? 'OTHER';
  return [
    `find the true ${LEDGER_FILE}. ${which} cannot be repaired here: --repair removes only an incomplete last line.`,
    'Keep this file as it is, elsewhere: it shows what was altered. Look for another copy: a backup, or the folder of another person.',
    `To see where two copies differ: ${compareCommand(other)}`,
    `The true one fits the receipts on file, the lines Ledger SEQUENCE:HASH: randose verify --expect SEQUENCE:HASH`,
    `Put that copy here as ${LEDGER_FILE}, and run randose verify again.`,
  ].join('\n  ');
}

/** What is wrong with exported calendars, if there are any. */
async function lookAtCalendars(root: string, flags: VerifyFlags): Promise<CalendarFindings> {
  if (!exists(join(root, CALENDARS))) return { problems: [], todos: [], notes: [] };
  const { inspectCalendars } = await import('./inspect-calendars.ts');
  return inspectCalendars(root, flags);
}

function refuseHalves({ regenerate = false, identity, ...options }: VerifyFlags): void {
  if (options.removeSuperseded === true && !regenerate) {
    throw new RandoseError('usage', '--remove-superseded needs --regenerate and --identity FILE', {
      hint: "Every envelope in force is opened and proven first, with an officer's key. Nothing was removed.",
    });
  }
  if (options.dryRun === true && (options.repairLineEnds ?? options.removeSuperseded) !== true) {
    throw new RandoseError('usage', '--dry-run needs --repair-line-ends or --remove-superseded', {
      hint: 'Without them verify changes nothing.',
    });
  }
  if (options.yes === true && options.repairLineEnds !== true) {
    throw new RandoseError('usage', '--yes needs --repair-line-ends: verify asks nothing else');
  }
  if (regenerate === (identity !== undefined)) return;
  throw new RandoseError(
    'usage',
    '--regenerate needs --identity FILE, and --identity needs --regenerate',
    {
      hint: 'With both, the list is made again from its sealed seed and plan. Without them, everything else is checked.',
    },
  );
}

/** The result of making the list again; `regenerated` is null if it was not made. */
interface Regenerated {
  readonly problems: readonly Problem[];
  readonly text: string;
  readonly regenerated: boolean | null;
  /** Whether every envelope in force was also opened and proven. */
  readonly hasEnvelopes: boolean;
}

/** Deletes what was moved aside if somebody asks for it, and everything in force was opened and proven. */
function tidySuperseded(
  root: string,
  files: readonly string[],
  { removeSuperseded = false, dryRun = false }: VerifyFlags,
  { isProven, needed }: { readonly isProven: boolean; readonly needed: number },
): string {
  if (files.length === 0) return '';
  const count = counted(files.length, 'file');
  if (removeSuperseded && isProven && dryRun) {
    return `Would delete superseded/: ${count} from before the last rewrap.\nDry run: nothing was deleted.\n`;
  }
  if (removeSuperseded && isProven) {
    deleteSuperseded(root);
    return `Deleted superseded/: ${count} from before the last rewrap.\n`;
  }
  if (removeSuperseded) {
    return `Kept superseded/: to delete it, use an officer's key that opens and proves every envelope in force, and correct all problems first.\n`;
  }
  return `superseded/ has ${count} from before the last rewrap, which old keys open. To delete them: randose verify --regenerate ${identityOption(needed)} --remove-superseded\n`;
}

/** Makes the list again if somebody asks for it and nothing is wrong so far. */
async function regenerate(
  output: Output,
  root: string,
  options: VerifyFlags,
  isSound: boolean,
): Promise<Regenerated> {
  if (options.identity === undefined) {
    return { problems: [], text: '', regenerated: null, hasEnvelopes: false };
  }
  if (!isSound) {
    const text = 'The list was not made again: correct the problems above first.\n';
    return { problems: [], text, regenerated: null, hasEnvelopes: false };
  }
  const open = await openStudy(studyPlace(options));
  const keys = await keysOf(output, options);
  const { problems, hasEnvelopes } = await regenerateList(open, keys, (done, total) => {
    output.progress(done, total, 'checking envelopes');
  });
  if (problems.length > 0) return { problems, text: '', regenerated: false, hasEnvelopes: false };
  const slots = open.slots.length;
  const batches = open.batches.length === 1 ? '' : ` in ${open.batches.length} batches`;
  const envelopes = hasEnvelopes ? 'Every envelope has the arm of the list.\n' : '';
  const text = `The list was made again from the sealed seed and plan: match, ${slots} of ${slots} slots${batches}.\n${envelopes}`;
  return { problems, text, regenerated: true, hasEnvelopes };
}

/** Receipts to compare with those on file: a ledger that was rewritten completely verifies too. */
function receiptsText(first: Head, last: Head): string {
  if (first.seq === last.seq) {
    return `Compare with the receipt on file:\n  ${formatReceipt(last)}\n`;
  }
  return `Compare with the receipts on file:
  ${formatReceipt(first)}
  ${formatReceipt(last)}\n`;
}
