import type { CivilDate } from '../study/civil-date.ts';
import { subjectKey } from '../study/identifiers.ts';
import type { KitAccount } from './accountability.ts';
import { doseOf, visitEntriesBySubject } from './doses.ts';
import type { Entry } from './entry.ts';

/** The units of one dispensed kit, and where they are. */
export interface UnitBalance {
  readonly kit: string;
  readonly subject: string;
  readonly dispensed: number;
  /** By the injections that are recorded. */
  readonly given: number;
  /** Null while the kit is with the participant's injections. */
  readonly returned: number | null;
  /** Null while nothing of it is. */
  readonly destroyed: number | null;
  /** Dispensed, and neither given nor returned. */
  readonly open: number;
}

/**
 * Accounts for the units of every kit that was dispensed: each is given, returned, or open. An injection
 * counts for the kit that its record names; else for the one that the participant had last on that day.
 *
 * @param units how many units a kit has
 */
export function unitBalances(
  accounts: readonly KitAccount[],
  entries: readonly Entry[],
  units: number,
): UnitBalance[] {
  const visits = visitEntriesBySubject(entries);
  const dispensed = accounts.flatMap((account) => {
    const entry = account.events.find(({ event }) => event === 'dispensed');
    return entry === undefined || account.holder === undefined
      ? []
      : [{ ...account, holder: account.holder, since: entry.date }];
  });
  const given = new Map<string, number>();
  for (const subject of new Set(dispensed.map(({ holder }) => holder))) {
    const records = visits.get(subjectKey(subject)) ?? [];
    const kits = dispensed.filter(({ holder }) => holder === subject);
    for (const visit of new Set(records.map((record) => record.visit))) {
      const dose = doseOf(records, visit);
      if (dose?.result !== 'given') continue;
      const kit = dose.kit ?? kitOn(kits, dose.date);
      if (kit !== undefined) given.set(kit, (given.get(kit) ?? 0) + 1);
    }
  }
  return dispensed.map(({ kit, holder, events }) => {
    const back = events.find(({ event }) => event === 'returned');
    const returned = back === undefined ? null : (back.units ?? units);
    const end = events.find(({ event }) => event === 'destroyed');
    const destroyed = end === undefined ? null : (end.units ?? units);
    const used = given.get(kit) ?? 0;
    const open = units - used - (returned ?? 0);
    return { kit, subject: holder, dispensed: units, given: used, returned, destroyed, open };
  });
}

/** An injection that was given from a kit which was not dispensed, as the records say. */
export interface StrayDose {
  readonly subject: string;
  readonly visit: string;
  readonly kit: string;
}

/** The injections whose records name a kit that is on no record as dispensed. */
export function strayDoses(
  accounts: readonly KitAccount[],
  entries: readonly Entry[],
): StrayDose[] {
  const dispensed = new Set<string>(
    accounts.flatMap(({ kit, events }) =>
      events.some(({ event }) => event === 'dispensed') ? kit : [],
    ),
  );
  return [...visitEntriesBySubject(entries).values()].flatMap((records) =>
    [...new Set(records.map(({ visit }) => visit))].flatMap((visit) => {
      const dose = doseOf(records, visit);
      if (dose?.result !== 'given' || dose.kit === null || dispensed.has(dose.kit)) return [];
      return { subject: dose.subject, visit, kit: dose.kit };
    }),
  );
}

function kitOn(
  kits: readonly { kit: string; since: CivilDate }[],
  date: CivilDate,
): string | undefined {
  const before = kits.filter(({ since }) => since <= date);
  return before.toSorted((a, b) => (a.since < b.since ? -1 : 1)).at(-1)?.kit ?? kits[0]?.kit;
}
