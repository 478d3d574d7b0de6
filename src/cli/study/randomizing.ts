import { type Checked, type Problem, RandoseError } from '../../errors.ts';
import type { Assignment } from '../../ledger/enrolment.ts';
import type { Act } from '../../ledger/entry.ts';
import type { Participant } from '../../ledger/participants.ts';
import {
  type Objection,
  objectionsToDay1,
  objectionToClosedSite,
  objectionToOpenList,
} from '../../ledger/randomization-rules.ts';
import { checkSubjectIds, unusualIds } from '../../ledger/subject-id-rules.ts';
import { parseWho, type Who } from '../../ledger/who.ts';
import { haveKits, kitNames, numberText } from '../../randomization/list.ts';
import type { MarkDay } from '../../schedule/days-that-matter.ts';
import { type OpenStudy, ALL_PARTS, requireUnchanged } from '../../store/open-study.ts';
import { type Decision, record } from '../../store/record.ts';
import { signingWith } from '../../store/signing.ts';
import { hasVisits } from '../../study/sections/schedule.ts';
import type { Site, Study } from '../../study/study.ts';
import { timeZoneOf } from '../../study/sections/sites.ts';
import { todayAt } from '../../system/today.ts';
import { counted } from '../../words.ts';
import { noDeviationReason } from '../arguments/deviation.ts';
import type { HomeFlags, RandomizationFlags } from '../arguments/options.ts';
import { siteDays } from '../arguments/participant-schedule.ts';
import type { Output } from '../output/output.ts';
import { formatReceipt } from '../output/receipt.ts';
import { formatTable } from '../output/table.ts';
import { atHome } from './at-home.ts';
import { lookFirst } from './look-first.ts';
import { day1Warnings, warningsOf } from './randomization-warnings.ts';
import { studyPlace } from './study-place.ts';

/** Who is to be randomized, and how. */
export interface Asked {
  readonly participants: readonly Participant[];
  /** What is wrong with what was typed, or with the file. */
  readonly problems: readonly Problem[];
  /** The slots that they get, or why they get none. */
  readonly assigned: Checked<Assignment[]>;
  /** Objections beside those that every randomization can have, to each of the participants. */
  readonly objections?: readonly Objection[];
  /** What to do about these objections, beside a protocol deviation. */
  readonly hints?: readonly string[];
  /** What else somebody should know, a sentence each. */
  readonly warnings?: readonly string[];
  /** The true levels of the only participant, if the slot is one of other levels: slot and stratum stay. */
  readonly levels?: readonly { readonly factor: string; readonly level: string }[];
  /** Shown under the slots. */
  readonly note?: string;
  /** What is asked; by default whether these participants are to be randomized. */
  readonly question?: string;
}

/**
 * Randomizes participants: all of them, or none. What every command that randomizes has: the rules, the questions, the
 * answer.
 *
 * @param ask reads who is to be randomized, from the study as it is; refuses by throwing
 */
export async function randomizeAsked(
  output: Output,
  options: RandomizationFlags & HomeFlags,
  ask: (open: OpenStudy) => Asked,
): Promise<void> {
  const who = parseWho(options.by);
  requireReason(options);
  const study = await atHome(output, studyPlace(options), options);
  const signing = await signingWith(options.sign, !output.json);
  await record(study, { signing, look: lookFirst(output, options) }, async (open) => {
    requireUnchanged(open, ALL_PARTS);
    const asked = ask(open);
    const { participants, problems, assigned } = asked;
    const ids = checkSubjectIds(open.study, open.entries, participants);
    const found = [...problems, ...ids.wrong, ...(assigned.ok ? [] : assigned.problems)];
    const doubtful = options.idIsRight === true ? [] : ids.doubtful;
    const objections = participants.map((one) => [
      ...(asked.objections ?? []),
      ...objectionsTo(one, open),
    ]);
    const refused = options.deviation === true ? [] : problemsOf(participants, objections);
    if (!assigned.ok || found.length + doubtful.length + refused.length > 0) {
      throw nobody(found, { ...ids, doubtful }, refused, asked.hints ?? []);
    }
    const deviating = assigned.value.map((assignment, index) =>
      withDeviations(assignment, objections[index] ?? []),
    );
    const markDay = await siteDays(open.study);
    const unusual = unusualIds(open.study, open.entries, participants);
    const about = { who, reason: options.reason ?? null, markDay, unusual };
    return decisionOn(output, open, deviating, { ...about, asked });
  });
}

function requireReason({ deviation = false, reason = '' }: RandomizationFlags): void {
  if (deviation && reason.trim() === '') {
    throw noDeviationReason();
  }
}

/** The participant with the site's code as study.yaml has it: its case does not matter. */
export function atSite(participant: Participant, sites: readonly Site[]): Participant {
  const key = participant.site.toUpperCase();
  const site = sites.find(({ code }) => code.toUpperCase() === key);
  return site === undefined ? participant : { ...participant, site: site.code };
}

