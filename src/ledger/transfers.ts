import type { Problem } from '../errors.ts';
import { addDays, type CivilDate } from '../study/civil-date.ts';
import { subjectKey } from '../study/identifiers.ts';
import { changesInForce, lastSite, type SitePeriod, sitePeriods } from '../study/site-periods.ts';
import { entriesOf, type Entry, type EntryOf } from './entry.ts';
import { entryProblem } from './entry-problem.ts';

/** Every transfer and what took it back, by `subjectKey`, in the order of the entries. */
export function transfersBySubject(entries: readonly Entry[]): Map<string, EntryOf<'transfer'>[]> {
  const found = new Map<string, EntryOf<'transfer'>[]>();
  for (const entry of entriesOf(entries, 'transfer')) {
    const key = subjectKey(entry.subject);
    found.set(key, [...(found.get(key) ?? []), entry]);
  }
  return found;
}

/** The sites of each participant. @returns for a randomization */
export function sitesBySubject(
  entries: readonly Entry[],
): (randomization: EntryOf<'randomization'>) => readonly SitePeriod[] {
  const transfers = transfersBySubject(entries);
  return ({ subject, site }) => sitePeriods(site, transfers.get(subjectKey(subject)) ?? []);
}

/**
 * Checks that each transfer is from the site that had the participant to another one of study.yaml, not before the
 * randomization or an earlier transfer, and that only the last one is taken back.
 *
 * @param sites the codes of study.yaml; undefined if it cannot be read
 * @returns each discrepancy, by line of the ledger
 */
export function checkTransfers(
  entries: readonly Entry[],
  sites: readonly string[] | undefined,
): Problem[] {
  const problems: Problem[] = [];
  const known = new Map<string, EntryOf<'randomization'>>();
  const before = new Map<string, EntryOf<'transfer'>[]>();
  for (const entry of entries) {
    if (entry.action === 'randomization') known.set(subjectKey(entry.subject), entry);
    if (entry.action !== 'transfer') continue;
    const { subject, from, to, date, retracts } = entry;
    const report = (message: string) => problems.push(entryProblem(entry, message));
    const randomization = known.get(subjectKey(subject));
    if (randomization === undefined) {
      report(`${subject} was not randomized before`);
      continue;
    }
    const all = before.get(subjectKey(subject)) ?? [];
    before.set(subjectKey(subject), [...all, entry]);
    const last = changesInForce(all).at(-1);
    if (retracts !== undefined) {
      if (last?.seq !== retracts) {
        report(`takes back entry ${retracts}, which is not the last transfer of ${subject}`);
      }
      continue;
    }
    const site = lastSite(sitePeriods(randomization.site, all));
    if (from !== site) report(`transfers ${subject} from ${from}, but ${subject} was at ${site}`);
    if (to === site) report(`transfers ${subject} to ${to}, the site that had ${subject}`);
    if (sites?.includes(to) === false) {
      report(`transfers ${subject} to ${to}, which is not a site of study.yaml`);
    }
    // The day of the randomization where it is earliest: no time zone makes a right date wrong.
    const earliest = addDays(randomization.time.slice(0, 10) as CivilDate, -1);
    if (date < earliest) report(`transfers ${subject} on ${date}, before the randomization`);
    if (last !== undefined && date < last.date) {
      report(`transfers ${subject} on ${date}, before the transfer of entry ${last.seq}`);
    }
  }
  return problems;
}
