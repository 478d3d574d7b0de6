import type { CivilDate } from '../study/civil-date.ts';
import { subjectKey } from '../study/identifiers.ts';
import { isInjected, makeUpOf, type Supplies } from '../study/sections/supplies.ts';
import type { KitAccount } from './accountability.ts';
import { additionalDosesInForce } from './additional-doses.ts';
import { dosesInForce } from './doses.ts';
import type { Entry, EntryOf, KitEvent } from './entry.ts';
import { mayHaveAny } from './line-entry.ts';

/** The units of one dispensed kit by what happened to them. */
export interface UnitBalance {
  readonly kit: string;
  /** Left out if all kits of the study are alike. */
  readonly type?: string;
  readonly subject: string;
  readonly dispensed: number;
  /** Units given by recorded injections, to any participant; not those that were counted out when it was dispensed. */
  readonly given: number;
  /** Units counted when the kit was returned; null before. */
  readonly returned: number | null;
  /** Null while no unit is destroyed. */
  readonly destroyed: number | null;
  /** Null while no unit is lost. */
  readonly lost: number | null;
  /**
   * Units that the participant used, of a kit from which no injection is given: all that were not in it when it was
   * returned. Null before; undefined for a kit of injections.
   */
  readonly taken?: number | null;
  /** Dispensed, but neither given nor returned, nor lost or destroyed without having come back. */
  readonly open: number;
}

/** A kit that was never dispensed, and of which more units are gone than it had. */
export interface OverdrawnKit {
  readonly kit: string;
  readonly units: number;
  readonly given: number;
  readonly destroyed: number | null;
  readonly lost: number | null;
}

/** An injection that was given, but from no kit that the participant had by the records. */
export interface StrayDose {
  readonly subject: string;
  readonly visit: string;
  /** Null if its record does not name a kit and the participant had none. Not a code if it is of another study. */
  readonly kit: string | null;
  readonly why:
    | 'no kit'
    | 'of another study'
    | 'not dispensed'
    | 'of somebody else'
    | 'before it was dispensed'
    | 'after it was returned';
  /** The participant to whom the kit belongs. */
  readonly holder: string | undefined;
}

/** What kits consist of, and from which of them injections are given. */
export type KitKinds = Pick<Supplies, 'kit' | 'types'>;

/** A dispensed kit, and the time in which the participant had it. */
interface Dispensed {
  readonly kit: string;
  readonly type: string | undefined;
  readonly holder: string;
  readonly isInjected: boolean;
  readonly units: number;
  readonly from: CivilDate;
  readonly returned: EntryOf<'kit'> | undefined;
  readonly destroyed: EntryOf<'kit'> | undefined;
  readonly lost: EntryOf<'kit'> | undefined;
}

/** Units of a kit that were counted when it went, and are missing from the count when it had come. */
export interface UnitsMissing {
  readonly kit: string;
  readonly before: EntryOf<'kit'>;
  readonly after: EntryOf<'kit'>;
}

/** What happened to the units of all kits. */
interface UnitRecords {
  readonly balances: readonly UnitBalance[];
  readonly strays: readonly StrayDose[];
  readonly overdrawn: readonly OverdrawnKit[];
  readonly missing: readonly UnitsMissing[];
}

/**
 * Accounts for the units of every dispensed kit (given, returned or open) and for every injection (from a kit
 * that the participant had on that day, or stray). An injection counts for the kit that its record names; else
 * for the kit that was last dispensed to the participant. Kits that were not dispensed are reported if more of
 * their units are gone than they had.
 *
 * @param supplies the number of units of a kit, if its records do not say it, and what injections are given from
 */
