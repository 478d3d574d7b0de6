import { assignReplacement, replacementSlotOf } from '../../../ledger/enrolment.ts';
import type { EntryOf } from '../../../ledger/entry.ts';
import { requireNaming, requireParticipant } from '../../../ledger/named-participant.ts';
import { factsBySubject, factTexts } from '../../../ledger/participant-facts.ts';
import { readParticipant } from '../../../ledger/participants.ts';
import type { Objection } from '../../../ledger/randomization-rules.ts';
import {
  NOT_STOPPED,
  objectionsToReplacing,
  whyNotReplaced,
} from '../../../ledger/replacement-rules.ts';
import { sitesBySubject } from '../../../ledger/transfers.ts';
import { kitNames, numberText, type Slot } from '../../../randomization/list.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { levelsOfStratum, siteOfStratum } from '../../../study/sections/strata.ts';
import { lastSite } from '../../../study/site-periods.ts';
import { todayHere } from '../../../system/today.ts';
import { upperFirst } from '../../../words.ts';
import { levelsOf } from '../../arguments/factor-levels.ts';
import type { Output } from '../../output/output.ts';
import { indented } from '../../output/wrapped.ts';
import { type Asked, atSite, randomizeAsked, requireDay1 } from '../../study/randomizing.ts';
import type { ReplaceFlags } from './command.ts';

/** `randose replace`: randomizes a participant in the place of one who stopped. */
export async function replace(output: Output, options: ReplaceFlags): Promise<void> {
  await randomizeAsked(output, options, (open) => {
    const old = requireParticipant(open, requireNaming(open, options.for));
    return askedFor(output, open, old, options);
  });
}

function askedFor(
  output: Output,
  open: OpenStudy,
  old: EntryOf<'randomization'>,
  { subject, site: typedSite, factor = [], day1 }: ReplaceFlags,
): Asked {
  const { study, slots, entries, taken } = open;
  const reserved = replacementSlotOf(slots, old.number);
  const site = typedSite?.trim() ?? usualSite(open, old, reserved);
  const levels = levelsOf(factor, study.factors);
  requireDay1('replace', day1, study.schedule);
  const fields = { subject, site, day1: day1?.trim(), levels };
  const read = readParticipant(fields, study.factors, {}, todayHere());
  const why = whyNotReplaced(entries, old, subject.trim());
  const firm = why === undefined ? [] : [{ message: why }];
  if (!read.ok || why !== undefined) {
    const problems = [...firm, ...(read.ok ? [] : read.problems)];
    return { participants: [], problems, assigned: { ok: true, value: [] } };
  }
  const participant = atSite(read.value, study.sites);
  const assigned = assignReplacement(study, slots, entries, participant, old, taken);
  const objections = objectionsToReplacing(entries, slots, old);
  const facts = factTexts(factsBySubject(entries)(old.subject));
  const others = reserved === undefined ? [] : otherLevels(participant.levels, reserved);
  const notes = [
    `${old.subject} had ${numberText(old.number, kitNames(old))}.`,
    ...facts.map((text) => `${old.subject}: ${text}.`),
    ...(reserved === undefined ? [] : [reservedText(old, reserved)]),
    ...others.map((one) => `${subject} is ${one.factor}=${one.level}: ${KEPT_BESIDE}`),
  ];
  return {
    participants: [participant],
    problems: [],
    assigned,
    objections,
    hints: isToStop(objections) ? [stopHint(old)] : [],
    warnings: [
      ...(reserved === undefined && assigned.ok
        ? assigned.value.flatMap((one) => otherStratum(one, old))
        : []),
      // They are deviations if the command goes on.
      ...objections.map(({ text }) => `${upperFirst(text)}.`),
    ],
    levels: others,
    note: `\n${notes.map((text) => indented(text, output.columns, '')).join('')}`,
    question: `Randomize this ${study.subjects.unit} in the place of ${old.subject}?`,
  };
}

const KEPT_BESIDE = 'the slot and its stratum stay, and the true level is kept beside it.';

/** The site of a new participant, if nobody says it: that of the replacement slot, else that of who is replaced. */
function usualSite(
  { entries }: OpenStudy,
  old: EntryOf<'randomization'>,
  reserved: Slot | undefined,
): string {
  const ofSlot = reserved === undefined ? undefined : siteOfStratum(reserved.stratum);
  return ofSlot ?? lastSite(sitesBySubject(entries)(old));
}

/** The levels of a new participant that are not those of the slot. */
function otherLevels(levels: Readonly<Record<string, string>>, { stratum }: Slot) {
  const sealed = levelsOfStratum(stratum);
  return Object.entries(levels).flatMap(([factor, level]) =>
    sealed[factor] === undefined || sealed[factor] === level ? [] : { factor, level },
  );
}

function reservedText(old: EntryOf<'randomization'>, { number, stratum }: Slot): string {
  return `${number} is the replacement slot of ${old.number}: same arm, same stratum (${stratum}).`;
}

function isToStop(objections: readonly Objection[]): boolean {
  return objections.some(({ rule }) => rule === NOT_STOPPED);
}

/** What to type if the participant who is to be replaced did stop. */
function stopHint({ subject }: EntryOf<'randomization'>): string {
  return `If ${subject} stopped, record that first: randose withdraw ${subject} --from study --date DATE --reason TEXT --by WHO\nOr, if ${subject} should not have been randomized: randose randomized-in-error ${subject} --reason TEXT --by WHO`;
}

/** That the slot is one of another stratum than that of the participant who is replaced. */
function otherStratum(
  { subject, stratum }: { readonly subject: string; readonly stratum: string },
  old: EntryOf<'randomization'>,
): string[] {
  if (stratum === old.stratum) return [];
  return [`${subject} gets a slot of ${stratum}; ${old.subject} had one of ${old.stratum}.`];
}
