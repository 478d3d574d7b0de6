import { type CivilDate, datedName } from '../study/civil-date.ts';
import { subjectKey } from '../study/identifiers.ts';
import { isExpiredOn, lastDayOf } from '../study/packaged.ts';
import { siteOfStratum } from '../study/sections/strata.ts';
import { type KitAccount, type KitState, stateAfter } from './accountability.ts';
import type { EntryOf, KitEvent } from './entry.ts';
import type { ParticipantFacts } from './participant-facts.ts';

/** The states in which a kit must be before each event. */
const BEFORE: Record<Exclude<KitEvent, 'retracted'>, readonly KitState[]> = {
  shipped: ['listed', 'labelled', 'received', 'dispensed', 'returned to depot'],
  received: ['listed', 'labelled', 'shipped'],
  dispensed: ['received'],
  returned: ['dispensed'],
  'returned to depot': ['shipped', 'received', 'returned'],
  destroyed: ['listed', 'labelled', 'shipped', 'received', 'returned', 'returned to depot'], // or broken on the way
  lost: [
    ...(['listed', 'labelled', 'shipped', 'received', 'dispensed', 'returned'] as const),
    ...(['returned to depot', 'quarantined'] as const),
  ],
  quarantined: ['listed', 'labelled', 'shipped', 'received', 'dispensed', 'returned to depot'],
  released: ['quarantined'],
};
/** What can also happen to a kit while it is quarantined, if it could happen before. */
const DURING_QUARANTINE: readonly KitEvent[] = ['returned', 'returned to depot', 'destroyed'];
/** What can happen to a quarantined kit as a deviation. */
const AS_DEVIATION: readonly KitEvent[] = ['dispensed', 'shipped'];

/** The rules that a record about a kit can break as a deviation. */
const QUARANTINED = 'quarantined';
const IN_TRANSIT = 'in transit';
const OTHER_SITE = 'other site';
const EXPIRED = 'expired';
const BEFORE_THE_LIST = 'before the list';
/** Those that make an event possible that would not be. */
export const POSSIBLE_AS_DEVIATION: readonly string[] = [QUARANTINED, IN_TRANSIT];

/** A rule that a record about a kit breaks. It can be recorded as a deviation, with a reason. */
export interface KitObstacle {
  readonly rule: string;
  readonly text: string;
  /** Whether it is true of the product, and so of every kit of the slot. */
  readonly isOfProduct?: boolean;
}

type Known = Pick<KitAccount, 'kit' | 'slot' | 'holder' | 'state' | 'heldFrom' | 'events'>;

/** The participle of an event, or a state, as it follows "the kit was". */
export function doneText(event: KitEvent | KitState): string {
  return event === 'returned to depot' ? 'returned to the depot' : event;
}

/**
 * The reason why an event is not possible for a kit; undefined if it is possible.
 *
 * @param subject the participant to whom the kit is dispensed
 * @param broken the rules that the event may break as a deviation: a quarantined kit is dispensed or shipped, or one
 *   that is on its way is dispensed
 */
export function whyNot(
  { kit, slot, holder, state, heldFrom, events }: Known,
  event: KitEvent,
  subject: string | null,
  broken: readonly string[] = [],
): string | undefined {
  if (event === 'retracted') {
    return events.length > 0 ? undefined : `kit ${kit}: there is no record to retract`;
  }
  const isForSite = event === 'received' || event === 'shipped';
  if (isForSite && holder === undefined && siteOfStratum(slot.stratum) === undefined) {
    return `kit ${kit} belongs to no site until a participant has it (${slot.number}): it cannot be ${event} yet`;
  }
  if (event === 'dispensed') {
    if (holder === undefined) {
      return `kit ${kit} is kept for a later participant (${slot.number}): DO NOT GIVE IT`;
    }
    if (subject !== null && subjectKey(subject) !== subjectKey(holder)) {
      return `kit ${kit} belongs to ${holder}, not to ${subject}: DO NOT GIVE IT`;
    }
  }
  const lastIn = (wanted: KitState) => events.findLast((one) => one.event === wanted);
  const back = event === 'shipped' ? lastIn('returned') : undefined;
  if (back !== undefined) {
    return `kit ${kit} was returned by ${back.subject ?? ''} on ${back.date}: it cannot be shipped to a site`;
  }
  if (BEFORE[event].includes(state)) return undefined;
  const own = heldFrom ?? state;
  const isTaken = event === 'dispensed' && own === 'shipped' && broken.includes(IN_TRANSIT);
  if (isTaken && heldFrom === undefined) return undefined;
  const couldBefore = heldFrom !== undefined && (BEFORE[event].includes(heldFrom) || isTaken);
  const stays =
    DURING_QUARANTINE.includes(event) || (event === 'received' && heldFrom === 'shipped');
  const isDeviation = AS_DEVIATION.includes(event) && broken.includes(QUARANTINED);
  if (couldBefore && (stays || isDeviation)) return undefined;
  if (couldBefore && event !== 'quarantined') {
    const since = lastIn(state)?.date ?? '';
    return `kit ${kit} has been in quarantine since ${since}: it cannot be ${doneText(event)} before it is released`;
  }
  if (event === 'released') return `kit ${kit} is not quarantined: there is nothing to release`;
  const last = lastIn(event === 'quarantined' ? state : own);
  if (last === undefined)
    return `kit ${kit} is not recorded as received: it cannot be ${doneText(event)} yet`;
  const again = last.event === event ? ' again' : '';
  if (last.event === 'shipped') {
    return `kit ${kit} ${onItsWay(last)}: it cannot be ${doneText(event)}${again === '' ? ' yet' : again}`;
  }
  if (neverDispensed({ events }, event)) {
    return `kit ${kit} was never dispensed, by its records: it cannot be returned by a participant`;
  }
  const whom = last.subject === null ? '' : ` (${last.subject})`;
  return `kit ${kit} was ${doneText(last.event)} on ${last.date}${whom}: it cannot be ${doneText(event)}${again}`;
}

