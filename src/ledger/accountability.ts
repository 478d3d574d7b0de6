import { listedKits, type Slot } from '../randomization/list.ts';
import type { CivilDate } from '../study/civil-date.ts';
import { siteOfStratum } from '../study/sections/strata.ts';
import { randomizations } from './enrolment.ts';
import { entriesOf, type Entry, type EntryOf, type KitEvent } from './entry.ts';
import { placeRecorded, sitesOfKits } from './kit-sites.ts';
import { type KitProduct, NOT_KNOWN, type PackagedIn, productsOf } from './kit-products.ts';

/** The state of a kit: on the list only, labelled, or the state after its last event. */
export type KitState = 'listed' | 'labelled' | Exclude<KitEvent, 'retracted' | 'released'>;

/** The records of one kit. They are blinded, for drug accountability. */
export interface KitAccount extends KitProduct {
  readonly kit: string;
  readonly slot: Slot;
  /** Undefined if all kits of the study are alike. */
  readonly type: string | undefined;
  /** Whether it replaces the slot's kit of this type. */
  readonly isSpare: boolean;
  /** The participant who has the slot; undefined while nobody has it. */
  readonly holder: string | undefined;
  /**
   * The site where it is, or to which it is on its way: by its last shipment; without one, that of its slot. If it is
   * gone, where it was last. Undefined while it is at the depot.
   */
  readonly site: string | undefined;
  /** The site that should have it: that of the participant, or of the stratum; undefined if nobody knows it yet. */
  readonly belongsTo: string | undefined;
  /** The record of its shipment, while it is on its way. */
  readonly shipment: EntryOf<'kit'> | undefined;
  readonly state: KitState;
  /** The state before it was quarantined, to which a release returns it; undefined if it is not quarantined. */
  readonly heldFrom: KitState | undefined;
  readonly isLabelled: boolean;
  /** The events of the kit in their order, without retracted ones. */
  readonly events: readonly EntryOf<'kit'>[];
}

/**
 * The accounts of all kits, in the order of the list; the spare kits of a slot come after its own kit, type after type.
 *
 * @param packagedIn lot and expiry in study.yaml, for kits without a label that shows them
 */
export function kitAccounts(
  slots: readonly Slot[],
  entries: readonly Entry[],
  packagedIn: PackagedIn = NOT_KNOWN,
): KitAccount[] {
  const labelled = new Set(entriesOf(entries, 'labels').flatMap(({ kits }) => kits));
  const events = validEvents(entries);
  const holders = new Map(randomizations(entries).map((one) => [one.kit, one]));
  const productOf = productsOf(entries, packagedIn);
  const siteOf = sitesOfKits(entries);
  return slots.flatMap((slot) => {
    const holder = holders.get(slot.kit);
    const belongsTo = siteOf(slot);
    return listedKits(slot).map(({ kit, type, isSpare }) => {
      const own = events.get(kit) ?? [];
      const isLabelled = labelled.has(kit);
      const { state, heldFrom } = stateAfter(own, isLabelled);
      const recorded = placeRecorded(own);
      const gone = goneOn(state, own);
      const ofSlot = gone === undefined ? belongsTo : siteOf(slot, gone);
      const isOnItsWay = (heldFrom ?? state) === 'shipped';
      return {
        kit,
        slot,
        type,
        isSpare,
        holder: holder?.subject,
        site: recorded === undefined ? ofSlot : recorded.site,
        belongsTo,
        shipment: isOnItsWay ? own.findLast(({ event }) => event === 'shipped') : undefined,
        state,
        heldFrom,
        isLabelled,
        events: own,
        ...productOf(kit, slot.batch, type),
      };
    });
  });
}

/** The accounts of all kits, to be found by the kit or by the number of its slot. */
export interface KitsByCode {
  readonly byKit: ReadonlyMap<string, KitAccount>;
  readonly bySlot: ReadonlyMap<string, readonly KitAccount[]>;
  /** Whether any kit has an event. */
  readonly hasEvents: boolean;
}

