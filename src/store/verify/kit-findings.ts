import type { Problem } from '../../errors.ts';
import { kitAccounts } from '../../ledger/accountability.ts';
import type { Entry } from '../../ledger/entry.ts';
import { reconcileUnits } from '../../ledger/unit-balances.ts';
import { balanceTexts, overdrawnText } from '../../ledger/unit-texts.ts';
import {
  otherLotTexts,
  otherUnitsTexts,
  useByChanges,
  useByChangeTexts,
} from '../../ledger/label-changes.ts';
import type { Slot } from '../../randomization/list.ts';
import { LEDGER_FILE } from '../../study/layout.ts';
import { lotsAndExpiries } from '../../study/packaged.ts';
import type { Study } from '../../study/study.ts';
import { upperFirst } from '../../words.ts';

/** What the units of kits and the months on their labels say. */
export interface KitFindings {
  /** Kits of which more units are gone than they had. */
  readonly problems: readonly Problem[];
  /** Labels that show a use-by month, a lot or a number of units that study.yaml has changed, a sentence each. */
  readonly notes: readonly string[];
}

/** Adds the units of all kits up, and compares the months on their labels with study.yaml. */
export function kitFindings(
  study: Study,
  slots: readonly Slot[],
  entries: readonly Entry[],
): KitFindings {
  const accounts = kitAccounts(slots, entries, lotsAndExpiries(study));
  const { balances, overdrawn } = reconcileUnits(accounts, entries, study.supplies);
  const texts = [
    ...balances.filter(({ open }) => open < 0).flatMap(balanceTexts),
    ...overdrawn.map(overdrawnText),
  ];
  return {
    problems: texts.map((message) => ({ file: LEDGER_FILE, message })),
    notes: [
      ...useByChangeTexts(useByChanges(accounts)),
      ...otherLotTexts(accounts),
      ...otherUnitsTexts(accounts, study.supplies),
    ].map((text) => `${upperFirst(text)}.`),
  };
}