/** Whether a participant is said to bring a kit back that no record says anybody had. */
export function neverDispensed({ events }: Pick<KitAccount, 'events'>, event: KitEvent): boolean {
  return event === 'returned' && !events.some((one) => one.event === 'dispensed');
}

/** `was shipped to LYO on 2026-06-15 and is not recorded as received`. */
export function onItsWay({ to, date }: Pick<EntryOf<'kit'>, 'to' | 'date'>): string {
  return `was shipped to ${to ?? ''} on ${date} and is not recorded as received`;
}

/** What is known of an event beside its kit. */
export interface EventToRecord {
  readonly date: CivilDate;
  /** The day on which the kit's batch of the list was made. */
  readonly listMade: CivilDate | undefined;
  /** The site to which the kit is shipped, or which has received it, if somebody says so. */
  readonly site?: string | undefined;
}

/** The rules that an event breaks although it is possible. */
export function brokenByEvent(
  account: KitAccount,
  event: KitEvent,
  { date, listMade, site }: EventToRecord,
): KitObstacle[] {
  const { kit, state, events, shipment } = account;
  const obstacles: KitObstacle[] = [];
  const elsewhere = elsewhereText(account, event, site);
  if (elsewhere !== undefined) obstacles.push({ rule: OTHER_SITE, text: elsewhere });
  if (event === 'received' && listMade !== undefined && date < listMade) {
    const text = `kit ${kit}: ${datedName(date)} is before the list was made, on ${datedName(listMade)}`;
    obstacles.push({ rule: BEFORE_THE_LIST, text });
  }
  const isGiven = event === 'dispensed';
  if (state === 'quarantined' && AS_DEVIATION.includes(event)) {
    const since = events.findLast((one) => one.event === 'quarantined')?.date ?? '';
    const not = isGiven ? 'DO NOT GIVE IT' : 'do not ship it';
    const text = `kit ${kit} has been in quarantine since ${since}: ${not} before it is released`;
    obstacles.push({ rule: QUARANTINED, text });
  }
  if (!isGiven) return obstacles;
  if (shipment !== undefined) {
    const text = `kit ${kit} ${onItsWay(shipment)}. If it has come, record that first: randose kit received --kits ${kit}`;
    obstacles.push({ rule: IN_TRANSIT, text });
  }
  const expired = expiredText(account, date);
  if (expired !== undefined) {
    obstacles.push({ rule: EXPIRED, text: `${expired}: DO NOT GIVE IT` });
  }
  return obstacles;
}

/** That a kit goes to a site that should not have it, or comes to one; undefined if it does not. */
export function elsewhereText(
  { kit, site, belongsTo, shipment, holder }: Located,
  event: KitEvent,
  named: string | undefined,
): string | undefined {
  const should = holder === undefined ? 'its stratum is of' : `${holder} is at`;
  if (event === 'shipped' && named !== belongsTo) {
    return `kit ${kit} should not go to ${named ?? ''}: ${should} ${belongsTo ?? ''}`;
  }
  if (event === 'received' && named !== undefined && named !== site) {
    return shipment === undefined
      ? `kit ${kit} should not come to ${named}: ${should} ${site ?? ''}`
      : `kit ${kit} was shipped to ${shipment.to ?? ''} on ${shipment.date}, not to ${named}`;
  }
  if (event !== 'dispensed' || shipment !== undefined || site === belongsTo) return undefined;
  return `kit ${kit} is at ${site ?? 'the depot'} by its records, but ${should} ${belongsTo ?? ''}`;
}