export function reconcileUnits(
  accounts: readonly KitAccount[],
  entries: readonly Entry[],
  supplies: KitKinds,
): UnitRecords {
  const dispensed = accounts.flatMap((account) => dispensedKit(account, supplies));
  const byKit = new Map(dispensed.map((one) => [one.kit, one]));
  const holders = new Map<string, string | undefined>(
    accounts.map(({ kit, holder }) => [kit, holder]),
  );
  const kitOf = kitsByHolder(dispensed);
  const given = new Map<string, number>();
  const strays: StrayDose[] = [];
  const isCountedOut = countedOut(accounts, entries, supplies);
  for (const dose of givenDoses(entries)) {
    const { subject, visit, date, kit: named } = dose;
    const kit = named === null ? kitOf(subject, date) : byKit.get(named);
    const from = kit?.kit ?? named;
    if (from !== null && !isCountedOut(dose)) given.set(from, (given.get(from) ?? 0) + 1);
    const why = whyStray(kit, named, subject, date);
    const holder = holders.get(named ?? '');
    if (why !== undefined) strays.push({ subject, visit, kit: named, why, holder });
  }
  const balances = dispensed.map((one) => {
    const { kit, type, holder, units: all, returned, destroyed, lost } = one;
    const used = given.get(kit) ?? 0;
    const back = unitsOf(returned);
    const [gone, missing] = [unitsOf(destroyed), unitsOf(lost)];
    // What was counted when it came back is accounted for, whatever happens to it later.
    const left = all - used - (back ?? (gone ?? 0) + (missing ?? 0));
    const taken = one.isInjected ? {} : { taken: back === null ? null : Math.max(0, left) };
    const open = left - (taken.taken ?? 0);
    return {
      kit,
      ...(type !== undefined && { type }),
      subject: holder,
      dispensed: all,
      given: used,
      returned: back,
      destroyed: gone,
      lost: missing,
      ...taken,
      open,
    };
  });
  const overdrawn = accounts.flatMap((account) =>
    byKit.has(account.kit)
      ? []
      : overdrawnKit(account, given.get(account.kit) ?? 0, unitsIn(account, supplies)),
  );
  const missing = accounts.flatMap(missingUnits);
  return { balances, strays: [...strays, ...dosesOfOtherStudies(entries)], overdrawn, missing };
}

/** Events that say how many units are on hold, and leave the kit where it is. */
const OF_A_HOLD: readonly KitEvent[] = ['quarantined', 'released'];

/** The number of units of a whole kit: of one with labels as they were made, also if study.yaml has another number now. */
export function unitsIn(
  { type, unitsLabelled }: Pick<KitAccount, 'type' | 'unitsLabelled'>,
  supplies: KitKinds,
): number {
  return unitsLabelled ?? makeUpOf(supplies, type).units;
}

/** The number of units that a kit had by its last record of them; null if none says it. */
export function unitsHeld(events: readonly EntryOf<'kit'>[]): number | null {
  return events.findLast(({ event }) => !OF_A_HOLD.includes(event))?.units ?? null;
}

/**
 * The number of units that should be in a kit: those that it had, without those that were given or went missing on its
 * way since then.
 *
 * @param given injections from this kit
 * @param units the number of units of a kit, if its records do not say it
 */
export function unitsLeft(
  { events }: Pick<KitAccount, 'kit' | 'events'>,
  given: number,
  units: number,
): number {
  const held = unitsHeld(events) ?? units;
  // What was counted when it came back has no given units in it.
  if (events.some(({ event }) => event === 'returned')) return held;
  const counts = events.filter(({ event }) => !OF_A_HOLD.includes(event));
  const since = counts.slice(
    Math.max(
      0,
      counts.findIndex(({ event }) => event === 'dispensed'),
    ),
  );
  const missing = onTheWay(since).map(({ before, after }) => lostBetween(before, after));
  const had = since[0]?.units ?? units;
  const left = had - given - missing.reduce((sum, one) => sum + one, 0);
  return Math.max(0, Math.min(held, left));
}

function lostBetween(before: EntryOf<'kit'>, after: EntryOf<'kit'>): number {
  return (before.units ?? 0) - (after.units ?? 0);
}

/** Each shipment with the record of its end, if the kit has come. */
function onTheWay(
  events: readonly EntryOf<'kit'>[],
): { readonly before: EntryOf<'kit'>; readonly after: EntryOf<'kit'> }[] {
  return events.flatMap((before, index) => {
    if (before.event !== 'shipped') return [];
    const after = events.slice(index + 1).find(({ event }) => !OF_A_HOLD.includes(event));
    return after?.event === 'received' || after?.event === 'returned to depot'
      ? [{ before, after }]
      : [];
  });
}

/**
 * Units that are missing after a shipment, or that were counted when the kit was returned and did not reach the depot. If
 * the later record has a reason, it says where they are.
 */
function missingUnits({ kit, events }: KitAccount): UnitsMissing[] {
  const returned = events.find(({ event }) => event === 'returned');
  const atDepot = events.findLast(({ event }) => event === 'returned to depot');
  const isBack = returned !== undefined && atDepot !== undefined;
  const pairs = [...onTheWay(events), ...(isBack ? [{ before: returned, after: atDepot }] : [])];
  return pairs
    .filter(({ before, after }) => lostBetween(before, after) > 0 && (after.reason ?? '') === '')
    .map((pair) => ({ kit, ...pair }));
}

