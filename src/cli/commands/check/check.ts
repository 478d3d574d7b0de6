import { factsBySubject, factTexts } from '../../../ledger/participant-facts.ts';
import type { KitAccount } from '../../../ledger/accountability.ts';
import { requireKit } from '../../../ledger/kits.ts';
import { participantNames } from '../../../ledger/subject-ids.ts';
import { requireSlot } from '../../../ledger/named-participant.ts';
import { earlierOpeningText, openingsOfSlot } from '../../../ledger/openings.ts';
import { kitDoses, reconcileUnits } from '../../../ledger/unit-balances.ts';
import { kitsOf } from '../../../randomization/list.ts';
import { openStudy, type OpenStudy } from '../../../store/open-study.ts';
import { plannedDoses } from '../../../store/scheduled-participants.ts';
import { todayAt } from '../../../system/today.ts';
import { requireNamedOnce, withId } from '../../arguments/participant.ts';
import { kitData, kitText } from '../../output/kit-view.ts';
import type { Output } from '../../output/output.ts';
import { kitRecords } from '../../study/kit-records.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { CheckFlags } from './command.ts';
import { elsewhereText, kitUseData, kitUseOf, kitUseText } from './kit-doses-view.ts';

/**
 * `randose check`: whether a kit code belongs to this study, its slot, its state, lot and expiry, and what was given
 * from it. Never the arm.
 */
export async function check(
  output: Output,
  typed: CheckFlags,
  [id]: [string | undefined],
): Promise<void> {
  const { kit, subject, number } = typed;
  requireNamedOnce(id, kit, subject, number);
  const open = await openStudy(studyPlace(typed));
  const records = kitRecords(open);
  const wanted = kitsWanted(open, withId(open, typed, id));
  const [first, ...others] = records
    .filter((one) => wanted.includes(one.kit))
    .map((account, index) => checked(open, records, account, index === 0));
  const data = { study: open.study.id, valid: true, ...first!.data };
  output.result(
    others.length === 0 ? data : { ...data, others: others.map((one) => one.data) },
    [first!, ...others].map(({ text }) => text).join('\n'),
  );
}

/** The named kit; or every kit of the named slot, its own kit first. */
function kitsWanted(open: OpenStudy, flags: CheckFlags): readonly string[] {
  return flags.kit === undefined
    ? kitsOf(requireSlot(open, flags))
    : [requireKit(open, flags.kit).kit];
}

/**
 * What is known of one kit, as data and as text.
 *
 * @param isFirst whether it is shown first: only then the text has what is about the participant and not the kit
 */
function checked(
  { study, entries }: OpenStudy,
  records: readonly KitAccount[],
  account: KitAccount,
  isFirst: boolean,
): { readonly data: object; readonly text: string } {
  const { units } = study.supplies.kit;
  const { holder: subject, slot, events } = account;
  const site = study.sites.find(({ code }) => code === account.site);
  const openings = openingsOfSlot(entries, { subject, number: slot.number });
  const { balances } = reconcileUnits(records, entries, units);
  const had = events.at(-1)?.units ?? units;
  const plannedDose = plannedDoses({ study, entries });
  const doses = kitDoses(records, entries).map((one) => {
    return { ...one, dose: plannedDose(one.subject, one.visit) };
  });
  const use = kitUseOf(account, records, doses, balances, had);
  const known = subject === undefined ? undefined : factsBySubject(entries)(subject);
  const facts = known === undefined ? [] : factTexts(known);
  const name = subject === undefined ? undefined : participantNames(entries)(subject);
  const randomizedAs = known?.ids.randomizedAs ?? null;
  const told = facts.map((text) => `  Note    ${text}\n`).join('');
  const opened = openings.map((one) => `  Opened  ${earlierOpeningText(one)}\n`).join('');
  const about = isFirst ? `${elsewhereText(use)}${told}${opened}` : '';
  return {
    data: { ...kitData(account), ...kitUseData(use), openedBefore: openings, facts, randomizedAs },
    text: `${kitText(study.id, account, todayAt(site?.timeZone), name)}${kitUseText(use, subject)}${about}`,
  };
}
