import { RandoseError } from '../../../errors.ts';
import type { KitAccount } from '../../../ledger/accountability.ts';
import { requireRandomization } from '../../../ledger/enrolment.ts';
import { entriesOf, type KitEvent } from '../../../ledger/entry.ts';
import {
  brokenByEvent,
  brokenByHolder,
  doneText,
  expiredText,
  neverDispensed,
  CANNOT_BE_GIVEN,
  POSSIBLE_AS_DEVIATION,
  whyNot,
} from '../../../ledger/kit-rules.ts';
import { DEPOT, sentFrom, sitesOfKits } from '../../../ledger/kit-sites.ts';
import { factsBySubject } from '../../../ledger/participant-facts.ts';
import {
  givenBefore,
  unitsGiven,
  unitsHeld,
  unitsIn,
  unitsLeft,
} from '../../../ledger/unit-balances.ts';
import { parseWho } from '../../../ledger/who.ts';
import { type OpenStudy, requireUnchanged } from '../../../store/open-study.ts';
import { type Preview, record } from '../../../store/record.ts';
import { signingWith } from '../../../store/signing.ts';
import { dateIn, todayAt, todayIn } from '../../../system/today.ts';
import { datedName, type CivilDate } from '../../../study/civil-date.ts';
import { atHome } from '../../study/at-home.ts';
import { lookFirst } from '../../study/look-first.ts';
import { codesIn, namedKits, type TypedCode } from '../../arguments/chosen-kits.ts';
import { noDeviationReason } from '../../arguments/deviation.ts';
import type { Output } from '../../output/output.ts';
import { requireDate, requireSite } from '../../arguments/participant-schedule.ts';
import { formatReceipt } from '../../output/receipt.ts';
import {
  expiresEarlyText,
  kitRecords,
  lastInjectionOf,
  unitProblemsOf,
} from '../../study/kit-records.ts';
import { goneKitTexts } from '../../study/gone-kits.ts';
import { correctCommand } from '../../study/record-commands.ts';
import { studyPlace } from '../../study/study-place.ts';
import { counted, withStop } from '../../../words.ts';
import type { KitEventFlags } from './command.ts';
import { doubtsAbout } from './kit-doubts.ts';
import { type KitAct, toldOf, toTakeBack } from './kit-words.ts';

/** `randose kit received` and so on: records where kits went: all of them, or none. */
export function kitEvent(event: KitEvent) {
  return (output: Output, options: KitEventFlags) => recordKits(output, event, options);
}

async function recordKits(output: Output, event: KitEvent, options: KitEventFlags): Promise<void> {
  const who = parseWho(options.by);
  if ((options.kits === undefined) === (options.from === undefined)) {
    throw new RandoseError(
      'usage',
      'give either --kits CODE,CODE, or --from FILE with one code per line',
    );
  }
  const reason = options.reason?.trim() ?? null;
  const typed: readonly TypedCode[] =
    options.from === undefined ? [{ code: options.kits ?? '' }] : codesIn(options.from);
  const study = await atHome(output, studyPlace(options), options);
  const signing = await signingWith(options.sign, !output.json);
  await record(study, { signing, look: lookFirst(output, options) }, (open) => {
    requireUnchanged(open, ['identity', 'numbers']);
    const { subject } =
      options.subject === undefined
        ? { subject: null }
        : requireRandomization(open.entries, options.subject);
    const wanted = namedKits(open, typed);
    const byCode = new Map(kitRecords(open).map((one) => [one.kit, one]));
    const accounts = wanted.map(({ kit }) => byCode.get(kit)!);
    if (options.units !== undefined && accounts.length > 1) {
      throw new RandoseError('usage', '--units is for one kit: record each kit on its own');
    }
    const named = options.to ?? options.site;
    const site = named === undefined ? undefined : requireDestination(open, named);
    const acts = accountFor(open, event, accounts, { ...options, subject, reason, who, site });
    const done = toldOf(event, acts, accounts);
    const doubts = doubtsAbout(open, event, acts, accounts);
    return {
      acts,
      gives: done,
      // Typed twice, it would take back the record before too.
      ...(doubts.length > 0 && { before: inDoubt(done, doubts) }),
      ...(event === 'retracted' && { before: takingBack(accounts, doubts) }),
      show: ({ entries, head }) => {
        output.result({ study: open.study.id, event, acts, ledger: head }, `${done.join('\n')}\n`);
        output.say(formatReceipt(head));
        const after = { ...open, entries: [...open.entries, ...entries] };
        for (const text of [...doubts, ...warningsOf(after, event, acts)]) output.warn(text);
      },
    };
  });
}

