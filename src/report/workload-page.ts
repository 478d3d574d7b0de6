import { scaleLinear } from 'd3-scale';
import { marksText } from '../schedule/days-that-matter.ts';
import type { ScheduledEvent, SiteDay, SiteWorkload } from '../schedule/workload.ts';
import { type CivilDate, weekdayName } from '../study/civil-date.ts';
import { counted } from '../words.ts';
import { Markup, markup, px, whole, withCommas } from './markup.ts';
import { ASSESSMENT_STYLE } from './style.ts';
import { plotSpace, svgPlot } from './svg-plot.ts';

/** The facts of the page. It has no creation date, so that it can be reproduced byte for byte. */
interface WorkloadFacts {
  readonly study: string;
  readonly title: string;
  readonly software: string;
  readonly isDummy: boolean;
  /** Site code → name. */
  readonly siteNames: ReadonlyMap<string, string>;
  readonly from: CivilDate;
  readonly to: CivilDate;
  /** The last entry of the ledger, and its date (UTC). */
  readonly asOf: { readonly seq: number; readonly date: string };
  /** A kit, as the people who prepare it should read it. */
  readonly kitText: (kit: string) => string;
}

const STYLE = `${ASSESSMENT_STYLE}
@media screen { .running { background: var(--accent); } }
.plot .on-call { fill: #f0b65c; stroke: #8c1d18; stroke-width: 1.2; stroke-dasharray: 3 2; }
.plot .off { fill: #f0e6d2; }
td.number { text-align: right; width: 6em; }
td.date { white-space: nowrap; width: 10em; }
tr.on-call td { background: #fdf4e3; }
@media print { .running { color: var(--accent); } .running div { border-color: var(--accent); } section { break-inside: auto; } }
`;

/**
 * The work of sites over some weeks as one HTML file for a screen and for A4, without scripts and without
 * anything loaded from elsewhere. It is blinded: it contains no arm.
 */
