import { type Problem, RandoseError } from '../../../errors.ts';
import {
  type Assignment,
  assignNextFree,
  nearlyFull,
  randomizations,
  strataUse,
} from '../../../ledger/enrolment.ts';
import {
  type Participant,
  readParticipant,
  readParticipants,
} from '../../../ledger/participants.ts';
import {
  type Objection,
  objectionsToDay1,
  objectionToOpenList,
} from '../../../ledger/randomization-rules.ts';
import { slotTroubles } from '../../../ledger/slot-troubles.ts';
import { checkSubjectIds } from '../../../ledger/subject-id-rules.ts';
import { parseWho, type Who } from '../../../ledger/who.ts';
import { readTable } from '../../../system/table-file.ts';
import { type OpenStudy, RANDOMIZE_NEEDS, requireUnchanged } from '../../../store/open-study.ts';
import { type Decision, record } from '../../../store/record.ts';
import { signingWith } from '../../../store/signing.ts';
import { type MarkDay, marksText } from '../../../schedule/days-that-matter.ts';
import { datedName } from '../../../study/civil-date.ts';
import type { Factor } from '../../../study/study.ts';
import { todayHere, todayIn } from '../../../system/today.ts';
import { siteDays } from '../../arguments/participant-schedule.ts';
import { atHome } from '../../study/at-home.ts';
import { lookFirst } from '../../study/look-first.ts';
import { counted } from '../../../words.ts';
import { kitRecords, lastInjectionFrom } from '../../study/kit-records.ts';
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
  requireReason(options);
  const study = await atHome(output, studyPlace(options), options);
  const signing = await signingWith(options.sign, !output.json);
  await record(study, { signing, look: lookFirst(output, options) }, async (open) => {
    requireUnchanged(open, RANDOMIZE_NEEDS);
    const { participants, problems } = participantsFrom(options, written, open.study.factors);
    const ids = checkSubjectIds(open.study, open.entries, participants);
    const assigned = assignNextFree(open.study, open.slots, open.entries, participants);
    const found = [...problems, ...ids.wrong, ...(assigned.ok ? [] : assigned.problems)];
    const doubtful = options.idIsRight === true ? [] : ids.doubtful;
    const objections = participants.map((one) => objectionsTo(one, open));
    const refused = options.deviation === true ? [] : problemsOf(participants, objections);
    if (!assigned.ok || found.length + doubtful.length + refused.length > 0) {
      throw nobody(found, doubtful, refused);
    }
    const deviating = assigned.value.map((assignment, index) =>
      withDeviations(assignment, objections[index] ?? []),
    );
    const markDay = await siteDays(open.study);
    return decisionOn(output, open, deviating, { who, reason: options.reason ?? null, markDay });
  });
}

function requireReason({ deviation = false, reason = '' }: RandomizeFlags): void {
  if (deviation && reason.trim() === '') {
    throw new RandoseError('usage', 'a deviation needs --reason TEXT');
  }
}

function objectionsTo({ day1, site }: Participant, { study, entries }: OpenStudy): Objection[] {
  const zone = study.sites.find(({ code }) => code === site)?.timeZone;
  const today = zone === undefined ? todayHere() : todayIn(zone);
  return [...objectionsToDay1(day1, today, entries), ...objectionToOpenList(entries)];
}

function problemsOf(
  participants: readonly Participant[],
  objections: readonly (readonly Objection[])[],
): Problem[] {
  return participants.flatMap(({ subject, place }, index) =>
    (objections[index] ?? []).map(({ text }) => ({ ...place, message: `${subject}: ${text}` })),
  );
}

function withDeviations(assignment: Assignment, objections: readonly Objection[]): Assignment {
  const deviations = objections.map(({ rule }) => rule);
  return deviations.length === 0 ? assignment : { ...assignment, deviations };
}

/** What the acts need besides the participants. */
interface About {
  readonly who: Who;
  readonly reason: string | null;
  readonly markDay: (site: string) => MarkDay;
}

function decisionOn(
  output: Output,
  open: OpenStudy,
  assigned: readonly Assignment[],
  { who, reason, markDay }: About,
): Decision {
  const table = tableOf(output, open, assigned);
  const warnings = [...day1Warnings(assigned, markDay), ...warningsOf(open, assigned)];
  const many = assigned.length === 1 ? 'this participant' : `these ${assigned.length} participants`;
  return {
    acts: assigned.map((assignment) => ({ action: 'randomization', who, reason, ...assignment })),
    gives: assigned.map(({ subject, number, kit }) => `${subject}: ${number}, kit ${kit}`),
    before: {
      text: table,
      warnings,
      question: `A slot cannot be given back. Randomize ${many}?`,
    },
    show: ({ head }) => {
      output.result({ participants: assigned, ledger: head }, table);
      output.say(formatReceipt(head));
      for (const text of warnings) output.warn(text);
    },
  };
}

