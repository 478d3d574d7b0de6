import type { KitAccount } from '../../ledger/accountability.ts';
import type { StrayDose, UnitBalance } from '../../ledger/unit-balances.ts';
import { datedName } from '../../study/civil-date.ts';
import { counted } from '../../words.ts';

/** A kit's account as data. It never has the arm. */
export function kitData({ kit, slot, isSpare, holder, state, isLabelled, events }: KitAccount) {
  const { number, stratum, batch } = slot;
  return {
    kit,
    number,
    isSpare,
    stratum,
    batch,
    subject: holder ?? null,
    state,
    labelled: isLabelled,
    events: events.map(({ event, date, units, subject, seq }) => ({
      event,
      date,
      units,
      subject,
      seq,
    })),
  };
}

/** A kit, for a person who has it in hand. */
export function kitText(study: string, account: KitAccount): string {
  const { kit, slot, isSpare, holder, state, isLabelled, events } = account;
  const whose = holder === undefined ? 'not assigned yet' : `of ${holder}`;
  const batch = slot.batch === 1 ? '' : `, batch ${slot.batch}`;
  const lines = [
    `${study}: kit ${kit} is valid.`,
    `  Slot    ${slot.number}${isSpare ? ', a spare kit' : ''}, ${whose}`,
    `  Stratum ${slot.stratum}${batch}`,
    `  State   ${state}${events.length === 0 && state !== 'labelled' ? (isLabelled ? '' : ', no label made yet') : ''}`,
    ...events.map(
      ({ event, date, units, subject, seq }) =>
        `          ${event} ${datedName(date)}${subject === null ? '' : `, ${subject}`}${units === null ? '' : `, ${counted(units, 'unit')}`} (ledger ${seq})`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** What does not add up in a kit's units; empty if everything does. */
export function balanceTexts(balance: UnitBalance): string[] {
  const { kit, subject, dispensed, given, returned, destroyed, open } = balance;
  const texts: string[] = [];
  if (open < 0 || (returned !== null && open > 0)) {
    const back = returned === null ? '' : `, ${returned} returned`;
    const count = Math.abs(open);
    const off =
      open > 0
        ? `${count} ${count === 1 ? 'is' : 'are'} not accounted for`
        : `${count} more than there ${count === 1 ? 'was' : 'were'}`;
    texts.push(
      `kit ${kit} of ${subject}: ${counted(dispensed, 'unit')} dispensed, ${given} given${back}: ${off}`,
    );
  }
  if (returned !== null && destroyed !== null && returned !== destroyed) {
    texts.push(
      `kit ${kit} of ${subject}: ${counted(returned, 'unit')} returned, ${destroyed} destroyed`,
    );
  }
  return texts;
}

/** An injection that did not come from a unit that the participant had. */
export function strayText({ subject, visit, kit, why, holder }: StrayDose): string {
  const given = `${visit} of ${subject} was given`;
  switch (why) {
    case 'no kit':
      return `${given}, but no kit was dispensed to ${subject} by that date`;
    case 'of another study':
      return `${given} from kit "${kit ?? ''}", which is not a kit of this study`;
    case 'not dispensed':
      return `${given} from kit ${kit ?? ''}, which is not recorded as dispensed`;
    case 'of somebody else':
      return `${given} from kit ${kit ?? ''}, which belongs to ${holder ?? 'no participant'}`;
    case 'before it was dispensed':
    case 'after it was returned':
      return `${given} from kit ${kit ?? ''} ${why}`;
  }
}
