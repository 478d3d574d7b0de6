import { randomizations } from '../../ledger/enrolment.ts';
import { factsBySubject } from '../../ledger/participant-facts.ts';
import { slotTroubles } from '../../ledger/slot-troubles.ts';
import { timeZoneOf } from '../../study/sections/sites.ts';
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
  const gone = new Set<string>(
    accounts.flatMap(({ state, slot }) =>
      state === 'lost' || state === 'destroyed' ? slot.number : [],
    ),
  );
  // Whoever has another kit of the slot already is treated from that one.
  for (const { state, slot } of accounts) if (state === 'dispensed') gone.delete(slot.number);
  if (gone.size === 0) return [];
  const factsOf = factsBySubject(open.entries);
  return randomizations(open.entries).flatMap((one) => {
    const { number, subject, site } = one;
    if (!gone.has(number) || numbers?.has(number) === false) return [];
    if (factsOf(subject).inError !== undefined || lastInjectionOf(open, one) === undefined)
      return [];
    const today = todayAt(timeZoneOf(open.study, site));
    return slotTroubles(accounts, [{ number }], today).flatMap(({ what, text }) =>
      what === 'lost' || what === 'destroyed' ? `${subject}: ${text}` : [],
    );
  });
}
