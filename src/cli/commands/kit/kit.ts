import { RandoseError } from '../../../errors.ts';
import { type KitAccount, kitAccounts, whyNot } from '../../../ledger/accountability.ts';
import { requireRandomization } from '../../../ledger/enrolment.ts';
import type { Act, KitEvent } from '../../../ledger/entry.ts';
import { reconcileUnits } from '../../../ledger/unit-balances.ts';
import { parseWho } from '../../../ledger/who.ts';
import { openStudy, type OpenStudy, requireUnchanged } from '../../../store/open-study.ts';
import { record } from '../../../store/record.ts';
import { signingWith } from '../../../store/signing.ts';
import { todayHere, todayIn } from '../../../system/today.ts';
import { datedName, type CivilDate } from '../../../study/civil-date.ts';
import { kitsOf } from '../../../randomization/list.ts';
import { siteOfStratum } from '../../../study/sections/strata.ts';
import { atHome } from '../../study/at-home.ts';
import { lookFirst } from '../../study/look-first.ts';
import { codesIn, namedKits } from '../../arguments/chosen-kits.ts';
import { balanceTexts, kitData } from '../../output/kit-view.ts';
import type { Output } from '../../output/output.ts';
import { requireDate, requireSite } from '../../arguments/participant-schedule.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { formatTable } from '../../output/table.ts';
import { studyPlace } from '../../study/study-place.ts';
import { counted } from '../../../words.ts';
import type { KitFlags } from './command.ts';
import type { KitEventFlags } from './command.ts';

/** `randose kit`: the drug accountability log, blinded. */
export async function kitLog(output: Output, options: KitFlags): Promise<void> {
  const open = await openStudy(studyPlace(options));
  const site = options.site === undefined ? undefined : requireSite(open.study, options.site).code;
  const accounts = kitAccounts(open.slots, open.entries).filter(
    ({ slot }) => site === undefined || siteOfStratum(slot.stratum) === site,
  );
  const dateOf = ({ events }: KitAccount, event: KitEvent): string =>
    events.find((one) => one.event === event)?.date ?? '';
  const rows = accounts.map((account) => [
    account.isSpare ? `${account.kit} spare` : account.kit,
    account.slot.number,
    account.holder ?? '',
    ...(['received', 'dispensed', 'returned', 'destroyed'] as const).map((one) =>
      dateOf(account, one),
    ),
  ]);
  const head = ['Kit', 'No.', 'Subject', 'Received', 'Dispensed', 'Returned', 'Destroyed'];
  output.result(
    { study: open.study.id, kits: accounts.map(kitData) },
    formatTable(head, rows, output.colour),
  );
}

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
  if ((event === 'destroyed' || event === 'retracted') && (reason ?? '') === '') {
    const what = event === 'destroyed' ? 'destroying kits' : 'taking a record back';
    throw new RandoseError('usage', `${what} needs --reason TEXT: it is kept in the ledger`);
  }
  const typed =
    options.from === undefined ? (options.kits ?? '').split(',') : codesIn(options.from);
  const study = await atHome(output, studyPlace(options), options);
  const signing = await signingWith(options.sign, !output.json);
  await record(study, { signing, look: lookFirst(output, options) }, (open) => {
    requireUnchanged(open, ['identity', 'numbers']);
    const { subject } =
      options.subject === undefined
        ? { subject: null }
        : requireRandomization(open.entries, options.subject);
    const wanted = namedKits(open, typed);
    const byCode = new Map(kitAccounts(open.slots, open.entries).map((one) => [one.kit, one]));
    const accounts = wanted.map(({ kit }) => byCode.get(kit)!);
    if (options.units !== undefined && accounts.length > 1) {
      throw new RandoseError('usage', '--units is for one kit: record each kit on its own');
    }
    const acts = accountFor(open, event, accounts, { ...options, subject, reason, who });
    const [first] = acts;
    const told = first?.action === 'kit' ? toldOf(first) : '';
    const kits =
      accounts.length === 1 ? `kit ${accounts[0]!.kit}` : counted(accounts.length, 'kit');
    const done = `${kits}: ${event}${told}`;
    return {
      acts,
      gives: [done],
      show: ({ entries, head }) => {
        output.result({ study: open.study.id, event, acts, ledger: head }, `${done}\n`);
        output.say(formatReceipt(head));
        const after = { ...open, entries: [...open.entries, ...entries] };
        for (const text of balancesOf(after, accounts)) output.warn(text);
      },
    };
  });
}

