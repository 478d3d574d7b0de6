import type { OpenStudy } from '../../../store/open-study.ts';
import { todayIn } from '../../../system/today.ts';
import { byKitAndSlot } from '../../../ledger/accountability.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { type SlotTrouble, slotTroubles } from '../../../ledger/slot-troubles.ts';
import { kitRecords } from '../../study/kit-records.ts';
import { formatWorkloadHtml } from '../../../report/workload-page.ts';
import type { Calendar } from '../../../schedule/calendar.ts';
import type { MarkDay } from '../../../schedule/days-that-matter.ts';
import { type SiteWorkload, siteWorkload } from '../../../schedule/workload.ts';
import { addDays, type CivilDate } from '../../../study/civil-date.ts';
import { SOFTWARE } from '../../../version.ts';

/** The work of sites over one span of dates. */
interface Workload {
  readonly from: CivilDate;
  readonly to: CivilDate;
  readonly sites: readonly SiteWorkload[];
}

/**
 * The work of every site, or of one.
 *
 * @param span the first date (by default today, in the time zone of the first site) and the number of weeks
 */
export function workloadOf(
  {
    open: { study },
    calendars,
    markDay,
  }: {
    readonly open: OpenStudy;
    readonly calendars: readonly Calendar[];
    readonly markDay: (site: string) => MarkDay;
  },
  span: { readonly from?: CivilDate; readonly weeks: number; readonly site?: string },
): Workload {
  const sites = study.sites.filter(({ code }) => span.site === undefined || code === span.site);
  const from = span.from ?? todayIn(sites[0]?.timeZone ?? 'UTC');
  const to = addDays(from, 7 * span.weeks - 1);
  return {
    from,
    to,
    sites: sites.map(({ code }) => siteWorkload(code, calendars, from, to, markDay(code))),
  };
}

/** The work of sites as a page for a browser and for paper. */
export function workloadPage(
  { study, head, lastTime }: OpenStudy,
  { from, to, sites }: Workload,
  kitText: (kit: string) => string,
): string {
  return formatWorkloadHtml(sites, {
    study: study.id,
    title: study.title,
    software: SOFTWARE,
    from,
    to,
    asOf: { seq: head.seq, date: lastTime.slice(0, 10) },
    kitText,
    isDummy: study.domain === 'dummy',
    siteNames: new Map(study.sites.map(({ code, name }) => [code, name])),
  });
}

/** What is wrong with a kit that somebody is about to prepare. */
export type UnusableKit = Pick<SlotTrouble, 'kit' | 'what' | 'spare'>;

/** The participants' kits that cannot be used today. */
export function unusableKits(open: OpenStudy): UnusableKit[] {
  const accounts = kitRecords(open);
  const slots = randomizations(open.entries).map(({ number }) => ({ number }));
  const today = todayIn(open.study.sites[0]?.timeZone ?? 'UTC');
  return slotTroubles(byKitAndSlot(accounts), slots, today)
    .filter(({ what }) => what !== 'not received')
    .map(({ kit, what, spare }) => ({ kit, what, spare }));
}

/** A kit as somebody prepares it: one that cannot be used is not prepared, but its spare kit, if it has one. */
export function preparedKit(unusable: readonly UnusableKit[]): (kit: string) => string {
  return (kit) => {
    const trouble = unusable.find((one) => one.kit === kit);
    if (trouble === undefined) return kit;
    const { what, spare } = trouble;
    return spare === undefined ? `${kit} (${what})` : `${spare} (spare; ${kit} is ${what})`;
  };
}