/**
 * The injections of others that were given from a kit before its participant has it.
 *
 * @param kits those that are asked for; undefined for all
 * @returns for a kit, and the day on which it is dispensed, with the entry that says so; without one before it is there
 */
export function givenBefore(
  entries: readonly Entry[],
  kits?: readonly string[],
): (
  account: Pick<KitAccount, 'kit' | 'holder'>,
  until: { readonly date: CivilDate; readonly seq?: number },
) => readonly GivenDose[] {
  const byKit = new Map<string, GivenDose[]>();
  const about = kits === undefined ? entries : injectionsNaming(entries, kits);
  for (const dose of givenDoses(about)) {
    if (dose.kit === null) continue;
    const others = byKit.get(dose.kit);
    if (others === undefined) byKit.set(dose.kit, [dose]);
    else others.push(dose);
  }
  return ({ kit, holder }, { date, seq = Infinity }) =>
    (byKit.get(kit) ?? []).filter(
      (one) =>
        (holder === undefined || subjectKey(one.subject) !== subjectKey(holder)) &&
        (one.date < date || (one.date === date && one.seq < seq)),
    );
}

/** All records of the injections of whoever was treated from one of these kits. */
function injectionsNaming(entries: readonly Entry[], kits: readonly string[]): Entry[] {
  const codes = kits.map((kit) => Buffer.from(kit));
  const records = entries.filter(
    ({ action }) => action === 'dose' || action === 'additional dose',
  ) as (Entry & { readonly subject: string })[];
  const treated = new Set(
    records.filter((entry) => mayHaveAny(entry, codes)).map(({ subject }) => subjectKey(subject)),
  );
  return records.filter(({ subject }) => treated.has(subjectKey(subject)));
}

/**
 * Tells whether the unit of an injection was not counted any more when its kit was dispensed to another participant. By
 * older records it was: a whole kit was dispensed.
 */
function countedOut(
  accounts: readonly KitAccount[],
  entries: readonly Entry[],
  supplies: KitKinds,
): (dose: GivenDose) => boolean {
  const earlyOf = givenBefore(entries);
  const out = accounts.flatMap((account) => {
    const index = account.events.findIndex(({ event }) => event === 'dispensed');
    const entry = account.events[index];
    if (entry === undefined || entry.units === null) return [];
    const early = earlyOf(account, entry);
    const had = unitsHeld(account.events.slice(0, index)) ?? unitsIn(account, supplies);
    return entry.units <= had - early.length ? early : [];
  });
  const seqs = new Set(out.map(({ seq }) => seq));
  return ({ seq }) => seqs.has(seq);
}

/** The number of units of each kit that injections were given from, by the records; as in its balance. */
export function unitsGiven(
  accounts: readonly KitAccount[],
  entries: readonly Entry[],
  supplies: KitKinds,
): Map<string, number> {
  const dispensed = accounts.flatMap((account) => dispensedKit(account, supplies));
  const kitOf = kitsByHolder(dispensed);
  const isCountedOut = countedOut(accounts, entries, supplies);
  const given = new Map<string, number>();
  for (const dose of givenDoses(entries)) {
    const { subject, date, kit } = dose;
    const from = kit ?? kitOf(subject, date)?.kit;
    if (from !== undefined && !isCountedOut(dose)) given.set(from, (given.get(from) ?? 0) + 1);
  }
  return given;
}

/** The kit of injections that was dispensed to a participant and was there on a day; undefined if there was none. */
export function kitHeldOn(
  accounts: readonly KitAccount[],
  subject: string,
  date: CivilDate,
  supplies: KitKinds,
): string | undefined {
  const dispensed = accounts.flatMap((account) => dispensedKit(account, supplies));
  return kitsByHolder(dispensed)(subject, date)?.kit;
}

/** Finds the kit of injections that a participant had on a day; undefined if there was none. */
function kitsByHolder(
  dispensed: readonly Dispensed[],
): (subject: string, date: CivilDate) => Dispensed | undefined {
  // A trial can have many thousands of kits, and nine times as many injections.
  const byHolder = new Map<string, Dispensed[]>();
  for (const one of dispensed) {
    const key = subjectKey(one.holder);
    const own = byHolder.get(key);
    if (own === undefined) byHolder.set(key, [one]);
    else own.push(one);
  }
  return (subject, date) => kitOn(byHolder.get(subjectKey(subject)) ?? [], date);
}

