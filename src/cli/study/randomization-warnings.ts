import { amendmentOn } from '../../ledger/amendments.ts';
import { type Assignment, nearlyFull, randomizations, strataUse } from '../../ledger/enrolment.ts';
import { byKitAndSlot, hasKitEvents } from '../../ledger/accountability.ts';
import { slotTroubles } from '../../ledger/slot-troubles.ts';
import { type MarkDay, markedDay } from '../../schedule/days-that-matter.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { todayAt } from '../../system/today.ts';
import { kitRecords, lastInjectionFrom, usedBefore } from './kit-records.ts';
import { nearlyFullTexts } from './nearly-full.ts';

/** Days on which a first injection is unusual: weekends, holidays, days on which the site is closed. */
export function day1Warnings(
  assigned: readonly Assignment[],
  markDay: (site: string) => MarkDay,
): string[] {
  return assigned.flatMap(({ subject, site, day1 }) => {
    const marks = day1 === undefined ? [] : markDay(site)(day1);
    return marks.length === 0 || day1 === undefined
      ? []
      : [`Day 1 of ${subject} is on ${markedDay(day1, marks)}.`];
  });
}

/** Kits that cannot be used, and strata that are nearly full. */
export function warningsOf(open: OpenStudy, assigned: readonly Assignment[]): string[] {
  const { slots, entries, taken } = open;
  const kits = kitTroubles(open, assigned).map(({ text }) => `${text}.`);
  const used = new Set(assigned.map(({ stratum }) => stratum));
  const use = strataUse(slots, [...randomizations(entries), ...assigned], taken);
  const full = nearlyFull(use).filter(({ stratum }) => used.has(stratum));
  return [...kits, ...nearlyFullTexts(full)];
}

/** What is wrong with the kits of the slots that participants get. */
function kitTroubles(open: OpenStudy, assigned: readonly Assignment[]) {
  if (assigned.length === 0) return [];
  const numbers = new Set(assigned.map(({ number }) => number));
  const own = open.slots.filter(({ number }) => numbers.has(number));
  const kits = {
    ...byKitAndSlot(kitRecords({ ...open, slots: own })),
    hasEvents: hasKitEvents(open.entries),
  };
  return open.study.sites.flatMap(({ code, timeZone }) => {
    const here = assigned.filter(({ site }) => site === code);
    if (here.length === 0) return [];
    const today = todayAt(timeZone);
    const version = amendmentOn(open.study, open.entries, today) ?? open.study;
    const slots = here.map(({ number, day1 }) => {
      return { number, lastInjection: day1 && lastInjectionFrom(version, day1) };
    });
    const used = slots.flatMap(({ number }) => kits.bySlot.get(number) ?? []);
    return slotTroubles(kits, slots, today, usedBefore(open, used, today));
  });
}
