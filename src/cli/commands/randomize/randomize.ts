import { RandoseError } from '../../../errors.ts';
import { kitAccounts, kitsNotAtHand } from '../../../ledger/accountability.ts';
import { headOf } from '../../../ledger/chain.ts';
import {
  assignNextFree,
  nearlyFull,
  randomizations,
  strataUse,
} from '../../../ledger/enrolment.ts';
import { readParticipant, readParticipants } from '../../../ledger/participants.ts';
import { parseWho } from '../../../ledger/who.ts';
import { readText } from '../../../system/files.ts';
import { domainOf, openStudy, requireUnchanged } from '../../../store/open-study.ts';
import { signingWith } from '../../../store/signing.ts';
import { appendToLedger, findStudyFolder } from '../../../store/folder/study-folder.ts';
import type { Factor } from '../../../study/study.ts';
import { atHome, type HomeFlags } from '../../study/at-home.ts';
import { nearlyFullText } from '../../study/nearly-full.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { formatTable } from '../../output/table.ts';

interface RandomizeOptions extends HomeFlags {
  readonly study?: string;
  readonly from?: string;
  readonly subject?: string;
  readonly site?: string;
  readonly day1?: string;
  readonly factor?: readonly string[];
  readonly dummy?: boolean;
  readonly by: string;
  readonly sign?: string;
}

/** `randose randomize`: gives each participant the next free slot of the stratum, all or none. */
export async function randomize(output: Output, options: RandomizeOptions): Promise<void> {
  const root = findStudyFolder(options.study);
  const who = parseWho(options.by);
  const written = textOf(options);
  const signing = await signingWith(options.sign, !output.json);
  await atHome(output, root, options, () => {
    const open = openStudy(root, domainOf(options));
    requireUnchanged(open, ['identity', 'arms', 'strata', 'numbers', 'custody']);
    const { participants, problems } = participantsFrom(options, written, open.study.factors);
    const assigned = assignNextFree(open.study, open.slots, open.entries, participants);
    if (!assigned.ok || problems.length > 0) {
      throw nobody([...problems, ...(assigned.ok ? [] : assigned.problems)]);
    }
    const head = appendToLedger(
      open,
      headOf(open.entries),
      assigned.value.map((assignment) => ({ action: 'randomization', who, ...assignment })),
      signing,
    );
    const hasFactors = open.study.factors.length > 0;
    const rows = assigned.value.map(({ subject, site, stratum, number, kit, day1 }) => [
      subject,
      hasFactors ? stratum : site,
      number,
      kit,
      day1,
    ]);
    const place = hasFactors ? 'Stratum' : 'Site';
    const table = formatTable(['Subject', place, 'Number', 'Kit', 'Day 1'], rows, output.colour);
    output.result({ participants: assigned.value, ledger: head }, table);
    output.say(formatReceipt(head));
    const numbers = assigned.value.map(({ number }) => number);
    for (const text of kitsNotAtHand(kitAccounts(open.slots, open.entries), numbers)) {
      output.warn(`${text}.`);
    }
    const used = new Set(assigned.value.map(({ stratum }) => stratum));
    const use = strataUse(open.slots, [...randomizations(open.entries), ...assigned.value]);
    for (const one of nearlyFull(use).filter(({ stratum }) => used.has(stratum))) {
      output.warn(nearlyFullText(one));
    }
  });
}

/** The participants' file, where there is one; read before the study is locked. */
function textOf({ from, subject, site, day1, factor }: RandomizeOptions): string | undefined {
  const single = [subject, site, day1];
  const isSingle = from === undefined && single.every((option) => option !== undefined);
  const isFile = from !== undefined && [...single, factor].every((option) => option === undefined);
  if (!isSingle && !isFile) {
    throw new RandoseError(
      'usage',
      'expected either --from FILE, or --subject, --site and --day1',
      {
        hint: 'randose randomize --help shows both.',
      },
    );
  }
  return from === undefined ? undefined : readText(from);
}

function participantsFrom(
  { from = '', subject = '', site = '', day1 = '', factor = [] }: RandomizeOptions,
  text: string | undefined,
  factors: readonly Factor[],
): ReturnType<typeof readParticipants> {
  if (text !== undefined) return readParticipants(text, from, factors);
  const levels = levelsOf(factor, factors);
  const fields = { subject, site: site.trim(), day1: day1.trim(), levels };
  const read = readParticipant(fields, factors, {});
  return read.ok
    ? { participants: [read.value], problems: [] }
    : { participants: [], problems: [...read.problems] };
}

/** `--factor sex=F age=LT65` as factor → level. */
function levelsOf(given: readonly string[], factors: readonly Factor[]): Record<string, string> {
  const levels: Record<string, string> = {};
  for (const text of given) {
    const [name = '', level] = text.split('=', 2);
    const factor = factors.find((one) => one.name.toUpperCase() === name.toUpperCase());
    if (factor === undefined || level === undefined || factor.name in levels) {
      const names = factors.map((one) => one.name).join(', ');
      throw new RandoseError('usage', `--factor "${text}" is not understood`, {
        hint:
          factors.length === 0
            ? 'This study has no factors beside the site.'
            : `Give each of the study's factors once (${names}), as --factor NAME=LEVEL.`,
      });
    }
    levels[factor.name] = level;
  }
  return levels;
}

function nobody(problems: RandoseError['problems']): RandoseError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new RandoseError('bad-data', `nobody was randomized: ${count}`, {
    problems: problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    hint: 'Nothing was taken. Mend the above and give all of them again. Where a stratum is full, the statistician can add slots.',
  });
}
