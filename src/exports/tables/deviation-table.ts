import { doneText } from '../../ledger/kit-rules.ts';
import type { EntryOf } from '../../ledger/entry.ts';
import type { JudgedCalendar } from '../../schedule/deviations.ts';
import type { CivilDate } from '../../study/civil-date.ts';
import { type SitePeriod, siteOn } from '../../study/site-periods.ts';
import { type CsvFlavour, formatRecords } from '../csv.ts';

/** One rule that was broken, as far as the records say now. */
export interface DeviationRow {
  readonly subject: string;
  /** The site that had the participant on that date. */
  readonly site: string;
  readonly randomization_number: string;
  /** `randomization`, `injection`, `assessment` or `kit`. */
  readonly kind: string;
  /** Of an injection or an assessment; else empty. */
  readonly visit: string;
  readonly title: string;
  readonly planned_date: CivilDate | '';
  readonly date: CivilDate;
  readonly rule: string;
  /** In words; empty if the ledger has only the rule. */
  readonly text: string;
  /** `Y` if somebody said so when it was entered. */
  readonly declared: 'Y' | '';
  readonly reason: string;
  /** The sequence number of the record, if it was declared. */
  readonly ledger: string;
}

const COLUMNS: readonly (keyof DeviationRow)[] = [
  ...(['subject', 'site', 'randomization_number', 'kind', 'visit', 'title'] as const),
  ...(['planned_date', 'date', 'rule', 'text', 'declared', 'reason', 'ledger'] as const),
];

/** The deviations of a participant's injections and assessments, by date. */
export function visitDeviations({ subject, number, events }: JudgedCalendar): DeviationRow[] {
  return events.flatMap((event) => {
    const { site, kind, visit, title, planned, date, deviations, declared } = event;
    return deviations.map(({ rule, text }): DeviationRow => {
      const isDeclared = declared?.rules.includes(rule) === true;
      return {
        subject,
        site,
        randomization_number: number,
        kind,
        visit,
        title,
        planned_date: planned,
        date,
        rule,
        text,
        declared: isDeclared ? 'Y' : '',
        reason: (isDeclared ? declared.reason : event.reason) ?? '',
        ledger: isDeclared ? String(declared.seq) : '',
      };
    });
  });
}

/** The deviations that were declared when a participant was randomized. @param date of it, at the site */
export function randomizationDeviations(
  randomization: EntryOf<'randomization'>,
  date: CivilDate,
): DeviationRow[] {
  const { day1, deviations = [] } = randomization;
  return deviations.map((rule) => ({
    ...declaredRow(randomization, randomization, rule),
    kind: 'randomization',
    title: '',
    planned_date: day1 ?? '',
    date,
  }));
}

/** The deviations that were declared with a record of a participant's kit. @param sites of the participant */
export function kitDeviations(
  randomization: EntryOf<'randomization'>,
  entry: EntryOf<'kit'>,
  sites: readonly SitePeriod[],
): DeviationRow[] {
  const { kit, event, date, deviations = [] } = entry;
  return deviations.map((rule) => ({
    ...declaredRow(randomization, entry, rule),
    site: siteOn(sites, date),
    kind: 'kit',
    title: `${kit} ${doneText(event)}`,
    planned_date: '',
    date,
  }));
}

/** What rows that somebody declared have in common. */
function declaredRow(
  { subject, site, number }: EntryOf<'randomization'>,
  { reason, seq }: Pick<EntryOf<'kit' | 'randomization'>, 'reason' | 'seq'>,
  rule: string,
) {
  return {
    subject,
    site,
    randomization_number: number,
    visit: '',
    rule,
    text: '',
    declared: 'Y',
    reason: reason ?? '',
    ledger: String(seq),
  } as const;
}

/** Writes deviations as CSV (docs/FORMATS.md). */
export function formatDeviationsCsv(rows: readonly DeviationRow[], flavour?: CsvFlavour): string {
  const records = rows.map((row) => ({ ...row }));
  return formatRecords(COLUMNS, records, flavour, ['ledger']);
}
