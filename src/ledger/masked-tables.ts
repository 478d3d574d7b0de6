import type { Problem } from '../errors.ts';
import type { CivilDate } from '../study/civil-date.ts';
import { addDays } from '../study/civil-date.ts';
import { type Entry, entriesOf, type EntryOf } from './entry.ts';
import { entryProblem } from './entry-problem.ts';
import { openingsOf } from './openings.ts';

/** A masked table that was made: groups A, B, … instead of arms, until a date. */
export interface MaskedTable {
  readonly purpose: string;
  readonly until: CivilDate;
  readonly rows: 'participants' | 'injections';
  /** The purpose of the table for which the letters were drawn. */
  readonly letters: string;
  /** The SHA-256 of the table. */
  readonly table: string;
  /** The sequence of its intent, and its time: ISO 8601, UTC. */
  readonly seq: number;
  readonly time: string;
}

/** The masked tables that were made, in their order. */
export function maskedTables(entries: readonly Entry[]): MaskedTable[] {
  const made = new Map(
    entriesOf(entries, 'masked table outcome').map(({ intent, table }) => [intent, table]),
  );
  return openingsOf(entries, 'masked table').flatMap(({ intent }) => {
    const table = made.get(intent.seq) ?? null;
    const { purpose, until, rows, letters, seq, time } = intent;
    return table === null ? [] : [{ purpose, until, rows, letters, table, seq, time }];
  });
}

/** A purpose as it is kept: without blanks around it, and with one blank between words. */
export function purposeFrom(typed: string): string {
  return typed.trim().replace(/\s+/g, ' ');
}

/** The tables that were made for a purpose, in capital letters or small ones. */
export function tablesFor(tables: readonly MaskedTable[], purpose: string): MaskedTable[] {
  const key = purposeFrom(purpose).toLowerCase();
  return tables.filter((one) => one.purpose.toLowerCase() === key);
}

/** The first opening of letters that was not refused. @param letters the purpose for which they were drawn */
export function lettersOpened(
  entries: readonly Entry[],
  letters: string,
): EntryOf<'letter opening intent'> | undefined {
  return openingsOf(entries, 'letter opening').find(({ intent, outcome }) => {
    return intent.letters === letters && outcome?.result !== 'refused';
  })?.intent;
}

/**
 * Checks that the letters of each masked table are its own or those of an earlier one, that all tables with one purpose
 * have the same letters, that none is about days that were still to come, and that a table that was made has a digest.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkMaskedTables(entries: readonly Entry[]): Problem[] {
  return entries.flatMap((entry, index) => {
    const before = () => maskedTables(entries.slice(0, index));
    const found = (message: string) => [entryProblem(entry, message)];
    if (entry.action === 'masked table intent') return intentProblems(entry, before());
    if (entry.action === 'masked table outcome') {
      if ((entry.result === 'opened') === (entry.table !== null)) return [];
      return found('says opened but has no table, or says refused but has one');
    }
    if (entry.action === 'letter opening intent') {
      if (before().some(({ letters }) => letters === entry.letters)) return [];
      return found(`opens letters of "${entry.letters}", which no masked table has at this point`);
    }
    return [];
  });
}

function intentProblems(
  entry: EntryOf<'masked table intent'>,
  before: readonly MaskedTable[],
): Problem[] {
  const { purpose, letters, until, time } = entry;
  const earlier = tablesFor(before, purpose)[0];
  const isKnown = letters === purpose || before.some((one) => one.letters === letters);
  // Its date where the day begins first, so that no time zone makes a right date wrong.
  const latest = addDays(time.slice(0, 10) as CivilDate, 1);
  return [
    ...(isKnown ? [] : [`has the letters of "${letters}", which no masked table has before it`]),
    ...(earlier === undefined || earlier.letters === letters
      ? []
      : [`has other letters than entry ${earlier.seq}, which is for the same purpose`]),
    ...(until > latest ? [`is until ${until}, which was still to come`] : []),
  ].map((message) => entryProblem(entry, message));
}
