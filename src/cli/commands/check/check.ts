import type { KitAccount } from '../../../ledger/accountability.ts';
import { earlierOpeningText, openingsOfSlot } from '../../../ledger/openings.ts';
import { requireKit } from '../../../ledger/kits.ts';
import { kitDoses, reconcileUnits } from '../../../ledger/unit-balances.ts';
import { openStudy, type OpenStudy } from '../../../store/open-study.ts';
import { siteOfStratum } from '../../../study/sections/strata.ts';
import { todayIn } from '../../../system/today.ts';
import { kitData, kitText } from '../../output/kit-view.ts';
import type { Output } from '../../output/output.ts';
import { kitRecords } from '../../study/kit-records.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { CheckFlags } from './command.ts';
import { type KitUse, kitUseData, kitUseOf, kitUseText } from './kit-doses-view.ts';

/**
 * `randose check --kit`: whether a kit code belongs to this study, its slot, its state, and lot and
 * expiry too. Never the arm.
 */
export async function check(output: Output, options: CheckFlags): Promise<void> {
  const open = await openStudy(studyPlace(options));
  const { kit } = requireKit(open, options.kit);
  const accounts = kitRecords(open);
  const account = accounts.find((one) => one.kit === kit)!;
  const site = open.study.sites.find(({ code }) => code === siteOfStratum(account.slot.stratum));
  const { holder: subject, slot } = account;
  const openings = openingsOfSlot(open.entries, { subject, number: slot.number });
  const use = kitUse(open, accounts, account);
  const text = kitText(open.study.id, account, todayIn(site?.timeZone));
  output.result(
    {
      study: open.study.id,
      valid: true,
      ...kitData(account),
      ...kitUseData(use),
      openedBefore: openings,
    },
    `${text}${kitUseText(use, subject)}${openings.map((one) => `  Opened  ${earlierOpeningText(one)}\n`).join('')}`,
  );
}

function kitUse(
  { study, entries }: OpenStudy,
  accounts: readonly KitAccount[],
  account: KitAccount,
): KitUse {
  const { units } = study.supplies.kit;
  const { balances } = reconcileUnits(accounts, entries, units);
  const had = account.events.at(-1)?.units ?? units;
  return kitUseOf(account, accounts, kitDoses(accounts, entries), balances, had);
}
