import { RandoseError } from '../../../errors.ts';
import {
  amendmentDigest,
  amendmentsByParticipant,
  compareAmendments,
  moveProblem,
} from '../../../ledger/amendments.ts';
import { sitesBySubject } from '../../../ledger/transfers.ts';
import { lastSite } from '../../../study/site-periods.ts';
import { dateOfList } from '../../../ledger/randomization-rules.ts';
import { requireRandomization } from '../../../ledger/enrolment.ts';
import { entriesOf } from '../../../ledger/entry.ts';
import type { Act, EntryOf } from '../../../ledger/entry.ts';
import { parseWho, type Who } from '../../../ledger/who.ts';
import {
  amendmentRefusal,
  openStudy,
  type OpenStudy,
  requireUnchanged,
} from '../../../store/open-study.ts';
import { record } from '../../../store/record.ts';
import { signingWith } from '../../../store/signing.ts';
import { amendHint } from '../../../store/changed-study.ts';
import { dayText } from '../../../ledger/times.ts';
import { datedName } from '../../../study/civil-date.ts';
import type { Amendment } from '../../../study/study.ts';
import { listed } from '../../../words.ts';
import { dateIn, todayAt } from '../../../system/today.ts';
import { requireDate } from '../../arguments/participant-schedule.ts';
import { requireReason } from '../../arguments/reason.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { lookFirst } from '../../study/look-first.ts';
import { studyPlace } from '../../study/study-place.ts';
import {
  amendedParticipants,
  amendWarnings,
  effectsBefore,
  formatEffects,
  recordsWithoutVisit,
} from './amend-effects.ts';
import { listAmendments } from './amend-list.ts';
import { ruleChanges } from './rule-changes.ts';
import type { AmendFlags } from './command.ts';
import { timeZoneOf } from '../../../study/sections/sites.ts';

/**
 * `randose amend`: puts an amendment of study.yaml in force, or moves an earlier participant to one; or that move is
 * taken back. Alone it lists the amendments.
 */
export async function amend(output: Output, options: AmendFlags): Promise<void> {
  if (options.id === undefined) {
    refuseWithoutId(options);
    listAmendments(output, await openStudy(studyPlace(options)));
    return;
  }
  const { id, subject, date, retract = false } = options;
  if (retract && (subject === undefined || date !== undefined)) throw notARetraction(id, subject);
  if (date !== undefined && subject === undefined) {
    throw new RandoseError(
      'usage',
      '--date needs --subject: study.yaml has the date of an amendment',
      {
        hint: 'It is the key "from" of the amendment. Nothing was recorded.',
      },
    );
  }
  const reason = requireReason(options.reason, 'an amendment');
  const who = parseWho(options.by ?? '');
  const study = await atHome(output, studyPlace(options), options);
  const signing = await signingWith(options.sign, !output.json);
  await record(study, { signing, look: lookFirst(output, options) }, (open) => {
    // Slots or people that are changed too have commands of their own.
    requireUnchanged(open, ['identity', 'schedule']);
    if (compareAmendments(open.study, open.entries).changed.length > 0)
      throw amendmentRefusal(open);
    const amendment = requireAmendment(open, id);
    const about = { who, reason };
    const act =
      subject === undefined
        ? inForce(open, amendment, about)
        : retract
          ? takenBack(open, amendment, { ...about, subject })
          : consent(open, amendment, { ...about, subject, date });
    const effects = amendedParticipants(open, act);
    const { what, question } = wordsOf(act);
    const rules = retract ? [] : ruleChanges(open.study, amendment);
    const told = [what, ...rules.map(({ text: rule }) => `Rule ${rule}`)].join('\n');
    const text = `${told}\n${formatEffects(effects, output)}`;
    const warnings = retract
      ? []
      : [...droppedWarnings(amendment.id, rules), ...amendWarnings(open, amendment, act)];
    return {
      acts: [act],
      gives: [what],
      before: {
        text: options.dryRun === true ? text : `${told}\n${effectsBefore(effects, output)}`,
        warnings,
        question,
      },
      show: ({ head }) => {
        const { from } = act;
        const retracted = retract && { retracted: true };
        output.result(
          {
            study: open.study.id,
            amendment: amendment.id,
            from,
            ...retracted,
            participants: effects,
            ledger: head,
          },
          text,
        );
        output.say(formatReceipt(head));
        for (const warning of warnings) output.warn(warning);
        if (act.action === 'amendment') output.say(`Amendment ${amendment.id} is now in force.`);
        if (effects.length > 0) {
          output.say('Calendars have changed: export those that are in use again.');
        }
      },
    };
  });
}