/** @throws RandoseError `usage` if the study has no such site */
function requireDestination({ study }: OpenStudy, typed: string): string {
  const isDepot = typed.trim().toLowerCase() === DEPOT;
  if (isDepot && !study.sites.some(({ code }) => code.toLowerCase() === DEPOT)) {
    throw new RandoseError('usage', `the ${DEPOT} is not a site`, {
      hint: 'To record kits that a site sent back, run: randose kit returned-to-depot --kits CODE --by WHO',
    });
  }
  return requireSite(study, typed).code;
}

/** What is asked before records are taken back. */
function takingBack(accounts: readonly KitAccount[], warnings: readonly string[]): Preview {
  const text = `${toTakeBack(accounts).join('\n')}\n`;
  const what = accounts.length === 1 ? 'this record' : `these ${accounts.length} records`;
  return { text, warnings, question: `Take back ${what}?` };
}

/** What is asked before a record that may be a slip. */
function inDoubt(done: readonly string[], warnings: readonly string[]): Preview {
  return { text: `${done.join('\n')}\n`, warnings, question: 'Record this?' };
}

/** What somebody should know after an event of kits: units that do not add up, and expiry. */
function warningsOf(open: OpenStudy, event: KitEvent, acts: readonly KitAct[]): string[] {
  const recorded = new Map(acts.map((act) => [act.kit, act]));
  const accounts = kitRecords(open).filter(({ kit }) => recorded.has(kit));
  const isInUse = USES.includes(event);
  const dates = isInUse
    ? accounts.flatMap((account) => expiryTexts(open, account, recorded.get(account.kit)!.date))
    : [];
  const held = accounts.filter(({ state }) => isInUse && state === 'quarantined');
  return [
    ...held.map(({ kit }) => `kit ${kit} is quarantined: DO NOT GIVE IT before it is released.`),
    ...dates.map((text) => `${text}.`),
    ...(event === 'dispensed' ? typesNotGiven(open, accounts) : []),
    ...(event === 'lost' || event === 'destroyed'
      ? goneKitTexts(open, new Set(accounts.map(({ slot }) => slot.number))).map(withStop)
      : []),
    ...unitProblemsOf(open, new Set(recorded.keys())),
  ];
}

/** That a participant who got kits has none yet of another type, a sentence for each participant. */
function typesNotGiven({ study, ...open }: OpenStudy, given: readonly KitAccount[]): string[] {
  const records = kitRecords({ study, ...open });
  return [...new Set(given.map(({ slot }) => slot.number))].flatMap((number) => {
    const own = records.filter(({ slot }) => slot.number === number);
    const missing = study.kitTypes.flatMap(({ type }) =>
      own.some((one) => one.type === type && one.events.some(isDispensed)) ? [] : type,
    );
    if (missing.length === 0) return [];
    return `${own[0]?.holder ?? ''} was given no kit of ${missing.join(' and ')} yet.`;
  });
}

function isDispensed({ event }: { readonly event: KitEvent }): boolean {
  return event === 'dispensed';
}

/** The events after which a kit may be used. */
const USES: readonly KitEvent[] = ['shipped', 'received', 'dispensed', 'released'];

/** That a kit has expired, or will have before its participant's last injection. */
function expiryTexts(open: OpenStudy, account: KitAccount, date: CivilDate): string[] {
  const expired = expiredText(account, date);
  if (expired !== undefined) return [expired];
  const { holder } = account;
  if (holder === undefined) return [];
  const lastInjection = lastInjectionOf(open, requireRandomization(open.entries, holder));
  const early = expiresEarlyText(account, holder, lastInjection);
  return early === undefined ? [] : [early];
}

interface Recording extends Pick<KitEventFlags, 'date' | 'units' | 'deviation'> {
  readonly subject: string | null;
  readonly reason: string | null;
  readonly who: ReturnType<typeof parseWho>;
  /** The site to which kits are shipped, or which has received them, if somebody says so. */
  readonly site: string | undefined;
}

/**
 * @throws RandoseError `bad-data` if an event is not possible, or breaks a rule and is not said to be a deviation,
 *   with every such kit; `usage` if a deviation has no reason
 */
