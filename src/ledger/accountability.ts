import type { Problem } from '../errors.ts';
import { counted } from '../words.ts';
import { kitsOf, type Slot } from '../randomization/list.ts';
import { addDays, type CivilDate } from '../study/civil-date.ts';
import { subjectKey } from '../study/identifiers.ts';
import { siteOfStratum } from '../study/sections/strata.ts';
import { randomizations } from './enrolment.ts';
import { entriesOf, type Entry, type EntryOf, type KitEvent } from './entry.ts';
import { entryProblem } from './entry-problem.ts';

/** The state of a kit: on the list only, labelled, or the state after its last event. */
type KitState = 'listed' | 'labelled' | Exclude<KitEvent, 'retracted'>;

/** The records of one kit. They are blinded, for drug accountability. */
export interface KitAccount {
  readonly kit: string;
  readonly slot: Slot;
  readonly isSpare: boolean;
  /** The participant who has the slot; undefined while nobody has it. */
  readonly holder: string | undefined;
  readonly state: KitState;
  readonly isLabelled: boolean;
  /** The events of the kit in their order, without retracted ones. */
  readonly events: readonly EntryOf<'kit'>[];
}

/** The states in which a kit must be before each event. */
const BEFORE: Record<Exclude<KitEvent, 'retracted'>, readonly KitState[]> = {
  received: ['listed', 'labelled'],
  dispensed: ['received'],
  returned: ['dispensed'],
  destroyed: ['listed', 'labelled', 'received', 'returned'], // or lost on the way
};

/** The accounts of all kits, in the order of the list; the spare kits of a slot come after its own kit. */
export function kitAccounts(slots: readonly Slot[], entries: readonly Entry[]): KitAccount[] {
  const labelled = new Set(entriesOf(entries, 'labels').flatMap(({ kits }) => kits));
  const events = validEvents(entries);
  const holders = new Map(randomizations(entries).map(({ kit, subject }) => [kit, subject]));
  return slots.flatMap((slot) =>
    kitsOf(slot).map((kit) => {
      const own = events.get(kit) ?? [];
      const last = own.at(-1)?.event as KitState | undefined;
      return {
        kit,
        slot,
        isSpare: kit !== slot.kit,
        holder: holders.get(slot.kit),
        state: last ?? (labelled.has(kit) ? 'labelled' : 'listed'),
        isLabelled: labelled.has(kit),
        events: own,
      };
    }),
  );
}

/** The events of each kit, without retracted ones. */
function validEvents(entries: readonly Entry[]): Map<string, EntryOf<'kit'>[]> {
  const events = new Map<string, EntryOf<'kit'>[]>();
  for (const entry of entriesOf(entries, 'kit')) {
    const own = events.get(entry.kit) ?? [];
    events.set(entry.kit, own);
    if (entry.event !== 'retracted') own.push(entry);
    else if (own.at(-1)?.seq === entry.corrects) own.pop();
  }
  return events;
}

/**
 * The reason why an event is not possible for a kit; undefined if it is possible.
 *
 * @param subject the participant to whom the kit is dispensed
 */
export function whyNot(
  { kit, slot, holder, state, events }: KitAccount,
  event: KitEvent,
  subject: string | null,
): string | undefined {
  if (event === 'retracted') {
    return events.length > 0 ? undefined : `kit ${kit}: there is no record to retract`;
  }
  if (event === 'dispensed') {
    if (holder === undefined) {
      return `kit ${kit} belongs to ${slot.number}, which no participant has: randomize first`;
    }
    if (subject !== null && subjectKey(subject) !== subjectKey(holder)) {
      return `kit ${kit} belongs to ${holder}, not to ${subject}: DO NOT GIVE IT`;
    }
  }
  if (BEFORE[event].includes(state)) return undefined;
  const last = events.at(-1);
  if (last === undefined)
    return `kit ${kit} is not recorded as received: it cannot be ${event} yet`;
  const whom = last.subject === null ? '' : ` (${last.subject})`;
  const again = last.event === event ? ' again' : '';
  return `kit ${kit} was ${last.event} on ${last.date}${whom}: it cannot be ${event}${again}`;
}

/**
 * Warnings about kits of newly assigned slots that are not in stock. Empty if the study does not record kit
 * events.
 *
 * @param numbers the numbers of the slots
 */
export function kitsNotAtHand(
  accounts: readonly KitAccount[],
  numbers: readonly string[],
): string[] {
  if (!accounts.some(({ events }) => events.length > 0)) return [];
  const wanted = new Map<string, KitAccount[]>(numbers.map((number) => [number, []]));
  for (const account of accounts) wanted.get(account.slot.number)?.push(account);
  return [...wanted].flatMap(([number, [own, ...spares]]) => {
    if (own === undefined || own.state === 'received') return [];
    const spare = spares.find(({ state }) => state === 'received');
    const instead =
      spare === undefined ? '' : `: use its spare kit ${spare.kit}, which is in stock`;
    const was = own.state === 'destroyed' ? 'was destroyed' : 'is not recorded as received';
    return `kit ${own.kit} of ${number} ${was}${instead}`;
  });
}

/** The number of kits of one site, in total and by event. */
interface SiteStock {
  readonly site: string;
  readonly kits: number;
  readonly labelled: number;
  readonly received: number;
  readonly dispensed: number;
  readonly returned: number;
  readonly destroyed: number;
  /** Received, but neither dispensed nor destroyed. */
  readonly inStock: number;
}