/** @throws RandoseError `usage` if a Day 1 is missing, or given although the study has no schedule */
export function requireDay1(
  command: string,
  day1: string | undefined,
  schedule: Study['schedule'],
): void {
  const hasSchedule = hasVisits(schedule);
  if ((day1 !== undefined) === hasSchedule) return;
  throw hasSchedule
    ? new RandoseError('usage', `${command} needs --day1 DATE: the date of Day 1`, {
        hint: 'YYYY-MM-DD, today, or such as today+7. Nobody was randomized.',
      })
    : new RandoseError('usage', 'leave out --day1: this study has no schedule', {
        hint: 'study.yaml says schedule: none. Nobody was randomized.',
      });
}

function objectionsTo({ day1, site }: Participant, { study, entries }: OpenStudy): Objection[] {
  const zone = timeZoneOf(study, site);
  return [
    ...objectionToClosedSite(site, study.sites),
    ...objectionsToDay1(day1, todayAt(zone), entries),
    ...objectionToOpenList(entries),
  ];
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
  /** What is unusual about the subject ids, a sentence each. */
  readonly unusual: readonly string[];
  readonly asked: Asked;
}

function decisionOn(
  output: Output,
  open: OpenStudy,
  assigned: readonly Assignment[],
  { who, reason, markDay, unusual, asked }: About,
): Decision {
  const table = `${tableOf(output, open, assigned)}${asked.note ?? ''}`;
  const warnings = [
    ...unusual,
    ...(asked.warnings ?? []),
    ...day1Warnings(assigned, markDay),
    ...warningsOf(open, assigned),
  ];
  const { unit } = open.study.subjects;
  const many = assigned.length === 1 ? `this ${unit}` : `these ${assigned.length} ${unit}s`;
  const acts = assigned.map((assignment): Act => ({
    action: 'randomization',
    who,
    reason,
    ...assignment,
  }));
  const { levels = [] } = asked;
  const [first] = assigned;
  if (levels.length > 0 && first !== undefined) {
    const why = reason ?? `${first.number} is the replacement slot of ${first.replaces ?? ''}`;
    const about = { who, reason: why, subject: first.subject, levels: [...levels] };
    acts.push({ action: 'stratum correction', ...about });
  }
  return {
    acts,
    gives: assigned.map((one) => `${one.subject}: ${numberText(one.number, kitNames(one))}`),
    before: {
      text: table,
      warnings,
      question: `A slot cannot be given back. ${asked.question ?? `Randomize ${many}?`}`,
    },
    show: ({ head }) => {
      output.result({ study: open.study.id, participants: assigned, ledger: head }, table);
      output.say(formatReceipt(head));
      for (const text of warnings) output.warn(text);
    },
  };
}

function tableOf(output: Output, { study }: OpenStudy, assigned: readonly Assignment[]): string {
  const bySite = study.stratifyBy.includes('site');
  // A stratum that says the site and more needs no column for the site, and one that is the site no column for itself.
  const places = bySite ? [study.factors.length > 0 ? 'Stratum' : 'Site'] : ['Site', 'Stratum'];
  const isReplacement = assigned.some(({ replaces }) => replaces !== undefined);
  const types = (assigned[0]?.kits ?? []).map(({ type }) => type);
  const rows = assigned.map(({ subject, site, stratum, number, kit, kits, day1, replaces }) => [
    subject,
    ...places.map((title) => (title === 'Site' ? site : stratum)),
    ...[number, ...(kits?.map((one) => one.kit) ?? (kit === undefined ? [] : [kit]))],
    ...(day1 === undefined ? [] : [day1]),
    ...(isReplacement ? [replaces ?? ''] : []),
  ]);
  const last = isReplacement ? ['Replaces'] : [];
  const untyped = haveKits(assigned) ? ['Kit'] : [];
  const kit = types.length > 0 ? types.map((type) => `Kit (${type})`) : untyped;
  const day1 = hasVisits(study.schedule) ? ['Day 1'] : [];
  const head = ['Subject', ...places, 'Number', ...kit, ...day1, ...last];
  return formatTable(head, rows, output.colour, output);
}

/** Nobody is randomized: because of what is wrong, of ids that may be mistakes, and of what is a deviation. */
function nobody(
  wrong: readonly Problem[],
  { doubtful, condition }: Pick<ReturnType<typeof checkSubjectIds>, 'doubtful' | 'condition'>,
  deviations: readonly Problem[],
  more: readonly string[],
): RandoseError {
  const problems = [...wrong, ...doubtful, ...deviations];
  const hints = [
    ...(wrong.length > 0
      ? [`Correct ${wrong.length === 1 ? 'it' : 'them'} and run the command again.`]
      : []),
    ...(doubtful.length > 0
      ? [`A slot cannot be given back. If ${condition}, add --id-is-right`]
      : []),
    ...(deviations.length > 0
      ? [...more, 'To randomize anyway as a protocol deviation, add --deviation --reason TEXT']
      : []),
  ];
  const message = `nobody was randomized: ${counted(problems.length, 'problem')}`;
  return new RandoseError('bad-data', message, {
    problems: problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    hint: hints.join('\n'),
  });
}