/** The units of kits that do not add up. */
function balancesOf(
  { study, slots, entries }: OpenStudy,
  accounts: readonly KitAccount[],
): string[] {
  const recorded = new Set<string>(accounts.map(({ kit }) => kit));
  const { balances } = reconcileUnits(
    kitAccounts(slots, entries),
    entries,
    study.supplies.kit.units,
  );
  return balances
    .filter(({ kit }) => recorded.has(kit))
    .flatMap((one) => balanceTexts(one).map((text) => `${text}.`));
}

function toldOf({ date, units, corrects, subject }: Extract<Act, { action: 'kit' }>): string {
  if (corrects !== null) return ', the last record is taken back.';
  const whom = (subject ?? null) === null ? '' : `, ${subject ?? ''}`;
  const many = units === null ? '' : `, ${counted(units, 'unit')}`;
  return ` on ${datedName(date)}${whom}${many}.`;
}

interface Recording extends Pick<KitEventFlags, 'date' | 'units'> {
  readonly subject: string | null;
  readonly reason: string | null;
  readonly who: ReturnType<typeof parseWho>;
}

/** @throws RandoseError `bad-data` if an event is not possible, with every such kit */
function accountFor(
  open: OpenStudy,
  event: KitEvent,
  accounts: readonly KitAccount[],
  { date: typed, units: typedUnits, subject, reason, who }: Recording,
): Act[] {
  const { study } = open;
  const problems: string[] = [];
  if (event === 'dispensed' && subject === null) {
    throw new RandoseError('usage', 'name the participant who gets the kit: --subject ID');
  }
  const acts = accounts.map((account): Act => {
    const { kit, slot, holder, events } = account;
    const site = study.sites.find(({ code }) => code === siteOfStratum(slot.stratum));
    const today = todayIn(site?.timeZone);
    const last = events.at(-1);
    const byDefault = site?.timeZone === undefined ? todayHere() : today;
    const date = typed === undefined ? byDefault : requireDate('--date', typed);
    const why = whyNot(account, event, subject) ?? dateProblem(kit, event, date, today, last?.date);
    if (why !== undefined) problems.push(why);
    const held = last?.units ?? study.supplies.kit.units;
    if (typedUnits !== undefined && typedUnits > held) {
      problems.push(`kit ${kit} has at most ${counted(held, 'unit')}`);
    }
    const units = event === 'retracted' ? null : (typedUnits ?? held);
    const isOf = event === 'dispensed' || event === 'returned';
    return {
      action: 'kit',
      who,
      reason,
      subject: isOf ? (holder ?? null) : null,
      kit,
      event,
      date,
      units,
      corrects: event === 'retracted' ? (last?.seq ?? 0) : null,
    };
  });
  if (problems.length === 0) return acts;
  const [first = ''] = problems;
  throw new RandoseError(
    'bad-data',
    problems.length === 1 ? first : `${problems.length} kits cannot be ${event}`,
    {
      problems: problems.length === 1 ? [] : problems.map((message) => ({ message })),
      hint: hintFor(open, accounts, subject),
    },
  );
}

/** What to do instead: use the participant's own kit, or take back an earlier record. */
function hintFor(open: OpenStudy, accounts: readonly KitAccount[], subject: string | null): string {
  const isOthers = accounts.some(({ holder }) => subject !== null && holder !== subject);
  const isRecorded = !isOthers && accounts.some(({ events }) => events.length > 0);
  const back = ' To take back a record that was a mistake: randose kit retracted';
  return `Nothing was recorded.${ownKitText(open, subject)}${isRecorded ? back : ''}`;
}

/** The kit that the participant should have. */
function ownKitText({ slots, entries }: OpenStudy, subject: string | null): string {
  if (subject === null) return '';
  const { kit } = requireRandomization(entries, subject);
  const kits = slots.flatMap((slot) => (slot.kit === kit ? kitsOf(slot) : []));
  return ` ${subject}'s ${kits.length === 1 ? 'kit' : 'kits'}: ${kits.join(', then the spare ')}.`;
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