/** The kits of each site, in the order of the list. */
export function siteStocks(accounts: readonly KitAccount[]): SiteStock[] {
  const bySite = new Map<string, KitAccount[]>();
  for (const account of accounts) {
    const site = siteOfStratum(account.slot.stratum);
    const own = bySite.get(site);
    if (own === undefined) bySite.set(site, [account]);
    else own.push(account);
  }
  return [...bySite].map(([site, own]) => {
    const had = (event: KitEvent) =>
      own.filter(({ events }) => events.some((one) => one.event === event)).length;
    return {
      site,
      kits: own.length,
      labelled: own.filter(({ isLabelled }) => isLabelled).length,
      received: had('received'),
      dispensed: had('dispensed'),
      returned: had('returned'),
      destroyed: had('destroyed'),
      inStock: own.filter(({ state }) => state === 'received').length,
    };
  });
}

/**
 * Checks that labels and events are for kits on the list, that each event was possible when it was entered,
 * and that each kit was dispensed, or labelled, only for the participant who had its slot.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkKitEvents(slots: readonly Slot[], entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  const slotOfKit = new Map(
    slots.flatMap((slot) => kitsOf(slot).map((kit) => [String(kit), slot])),
  );
  const states = new Map<string, EntryOf<'kit'>[]>();
  const holders = new Map<string, string>();
  const labelled = new Set<string>();
  const holderOf = (kit: string) => holders.get(slotOfKit.get(kit)?.kit ?? '');
  for (const entry of entries) {
    const report = (message: string) => problems.push(entryProblem(entry, message));
    if (entry.action === 'randomization') holders.set(entry.kit, entry.subject);
    if (entry.action === 'labels') {
      for (const message of labelProblems(entry, slotOfKit, labelled, holderOf)) report(message);
    }
    if (entry.action !== 'kit') continue;
    const { kit, event, subject, corrects } = entry;
    const slot = slotOfKit.get(kit);
    if (slot === undefined) {
      report(`is about kit ${kit}, which is not on the list`);
      continue;
    }
    const events = states.get(kit) ?? [];
    states.set(kit, events);
    const holder = holderOf(kit);
    const state = (events.at(-1)?.event ?? 'listed') as KitState;
    const account = { kit, slot, holder, state, events, isSpare: false, isLabelled: false };
    const reason = whyNot(account, event, subject) ?? eventProblem(entry, events, holder);
    if (reason !== undefined) report(reason);
    if (event === 'retracted') {
      if (events.at(-1)?.seq !== corrects)
        report(`retracts entry ${corrects ?? 0} of kit ${kit}, which is not its last`);
      events.pop();
    } else {
      events.push(entry);
    }
  }
  return problems;
}

/** The reason why an event does not agree with the entries before it; undefined if it does. */
function eventProblem(
  { kit, event, date, time, units, subject, corrects }: EntryOf<'kit'>,
  events: readonly EntryOf<'kit'>[],
  holder: string | undefined,
): string | undefined {
  if (event === 'retracted') return undefined; // the caller checks which entry it retracts
  if (corrects !== null)
    return `kit ${kit}: ${event} retracts nothing, but names entry ${corrects}`;
  const isOfOne = event === 'dispensed' || event === 'returned';
  if (isOfOne && (subject === null || subjectKey(subject) !== subjectKey(holder ?? ''))) {
    const owner = holder === undefined ? 'no participant has its slot' : `it belongs to ${holder}`;
    return `kit ${kit} was ${event} for ${subject ?? 'no participant'}, but ${owner}`;
  }
  const last = events.at(-1);
  if (last !== undefined && date < last.date) {
    return `kit ${kit} was ${event} on ${date}, before it was ${last.event} on ${last.date}`;
  }
  // In some time zones it may already be the day after the entry's date in UTC.
  if (date > addDays(time.slice(0, 10) as CivilDate, 1))
    return `kit ${kit}: ${date} is in the future`;
  const held = last?.units ?? null;
  if (units !== null && held !== null && units > held) {
    return `kit ${kit}: ${counted(units, 'unit')} ${event}, of ${held}`;
  }
  return undefined;
}

/** The discrepancies between a run of labels and the entries before it. */
function labelProblems(
  { kits, reprints, subject, labels, count }: EntryOf<'labels'>,
  slotOfKit: ReadonlyMap<string, Slot>,
  labelled: Set<string>,
  holderOf: (kit: string) => string | undefined,
): string[] {
  const problems: string[] = [];
  const unknown = kits.filter((kit) => !slotOfKit.has(kit));
  if (unknown.length > 0) {
    problems.push(`has labels for ${unknown.join(', ')}, not on the list`);
  }
  if (new Set(kits).size < kits.length) problems.push('names a kit twice');
  if (count < 1) problems.push('has no label');
  const others = kits.filter(
    (kit) => subject !== null && subjectKey(holderOf(kit) ?? '') !== subjectKey(subject),
  );
  if (others.length > 0) {
    const whose = `does not belong to ${subject ?? ''}`;
    problems.push(`has labels for ${subject ?? ''} and kit ${others.join(', ')}, which ${whose}`);
  }
  const keys = (kit: string) =>
    labels
      .split(' and ')
      .map((kind) => `${subject === null ? 'stock' : 'dispensing'} ${kind} ${kit}`);
  const again = kits.filter((kit) => keys(kit).some((key) => labelled.has(key)));
  if (again.join(' ') !== reprints.join(' ')) {
    problems.push(
      `names ${reprints.join(', ') || 'no kits'} as reprints, but the reprints are ${again.join(', ') || 'none'}`,
    );
  }
  for (const kit of kits) for (const key of keys(kit)) labelled.add(key);
  return problems;
}