/** Rules that the schedule had before, and an amendment has not: they may have been forgotten. */
function droppedWarnings(id: string, rules: ReturnType<typeof ruleChanges>): string[] {
  const names = rules.filter(({ isDropped }) => isDropped).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `amendment ${id} has no ${listed([...new Set(names)])}, which the schedule has now. An amendment has its whole schedule: if the rule stays, write it there too.`,
  ];
}

/** What is recorded, and the question before it. */
function wordsOf(act: EntryIn<'amendment'> | EntryIn<'amendment consent'>) {
  const { amendment: id, from } = act;
  if (act.action === 'amendment') {
    return {
      what: `Amendment ${id} from ${datedName(from)}, for ${act.applies}.`,
      question: `Put amendment ${id} in force? A later one can change it again.`,
    };
  }
  const { subject, retracts } = act;
  return retracts === undefined
    ? {
        what: `Amendment ${id} for ${subject}, from ${datedName(from)}.`,
        question: `Move ${subject} to amendment ${id}?`,
      }
    : {
        what: `${subject}: the move to amendment ${id} from ${from} (ledger ${retracts}) is taken back.`,
        question: `Take back the move of ${subject} to amendment ${id}?`,
      };
}

type EntryIn<Action extends Act['action']> = Extract<Act, { action: Action }>;

function notARetraction(id: string, subject: string | undefined): RandoseError {
  if (subject !== undefined) {
    return new RandoseError('usage', '--retract takes the move back as it is: leave out --date', {
      hint: 'Then record it again with the right date. Nothing was recorded.',
    });
  }
  return new RandoseError('usage', '--retract needs --subject: whose move is taken back', {
    hint: `Amendment ${id} itself cannot be taken out of force: write a further amendment. Nothing was recorded.`,
  });
}

function refuseWithoutId({ subject, date, retract, reason, by, dryRun }: AmendFlags): void {
  if ((subject ?? date ?? retract ?? reason ?? by ?? dryRun) === undefined) return;
  throw new RandoseError('usage', 'which amendment? Add --id, as study.yaml calls it', {
    hint: 'randose amend alone lists the amendments. Nothing was recorded.',
  });
}

/** @throws RandoseError `usage` if study.yaml has no such amendment */
function requireAmendment({ study }: OpenStudy, id: string): Amendment {
  const found = study.amendments.find((one) => one.id.toUpperCase() === id.trim().toUpperCase());
  if (found !== undefined) return found;
  const all = study.amendments.map((one) => one.id).join(', ');
  throw new RandoseError('usage', `study.yaml has no amendment "${id}"`, {
    hint:
      all === ''
        ? 'Write it under the key amendments first: docs/statistician.md shows how.'
        : `It has: ${all}`,
  });
}

type Said = Readonly<{ who: Who; reason: string }>;

/** @throws RandoseError `bad-data` if it is in force already, or an earlier one is not */
function inForce({ study, entries }: OpenStudy, amendment: Amendment, said: Said) {
  const { id, from, applies } = amendment;
  const before = entriesOf(entries, 'amendment').find((one) => one.amendment === id);
  if (before !== undefined) {
    throw new RandoseError(
      'bad-data',
      `amendment ${id} is in force already (ledger ${before.seq})`,
      {
        hint: 'To move an earlier participant to it, add: --subject ID. To change the schedule again, write a further amendment.',
      },
    );
  }
  const [first] = compareAmendments(study, entries).pending;
  if (first !== undefined && first.id !== id) {
    throw new RandoseError(
      'bad-data',
      `amendment ${first.id} comes before ${id}, and is not in force`,
      {
        hint: amendHint(first.id),
      },
    );
  }
  requireAfterList(entries, amendment);
  const digest = amendmentDigest(amendment);
  return {
    action: 'amendment',
    ...said,
    amendment: id,
    from,
    applies,
    digest,
  } as const satisfies Act;
}