function accountFor(
  open: OpenStudy,
  event: KitEvent,
  accounts: readonly KitAccount[],
  recording: Recording,
): KitAct[] {
  const { subject, reason, who, site, deviation = false } = recording;
  if (event === 'dispensed' && subject === null) {
    throw new RandoseError('usage', 'name the participant who gets the kit: --subject ID');
  }
  const problems: KitProblem[] = [];
  const broken: KitProblem[] = [];
  const given = unitsGiven(kitRecords(open), open.entries, open.study.supplies);
  const earlyOf = givenBefore(
    open.entries,
    accounts.map(({ kit }) => kit),
  );
  const siteOf = sitesOfKits(open.entries);
  const factsOf = factsBySubject(open.entries);
  const acts = accounts.map((account): KitAct => {
    const { kit, holder, events, slot } = account;
    const { date, today, listMade } = datesOf(open, account, recording.date);
    const last = events.at(-1);
    const from = sentFrom(events, (on) => siteOf(slot, on));
    const isThere = event === 'shipped' && from === site;
    const why =
      whyNot(account, event, subject, POSSIBLE_AS_DEVIATION) ??
      (isThere ? `kit ${kit} is at ${site ?? ''} already, by its records` : undefined) ??
      dateProblem(kit, event, date, today, last?.date);
    const toRecord = { date, listMade, site };
    const isGiven = event === 'dispensed' && holder !== undefined;
    const obstacles =
      why === undefined
        ? [
            ...brokenByEvent(account, event, toRecord),
            ...(isGiven ? brokenByHolder(kit, holder, factsOf(holder), date) : []),
          ]
        : [];
    // A release needs another record, and no earlier one makes a kit somebody else's.
    const isLastInWay = event !== 'released' && (event !== 'dispensed' || holder !== undefined);
    if (why !== undefined)
      problems.push({ kit, message: why, isLastInWay: isLastInWay && date <= today });
    broken.push(...obstacles.map(({ text }) => ({ kit, message: text })));
    const units = unitsIn(account, open.study.supplies);
    const held = unitsHeld(events) ?? units;
    const used = given.get(kit) ?? 0;
    const before = event === 'dispensed' ? earlyOf(account, { date }) : [];
    const left = HAND_OVERS.includes(event)
      ? Math.max(0, held - before.length)
      : unitsLeft(account, used, units);
    if (recording.units !== undefined && recording.units > left) {
      const message = `kit ${kit} has at most ${counted(left, 'unit')}${left < held ? `: ${used} of its ${held} ${used === 1 ? 'was' : 'were'} given. If an injection was from another kit, correct it first: ${correctCommand('dose', holder ?? 'ID', 'VISIT')} --kit CODE` : ''}`;
      problems.push({ kit, message });
    }
    const isOf = event === 'dispensed' || event === 'returned';
    const act: KitAct = {
      action: 'kit',
      who,
      reason,
      subject: isOf ? (holder ?? null) : null,
      kit,
      event,
      date,
      units: event === 'retracted' ? null : (recording.units ?? left),
      corrects: event === 'retracted' ? (last?.seq ?? 0) : null,
      ...(obstacles.length > 0 && { deviations: obstacles.map(({ rule }) => rule) }),
    };
    return { ...act, ...placesOf(account, event, { from, site }) };
  });
  if (problems.length === 0 && (broken.length === 0 || (deviation && (reason ?? '') !== ''))) {
    return acts;
  }
  if (problems.length === 0 && deviation) {
    throw noDeviationReason();
  }
  throw impossible(event, [...problems, ...(deviation ? [] : broken)], {
    hint:
      problems.length === 0
        ? 'Nothing was recorded. To record it anyway as a deviation, add: --deviation --reason TEXT'
        : hintFor(
            open,
            event,
            accounts.filter(({ kit }) =>
              problems.some((one) => one.kit === kit && one.isLastInWay),
            ),
            subject,
          ),
  });
}

/** The events before which its participant is not treated from a kit: it has all the units that it had. */
const HAND_OVERS: readonly KitEvent[] = ['received', 'dispensed'];

/** The places that the record of an event names. Where a kit should be goes without saying. */
function placesOf(
  account: KitAccount,
  event: KitEvent,
  { from, site }: { readonly from: string | undefined; readonly site: string | undefined },
): Pick<KitAct, 'from' | 'to' | 'site'> {
  if (event === 'shipped') return { from: from ?? null, ...(site !== undefined && { to: site }) };
  if (event === 'returned to depot') return { from: from ?? null };
  return event === 'received' && site !== undefined && site !== account.site ? { site } : {};
}

