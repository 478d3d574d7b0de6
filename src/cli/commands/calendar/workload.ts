import type { OpenStudy } from '../../../store/open-study.ts';
import { todayIn } from '../../../system/today.ts';
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
export function workloadPage({ study }: OpenStudy, { from, to, sites }: Workload): string {
  return formatWorkloadHtml(sites, {
    study: study.id,
    title: study.title,
    software: SOFTWARE,
    from,
    to,
    isDummy: study.domain === 'dummy',
    siteNames: new Map(study.sites.map(({ code, name }) => [code, name])),
  });
}
