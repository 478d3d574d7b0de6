import { sha256 } from '../../../digest.ts';
import { RandoseError } from '../../../errors.ts';
import { entriesOf, type Entry } from '../../../ledger/entry.ts';
import { dayText } from '../../../ledger/times.ts';
import { parseWho, type Who } from '../../../ledger/who.ts';
import { changedDesign } from '../../../store/changed-study.ts';
import { keptStudy, putBackStudyFile, studyFileNow } from '../../../store/folder/kept-study.ts';
import { findAnyStudyFolder, isAllocated } from '../../../store/folder/study-folder.ts';
import { ledgerOf } from '../../../store/ledger-of.ts';
import {
  describeChange,
  domainOf,
  openStudy,
  requireDomain,
  type StudyPlace,
} from '../../../store/open-study.ts';
import { record } from '../../../store/record.ts';
import { signingWith } from '../../../store/signing.ts';
import { explainedByLineEnds } from '../../../store/verify/changed-line-ends.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { readStudy } from '../../../study/study-file.ts';
import { ask, confirm, isAtTerminal } from '../../../system/prompts.ts';
import { askWhoTheyAre } from '../../arguments/ask-who.ts';
import { waitingActs } from '../../../store/folder/pending.ts';
import { counted } from '../../../words.ts';
import { whoOrAccount } from '../../arguments/who.ts';
import { formatProblem, type Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { tellWould } from '../../study/look-first.ts';
import { openingReason } from '../../study/opening-reason.ts';
import type { StudyCommandFlags } from './command.ts';
import { formatDiff } from './diff-view.ts';
import { type DiffLine, diffLines } from './line-diff.ts';

/** study.yaml as it is, beside the one that was accepted last. */
interface Compared {
  /** The accepted one. */
  readonly text: string;
  /** The last entry that was made under it. */
  readonly entry: Entry;
  /** The entry of the list's first batch: the digest of the text that was sealed with it. */
  readonly sealed: Entry | undefined;
  readonly isMissing: boolean;
  readonly lines: readonly DiffLine[];
  /** How many lines differ. */
  readonly count: number;
}

/** `randose study`: compares study.yaml with the one that was accepted last, and brings that one back. */
export async function study(output: Output, flags: StudyCommandFlags): Promise<void> {
  requireFlags(flags);
  const root = findAnyStudyFolder(flags.study);
  const place = { root, domain: domainOf(flags), ledger: ledgerOf(root, flags) };
  const compared = await compare(place);
  if (flags.restore === true) return restore(output, flags, place, compared);
  const state = await stateOf(place, compared);
  const { entry, lines, count, sealed } = compared;
  const diff = flags.diff === true ? formatDiff(lines, output.colour) : '';
  const next =
    count === 0
      ? ''
      : `${flags.diff === true ? '' : 'To see them: randose study --diff\n'}To bring the accepted one back: randose study --restore\n`;
  output.result(
    {
      accepted: { seq: entry.seq, time: entry.time, digest: sha256(compared.text) },
      sealed: sealed === undefined ? null : { seq: sealed.seq, digest: sealed.study },
      missing: compared.isMissing,
      changes: lines.filter(({ what }) => what !== 'same'),
      problems: state.problems,
    },
    `${diff}${output.ownWords(`${state.text}\n${sealedText(compared)}${next}`)}`,
  );
}

function requireFlags({ restore: isRestore = false, ...flags }: StudyCommandFlags): void {
  const { by, reason, sign, dryRun } = flags;
  if (isRestore || (by ?? reason ?? sign ?? dryRun) === undefined) return;
  throw new RandoseError('usage', '--by, --reason, --sign and --dry-run need --restore', {
    hint: 'To show what was changed, leave them out.',
  });
}

/** @throws RandoseError `not-found` if there is no accepted study.yaml to compare with */
async function compare({ root, domain, ledger }: StudyPlace): Promise<Compared> {
  if (!isAllocated(root)) {
    throw new RandoseError('not-found', `no ${STUDY_FILE} is accepted yet`, {
      hint: 'Before the list is made, study.yaml may change freely. randose keeps a copy from allocate on.',
    });
  }
  const { entries } = await ledger.read().catch((error: unknown) => {
    throw explainedByLineEnds(root, error);
  });
  const kept = keptStudy(root, entries);
  if (kept === undefined) {
    throw new RandoseError('not-found', `this folder has no copy of an accepted ${STUDY_FILE}`, {
      hint: `Its list was made before randose kept one. The next entry under a sound ${STUDY_FILE} keeps one. Until then: correct ${STUDY_FILE} by hand (randose verify says what is wrong), or restore it from a backup.`,
    });
  }
  if (kept.entry === undefined && ledger.kind === 'database') {
    // It can be in force since an entry of another site.
    throw new RandoseError(
      'not-found',
      `no entry that you see was made under the ${STUDY_FILE} in force`,
      {
        hint: `To bring back the one in force (an edited file is kept beside it): randose pull`,
      },
    );
  }
  if (kept.entry === undefined) {
    throw new RandoseError(
      'not-trusted',
      `the copy of ${STUDY_FILE} in this folder is not one that the ledger names`,
      {
        hint: `Somebody changed the copy. Nothing was done. Correct ${STUDY_FILE} by hand (randose verify says what is wrong), or restore it from a backup.`,
      },
    );
  }
  const accepted = readStudy(kept.text, STUDY_FILE);
  if (accepted.ok) requireDomain(accepted.value, domain);
  const now = studyFileNow(root);
  const lines = diffLines(kept.text, now?.text ?? '');
  return {
    text: kept.text,
    entry: kept.entry,
    sealed: entriesOf(entries, 'allocation')[0],
    isMissing: now === undefined,
    lines,
    count: changedLines(lines),
  };
}

/** How many lines were changed: a line that was removed and one that was added in its place are one. */
function changedLines(lines: readonly DiffLine[]): number {
  let [count, removed, added] = [0, 0, 0];
  for (const { what } of [...lines, { what: 'same' as const }]) {
    if (what === 'removed') removed += 1;
    else if (what === 'added') added += 1;
    else {
      count += Math.max(removed, added);
      [removed, added] = [0, 0];
    }
  }
  return count;
}

/** What study.yaml is now, in words, with its problems if it has any. */
async function stateOf(
  place: StudyPlace,
  { entry, isMissing, count }: Compared,
): Promise<{ text: string; problems: readonly unknown[] }> {
  const accepted = `the one that was accepted last (ledger entry ${entry.seq}, ${dayText(entry.time)})`;
  if (isMissing) return { text: `${STUDY_FILE} is missing.`, problems: [] };
  if (count === 0) return { text: `${STUDY_FILE} is ${accepted}.`, problems: [] };
  const differs = `${STUDY_FILE} differs in ${counted(count, 'line')} from ${accepted}.`;
  try {
    const parts = changedDesign(await openStudy(place));
    const text =
      parts.length === 0
        ? `${differs} The changes don't affect the list; the next ledger entry accepts them.`
        : `${differs} It ${describeChange(parts)}.`;
    return { text, problems: [] };
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    const problems = error.problems.map((problem) => `\n  ${formatProblem(problem)}`).join('');
    return { text: `${differs}\n${error.message}${problems}`, problems: error.problems };
  }
}

/** Whether the text that was compared is the one that was sealed with the list; of any other one only a digest is known. */
function sealedText({ text, sealed }: Compared): string {
  if (sealed === undefined) return '';
  if (sha256(text) === sealed.study)
    return 'The accepted one is the text that was sealed with the list.\n';
  return `The accepted one is not the text that was sealed with the list (ledger entry ${sealed.seq}, ${dayText(sealed.time)}). That text is only in master.age: lines cannot be compared with it. What the list depends on is compared with the list's manifest.\n`;
}

/** Brings the accepted study.yaml back: shows what that changes, asks on a terminal, and enters it in the ledger. */
async function restore(
  output: Output,
  flags: StudyCommandFlags,
  place: StudyPlace,
  { text, entry, isMissing, lines, count }: Compared,
): Promise<void> {
  const who = whoOrAccount(flags.by);
  if (count === 0) {
    throw new RandoseError('usage', `${STUDY_FILE} is the accepted one: nothing to bring back`);
  }
  if (!isMissing) {
    output.say(formatDiff(invert(lines), output.talkColour).trimEnd());
  }
  const what = `the ${STUDY_FILE} of ledger entry ${entry.seq}, ${dayText(entry.time)}`;
  if (flags.dryRun === true) {
    tellWould(output, `bring back ${what}`);
    return;
  }
  const asks = flags.yes !== true && !output.json && isAtTerminal();
  if (asks && !(await confirm(`Bring back ${what}?`))) {
    throw new RandoseError('usage', 'Cancelled. Nothing was done.');
  }
  const said = asks ? await askWhoAndWhy(output, flags) : { who, reason: flags.reason };
  const signing = await signingWith(flags.sign, !output.json);
  const study = await atHome(output, place, flags);
  const { entries } = await study.ledger.read();
  const late = waitingActs(study.root, entries).acts.length;
  const { aside, replaced } = await study.ledger.exclusive(() => {
    const now = studyFileNow(place.root);
    return {
      aside: putBackStudyFile(place.root, text),
      replaced: now === undefined ? null : sha256(now.bytes),
    };
  });
  output.say(`Brought back ${what}.`);
  if (aside !== undefined) output.say(`The edited file is now ${aside}.`);
  await record(study, { signing }, () => ({
    acts: [restoration(said.who, said.reason, replaced)],
    gives: [`${STUDY_FILE} of ledger entry ${entry.seq}`],
    show: ({ head }) => {
      output.result(
        { restored: entry.seq, edited: aside ?? null, entered: late, ledger: head },
        `${late === 0 ? '' : `${counted(late, 'entry', 'entries')} from pending/ entered late.\n`}${formatReceipt(head)}\n`,
      );
    },
  }));
}

/** Who brings it back, and why: whoever sits there need not be the owner of the account. @throws Cancelled */
async function askWhoAndWhy(
  output: Output,
  { by, reason }: StudyCommandFlags,
): Promise<{ who: Who; reason: string }> {
  const who = by === undefined ? await askWhoTheyAre(output, ask) : parseWho(by);
  return {
    who,
    reason: await openingReason(output, reason, 'this', 'edited by mistake', undefined),
  };
}

/** The same comparison, from the file as it is now to the accepted one. */
function invert(lines: readonly DiffLine[]): DiffLine[] {
  const other = { removed: 'added', added: 'removed', same: 'same' } as const;
  return lines.map(({ what, line }) => ({ what: other[what], line }));
}

function restoration(who: Who, reason: string | undefined, replaced: string | null) {
  return { action: 'study restoration' as const, who, reason: reason?.trim() ?? null, replaced };
}
