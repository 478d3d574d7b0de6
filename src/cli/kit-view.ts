import type { KitAccount, UnitBalance } from '../ledger/accountability.ts';
import { datedName } from '../study/civil-date.ts';

/** What one can read of a kit's account, as data: never the arm. */
export function kitData({ kit, slot, isSpare, holder, state, isLabelled, events }: KitAccount) {
  const { number, stratum, batch } = slot;
  return {
    ...{
      kit,
      number,
      isSpare,
      stratum,
      batch,
      subject: holder ?? null,
      state,
      labelled: isLabelled,
    },
    events: events.map(({ event, date, units, subject, seq }) => ({
      event,
      date,
      units,
      subject,
      seq,
    })),
  };
}

/** A kit as a person reads it who has it in hand. */
export function kitText(study: string, account: KitAccount): string {
  const { kit, slot, isSpare, holder, state, isLabelled, events } = account;
  const whose = holder === undefined ? 'given to nobody yet' : `of ${holder}`;
  const batch = slot.batch === 1 ? '' : `, batch ${slot.batch}`;
  const lines = [
    `${study}: kit ${kit} is valid.`,
    `  Slot    ${slot.number}${isSpare ? ', a spare kit' : ''}, ${whose}`,
    `  Stratum ${slot.stratum}${batch}`,
    `  State   ${state}${events.length === 0 && state !== 'labelled' ? (isLabelled ? '' : ', no label made yet') : ''}`,
    ...events.map(
      ({ event, date, units, subject, seq }) =>
        `          ${event} ${datedName(date)}${subject === null ? '' : `, ${subject}`}${units === null ? '' : `, ${units} units`} (ledger ${seq})`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** What of a kit's units does not come out even, in words; undefined where it does. */
export function balanceText(balance: UnitBalance): string | undefined {
  const { kit, subject, dispensed, given, returned, open } = balance;
  if (open === 0 || (returned === null && open > 0)) return undefined;
  const back = returned === null ? '' : `, ${returned} returned`;
  const off =
    open > 0
      ? `${open} ${open === 1 ? 'is' : 'are'} not accounted for`
      : `${-open} more than there ${open === -1 ? 'was' : 'were'}`;
  return `kit ${kit} of ${subject}: ${dispensed} units dispensed, ${given} given${back}: ${off}`;
}
