import { describe, expect, test } from 'vitest';
import { formatWorkloadHtml } from '../../src/report/workload-page.ts';
import { makeCalendar } from '../../src/schedule/calendar.ts';
import { daysThatMatter } from '../../src/schedule/days-that-matter.ts';
import { visitsOf } from '../../src/schedule/visits.ts';
import { siteWorkload } from '../../src/schedule/workload.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import { templateStudy } from '../support/designs.ts';

const visits = visitsOf(templateStudy().schedule);
const [from, to] = ['2026-06-15', '2026-07-26'] as CivilDate[] as [CivilDate, CivilDate];

function calendar(subject: string, site: string, day1: string, kit: string) {
  const made = '2026-05-20T08:09:10.123Z';
  const one = { subject: subject as SubjectId, site, number: 'R001', kit, made };
  return makeCalendar(visits, { ...one, day1: day1 as CivilDate });
}

const calendars = [
  calendar('A-1', 'A', '2026-06-15', 'KIT-1'),
  calendar('A-2', 'A', '2026-06-18', 'KIT-2'),
  calendar('B-1', 'B', '2026-06-15', 'KIT-3'),
];
const mark = daysThatMatter({ code: 'A', name: 'A' }, () => []);
const sites = ['A', 'B', 'C'].map((site) => siteWorkload(site, calendars, from, to, mark));

function page(): string {
  return formatWorkloadHtml(sites, {
    kitText: (kit) => kit,
    study: 'S',
    title: 'T <&" T',
    software: 'randose',
    asOf: { seq: 12, date: '2026-05-19' },
    isDummy: false,
    from,
    to,
    siteNames: new Map([['A', 'First <b>']]),
  });
}

describe('the work of a site, by hand', () => {
  test('is counted', () => {
    // Mon to Fri, then Mondays; A-2: Thu to Mon, with a weekend, then Thursdays.
    expect(sites[0]).toMatchObject({ injections: 18, onCall: 2, peak: 2 });
    expect(sites[0]!.peakDates).toEqual(['2026-06-18', '2026-06-19']);
    expect(sites[0]!.days.flatMap(({ kits }) => kits)).toEqual(['KIT-1', 'KIT-2']);
    expect(sites[1]).toMatchObject({ injections: 9, onCall: 0, peak: 1 });
    expect(sites[2]).toMatchObject({ injections: 0, peak: 0, peakDates: [] });
  });
});

test('the page shows everything in one file, and escapes typed text', () => {
  const text = page();
  expect(text).toBe(page());
  expect(text).not.toMatch(/<script|https?:|src=|<b>/);
  expect(text).toContain('T &lt;&amp;&quot; T');
  expect(text).toContain('A-2 D3');
  expect(text).toContain('a Saturday');
  expect(text).toContain('No visits are planned in these weeks.');
  const bars = text.match(/<rect class="(column|on-call)"/g)!;
  const busy = sites.flatMap(({ days }) => days.filter((day) => day.injections.length > 0));
  expect(bars).toHaveLength(busy.length);
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