/** @param accounts of all kits of the study */
export function byKitAndSlot(accounts: readonly KitAccount[]): KitsByCode {
  const byKit = new Map<string, KitAccount>();
  const bySlot = new Map<string, KitAccount[]>();
  for (const account of accounts) {
    byKit.set(account.kit, account);
    const { number } = account.slot;
    const own = bySlot.get(number);
    if (own === undefined) bySlot.set(number, [account]);
    else own.push(account);
  }
  return { byKit, bySlot, hasEvents: accounts.some(({ events }) => events.length > 0) };
}

/** States in which a kit does not follow its participant to another site. */
const GONE: readonly KitState[] = ['returned', 'destroyed', 'lost'];

/** The day on which a kit went away for good; undefined if it is still there. */
function goneOn(state: KitState, events: readonly EntryOf<'kit'>[]): CivilDate | undefined {
  return GONE.includes(state) ? events.at(-1)?.date : undefined;
}

/** Whoever sends a kit on hold, or gets it, does not release it. */
const STAYS_ON_HOLD: readonly KitEvent[] = ['shipped', 'received', 'returned to depot'];

/**
 * The state of a kit after its events. A kit that a participant had when it was shipped is theirs again when it has
 * come: it is not in stock.
 */
export function stateAfter(
  events: readonly Pick<EntryOf<'kit'>, 'event'>[],
  isLabelled: boolean,
): Pick<KitAccount, 'state' | 'heldFrom'> {
  let state: KitState = isLabelled ? 'labelled' : 'listed';
  let isHeld = false;
  let isDispensed = false;
  for (const { event } of events) {
    if (event === 'retracted') continue;
    if (event === 'quarantined' || event === 'released') {
      isHeld = event === 'quarantined';
      continue;
    }
    state = event === 'received' && isDispensed ? 'dispensed' : event;
    isHeld &&= STAYS_ON_HOLD.includes(event);
    if (event === 'dispensed') isDispensed = true;
  }
  return isHeld ? { state: 'quarantined', heldFrom: state } : { state, heldFrom: undefined };
}

/** Whether the ledger has an event of any kit that was not retracted. */
export function hasKitEvents(entries: readonly Entry[]): boolean {
  return [...validEvents(entries).values()].some((events) => events.length > 0);
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

/** The number of kits of one site, and of one type, in total and by event. */
interface SiteStock {
  /** Null for the depot. */
  readonly site: string | null;
  /** The type of these kits; left out if all kits of the study are alike. */
  readonly type?: string;
  readonly kits: number;
  readonly labelled: number;
  readonly received: number;
  readonly dispensed: number;
  readonly returned: number;
  readonly returnedToDepot: number;
  readonly destroyed: number;
  readonly lost: number;
  /** On their way to it now: shipped, and not yet received. */
  readonly inTransit: number;
  /** On hold now. */
  readonly quarantined: number;
  /** Received, and ready to be dispensed. */
  readonly inStock: number;
}

/** The kits of each site, type after type, in the order of the list, and those at the depot. */
export function siteStocks(accounts: readonly KitAccount[]): SiteStock[] {
  const bySite = new Map<string | null, KitAccount[]>();
  // In the order of the list, whatever participants were transferred.
  for (const { slot } of accounts) {
    const own = siteOfStratum(slot.stratum);
    if (own !== undefined) bySite.set(own, []);
  }
  for (const account of accounts) {
    const site = account.site ?? null;
    const own = bySite.get(site);
    if (own === undefined) bySite.set(site, [account]);
    else own.push(account);
  }
  return [...bySite].flatMap(([site, atSite]) =>
    [...new Set(atSite.map(({ type }) => type))].map((type) => {
      const own = atSite.filter((one) => one.type === type);
      const had = (event: KitEvent) =>
        own.filter(({ events }) => events.some((one) => one.event === event)).length;
      return {
        site,
        ...(type !== undefined && { type }),
        kits: own.length,
        labelled: own.filter(({ isLabelled }) => isLabelled).length,
        received: had('received'),
        dispensed: had('dispensed'),
        returned: had('returned'),
        returnedToDepot: had('returned to depot'),
        destroyed: had('destroyed'),
        lost: had('lost'),
        inTransit: own.filter(({ shipment }) => shipment !== undefined).length,
        quarantined: own.filter(({ state }) => state === 'quarantined').length,
        inStock: own.filter(({ state }) => state === 'received').length,
      };
    }),
  );
}
