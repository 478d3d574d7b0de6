import { RandoseError } from '../../../errors.ts';
import { kitAccounts, kitsNotAtHand } from '../../../ledger/accountability.ts';
import {
  type Assignment,
  assignNextFree,
  nearlyFull,
  randomizations,
  strataUse,
} from '../../../ledger/enrolment.ts';
import { readParticipant, readParticipants } from '../../../ledger/participants.ts';
import { parseWho, type Who } from '../../../ledger/who.ts';
import { readText } from '../../../system/files.ts';
import { type OpenStudy, requireUnchanged } from '../../../store/open-study.ts';
import { type Decision, record } from '../../../store/record.ts';
import { signingWith } from '../../../store/signing.ts';
import type { Factor } from '../../../study/study.ts';
import { atHome } from '../../study/at-home.ts';
import { counted } from '../../../words.ts';
import { nearlyFullText } from '../../study/nearly-full.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { formatTable } from '../../output/table.ts';
import type { RandomizeFlags } from './command.ts';

/** `randose randomize`: gives each participant the next free slot of the stratum: all of them, or none. */
export async function randomize(output: Output, options: RandomizeFlags): Promise<void> {
  const who = parseWho(options.by);
  const written = textOf(options);
  const study = await atHome(output, studyPlace(options), options);
  const signing = await signingWith(options.sign, !output.json);
  await record(study, signing, (open) => {
    requireUnchanged(open, ['identity', 'arms', 'strata', 'numbers', 'custody']);
    const { participants, problems } = participantsFrom(options, written, open.study.factors);
    const assigned = assignNextFree(open.study, open.slots, open.entries, participants);
    if (!assigned.ok || problems.length > 0) {
      throw nobody([...problems, ...(assigned.ok ? [] : assigned.problems)]);
    }
    return decisionOn(output, open, assigned.value, who);
  });
}

function decisionOn(
  output: Output,
  open: OpenStudy,
  assigned: readonly Assignment[],
  who: Who,
): Decision {
  return {
    acts: assigned.map((assignment) => ({ action: 'randomization', who, ...assignment })),
    gives: assigned.map(({ subject, number, kit }) => `${subject}: ${number}, kit ${kit}`),
    show: ({ head }) => {
      output.result({ participants: assigned, ledger: head }, tableOf(output, open, assigned));
      output.say(formatReceipt(head));
      for (const text of warningsOf(open, assigned)) output.warn(text);
    },
  };
}

function tableOf(output: Output, { study }: OpenStudy, assigned: readonly Assignment[]): string {
  const hasFactors = study.factors.length > 0;
  const rows = assigned.map(({ subject, site, stratum, number, kit, day1 }) => [
    ...[subject, hasFactors ? stratum : site],
    ...[number, kit, day1],
  ]);
  const place = hasFactors ? 'Stratum' : 'Site';
  return formatTable(['Subject', place, 'Number', 'Kit', 'Day 1'], rows, output.colour);
}

/** Kits that are not at hand, and strata that are nearly full. */
function warningsOf({ slots, entries }: OpenStudy, assigned: readonly Assignment[]): string[] {
  const numbers = assigned.map(({ number }) => number);
  const kits = kitsNotAtHand(kitAccounts(slots, entries), numbers).map((text) => `${text}.`);
  const used = new Set(assigned.map(({ stratum }) => stratum));
  const use = strataUse(slots, [...randomizations(entries), ...assigned]);
  const full = nearlyFull(use).filter(({ stratum }) => used.has(stratum));
  return [...kits, ...full.map(nearlyFullText)];
}

/** The participants' file, if there is one; read once, before anything is decided. */
function textOf({ from, subject, site, day1, factor }: RandomizeFlags): string | undefined {
  const single = [subject, site, day1];
  const isSingle = from === undefined && single.every((option) => option !== undefined);
  const isFile = from !== undefined && [...single, factor].every((option) => option === undefined);
  if (!isSingle && !isFile) {
    throw new RandoseError('usage', 'give either --from FILE, or --subject, --site and --day1', {
      hint: 'randose randomize --help has an example of each.',
    });
  }
  return from === undefined ? undefined : readText(from);
}

function participantsFrom(
  { from = '', subject = '', site = '', day1 = '', factor = [] }: RandomizeFlags,
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
      throw new RandoseError('usage', `--factor "${text}" does not name a factor and its level`, {
        hint:
          factors.length === 0
            ? 'This study has no factors besides the site.'
            : `Give each of the study's factors once (${names}), as --factor NAME=LEVEL.`,
      });
    }
    levels[factor.name] = level;
  }
  return levels;
}

function nobody(problems: RandoseError['problems']): RandoseError {
  const count = counted(problems.length, 'problem');
  return new RandoseError('bad-data', `nobody was randomized: ${count}`, {
    problems: problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    hint: 'Nobody was randomized. Correct these problems and run the command again. If a stratum is full, the statistician can add slots.',
  });
}