/** Days on which a first injection is unusual: weekends, holidays, days on which the site is closed. */
function day1Warnings(
  assigned: readonly Assignment[],
  markDay: (site: string) => MarkDay,
): string[] {
  return assigned.flatMap(({ subject, site, day1 }) => {
    const marks = markDay(site)(day1);
    return marks.length === 0
      ? []
      : [`Day 1 of ${subject}, ${datedName(day1)}: ${marksText(marks)}.`];
  });
}

function tableOf(output: Output, { study }: OpenStudy, assigned: readonly Assignment[]): string {
  const hasFactors = study.factors.length > 0;
  const rows = assigned.map(({ subject, site, stratum, number, kit, day1 }) => [
    ...[subject, hasFactors ? stratum : site],
    ...[number, kit, day1],
  ]);
  const place = hasFactors ? 'Stratum' : 'Site';
  return formatTable(['Subject', place, 'Number', 'Kit', 'Day 1'], rows, output.colour, output);
}

/** Kits that cannot be used, and strata that are nearly full. */
function warningsOf(open: OpenStudy, assigned: readonly Assignment[]): string[] {
  const { slots, entries } = open;
  const kits = kitTroubles(open, assigned).map(({ text }) => `${text}.`);
  const used = new Set(assigned.map(({ stratum }) => stratum));
  const use = strataUse(slots, [...randomizations(entries), ...assigned]);
  const full = nearlyFull(use).filter(({ stratum }) => used.has(stratum));
  return [...kits, ...full.map(nearlyFullText)];
}

/** What is wrong with the kits of the slots that participants get. */
function kitTroubles(open: OpenStudy, assigned: readonly Assignment[]) {
  const accounts = kitRecords(open);
  return open.study.sites.flatMap(({ code, timeZone }) => {
    const slots = assigned.flatMap(({ number, site, day1 }) =>
      site === code ? { number, lastInjection: lastInjectionFrom(open.study, day1) } : [],
    );
    return slotTroubles(accounts, slots, timeZone === undefined ? todayHere() : todayIn(timeZone));
  });
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
  return from === undefined ? undefined : readTable(from);
}

function participantsFrom(
  { from = '', subject = '', site = '', day1 = '', factor = [] }: RandomizeFlags,
  text: string | undefined,
  factors: readonly Factor[],
): ReturnType<typeof readParticipants> {
  if (text !== undefined) return readParticipants(text, from, factors);
  const levels = levelsOf(factor, factors);
  const fields = { subject, site: site.trim(), day1: day1.trim(), levels };
  const read = readParticipant(fields, factors, {}, todayHere());
  return read.ok
    ? { participants: [read.value], problems: [] }
    : { participants: [], problems: [...read.problems] };
}

/** `--factor sex=F age=LT65` as factor → level. */
function levelsOf(given: readonly string[], factors: readonly Factor[]): Record<string, string> {
  const levels: Record<string, string> = {};
  for (const text of given) {
    const [name = '', level] = text.split('=', 2).map((part) => part.trim());
    const factor = factors.find((one) => one.name.toUpperCase() === name.toUpperCase());
    const before = factor === undefined ? undefined : levels[factor.name];
    if (factor !== undefined && level !== undefined && before !== undefined) {
      throw new RandoseError(
        'usage',
        `--factor gives ${factor.name} twice: ${before} and ${level}`,
        { hint: 'Give each factor once. Nobody was randomized.' },
      );
    }
    if (factor === undefined || level === undefined) {
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

/** Nobody is randomized: because of what is wrong, of ids that may be mistakes, and of what is a deviation. */
function nobody(
  wrong: readonly Problem[],
  doubtful: readonly Problem[],
  deviations: readonly Problem[],
): RandoseError {
  const problems = [...wrong, ...doubtful, ...deviations];
  const hints = [
    ...(wrong.length > 0
      ? [
          'Correct these problems and run the command again. If a stratum is full, the statistician can add slots.',
        ]
      : []),
    ...(doubtful.length > 0
      ? [
          'A slot cannot be given back. If the id is right, and this is another person, add --id-is-right',
        ]
      : []),
    ...(deviations.length > 0
      ? ['To randomize anyway as a protocol deviation, add --deviation --reason TEXT']
      : []),
  ];
  const message = `nobody was randomized: ${counted(problems.length, 'problem')}`;
  return new RandoseError('bad-data', message, {
    problems: problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    hint: `Nobody was randomized. ${hints.join('\n')}`,
  });
}
