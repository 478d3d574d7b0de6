import { type MaskedLetters, maskedLetters } from '../../../blinding/masked-letters.ts';
import type { MasterContent } from '../../../blinding/sealed-list.ts';
import type { CsvFlavour } from '../../../exports/csv.ts';
import {
  asArm,
  formatMaskedCsv,
  maskedInjectionRows,
  maskedRows,
} from '../../../exports/tables/masked-table.ts';
import { type Entry, type EntryOf, entriesOf } from '../../../ledger/entry.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { injectionsBySubject } from '../../../ledger/injections.ts';
import type { MaskedTable } from '../../../ledger/masked-tables.ts';
import { earlierOpenings, firstReveals } from '../../../ledger/openings.ts';
import { pairedSlots } from '../../../ledger/replacements.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { codesOf } from '../../../study/study.ts';
import type { CivilDate } from '../../../study/civil-date.ts';
import { subjectKey } from '../../../study/identifiers.ts';
import { timeZoneOf } from '../../../study/sections/sites.ts';
import { dateIn } from '../../../system/today.ts';
import { counted } from '../../../words.ts';
import {
  armIn,
  openedParticipants,
  type SealedSlots,
  sealedSlots,
  summed,
} from '../../study/opened-participants.ts';
import { periodsIn, treated } from './unblinded-tables.ts';

/** What a masked table is about. */
export type MaskedPlan = Pick<MaskedTable, 'purpose' | 'until' | 'rows' | 'letters'>;

/** The participants who were randomized until a date, by the calendars of their sites. */
export function randomizedUntil(
  { study, entries }: Pick<OpenStudy, 'study' | 'entries'>,
  until: CivilDate,
): EntryOf<'randomization'>[] {
  return randomizations(entries).filter(({ site, time }) => {
    return dateIn(time, timeZoneOf(study, site)) <= until;
  });
}

/** The number of injections that a table of them would have. */
export function injectionsUntil(open: OpenStudy, until: CivilDate): number {
  const doses = injectionsBySubject(open.entries);
  return randomizedUntil(open, until).reduce((sum, { subject }) => {
    const own = doses.get(subjectKey(subject)) ?? [];
    return sum + own.filter(({ date }) => date <= until).length;
  }, 0);
}

/**
 * How many participants of a masked table have an arm that somebody has seen, or may have: in the own slot, or in the one
 * that has the same arm by design.
 */
export function knownUntil(open: OpenStudy, until: CivilDate): number {
  const opened = earlierOpenings(open.entries);
  const revealedAt = firstReveals(open.entries);
  const pairOf = pairedSlots(open.slots);
  const byNumber = new Map(randomizations(open.entries).map((one) => [one.number, one]));
  const isKnown = (number: string | undefined, subject: string | undefined) =>
    (subject !== undefined && revealedAt(subject) !== undefined) ||
    opened.some(
      (one) =>
        (number !== undefined && one.number === number) ||
        (subject !== undefined && subjectKey(one.subject) === subjectKey(subject)),
    );
  return randomizedUntil(open, until).filter(({ subject, number }) => {
    const pair = pairOf(number)?.number;
    return isKnown(number, subject) || isKnown(pair, byNumber.get(pair ?? '')?.subject);
  }).length;
}

/** A masked table as JSON and as CSV, and what it is. */
interface MaskedText {
  readonly data: object;
  readonly csv: string;
  readonly what: string;
}

/**
 * Makes a masked table from the opened list: who was randomized until a date, and what happened until then. What was
 * corrected later is as it is known now. No arm leaves this function.
 */
export function maskedTable(
  open: OpenStudy,
  masters: readonly MasterContent[],
  plan: MaskedPlan,
  csvFor?: CsvFlavour,
): MaskedText {
  const { study, entries } = open;
  const { purpose, until, rows } = plan;
  const letters = maskedLetters(masters[0]!, plan.letters, codesOf(study));
  const list = withLetters(sealedSlots(masters), letters);
  const isIn = new Set(randomizedUntil(open, until).map(({ seq }) => seq));
  const opened = openedParticipants(open, list)
    .filter(({ randomization }) => isIn.has(randomization.seq))
    .map((one) => ({ ...one, doses: one.doses.filter(({ date }) => date <= until) }));
  const about = { study: study.id, masked: plan };
  const groups = `groups ${[...letters.values()].toSorted().join(', ')} instead of arms, until ${until}`;
  if (rows === 'injections') {
    const periods = periodsIn(study);
    const participants = treated(open, opened);
    const doses = maskedInjectionRows(study, participants, armIn(list), purpose, periods);
    const what = `${counted(doses.length, 'recorded injection')} with ${groups}`;
    return { data: { ...about, doses }, csv: formatMaskedCsv(doses, csvFor), what };
  }
  const participants = maskedRows(
    study,
    summed(opened, list, { study, entries: entriesUntil(entries, until) }),
    purpose,
  );
  const what = `${counted(participants.length, 'participant')} with ${groups}`;
  return { data: { ...about, participants }, csv: formatMaskedCsv(participants, csvFor), what };
}

/** The slots with the letters of their arms. */
function withLetters({ bySlot, byKit }: SealedSlots, letters: MaskedLetters): SealedSlots {
  const masked = (slots: SealedSlots['bySlot']) =>
    new Map(
      [...slots].map(([key, { slot, arm }]) => {
        const letter = letters.get(arm.code);
        if (letter === undefined) throw new Error('an arm is in no slot of the first batch');
        return [key, { slot, arm: asArm(letter) }];
      }),
    );
  return { bySlot: masked(bySlot), byKit: masked(byKit) };
}

/** The entries without withdrawals and transfers after a date; a retraction repeats the date of what it takes back. */
function entriesUntil(entries: readonly Entry[], until: CivilDate): Entry[] {
  const later = new Set<Entry>(
    [...entriesOf(entries, 'withdrawal'), ...entriesOf(entries, 'transfer')].filter(
      ({ date }) => date > until,
    ),
  );
  return entries.filter((entry) => !later.has(entry));
}