type Located = Pick<KitAccount, 'kit' | 'site' | 'belongsTo' | 'shipment' | 'holder'>;

/** Whether a record says that it breaks the rule about the site. */
export function isElsewhereKnowingly({ deviations }: Pick<EntryOf<'kit'>, 'deviations'>): boolean {
  return deviations?.includes(OTHER_SITE) ?? false;
}

/** The rules that an injection from a kit on a day breaks. */
export function brokenByDose(account: KitAccount, date: CivilDate): KitObstacle[] {
  const { kit, events, isLabelled } = account;
  const obstacles: KitObstacle[] = [];
  const until = events.filter((one) => one.date <= date);
  const { state } = stateAfter(until, isLabelled);
  const last = until.findLast((one) => one.event === state);
  if (last !== undefined && CANNOT_BE_GIVEN.includes(state)) {
    const isBefore = last.date < date;
    const when = isBefore ? `on ${last.date}, before this injection` : `on the same day`;
    // A kit is returned after its last injection, or sent to another site, often on the same day.
    const wasThere = until.some(({ event }) => event === 'dispensed');
    const isAfter = state === 'returned' || (SENT_AWAY.includes(state) && wasThere);
    if (isBefore || !isAfter) {
      const rule = state === 'quarantined' ? QUARANTINED : 'kit';
      obstacles.push({ rule, text: `${kit} was ${doneText(last.event)} ${when}` });
    }
  }
  const expired = expiredText(account, date);
  if (expired !== undefined) obstacles.push({ rule: EXPIRED, text: expired, isOfProduct: true });
  return obstacles;
}

/**
 * That a kit which was there went away on the day of an injection: only whoever was there knows which was first.
 *
 * @returns undefined if it did not
 */
export function wentAwayText(
  { kit, events, isLabelled }: KitAccount,
  date: CivilDate,
): string | undefined {
  const until = events.filter((one) => one.date <= date);
  const { state } = stateAfter(until, isLabelled);
  const last = until.findLast((one) => one.event === state);
  const isThatDay = last?.date === date && (state === 'returned' || SENT_AWAY.includes(state));
  return isThatDay
    ? `kit ${kit} was ${doneText(last.event)} on the same day: was the injection given before that?`
    : undefined;
}

/** A kit that was sent away, and has not come yet. */
const SENT_AWAY: readonly KitState[] = ['shipped', 'returned to depot'];
/** States in which nobody may be treated from a kit: it is not there any more, or not yet, or is on hold. */
export const CANNOT_BE_GIVEN: readonly KitState[] = [
  ...(['returned', 'destroyed', 'lost', 'quarantined'] as const),
  ...SENT_AWAY,
];

/** That a kit may not be used any more on a day, with its last day; undefined if it may. */
export function expiredText(
  { kit, lot, expiry, changedTo }: Pick<KitAccount, 'kit' | 'lot' | 'expiry' | 'changedTo'>,
  date: CivilDate,
): string | undefined {
  if (expiry === undefined || !isExpiredOn(expiry, date)) return undefined;
  const which = lot === undefined ? '' : ` (lot ${lot})`;
  const labelled =
    changedTo !== undefined && changedTo > expiry
      ? `; study.yaml says ${lastDayOf(changedTo)}, but its label does not: randose labels --use-by --kits ${kit} --output FILE --by WHO`
      : '';
  return `kit ${kit}${which} expired on ${lastDayOf(expiry)}${labelled}`;
}

/** The rules that are broken if a kit is dispensed to a participant who stopped, or should not have been randomized. */
export function brokenByHolder(
  kit: string,
  holder: string,
  { withdrawal, inError }: Pick<ParticipantFacts, 'withdrawal' | 'inError'>,
  date: CivilDate,
): KitObstacle[] {
  const obstacles: KitObstacle[] = [];
  if (withdrawal !== undefined && date >= withdrawal.date) {
    const text = `kit ${kit}: ${holder} was withdrawn from ${withdrawal.from} on ${withdrawal.date}: DO NOT GIVE IT`;
    obstacles.push({ rule: 'withdrawn', text });
  }
  if (inError !== undefined) {
    const text = `kit ${kit}: ${holder} was randomized in error (ledger ${inError.seq}): DO NOT GIVE IT`;
    obstacles.push({ rule: 'randomized in error', text });
  }
  return obstacles;
}
