import { counted, listed } from '../words.ts';
import { doneText } from './kit-rules.ts';
import type {
  KitDose,
  OverdrawnKit,
  StrayDose,
  UnitBalance,
  UnitsMissing,
} from './unit-balances.ts';

/** What does not add up in a kit's units; empty if everything does. */
export function balanceTexts(balance: UnitBalance): string[] {
  const { kit, subject, dispensed, given, returned, destroyed, lost, open } = balance;
  const texts: string[] = [];
  const hasEnded = returned !== null || destroyed !== null || lost !== null;
  if (open < 0 || (hasEnded && open > 0)) {
    const back = returned === null ? goneText({ destroyed, lost }) : `, ${returned} returned`;
    const count = Math.abs(open);
    const off = open > 0 ? `${count} ${count === 1 ? 'is' : 'are'} not accounted for` : more(count);
    texts.push(
      `kit ${kit} of ${subject}: ${counted(dispensed, 'unit')} dispensed, ${given} given${back}: ${off}`,
    );
  }
  const gone = (destroyed ?? 0) + (lost ?? 0);
  if (returned !== null && hasGone({ destroyed, lost }) && returned !== gone) {
    texts.push(
      `kit ${kit} of ${subject}: ${counted(returned, 'unit')} returned${goneText({ destroyed, lost })}`,
    );
  }
  return texts;
}

/** That more units of a kit are gone than it had, although it was never dispensed. */
export function overdrawnText({ kit, units, given, destroyed, lost }: OverdrawnKit): string {
  const off = more(given + (destroyed ?? 0) + (lost ?? 0) - units);
  return `kit ${kit}: ${counted(units, 'unit')}${goneText({ destroyed, lost })}, ${given} given: ${off}`;
}

/** The end of a sentence about a kit: that it is not full any more before its participant gets it. */
export function usedBeforeText(
  doses: readonly Pick<KitDose, 'visit' | 'subject'>[],
  units: number,
): string {
  const given = listed(doses.map(({ visit, subject }) => `${visit} of ${subject}`));
  const left = Math.max(0, units - doses.length);
  return `has ${left} of its ${counted(units, 'unit')}: ${given} ${doses.length === 1 ? 'was' : 'were'} given from it`;
}

/** That fewer units have come than were sent. */
export function missingText({ kit, before, after }: UnitsMissing): string {
  const [sent, come] = [before.units ?? 0, after.units ?? 0];
  const off = `${sent - come} ${sent - come === 1 ? 'is' : 'are'} not accounted for (--reason says why)`;
  return `kit ${kit}: ${counted(sent, 'unit')} ${doneText(before.event)}, ${come} ${doneText(after.event)}: ${off}`;
}

type Gone = Pick<UnitBalance, 'destroyed' | 'lost'>;

function hasGone({ destroyed, lost }: Gone): boolean {
  return destroyed !== null || lost !== null;
}

function goneText({ destroyed, lost }: Gone): string {
  return [
    ...(destroyed === null ? [] : [`, ${destroyed} destroyed`]),
    ...(lost === null ? [] : [`, ${lost} lost`]),
  ].join('');
}

function more(count: number): string {
  return `${count} more than there ${count === 1 ? 'was' : 'were'}`;
}

/** Everything that does not add up in the units of kits. */
export function unitTexts({
  balances,
  strays,
  overdrawn,
  missing,
}: {
  readonly balances: readonly UnitBalance[];
  readonly strays: readonly StrayDose[];
  readonly overdrawn: readonly OverdrawnKit[];
  readonly missing: readonly UnitsMissing[];
}): string[] {
  return [
    ...balances.flatMap(balanceTexts),
    ...overdrawn.map(overdrawnText),
    ...missing.map(missingText),
    ...strays.map(strayText),
  ];
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
