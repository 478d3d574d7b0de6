import { describe, expect } from 'vitest';
import type { Candidate } from '../../src/report/candidate.ts';
import { formatAssessmentHtml } from '../../src/report/html.ts';
import { formatWorkloadHtml } from '../../src/report/workload-page.ts';
import { makeCalendar } from '../../src/schedule/calendar.ts';
import { daysThatMatter } from '../../src/schedule/days-that-matter.ts';
import { visitsOf } from '../../src/schedule/visits.ts';
import { siteWorkload } from '../../src/schedule/workload.ts';
import { addDays, type CivilDate } from '../../src/study/civil-date.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import { lookAt, printed } from '../support/browser.ts';
import { templateStudy } from '../support/designs.ts';
import { testWithTool } from '../support/tools.ts';
import { oneBlockSize, TWO_TO_ONE, YARDSTICKS } from '../support/assessments.ts';

const [from, to] = ['2026-06-15', '2026-08-02'] as [CivilDate, CivilDate];

/** Two sites with many participants, on every day of the week. */
function workload(): string {
  const visits = visitsOf(templateStudy().schedule);
  const calendars = Array.from({ length: 36 }, (_, index) =>
    makeCalendar(visits, {
      subject:
        `${index % 2 === 0 ? 'CRT' : 'LYON'}-${String(index + 1).padStart(3, '0')}` as SubjectId,
      site: index % 2 === 0 ? 'CRT' : 'LYON',
      number: `R${String(index + 1).padStart(3, '0')}`,
      kit: `4KX9T${String(index + 10)}`,
      day1: addDays(from, index),
      made: '2026-05-20T08:09:10.123Z',
    }),
  );
  const names = new Map([
    ['CRT', 'Hôpital Albert Chenevier, Créteil'],
    ['LYON', 'Centre hospitalier Le Vinatier, Bron'],
  ]);
  const sites = [...names].map(([code, name]) =>
    siteWorkload(
      code,
      calendars,
      from,
      to,
      daysThatMatter({ code, name }, () => []),
    ),
  );
  return formatWorkloadHtml(sites, {
    kitText: (kit) => kit,
    study: 'DEPIL-2',
    title: templateStudy().title,
    software: 'randose 0.1.0',
    asOf: { seq: 37, date: '2026-06-14' },
    isDummy: false,
    from,
    to,
    siteNames: names,
  });
}

function assessment(): string {
  const candidates = [3, 6, 9, 18, 3].map((size): Candidate => ({
    name: `confidential-plan-with-blocks-of-${size}.yaml`,
    assessment: oneBlockSize(size, { ...TWO_TO_ONE, slots: [18, 36] }),
  }));
  const facts = {
    study: 'DEPIL-2',
    title: templateStudy().title,
    software: 'randose 0.1.0',
    yardsticks: YARDSTICKS,
  };
  return formatAssessmentHtml(candidates, facts);
}

const withChromium = testWithTool(['chromium', '--version']);

describe.each([
  ['the workload', workload],
  ['the assessment', assessment],
])('%s', (_, make) => {
  withChromium('fits a telephone and a screen, with ids, dates and headings whole', () => {
    const html = make();
    for (const look of lookAt(html, [390, 1280])) {
      expect(look).toEqual({ overflow: 0, outside: [], broken: [] });
    }
  });

  withChromium(
    'is printed with ids and dates whole, and no heading alone at the end of a page',
    () => {
      const html = make();
      const headings = [...html.matchAll(/<h[123]>(.*?)<\/h[123]>/g)].map(([, text = '']) => text);
      expect(headings.length).toBeGreaterThan(2);
      const { pages, darkHead } = printed(html);
      expect(pages.length).toBeGreaterThan(1);
      // A line of text, not a dark bar.
      expect(darkHead).toBeLessThan(0.15);
      for (const page of pages) {
        const lines = page
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '');
        const last = lines.filter((line) => !/^Page \d+ of \d+$/.test(line)).at(-1)!;
        expect(headings).not.toContain(last);
        for (const line of lines) expect(line).not.toMatch(/(?:CRT|LYON|\b20\d\d|\b20\d\d-\d\d)-$/);
      }
    },
  );
});
