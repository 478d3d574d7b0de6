import { type KitAccount, kitAccounts } from '../../ledger/accountability.ts';
import type { Entry, EntryOf } from '../../ledger/entry.ts';
import { givenBefore, reconcileUnits, unitsHeld, unitsIn } from '../../ledger/unit-balances.ts';
import { unitTexts, usedBeforeText } from '../../ledger/unit-texts.ts';
import { makeCalendar } from '../../schedule/calendar.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { addDays, type CivilDate } from '../../study/civil-date.ts';
import { isExpiredOn, lastDayOf, lotsAndExpiries } from '../../study/packaged.ts';
import type { Study } from '../../study/study.ts';
import { scheduledParticipant } from '../../store/scheduled-participants.ts';

type Records = Pick<OpenStudy, 'study' | 'slots' | 'entries'>;

/** The accounts that were made last from entries: a command needs them more than once, and there can be 100,000 kits. */
const MADE = new WeakMap<
  readonly Entry[],
  Pick<Records, 'study' | 'slots'> & { readonly accounts: readonly KitAccount[] }
>();

/** The accounts of all kits, with lot and expiry from their labels, else from study.yaml. */
export function kitRecords({ study, slots, entries }: Records): readonly KitAccount[] {
  const made = MADE.get(entries);
  if (made?.study === study && made.slots === slots) return made.accounts;
  const accounts = kitAccounts(slots, entries, lotsAndExpiries(study));
  MADE.set(entries, { study, slots, accounts });
  return accounts;
}

/** The units of all kits, reconciled. */
export function unitRecords(open: Records): ReturnType<typeof reconcileUnits> {
  return reconcileUnits(kitRecords(open), open.entries, open.study.supplies);
}

/**
 * Kits from which others were treated before their participant gets them, each with the end of a sentence that says so.
 *
 * @param date the day on which a participant gets them
 */
export function usedBefore(
  open: Records,
  accounts: readonly KitAccount[],
  date: CivilDate,
): Map<string, string> {
  const kits = accounts.map(({ kit }) => kit);
  const earlyOf = givenBefore(open.entries, kits);
  return new Map<string, string>(
    accounts.flatMap((account) => {
      const given = earlyOf(account, { date });
      if (given.length === 0) return [];
      const units = unitsHeld(account.events) ?? unitsIn(account, open.study.supplies);
      return [[account.kit, usedBeforeText(given, units)] as const];
    }),
  );
}

/** The day of the last injection of a schedule that begins with a Day 1. */
export function lastInjectionFrom(
  { schedule }: Pick<Study, 'schedule'>,
  day1: CivilDate,
): CivilDate {
  const days = schedule.phases.flatMap((phase) => phase.days);
  return addDays(day1, Math.max(1, ...days) - 1);
}

/** The day of a participant's last injection that is still to be given; undefined if none is. */
export function lastInjectionOf(
  open: Records,
  randomization: EntryOf<'randomization'>,
): CivilDate | undefined {
  const { subject, visits, happenings } = scheduledParticipant(open, randomization);
  const { events } = makeCalendar(visits, subject, happenings);
  return events
    .flatMap(({ kind, status, date }) =>
      kind === 'injection' && (status === 'planned' || status === 'moved') ? date : [],
    )
    .toSorted()
    .at(-1);
}

/** That a kit expires before an injection that is still to be given from it; undefined if it does not. */
export function expiresEarlyText(
  { kit, expiry }: Pick<KitAccount, 'kit' | 'expiry'>,
  subject: string,
  lastInjection: CivilDate | undefined,
): string | undefined {
  if (expiry === undefined || lastInjection === undefined || !isExpiredOn(expiry, lastInjection)) {
    return undefined;
  }
  return `kit ${kit} expires on ${lastDayOf(expiry)}, before the last planned injection of ${subject} on ${lastInjection}`;
}

/** The units of kits that do not add up, a sentence each. @param kits undefined for all */
export function unitProblemsOf(open: Records, kits?: ReadonlySet<string>): string[] {
  const { balances, overdrawn, missing } = unitRecords(open);
  const isOwn = ({ kit }: { readonly kit: string }) => kits?.has(kit) ?? true;
  const own = {
    balances: balances.filter(isOwn),
    overdrawn: overdrawn.filter(isOwn),
    missing: missing.filter(isOwn),
    strays: [],
  };
  return unitTexts(own).map((text) => `${text}.`);
}