export function formatWorkloadHtml(sites: readonly SiteWorkload[], facts: WorkloadFacts): string {
  const { study, title, software, isDummy, from, to, asOf } = facts;
  const mark = isDummy ? 'DUMMY: a rehearsal' : 'blinded: shows no arm';
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${study}: injections, ${from} to ${to}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<div class="running"><div>${study} · injections ${whole(from)} to ${whole(to)} · ${mark}</div></div>
<main>
<h1>Injections, ${whole(from)} to ${whole(to)}</h1>
<p class="subtitle">${study}: ${title}</p>
${sites.length > 1 ? summary(sites, facts) : ''}
${sites.map((site, index) => siteSection(site, index, facts))}
<footer>As of ledger entry ${asOf.seq} of ${whole(asOf.date)} (UTC). Made with ${software}. The same ledger and the same study always give the same page, byte for byte.</footer>
</main>
</body>
</html>
`.text;
}

function summary(sites: readonly SiteWorkload[], { siteNames }: WorkloadFacts): Markup {
  return markup`<section>
<h2>All sites</h2>
<table class="rows">
<thead><tr><th scope="col">Site</th><th scope="col">Injections</th><th scope="col">On call</th><th scope="col">Most on one day</th><th scope="col">Kits to prepare</th></tr></thead>
<tbody>${sites.map(
    (one) =>
      markup`<tr><th scope="row">${one.site}, ${siteNames.get(one.site) ?? ''}</th><td data-label="Injections">${one.injections}</td><td data-label="On call">${one.onCall}</td><td data-label="Most on one day">${one.peak}</td><td data-label="Kits to prepare">${kitCount(one)}</td></tr>
`,
  )}</tbody>
</table>
</section>`;
}

function kitCount({ days }: SiteWorkload): number {
  return days.reduce((sum, { kits }) => sum + kits.length, 0);
}

function siteSection(one: SiteWorkload, index: number, facts: WorkloadFacts): Markup {
  const { siteNames } = facts;
  const { site, days, injections, onCall, peak, peakDates } = one;
  const busy = days.filter((day) => day.injections.length + day.assessments.length > 0);
  const heading = markup`<h2>${site}, ${siteNames.get(site) ?? ''}</h2>`;
  if (busy.length === 0) {
    return markup`<section>${heading}<p>No visits are planned in these weeks.</p></section>`;
  }
  const peaks = markup` (${withCommas(peakDates.slice(0, 6).map(whole))}${peakDates.length > 6 ? ', …' : ''})`;
  const marked = days.filter((day) => day.marks.length > 0 && day.injections.length > 0);
  const kits = days.filter((day) => day.kits.length > 0);
  return markup`<section>
${heading}
<dl class="facts">
<dt>Injections</dt><dd>${injections}</dd>
<dt>On call (weekend, holiday or closed)</dt><dd>${onCall}</dd>
<dt>Most on one day</dt><dd>${peak}${peak > 0 ? peaks : ''}</dd>
<dt>Kits to prepare</dt><dd>${kitCount(one)}</dd>
</dl>
<div class="wide">${dailyPlot(one, index)}</div>
${marked.length === 0 ? markup`<p>No injection falls on a weekend, a public holiday or a closed day.</p>` : onCallTable(marked)}
${kits.length === 0 ? '' : kitTable(kits, facts)}
<h3>Day by day</h3>
<table class="rows">
<thead><tr><th scope="col">Date</th><th scope="col">Injections</th><th scope="col">Participants and visits</th><th scope="col">Assessments</th></tr></thead>
<tbody>${busy.map(
    (day) =>
      markup`<tr${day.marks.length > 0 ? markup` class="on-call"` : ''}><td class="date">${dayName(day)}</td><td class="number" data-label="Injections">${day.injections.length}</td><td data-label="Participants and visits">${whoText(day.injections)}</td><td data-label="Assessments">${assessmentText(day.assessments)}</td></tr>
`,
  )}</tbody>
</table>
</section>`;
}

function dayName({ date, weekday }: SiteDay): string {
  return `${weekdayName(weekday)} ${date}`;
}

function whoText(events: readonly ScheduledEvent[]): Markup[] {
  return withCommas(events.map(({ subject, event }) => whole(`${subject} ${event.visit}`)));
}

function assessmentText(events: readonly ScheduledEvent[]): Markup[] {
  return withCommas(events.map(({ subject, event }) => markup`${whole(subject)} ${event.title}`));
}

function onCallTable(days: readonly SiteDay[]): Markup {
  return markup`<h3>On call</h3>
<table class="rows">
<thead><tr><th scope="col">Date</th><th scope="col">Why</th><th scope="col">Injections</th></tr></thead>
<tbody>${days.map(
    (day) =>
      markup`<tr><td class="date">${dayName(day)}</td><td data-label="Why">${marksText(day.marks)}</td><td data-label="Injections">${whoText(day.injections)}</td></tr>
`,
  )}</tbody>
</table>`;
}

function kitTable(days: readonly SiteDay[], { kitText }: WorkloadFacts): Markup {
  return markup`<h3>Kits to prepare</h3>
<table class="rows">
<thead><tr><th scope="col">For</th><th scope="col">Kits</th><th scope="col">Participants</th></tr></thead>
<tbody>${days.map(
    (day) =>
      markup`<tr><td class="date">${dayName(day)}</td><td data-label="Kits">${withCommas(day.kits.map((kit) => whole(kitText(kit))))}</td><td data-label="Participants">${withCommas(
        day.injections
          .filter(({ event }) => event.studyDay === 1)
          .map(({ subject }) => whole(subject)),
      )}</td></tr>
`,
  )}</tbody>
</table>`;
}

const WIDTH = 964;
const HEIGHT = 200;

/** Injections per day. Days that matter have a shaded background, and bars with another outline. */
function dailyPlot({ site, days, peak, injections, onCall }: SiteWorkload, index: number): Markup {
  const space = plotSpace(WIDTH, HEIGHT);
  const unit = space.width / days.length;
  const most = Math.max(1, peak);
  const y = scaleLinear([0, most * 1.08], [space.height, 0]);
  const mondays = days.map(({ weekday }, at) => (weekday === 1 ? at : -1)).filter((at) => at >= 0);
  const every = Math.max(1, Math.ceil(mondays.length / 10));
  const step = Math.max(1, Math.ceil(most / 6));
  return svgPlot({
    id: `workload-${index + 1}`,
    title: `Injections per day at ${site}`,
    description: `${counted(injections, 'injection')}, ${onCall} of them on weekends, holidays or closed days; at most ${peak} on one day. The table below lists every day.`,
    space,
    x: {
      title: 'dates are Mondays; shaded: weekends, holidays, closed days',
      ticks: mondays
        .filter((_, place) => place % every === 0)
        .map((at) => ({ at: (at + 0.5) * unit, text: days[at]!.date.slice(5) })),
    },
    y: {
      title: 'injections',
      ticks: Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => ({
        at: y(at * step),
        text: String(at * step),
      })),
    },
    ground: days.flatMap(({ marks }, at) =>
      marks.length === 0
        ? []
        : [
            markup`<rect class="off" x="${px(at * unit)}" y="0" width="${px(unit)}" height="${px(space.height)}"/>`,
          ],
    ),
    marks: days.flatMap(({ injections: doses, marks }, at) =>
      doses.length === 0
        ? []
        : [
            markup`<rect class="${marks.length > 0 ? 'on-call' : 'column'}" x="${px((at + 0.12) * unit)}" y="${px(y(doses.length))}" width="${px(unit * 0.76)}" height="${px(space.height - y(doses.length))}"/>`,
          ],
    ),
  });
}
