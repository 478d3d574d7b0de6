import { type Problem, RandoseError } from '../../../errors.ts';
import { type Assignment, assignNextFree } from '../../../ledger/enrolment.ts';
import type { Participant } from '../../../ledger/participants.ts';
import {
  type Objection,
  objectionsToDay1,
  objectionToClosedSite,
  objectionToOpenList,
} from '../../../ledger/randomization-rules.ts';
import { checkSubjectIds, unusualIds } from '../../../ledger/subject-id-rules.ts';
import { parseWho, type Who } from '../../../ledger/who.ts';
import { type OpenStudy, ALL_PARTS, requireUnchanged } from '../../../store/open-study.ts';
import { type Decision, record } from '../../../store/record.ts';
import { signingWith } from '../../../store/signing.ts';
import type { MarkDay } from '../../../schedule/days-that-matter.ts';
import { todayAt } from '../../../system/today.ts';
import { noDeviationReason } from '../../arguments/deviation.ts';
import { siteDays } from '../../arguments/participant-schedule.ts';
import { atHome } from '../../study/at-home.ts';
import { lookFirst } from '../../study/look-first.ts';
import { counted } from '../../../words.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { formatTable } from '../../output/table.ts';
import { participantsFrom, textOf } from './asked-participants.ts';
import type { RandomizeFlags } from './command.ts';
import { day1Warnings, warningsOf } from './randomize-warnings.ts';
import { timeZoneOf } from '../../../study/sections/sites.ts';

/** `randose randomize`: gives each participant the next free slot of the stratum: all of them, or none. */
export async function randomize(output: Output, options: RandomizeFlags): Promise<void> {
  const who = parseWho(options.by);
  const written = textOf(options);
  requireReason(options);
  const study = await atHome(output, studyPlace(options), options);
  const signing = await signingWith(options.sign, !output.json);
  await record(study, { signing, look: lookFirst(output, options) }, async (open) => {
    requireUnchanged(open, ALL_PARTS);
    const { participants, problems } = participantsFrom(options, written, open.study);
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
    const unusual = unusualIds(open.study, open.entries, participants);
    return decisionOn(output, open, deviating, {
      who,
      reason: options.reason ?? null,
      markDay,
      unusual,
    });
  });
}

function requireReason({ deviation = false, reason = '' }: RandomizeFlags): void {
  if (deviation && reason.trim() === '') {
    throw noDeviationReason();
  }
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
}

function decisionOn(
  output: Output,
  open: OpenStudy,
  assigned: readonly Assignment[],
  { who, reason, markDay, unusual }: About,
): Decision {
  const table = tableOf(output, open, assigned);
  const warnings = [...unusual, ...day1Warnings(assigned, markDay), ...warningsOf(open, assigned)];
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

function tableOf(output: Output, { study }: OpenStudy, assigned: readonly Assignment[]): string {
  const bySite = study.stratifyBy.includes('site');
  // A stratum that says the site and more needs no column for the site, and one that is the site no column for itself.
  const places = bySite ? [study.factors.length > 0 ? 'Stratum' : 'Site'] : ['Site', 'Stratum'];
  const rows = assigned.map(({ subject, site, stratum, number, kit, day1 }) => [
    subject,
    ...places.map((title) => (title === 'Site' ? site : stratum)),
    ...[number, kit, day1],
  ]);
  return formatTable(['Subject', ...places, 'Number', 'Kit', 'Day 1'], rows, output.colour, output);
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
      ? [`Correct ${wrong.length === 1 ? 'it' : 'them'} and run the command again.`]
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
    hint: hints.join('\n'),
  });
}
