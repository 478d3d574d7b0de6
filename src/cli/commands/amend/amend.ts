import { RandoseError } from '../../../errors.ts';
import {
  amendmentDigest,
  amendmentsByParticipant,
  compareAmendments,
} from '../../../ledger/amendments.ts';
import { sitesBySubject } from '../../../ledger/transfers.ts';
import { lastSite } from '../../../study/site-periods.ts';
import { requireRandomization } from '../../../ledger/enrolment.ts';
import { entriesOf } from '../../../ledger/entry.ts';
import type { Act } from '../../../ledger/entry.ts';
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
import { datedName } from '../../../study/civil-date.ts';
import type { Amendment } from '../../../study/study.ts';
import { dateIn, todayAt } from '../../../system/today.ts';
import { requireDate } from '../../arguments/participant-schedule.ts';
import { requireReason } from '../../arguments/reason.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { lookFirst } from '../../study/look-first.ts';
import { studyPlace } from '../../study/study-place.ts';
import { amendedParticipants, amendWarnings, formatEffects } from './amend-effects.ts';
import { listAmendments } from './amend-list.ts';
import type { AmendFlags } from './command.ts';
import { timeZoneOf } from '../../../study/sections/sites.ts';

/**
 * `randose amend`: puts an amendment of study.yaml in force, or moves an earlier participant to one. Alone it lists
 * the amendments.
 */
export async function amend(output: Output, options: AmendFlags): Promise<void> {
  if (options.id === undefined) {
    refuseWithoutId(options);
    listAmendments(output, await openStudy(studyPlace(options)));
    return;
  }
  const { id, subject, date } = options;
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
        : consent(open, amendment, { ...about, subject, date });
    const effects = amendedParticipants(open, act);
    const what =
      act.action === 'amendment'
        ? `Amendment ${id} from ${datedName(act.from)}, for ${act.applies}.`
        : `Amendment ${id} for ${act.subject}, from ${datedName(act.from)}.`;
    const text = `${what}\n${formatEffects(effects, output)}`;
    const warnings = amendWarnings(open, amendment);
    return {
      acts: [act],
      gives: [what],
      before: {
        text,
        warnings,
        question: 'The ledger keeps this. A later amendment can change it again. Put it in force?',
      },
      show: ({ head }) => {
        const { from } = act;
        output.result({ amendment: id, from, participants: effects, ledger: head }, text);
        output.say(formatReceipt(head));
        for (const warning of warnings) output.warn(warning);
      },
    };
  });
}

function refuseWithoutId({ subject, date, reason, by, dryRun }: AmendFlags): void {
  if ((subject ?? date ?? reason ?? by ?? dryRun) === undefined) return;
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

/** @throws RandoseError `bad-data` if the amendment is not in force, or the participant has it */
function consent(
  { study, entries }: OpenStudy,
  { id }: Amendment,
  {
    subject: typed,
    date,
    ...said
  }: Said & { readonly subject: string; readonly date: string | undefined },
) {
  const randomization = requireRandomization(entries, typed);
  const { subject, site, time } = randomization;
  if (entriesOf(entries, 'amendment').every((one) => one.amendment !== id)) {
    throw new RandoseError('bad-data', `amendment ${id} is not in force`, { hint: amendHint(id) });
  }
  const zone = timeZoneOf(study, site);
  const own = amendmentsByParticipant(study, entries)(randomization, dateIn(time, zone));
  const later = own.later.find(({ amendment }) => amendment.id === id);
  if (own.atRandomization?.id === id || later !== undefined) {
    const since = later === undefined ? 'the randomization' : later.from;
    throw new RandoseError('bad-data', `${subject} has amendment ${id} since ${since}`, {
      hint: 'Nothing was recorded.',
    });
  }
  const here = timeZoneOf(study, lastSite(sitesBySubject(entries)(randomization)));
  const from = date === undefined ? todayAt(here) : requireDate('--date', date);
  return {
    action: 'amendment consent',
    ...said,
    subject,
    amendment: id,
    from,
  } as const satisfies Act;
}
