import { type CivilDate, datedName } from '../study/civil-date.ts';
import { subjectKey } from '../study/identifiers.ts';
import { isExpiredOn, lastDayOf } from '../study/packaged.ts';
import { siteOfStratum } from '../study/sections/strata.ts';
import { type KitAccount, type KitState, stateAfter } from './accountability.ts';
import type { KitEvent } from './entry.ts';

/** The states in which a kit must be before each event. */
const BEFORE: Record<Exclude<KitEvent, 'retracted'>, readonly KitState[]> = {
  received: ['listed', 'labelled'],
  dispensed: ['received'],
  returned: ['dispensed'],
  destroyed: ['listed', 'labelled', 'received', 'returned'], // or broken on the way
  lost: ['listed', 'labelled', 'received', 'dispensed', 'returned', 'quarantined'],
  quarantined: ['listed', 'labelled', 'received', 'dispensed'],
  released: ['quarantined'],
};
/** What can also happen to a kit while it is quarantined, if it could happen before. */
const DURING_QUARANTINE: readonly KitEvent[] = ['returned', 'destroyed'];

/** The rules that a record about a kit can break as a deviation. */
export const QUARANTINED = 'quarantined';
const EXPIRED = 'expired';
const BEFORE_THE_LIST = 'before the list';

/** A rule that a record about a kit breaks. It can be recorded as a deviation, with a reason. */
export interface KitObstacle {
  readonly rule: string;
  readonly text: string;
  /** Whether it is true of the product, and so of every kit of the slot. */
  readonly isOfProduct?: boolean;
}

type Known = Pick<KitAccount, 'kit' | 'slot' | 'holder' | 'state' | 'heldFrom' | 'events'>;

/**
 * The reason why an event is not possible for a kit; undefined if it is possible.
 *
 * @param subject the participant to whom the kit is dispensed
 * @param mayBeHeld whether a quarantined kit may be dispensed, as a deviation
 */
export function whyNot(
  { kit, slot, holder, state, heldFrom, events }: Known,
  event: KitEvent,
  subject: string | null,
  mayBeHeld = false,
): string | undefined {
  if (event === 'retracted') {
    return events.length > 0 ? undefined : `kit ${kit}: there is no record to retract`;
  }
  if (event === 'received' && holder === undefined && siteOfStratum(slot.stratum) === undefined) {
    return `kit ${kit} belongs to no site until a participant has it (${slot.number}): it cannot be received yet`;
  }
  if (event === 'dispensed') {
    if (holder === undefined) {
      return `kit ${kit} is kept for a later participant (${slot.number}): DO NOT GIVE IT`;
    }
    if (subject !== null && subjectKey(subject) !== subjectKey(holder)) {
      return `kit ${kit} belongs to ${holder}, not to ${subject}: DO NOT GIVE IT`;
    }
  }
  if (BEFORE[event].includes(state)) return undefined;
  const couldBefore = heldFrom !== undefined && BEFORE[event].includes(heldFrom);
  if (couldBefore && (DURING_QUARANTINE.includes(event) || mayBeHeld)) return undefined;
  const lastIn = (wanted: KitState) => events.findLast((one) => one.event === wanted);
  if (couldBefore && event !== 'quarantined') {
    const since = lastIn(state)?.date ?? '';
    return `kit ${kit} has been in quarantine since ${since}: it cannot be ${event} before it is released`;
  }
  if (event === 'released') return `kit ${kit} is not quarantined: there is nothing to release`;
  const last = lastIn(event === 'quarantined' ? state : (heldFrom ?? state));
  if (last === undefined)
    return `kit ${kit} is not recorded as received: it cannot be ${event} yet`;
  const whom = last.subject === null ? '' : ` (${last.subject})`;
  const again = last.event === event ? ' again' : '';
  return `kit ${kit} was ${last.event} on ${last.date}${whom}: it cannot be ${event}${again}`;
}

/**
 * The rules that an event breaks although it is possible.
 *
 * @param date of the event
 * @param listMade the day on which the kit's batch of the list was made
 */
export function brokenByEvent(
  account: KitAccount,
  event: KitEvent,
  date: CivilDate,
  listMade: CivilDate | undefined,
): KitObstacle[] {
  const { kit, state, events } = account;
  const obstacles: KitObstacle[] = [];
  if (event === 'received' && listMade !== undefined && date < listMade) {
    const text = `kit ${kit}: ${datedName(date)} is before the list was made, on ${datedName(listMade)}`;
    obstacles.push({ rule: BEFORE_THE_LIST, text });
  }
  if (event !== 'dispensed') return obstacles;
  if (state === 'quarantined') {
    const since = events.findLast((one) => one.event === 'quarantined')?.date ?? '';
    const text = `kit ${kit} has been in quarantine since ${since}: DO NOT GIVE IT before it is released`;
    obstacles.push({ rule: QUARANTINED, text });
  }
  const expired = expiredText(account, date);
  if (expired !== undefined) {
    obstacles.push({ rule: EXPIRED, text: `${expired}: DO NOT GIVE IT` });
  }
  return obstacles;
}

/** The rules that an injection from a kit on a day breaks. */
export function brokenByDose(account: KitAccount, date: CivilDate): KitObstacle[] {
  const { kit, events, isLabelled } = account;
  const obstacles: KitObstacle[] = [];
  const until = events.filter((one) => one.date <= date);
  const { state } = stateAfter(until, isLabelled);
  const last = until.findLast((one) => one.event === state);
  if (last !== undefined && GONE.includes(state)) {
    const isBefore = last.date < date;
    const when = isBefore ? `on ${last.date}, before this injection` : `on the same day`;
    // A kit is returned after its last injection, often on the same day.
    if (isBefore || state !== 'returned') {
      const rule = state === 'quarantined' ? QUARANTINED : 'kit';
      obstacles.push({ rule, text: `${kit} was ${state} ${when}` });
    }
  }
  const expired = expiredText(account, date);
  if (expired !== undefined) obstacles.push({ rule: EXPIRED, text: expired, isOfProduct: true });
  return obstacles;
}

const GONE: readonly KitState[] = ['returned', 'destroyed', 'lost', 'quarantined'];

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