/**
 * Nobody had a visit before the list was made. So an amendment that counts from an earlier date changes nothing more
 * than one from that day on, and its date is a slip, most often of the year.
 *
 * @throws RandoseError `bad-data`
 */
function requireAfterList(entries: OpenStudy['entries'], { id, from }: Amendment): void {
  const made = dateOfList(entries);
  if (made === undefined || from >= made) return;
  throw new RandoseError(
    'bad-data',
    `amendment ${id} counts from ${datedName(from)}, before the list was made`,
    {
      hint: `Correct "from" in study.yaml: the list was made on ${dayText(entriesOf(entries, 'allocation')[0]!.time)}. Is the year right? Nothing was recorded.`,
    },
  );
}

/** @throws RandoseError `bad-data` if the amendment is not in force, the participant has it, or the date cannot be */
function consent(
  open: OpenStudy,
  amendment: Amendment,
  {
    subject: typed,
    date,
    ...said
  }: Said & { readonly subject: string; readonly date: string | undefined },
) {
  const { study, entries } = open;
  const { id } = amendment;
  const randomization = requireRandomization(entries, typed);
  const { subject } = randomization;
  if (entriesOf(entries, 'amendment').every((one) => one.amendment !== id)) {
    throw new RandoseError('bad-data', `amendment ${id} is not in force`, { hint: amendHint(id) });
  }
  const { own, randomizedOn } = amendmentsFor(open, randomization);
  const later = own.later.find((one) => one.amendment.id === id);
  if (own.atRandomization?.id === id || later !== undefined) {
    const since = later === undefined ? 'the randomization' : later.from;
    throw new RandoseError('bad-data', `${subject} has amendment ${id} since ${since}`, {
      hint: `Nothing was recorded.${later?.isOwn === true ? ` If that is wrong, take the move back first: randose amend --id ${id} --subject ${subject} --retract --reason TEXT --by WHO` : ''}`,
    });
  }
  const today = todayAt(timeZoneOf(study, lastSite(sitesBySubject(entries)(randomization))));
  const from = date === undefined ? today : requireDate('--date', date);
  const problem = moveProblem({ subject, amendment, from, randomizedOn, today });
  if (problem !== undefined) {
    throw new RandoseError('bad-data', problem.what, { hint: problem.hint });
  }
  return {
    action: 'amendment consent',
    ...said,
    subject,
    amendment: id,
    from,
  } as const satisfies Act;
}

/** @throws RandoseError `bad-data` if the participant was not moved, or something recorded since needs the amendment */
function takenBack(
  open: OpenStudy,
  { id }: Amendment,
  { subject: typed, ...said }: Said & { readonly subject: string },
) {
  const randomization = requireRandomization(open.entries, typed);
  const { subject } = randomization;
  const { own } = amendmentsFor(open, randomization);
  const move = own.later.find((one) => one.amendment.id === id && one.isOwn);
  if (move === undefined) {
    const other = own.later.some((one) => one.amendment.id === id);
    const why =
      own.atRandomization?.id === id
        ? ` The amendment was in force at the randomization: a further amendment changes it.`
        : other
          ? ' The amendment is for everyone: a further one changes it.'
          : '';
    throw new RandoseError('bad-data', `${subject} was not moved to amendment ${id}`, {
      hint: `Nothing was recorded.${why}`,
    });
  }
  const { from, seq } = move;
  const about = { action: 'amendment consent', ...said, subject, amendment: id, from } as const;
  const act = { ...about, retracts: seq } as const satisfies Act;
  const lost = recordsWithoutVisit(open, act, randomization);
  if (lost.length > 0) {
    throw new RandoseError(
      'bad-data',
      `${subject} has records of visits that only amendment ${id} has: ${lost.map((one) => `${one.visit} (ledger ${one.seq})`).join(', ')}`,
      {
        hint: 'Nothing was recorded. Take these records back first, with dose or attend and --retract, and enter them again after the right move.',
      },
    );
  }
  return act;
}

function amendmentsFor({ study, entries }: OpenStudy, randomization: EntryOf<'randomization'>) {
  const { site, time } = randomization;
  const randomizedOn = dateIn(time, timeZoneOf(study, site));
  const own = amendmentsByParticipant(study, entries)(randomization, randomizedOn);
  return { own, randomizedOn };
}
