import { kitAccounts } from '../../ledger/accountability.ts';
import type { Entry } from '../../ledger/entry.ts';
import { reconcileUnits } from '../../ledger/unit-balances.ts';
import { balanceTexts, overdrawnText } from '../../ledger/unit-texts.ts';
import { useByChanges, useByChangeTexts } from '../../ledger/use-by-changes.ts';
import type { Slot } from '../../randomization/list.ts';
import { lotsAndExpiries } from '../../study/packaged.ts';
import type { Study } from '../../study/study.ts';

/**
 * What is not wrong with the records of kits, but worth telling: kits of which more units are gone than they had,
 * and labels that show a use-by month that study.yaml has changed. A sentence each.
 */
export function kitNotes(
  study: Study,
  slots: readonly Slot[],
  entries: readonly Entry[],
): string[] {
  const accounts = kitAccounts(slots, entries, lotsAndExpiries(study));
  const { balances, overdrawn } = reconcileUnits(accounts, entries, study.supplies.kit.units);
  const texts = [
    ...balances.filter(({ open }) => open < 0).flatMap(balanceTexts),
    ...overdrawn.map(overdrawnText),
    ...useByChangeTexts(useByChanges(accounts)),
  ];
  return texts.map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
}
