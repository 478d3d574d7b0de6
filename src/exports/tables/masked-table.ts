import type { NamedArm } from '../../ledger/arms-given.ts';
import type { Study } from '../../study/study.ts';
import { type CsvFlavour, formatRecords } from '../csv.ts';
import { INJECTION_NUMBERS, injectionRows, type Treated } from './injection-table.ts';
import { type Unblinded, UNBLINDED_NUMBERS, unblindedRows } from './unblinded-table.ts';

/** A row of a masked table: column → text. */
type MaskedRow = Readonly<Record<string, string>>;

/** A letter as the arm of the tables that unblind. Its type is left out here. */
export function asArm(letter: string): NamedArm & { readonly type: 'active' } {
  return { code: letter, name: letter, type: 'active' };
}

/**
 * The unblinded table with groups instead of arms (docs/FORMATS.md). MASKEDGRP is the group of the participant,
 * MASKEDACT that of the kits that were given, MASKED the purpose. What links a participant to a kit, and so to the
 * packing list, is left out: RANDNO, KITNO; and UNBLDTC, which says whose arm somebody knows. So are the treatments of a
 * crossover: a letter stands for their order.
 *
 * @param participants with letters as their arms
 */
export function maskedRows(
  study: Pick<Study, 'id' | 'factors' | 'arms'>,
  participants: readonly Unblinded[],
  purpose: string,
): MaskedRow[] {
  const columns = participantColumns(study);
  return unblindedRows(study, participants).map((row) => masked(row, columns, purpose));
}

/** The columns that are taken over, with the names that some of them get. A new column is not taken over unseen. */
function participantColumns({ factors }: Pick<Study, 'factors'>): Columns {
  const names = factors.map(({ name }) => name);
  return [
    ...['STUDYID', 'SUBJID', 'SITEID', 'STRATUM', ...names, 'RANDDTC', 'DAY1DTC'].map(kept),
    ['ARMCD', 'MASKEDGRP'],
    ...names.map((name) => kept(`${name}_corrected`)),
    ...['WITHDDTC', 'WITHDFROM', 'RANDERR', 'RFXSTDTC', 'RFXENDTC', 'INJGIVEN'].map(kept),
    ['ACTARMCD', 'MASKEDACT'],
    ...['RANDSUBJ', 'SITECUR'].map(kept),
  ];
}

/**
 * The table of injections with groups instead of arms: MASKEDGRP is the group of the participant, MASKEDTRT that of the
 * kit that was given. Kits and randomization numbers are left out. In a crossover there is APERIODC, which is the same in
 * all groups, and not TRTP.
 *
 * @param participants with letters as their arms
 * @param letterOfKit the letter of a kit, as an arm
 * @param periods the names of the periods with a treatment; none if arms have no periods
 */
export function maskedInjectionRows(
  study: Pick<Study, 'id'>,
  participants: readonly Treated[],
  letterOfKit: (kit: string) => NamedArm | undefined,
  purpose: string,
  periods: readonly string[] = [],
): MaskedRow[] {
  const columns = [...INJECTION_COLUMNS, ...(periods.length > 0 ? [kept('APERIODC')] : [])];
  return injectionRows(study, participants, letterOfKit, periods).map((row) => {
    return masked(row, columns, purpose);
  });
}

/** Pairs: the column of the table that unblinds, and its name here. */
type Columns = readonly (readonly [from: string, to: string])[];

const INJECTION_COLUMNS: Columns = [
  ...['STUDYID', 'SUBJID', 'SITEID'].map(kept),
  ['ARMCD', 'MASKEDGRP'],
  ...['VISIT', 'VISITDY', 'PLANDTC', 'ECOCCUR', 'ECSTDTC', 'ECSTDY'].map(kept),
  ['TRTACD', 'MASKEDTRT'],
  ...['TRTASSUM', 'DVDECOD', 'ECDOSTXT', 'SITEVIS'].map(kept),
];

function kept(name: string): readonly [string, string] {
  return [name, name];
}

function masked(row: MaskedRow, columns: Columns, purpose: string): MaskedRow {
  const taken = columns.map(([from, to]) => [to, row[from] ?? '']);
  return Object.fromEntries([...taken, ['MASKED', purpose]]) as MaskedRow;
}

/** Writes a masked table as CSV. @param rows at least one */
export function formatMaskedCsv(rows: readonly MaskedRow[], flavour?: CsvFlavour): string {
  const numbers = [...UNBLINDED_NUMBERS, ...INJECTION_NUMBERS];
  return formatRecords(Object.keys(rows[0] ?? {}), rows, flavour, numbers);
}
