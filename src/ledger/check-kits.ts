import type { Problem } from '../errors.ts';
import { counted } from '../words.ts';
import { kitsOf, type Slot, typeOfKit } from '../randomization/list.ts';
import { addDays, type CivilDate } from '../study/civil-date.ts';
import { subjectKey } from '../study/identifiers.ts';
import { type KitAccount, stateAfter } from './accountability.ts';
import type { Entry, EntryOf } from './entry.ts';
import { entryProblem } from './entry-problem.ts';
import { doneText, elsewhereText, isElsewhereKnowingly, whyNot } from './kit-rules.ts';
import { DEPOT, placeRecorded, sentFrom, sitesOfKits } from './kit-sites.ts';
import { unitsHeld } from './unit-balances.ts';

/**
 * Checks that labels and events are for kits on the list, that each event was possible when it was entered,
 * that each kit was dispensed, or labelled, only for the participant who had its slot, and that it was shipped from
 * where it was to a site that should have it.
 *
 * @param sites the codes of study.yaml; undefined if it cannot be read
 * @returns each discrepancy, by line of the ledger
 */
export function checkKitEvents(
  slots: readonly Slot[],
  entries: readonly Entry[],
  sites?: readonly string[],
): Problem[] {
  const problems: Problem[] = [];
  const slotOfKit = new Map(
    slots.flatMap((slot) => kitsOf(slot).map((kit) => [String(kit), slot])),
  );
  const states = new Map<string, EntryOf<'kit'>[]>();
  const holders = new Map<string, string>();
  const labelled = new Set<string>();
  const holderOf = (kit: string) => holders.get(slotOfKit.get(kit)?.kit ?? '');
  for (const [index, entry] of entries.entries()) {
    const report = (message: string) => problems.push(entryProblem(entry, message));
    if (entry.action === 'randomization' && entry.kit !== undefined) {
      holders.set(entry.kit, entry.subject);
    }
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
    const account = { kit, slot, holder, events, ...stateAfter(events, false) };
    const reason =
      whyNot(account, event, subject, entry.deviations) ??
      eventProblem(entry, events, holder) ??
      placeProblem(entry, account, () => sitesOfKits(entries.slice(0, index)), sites);
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
    return `kit ${kit}: ${doneText(event)} retracts nothing, but names entry ${corrects}`;
  const isOfOne = event === 'dispensed' || event === 'returned';
  if (isOfOne && (subject === null || subjectKey(subject) !== subjectKey(holder ?? ''))) {
    const owner = holder === undefined ? 'no participant has its slot' : `it belongs to ${holder}`;
    return `kit ${kit} was ${event} for ${subject ?? 'no participant'}, but ${owner}`;
  }
  const last = events.at(-1);
  if (last !== undefined && date < last.date) {
    return `kit ${kit} was ${doneText(event)} on ${date}, before it was ${doneText(last.event)} on ${last.date}`;
  }
  // In some time zones it may already be the day after the entry's date in UTC.
  if (date > addDays(time.slice(0, 10) as CivilDate, 1))
    return `kit ${kit}: ${date} is in the future`;
  const held = unitsHeld(events);
  if (units !== null && held !== null && units > held) {
    return `kit ${kit}: ${counted(units, 'unit')} ${doneText(event)}, of ${held}`;
  }
  return undefined;
}

/** A kit before one of its events. */
type KitBefore = Pick<KitAccount, 'kit' | 'slot' | 'holder' | 'state' | 'heldFrom' | 'events'>;

/**
 * The reason why an event does not agree with where the kit was before; undefined if it does.
 *
 * @param sitesBefore the sites of kits after the entries before this one
 */
function placeProblem(
  entry: EntryOf<'kit'>,
  account: KitBefore,
  sitesBefore: () => ReturnType<typeof sitesOfKits>,
  sites: readonly string[] | undefined,
): string | undefined {
  const { event, from, to, site } = entry;
  const { kit, slot, events } = account;
  const isShipped = event === 'shipped';
  if (isShipped !== (to !== undefined)) {
    return `kit ${kit} was ${doneText(event)} ${to === undefined ? 'to no site' : `to ${to}`}`;
  }
  const unknown = [to, site].find((one) => one !== undefined && sites?.includes(one) === false);
  if (unknown !== undefined) return `kit ${kit}: ${unknown} is not a site of study.yaml`;
  const isGiven = event === 'dispensed' && placeRecorded(events) !== undefined;
  const leaves = isShipped || event === 'returned to depot';
  if (!leaves && site === undefined && !isGiven) return undefined;
  const siteOf = sitesBefore();
  const place = placeRecorded(events);
  const was = sentFrom(events, (date) => siteOf(slot, date));
  if (leaves && from !== (was ?? null)) {
    return `kit ${kit} was ${doneText(event)} from ${from ?? DEPOT}, but it was at ${was ?? DEPOT}`;
  }
  if (isShipped && to === from) return `kit ${kit} was shipped to ${to ?? ''}, where it was`;
  const belongsTo = siteOf(slot);
  const isOnItsWay = (account.heldFrom ?? account.state) === 'shipped';
  const located = {
    kit,
    holder: account.holder,
    belongsTo,
    site: place === undefined ? belongsTo : place.site,
    shipment: isOnItsWay ? events.findLast((one) => one.event === 'shipped') : undefined,
  };
  return isElsewhereKnowingly(entry) ? undefined : elsewhereText(located, event, to ?? site);
}

/** The discrepancies between a run of labels and the entries before it. */
function labelProblems(
  { kits, reprints, subject, labels, count, printed = [] }: EntryOf<'labels'>,
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
  const shownOn = (kit: string, slot: Slot | undefined) => {
    const own = slot === undefined ? undefined : typeOfKit(slot, kit);
    return printed.find(({ batch, type }) => batch === slot?.batch && type === own);
  };
  const keys = (kit: string) =>
    labels === 'use-by'
      ? [useByKey(kit, shownOn(kit, slotOfKit.get(kit))?.expiry)]
      : labels
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

/** A use-by label is a reprint if the kit had one with the same date. */
export function useByKey(kit: string, expiry: string | null | undefined): string {
  return `use-by ${expiry ?? ''} ${kit}`;
}