/** The day of an event and today at the kit's site, and the day on which its batch of the list was made. */
function datesOf(
  { study, entries }: OpenStudy,
  { slot, site: own }: KitAccount,
  typed: string | undefined,
) {
  const site = study.sites.find(({ code }) => code === own);
  const today = todayIn(site?.timeZone);
  const made = entriesOf(entries, 'allocation').find(({ batch }) => batch === slot.batch);
  return {
    today,
    date: typed === undefined ? todayAt(site?.timeZone) : requireDate('--date', typed),
    listMade: made === undefined ? undefined : dateIn(made.time, site?.timeZone),
  };
}

/** Why a kit cannot be recorded. */
interface KitProblem {
  readonly kit: string;
  /** Whether it may be possible once the kit's last record is taken back. */
  readonly isLastInWay?: boolean;
  readonly message: string;
}

function impossible(
  event: KitEvent,
  problems: readonly KitProblem[],
  { hint }: { readonly hint: string },
): RandoseError {
  const [first] = problems;
  if (problems.length === 1) return new RandoseError('bad-data', first!.message, { hint });
  const kits = new Set(problems.map(({ kit }) => kit));
  const which = kits.size === 1 ? `kit ${first!.kit}` : counted(kits.size, 'kit');
  return new RandoseError('bad-data', `${which} cannot be ${doneText(event)}`, {
    problems: problems.map(({ message }) => ({ message })),
    hint,
  });
}

/** What to do instead: use the participant's own kit, or take back an earlier record. */
function hintFor(
  open: OpenStudy,
  event: KitEvent,
  accounts: readonly KitAccount[],
  subject: string | null,
): string {
  const isOthers = accounts.some(({ holder }) => subject !== null && holder !== subject);
  const isRecorded = !isOthers && accounts.some(({ events }) => events.length > 0);
  const kits = accounts.map(({ kit }) => kit).join(',');
  const never = accounts.filter((one) => neverDispensed(one, event));
  if (never.length > 0 && never.length === accounts.length) {
    const whose = never[0]?.holder ?? 'ID';
    return `Nothing was recorded. If the participant had ${never.length === 1 ? 'it' : 'them'}, record that first, with its true date: randose kit dispensed --kits ${kits} --subject ${whose} --date DATE --by WHO\nIf the site sends ${never.length === 1 ? 'it' : 'them'} back unused: randose kit returned-to-depot --kits ${kits} --by WHO`;
  }
  const isLost = accounts.every(({ state }) => state === 'lost');
  const when = isLost
    ? `If ${accounts.length === 1 ? 'it was' : 'they were'} found, or not lost, take the loss back`
    : 'To take back the last record, if it was a mistake';
  const back = ` ${when}: randose kit retracted --kits ${kits} --reason TEXT --by WHO`;
  return `Nothing was recorded.${ownKitText(open, subject)}${isRecorded ? back : ''}`;
}

/** The kits that the participant should have, of each type. */
function ownKitText(open: OpenStudy, subject: string | null): string {
  if (subject === null) return '';
  const { number } = requireRandomization(open.entries, subject);
  const own = kitRecords(open).filter(({ slot }) => slot.number === number);
  const texts = [...new Set(own.map(({ type }) => type))].map((type) => {
    const kits = own
      .filter((one) => one.type === type)
      .map(({ kit, state }) =>
        CANNOT_BE_GIVEN.includes(state) ? `${kit} (${state}: DO NOT GIVE IT)` : kit,
      );
    const which = type === undefined ? '' : `${type} `;
    return `${which}${kits.join(', then the spare ')}`;
  });
  return ` ${subject}'s ${own.length === 1 ? 'kit' : 'kits'}: ${texts.join('; ')}.`;
}

function dateProblem(
  kit: string,
  event: KitEvent,
  date: CivilDate,
  today: CivilDate,
  before: CivilDate | undefined,
): string | undefined {
  if (date > today) return `kit ${kit}: ${datedName(date)} is in the future`;
  if (event === 'retracted' || before === undefined || date >= before) return undefined;
  return `kit ${kit}: ${datedName(date)} is before its last event, on ${datedName(before)}`;
}
