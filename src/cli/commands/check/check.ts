import { mayBeHidden } from '../../../ledger/hidden-slots.ts';
import { factsBySubject, factTexts } from '../../../ledger/participant-facts.ts';
import type { KitAccount } from '../../../ledger/accountability.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { requireKit, requireKits } from '../../../ledger/kits.ts';
import { participantNames } from '../../../ledger/subject-ids.ts';
import { requireSlot } from '../../../ledger/named-participant.ts';
import { earlierOpeningText, openingsOfSlot } from '../../../ledger/openings.ts';
import { kitDoses, reconcileUnits, unitsIn } from '../../../ledger/unit-balances.ts';
import { haveKits, kitsOf, type Slot } from '../../../randomization/list.ts';
import { openStudy, type OpenStudy } from '../../../store/open-study.ts';
import { plannedDoses } from '../../../store/scheduled-participants.ts';
import { todayAt } from '../../../system/today.ts';
import { requireNamedOnce, withId } from '../../arguments/participant.ts';
import { kitData, kitText, slotText } from '../../output/kit-view.ts';
import type { Output } from '../../output/output.ts';
import { kitRecords } from '../../study/kit-records.ts';
import { studyPlace } from '../../study/study-place.ts';
import { checkDraft, isStudyFileName } from './check-draft.ts';
import type { CheckFlags } from './command.ts';
import { elsewhereText, kitUseData, kitUseOf, kitUseText } from './kit-doses-view.ts';

/**
 * `randose check`: whether a kit code belongs to this study, its slot, its state, lot and expiry, and what was given
 * from it; in a study without kits, a slot. Never the arm. Of a study.yaml: its errors, and what would be drawn.
 */
export async function check(
  output: Output,
  typed: CheckFlags,
  [id]: [string | undefined],
): Promise<void> {
  if (isStudyFileName(id) || typed.plan !== undefined) {
    await checkDraft(output, typed, id);
    return;
  }
  const { kit, subject, number } = typed;
  requireNamedOnce(id, kit, subject, number);
  const open = await openStudy(studyPlace(typed));
  const flags = withId(open, typed, id);
  if (!haveKits(open.slots)) {
    checkSlot(output, open, flags);
    return;
  }
  const records = kitRecords(open);
  const wanted = kitsWanted(open, flags);
  const account = records.find((one) => one.kit === wanted[0]);
  if (account !== undefined) warnIfUnseen(output, open, account.slot);
  const [first, ...others] = records
    .filter((one) => wanted.includes(one.kit))
    .map((account, index) => checked(open, records, account, index === 0));
  const data = { study: open.study.id, valid: true, ...first!.data };
  output.result(
    others.length === 0 ? data : { ...data, others: others.map((one) => one.data) },
    [first!, ...others].map(({ text }) => text).join('\n'),
  );
}

/** Warns that nothing that was recorded of a slot is known here, if it is another site's and in use. */
function warnIfUnseen(output: Output, open: OpenStudy, slot: Slot): void {
  const { number } = slot;
  const isSeen = randomizations(open.entries).some((one) => one.number === number);
  if (isSeen || !mayBeHidden(open, slot)) return;
  output.warn(
    `DO NOT GIVE IT: ${number} is of another site, or of a participant there, and this login does not see what was recorded of it. Ask that site.`,
  );
}

/** In a study without kits: whether a number is in the list, and who has it. */
function checkSlot(output: Output, open: OpenStudy, flags: CheckFlags): void {
  const { study, slots, entries } = open;
  if (flags.kit !== undefined) requireKits(slots);
  const slot = requireSlot({ study, slots, entries }, flags);
  warnIfUnseen(output, open, slot);
  const { number, stratum, batch, replacementFor } = slot;
  const holder = randomizations(entries).find((one) => one.number === number);
  const about = aboutHolder(entries, slot, holder?.subject);
  const data = {
    number,
    ...(replacementFor !== undefined && { replacementFor }),
    stratum,
    batch,
    subject: holder?.subject ?? null,
    ...about.data,
  };
  output.result(
    { study: study.id, valid: true, kit: null, ...data },
    `${slotText(study.id, slot, about.name)}${about.text}`,
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
  const { holder: subject, slot, events } = account;
  const site = study.sites.find(({ code }) => code === account.site);
  const { balances } = reconcileUnits(records, entries, study.supplies);
  const had = events.at(-1)?.units ?? unitsIn(account, study.supplies);
  const plannedDose = plannedDoses({ study, entries });
  const doses = kitDoses(records, entries, study.supplies).map((one) => {
    return { ...one, dose: plannedDose(one.subject, one.visit) };
  });
  const use = kitUseOf(account, records, doses, balances, had);
  const known = aboutHolder(entries, slot, subject);
  const about = isFirst ? `${elsewhereText(use)}${known.text}` : '';
  return {
    data: { ...kitData(account), ...kitUseData(use), ...known.data },
    text: `${kitText(study.id, account, todayAt(site?.timeZone), known.name)}${kitUseText(use, subject)}${about}`,
  };
}

/** What is known of the participant who has a slot, and how often it was opened. */
function aboutHolder(
  entries: OpenStudy['entries'],
  { number }: Slot,
  subject: string | undefined,
): { readonly name: string | undefined; readonly data: object; readonly text: string } {
  const openedBefore = openingsOfSlot(entries, { subject, number });
  const known = subject === undefined ? undefined : factsBySubject(entries)(subject);
  const facts = known === undefined ? [] : factTexts(known);
  const told = facts.map((text) => `  Note    ${text}\n`).join('');
  const opened = openedBefore.map((one) => `  Opened  ${earlierOpeningText(one)}\n`).join('');
  return {
    name: subject === undefined ? undefined : participantNames(entries)(subject),
    data: { openedBefore, facts, randomizedAs: known?.ids.randomizedAs ?? null },
    text: `${told}${opened}`,
  };
}