function overdrawnKit({ kit, events }: KitAccount, given: number, units: number): OverdrawnKit[] {
  const find = (wanted: string) => events.find(({ event }) => event === wanted);
  const all = (find('received') ?? find('shipped'))?.units ?? units;
  const [destroyed, lost] = [unitsOf(find('destroyed')), unitsOf(find('lost'))];
  if (given + (destroyed ?? 0) + (lost ?? 0) <= all) return [];
  return [{ kit, units: all, given, destroyed, lost }];
}

function unitsOf(entry: EntryOf<'kit'> | undefined): number | null {
  return entry === undefined ? null : (entry.units ?? 0);
}

function dispensedKit(account: KitAccount, supplies: KitKinds): Dispensed[] {
  const { kit, type, holder, events } = account;
  const find = (wanted: string) => events.find(({ event }) => event === wanted);
  const entry = find('dispensed');
  if (entry === undefined || holder === undefined) return [];
  const [returned, destroyed, lost] = [find('returned'), find('destroyed'), find('lost')];
  const units = entry.units ?? unitsIn(account, supplies);
  const about = { kit, type, holder, isInjected: isInjected(supplies, type), units };
  return [{ ...about, from: entry.date, returned, destroyed, lost }];
}

/** An injection that was given, and the kit that it came from by the records. */
export interface KitDose {
  readonly subject: string;
  readonly visit: string;
  readonly date: CivilDate;
  /** The sequence number of its record. */
  readonly seq: number;
  /** What its record names, also if it is of another study; else the kit that the participant had; null if none. */
  readonly kit: string | null;
}

/** Every injection that was given, with its kit. */
export function kitDoses(
  accounts: readonly KitAccount[],
  entries: readonly Entry[],
  supplies: KitKinds,
): KitDose[] {
  const dispensed = accounts.flatMap((account) => dispensedKit(account, supplies));
  const kitOf = kitsByHolder(dispensed);
  return allGiven(entries).map((dose): KitDose => {
    const { subject, visit, date, seq, kit: named, otherKit } = dose;
    const kit = otherKit ?? named ?? kitOf(subject, date)?.kit ?? null;
    return { subject, visit, date, seq, kit };
  });
}

/** Stands for the visit of an injection that the schedule does not have. */
export const ADDITIONAL = 'additional dose';

/** An injection that was given. */
type GivenDose = Pick<EntryOf<'dose'>, 'subject' | 'visit' | 'date' | 'seq' | 'kit' | 'otherKit'>;

/** Every injection that was given: those of visits, and those that the schedule does not have. */
function allGiven(entries: readonly Entry[]): GivenDose[] {
  return [
    ...dosesInForce(entries).filter(({ result }) => result === 'given'),
    ...additionalDosesInForce(entries).map((one) => ({ ...one, visit: ADDITIONAL })),
  ];
}

/** The injections that were given from the kits of this study. */
function givenDoses(entries: readonly Entry[]): GivenDose[] {
  return allGiven(entries).filter(({ otherKit }) => otherKit === undefined);
}

function dosesOfOtherStudies(entries: readonly Entry[]): StrayDose[] {
  return allGiven(entries).flatMap(({ subject, visit, otherKit }): StrayDose[] => {
    if (otherKit === undefined) return [];
    return [{ subject, visit, kit: otherKit, why: 'of another study', holder: undefined }];
  });
}

/** The kit of injections that a participant had on a day: the last one that was dispensed and not yet returned. */
function kitOn(kits: readonly Dispensed[], date: CivilDate): Dispensed | undefined {
  const had = kits.filter(
    ({ from, returned, isInjected: isGiven }) =>
      isGiven && from <= date && (returned === undefined || returned.date >= date),
  );
  return had.toSorted((a, b) => (a.from < b.from ? -1 : 1)).at(-1);
}

function whyStray(
  kit: Dispensed | undefined,
  named: string | null,
  subject: string,
  date: CivilDate,
): StrayDose['why'] | undefined {
  if (kit === undefined) return named === null ? 'no kit' : 'not dispensed';
  if (subjectKey(kit.holder) !== subjectKey(subject)) return 'of somebody else';
  if (date < kit.from) return 'before it was dispensed';
  if (kit.returned !== undefined && date > kit.returned.date) return 'after it was returned';
  return undefined;
}
