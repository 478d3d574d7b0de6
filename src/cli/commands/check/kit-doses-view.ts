import type { KitAccount } from '../../../ledger/accountability.ts';
import type { KitDose, UnitBalance } from '../../../ledger/unit-balances.ts';
import { datedName } from '../../../study/civil-date.ts';
import { subjectKey } from '../../../study/identifiers.ts';
import { counted } from '../../../words.ts';

/** An injection, with the dose that was planned for it, if study.yaml says it. */
interface PlannedDose extends KitDose {
  readonly dose?: string | undefined;
}

/** What injections say about a kit. */
export interface KitUse {
  /** The injections that were given from it, to whomever. */
  readonly doses: readonly PlannedDose[];
  /** The injections of the participant to whom it belongs that were given from a kit of nobody or of another. */
  readonly elsewhere: readonly PlannedDose[];
  /** Undefined before it is dispensed. */
  readonly balance: UnitBalance | undefined;
  /** How many units it has, if it is not dispensed. */
  readonly units: number;
}

/** The use of one kit. @param doses every injection that was given @param units of a kit that is not dispensed */
export function kitUseOf(
  { kit, slot, holder }: KitAccount,
  accounts: readonly KitAccount[],
  doses: readonly PlannedDose[],
  balances: readonly UnitBalance[],
  units: number,
): KitUse {
  const ofSlot = new Set(
    accounts.flatMap((one) => (one.slot.number === slot.number ? one.kit : [])),
  );
  const elsewhere = doses.filter((one) => {
    const isHolder = holder !== undefined && subjectKey(one.subject) === subjectKey(holder);
    return isHolder && one.kit !== null && !ofSlot.has(one.kit);
  });
  return {
    doses: doses.filter((one) => one.kit === kit),
    elsewhere,
    balance: balances.find((one) => one.kit === kit),
    units,
  };
}

/** The use of a kit as data. */
export function kitUseData({ doses, elsewhere, balance }: KitUse) {
  return { doses, elsewhere, units: balance ?? null };
}

/** What was given from a kit, for a person who has it in hand; empty if nothing was. */
export function kitUseText({ doses, balance, units }: KitUse, holder: string | undefined): string {
  const areTaken = balance?.taken !== undefined && balance.returned !== null;
  if (doses.length === 0 && !areTaken) return '';
  const isHolder = (subject: string) =>
    holder !== undefined && subjectKey(subject) === subjectKey(holder);
  // Two of one day stay in the order of their records.
  const byDate = doses.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  const given = byDate.map(({ visit, subject, date, dose, seq }) => {
    const other = isHolder(subject) ? '' : ": NOT THIS KIT'S PARTICIPANT";
    return `${visit}${doseText(dose)} of ${subject} on ${datedName(date)}${other} (ledger ${seq})`;
  });
  return `${[
    ...section('Given', given),
    `  Units   ${unitsText(balance, units, doses.length)}`,
  ].join('\n')}\n`;
}

/** The injections of the participant that were given from other kits; empty if none was. */
export function elsewhereText({ elsewhere }: KitUse): string {
  const others = elsewhere.map(({ visit, subject, date, kit, dose, seq }) => {
    return `${visit}${doseText(dose)} of ${subject} on ${datedName(date)}, from kit ${kit ?? ''} (ledger ${seq})`;
  });
  return section('Others', others)
    .map((line) => `${line}\n`)
    .join('');
}

function doseText(dose: string | undefined): string {
  return dose === undefined ? '' : ` (${dose})`;
}

function section(head: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? head : '').padEnd(8)}${line}`);
}

function unitsText(balance: UnitBalance | undefined, units: number, given: number): string {
  if (balance === undefined) {
    return `${counted(units, 'unit')}, ${given} given although the kit is not dispensed, ${units - given} left`;
  }
  const { dispensed, returned, taken, open } = balance;
  const back = returned === null ? '' : `, ${returned} returned`;
  const used = taken === undefined || taken === null ? '' : `${taken} taken`;
  const drawn =
    given === 0 && used !== ''
      ? used
      : [`${balance.given} given`, used].filter((text) => text !== '').join(', ');
  return `${dispensed} dispensed, ${drawn}${back}, ${open} open`;
}
