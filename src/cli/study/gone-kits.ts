import { randomizations } from '../../ledger/enrolment.ts';
import { byKitAndSlot, type KitAccount } from '../../ledger/accountability.ts';
import { factsBySubject } from '../../ledger/participant-facts.ts';
import { slotTroubles } from '../../ledger/slot-troubles.ts';
import { timeZoneOf } from '../../study/sections/sites.ts';
import { isInjected } from '../../study/sections/supplies.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { todayAt } from '../../system/today.ts';
import { kitRecords, lastInjectionOf } from './kit-records.ts';

/**
 * Kits that were lost or destroyed while their participant still needs one: a sentence each, without a full stop, with
 * the spare kit that can be used, or what to do if there is none.
 *
 * @param numbers the slots that are asked about; undefined for all
 */
export function goneKitTexts(
  open: Pick<OpenStudy, 'study' | 'slots' | 'entries'>,
  numbers?: ReadonlySet<string>,
): string[] {
  const accounts = kitRecords(open);
  const keyOf = (number: string, type: string | undefined) => `${number} ${type ?? ''}`;
  const gone = new Map<string, string>(
    accounts.flatMap(({ state, slot, type }) =>
      state === 'lost' || state === 'destroyed'
        ? [[keyOf(slot.number, type), slot.number] as const]
        : [],
    ),
  );
  // Whoever has another kit of the slot and type already is treated from that one.
  for (const { state, slot, type } of accounts) {
    if (state === 'dispensed') gone.delete(keyOf(slot.number, type));
  }
  if (gone.size === 0) return [];
  const inNeed = new Set(gone.values());
  const kits = byKitAndSlot(accounts);
  const factsOf = factsBySubject(open.entries);
  return randomizations(open.entries).flatMap((one) => {
    const { number, subject, site } = one;
    if (!inNeed.has(number) || numbers?.has(number) === false) return [];
    const { inError, withdrawal } = factsOf(subject);
    if (inError !== undefined) return [];
    const hasInjections = lastInjectionOf(open, one) !== undefined;
    // Nobody records from what day on other kits are not needed: a count of what came back says that they are not.
    const isNeeded = (type: string | undefined) =>
      isInjected(open.study.supplies, type)
        ? hasInjections
        : withdrawal === undefined &&
          !(kits.bySlot.get(number) ?? []).some((kit) => cameBack(kit, type));
    const today = todayAt(timeZoneOf(open.study, site));
    return slotTroubles(kits, [{ number }], today).flatMap(({ what, type, text }) =>
      (what === 'lost' || what === 'destroyed') && gone.has(keyOf(number, type)) && isNeeded(type)
        ? `${subject}: ${text}`
        : [],
    );
  });
}

/** Whether a participant brought a kit of a type back. */
function cameBack({ type: own, events }: KitAccount, type: string | undefined): boolean {
  return own === type && events.some(({ event }) => event === 'returned');
}
