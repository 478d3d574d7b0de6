import { kitAccounts } from '../../../ledger/accountability.ts';
import { requireKit } from '../../../ledger/kits.ts';
import { openStudy } from '../../../store/open-study.ts';
import { kitData, kitText } from '../../output/kit-view.ts';
import type { Output } from '../../output/output.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { CheckFlags } from './command.ts';

/** `randose check --kit`: whether a kit code belongs to this study, its slot and its state. Never the arm. */
export async function check(output: Output, options: CheckFlags): Promise<void> {
  const open = await openStudy(studyPlace(options));
  const { kit } = requireKit(open, options.kit);
  const account = kitAccounts(open.slots, open.entries).find((one) => one.kit === kit)!;
  output.result(
    { study: open.study.id, valid: true, ...kitData(account) },
    kitText(open.study.id, account),
  );
}
