import { RandoseError } from '../../../errors.ts';
import { requireDomain } from '../../../store/open-study.ts';
import { domainOf } from '../../../store/open-study.ts';
import { findStudyFolder, loadStudy } from '../../../store/folder/study-folder.ts';
import { type FirstDay, rankFirstDays } from '../../../schedule/first-days.ts';
import { visitsOf } from '../../../schedule/visits.ts';
import { datedName, daysBetween } from '../../../study/civil-date.ts';
import { counted } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import type { Palette } from '../../output/palette.ts';
import {
  requireDate,
  requireSchedule,
  requireSite,
  siteDays,
} from '../../arguments/participant-schedule.ts';
import { formatTable } from '../../output/table.ts';
import type { CalendarPlanFlags } from './command.ts';
import { indented } from '../../output/wrapped.ts';

const MOST_DAYS = 366;
/** How many candidates are shown, and how many with their reasons, without --all. */
const SHOWN = 10;
const EXPLAINED = 3;

/** `randose calendar plan`: ranks the possible dates of Day 1, before anybody is randomized. */
export async function calendarPlan(output: Output, options: CalendarPlanFlags): Promise<void> {
  const { study } = loadStudy(findStudyFolder(options.study));
  requireDomain(study, domainOf(options));
  requireSchedule(study);
  const from = requireDate('--from', options.from);
  const to = requireDate('--to', options.to);
  const days = daysBetween(from, to) + 1;
  if (days < 1 || days > MOST_DAYS) {
    throw new RandoseError('usage', `--from must be before --to, at most ${MOST_DAYS} days apart`);
  }
  const sites = options.site === undefined ? study.sites : [requireSite(study, options.site)];
  const markDay = await siteDays(study);
  // Somebody who plans ahead plans with the amendment that will count then.
  const version = study.amendments.findLast((one) => one.from <= from) ?? study;
  const visits = visitsOf(version.schedule);
  const ranked = sites.map(({ code }) => ({
    site: code,
    candidates: rankFirstDays(visits, from, to, markDay(code)),
  }));
  const count = options.all === true ? Infinity : SHOWN;
  const text = ranked
    .map(({ site, candidates }) => {
      const title = `${study.id}, site ${site}: ${counted(days, 'possible day')} for Day 1`;
      return formatRanking(title, candidates, count, output.colour, output.columns);
    })
    .join('\n');
  const result = `${text}\n${meaningText(output.columns)}`;
  output.result({ study: study.id, from, to, sites: ranked }, result);
  for (const { code, country } of sites) {
    if (country === undefined) {
      output.say(`Site ${code} has no country in study.yaml, so its public holidays are unknown.`);
    }
  }
}

function formatRanking(
  title: string,
  candidates: readonly FirstDay[],
  count: number,
  colour: Palette,
  columns: number,
): string {
  const shown = candidates.slice(0, count);
  const head = [
    ...['\nRank', '\nDay 1', 'Injections\ncannot move', '\nto move', '\ndays moved'],
    ...['Assessments\ncannot move', '\nto move'],
  ];
  const rows = shown.map(({ rank, day1, cost }) => [
    String(rank),
    datedName(day1),
    ...[cost.injectionsKept, cost.injectionsMoved, cost.daysMoved].map(String),
    ...[cost.assessmentsKept, cost.assessmentsMoved].map(String),
  ]);
  const detailed = count === Infinity ? shown : shown.slice(0, EXPLAINED);
  const why = detailed.map(({ day1, troubles }) => {
    const lines = troubles.map(({ visit, what, planned, why: reason }) =>
      indented(`${visit} ${what}, ${datedName(planned)}: ${reason}`, columns, '  '),
    );
    const name = colour.bold(datedName(day1));
    return lines.length === 0 ? `${name}: no conflicts.\n` : `${name}\n${lines.join('')}`;
  });
  const rest = candidates.length - shown.length;
  const more = rest > 0 ? `--all shows ${counted(rest, 'more day')}.\n` : '';
  return `${colour.bold(title)}\n\n${formatTable(head, rows, colour, { columns })}${more}\n${why.join('\n')}`;
}

/** What the columns of a ranking mean. */
function meaningText(columns: number): string {
  return indented(
    'The numbers count visits on a weekend, a holiday or a closed day. Cannot move: there is no other day within the window. To move: another day within the window is possible; days moved counts the days of all these moves. All dates are chosen together, with the fewest moves. Assessments: visits without an injection.',
    columns,
    '',
  );
}
