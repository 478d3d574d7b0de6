import { beginsCourse, type Visit } from '../../../schedule/visits.ts';
import { daysFromDay1 } from '../../../schedule/study-day.ts';
import type { Study } from '../../../study/study.ts';
import type { VisitWindow } from '../../../study/windows.ts';
import {
  plannedVisits,
  type ScheduleVersion,
  scheduleVersions,
  visitName,
} from '../planned-visits.ts';
import { counted } from '../../../words.ts';
import { cut, identifiers, sdtmDataset, type SdtmDataset, variable } from '../sdtm-dataset.ts';

/** Trial Visits: each visit that the protocol plans, of all amendments. They are the same in all arms. */
export function trialVisits(study: Pick<Study, 'id' | 'schedule' | 'amendments'>): SdtmDataset {
  const versions = scheduleVersions(study);
  const rows = plannedVisits(study).map((one) => {
    return { ...one, rule: rulesOf(one.visit.name, versions) };
  });
  type Row = (typeof rows)[number];
  return sdtmDataset<Row>(
    {
      name: 'TV',
      label: 'Trial Visits',
      class: 'TRIAL DESIGN',
      structure: 'One record per planned Visit per Arm',
      isReference: true,
    },
    [
      ...identifiers<Row>(study.id, 'TV'),
      variable('VISITNUM', 'Visit Number', 'Topic', ({ number }) => number, {
        type: 'number',
        core: 'R',
        key: 2,
      }),
      variable('VISIT', 'Visit Name', 'Synonym Qualifier', ({ name }) => name, { core: 'R' }),
      variable('VISITDY', 'Planned Study Day of Visit', 'Timing', ({ visit }) => visit.day, {
        type: 'number',
        origin: 'Protocol',
      }),
      variable('ARMCD', 'Planned Arm Code', 'Record Qualifier', () => '', {
        core: 'E',
        key: 3,
        comment: 'Empty: the visits are the same in all arms.',
      }),
      variable('ARM', 'Description of Planned Arm', 'Synonym Qualifier', () => ''),
      variable('TVSTRL', 'Visit Start Rule', 'Rule', ({ rule }) => cut(rule), {
        core: 'R',
        origin: 'Protocol',
      }),
      variable('TVENRL', 'Visit End Rule', 'Rule', () => '', {
        comment: 'Empty: a visit ends on the day on which it starts.',
      }),
    ],
    rows,
  );
}

/** When a visit takes place, in words, and what amendments changed of it. */
function rulesOf(name: string, versions: readonly ScheduleVersion[]): string {
  const parts: string[] = [];
  let last: string | undefined;
  for (const { amendment, visits } of versions) {
    const visit = visits.find((one) => one.name === name);
    const rule = visit && startRule(visit, visits);
    if (rule === last) continue;
    if (rule === undefined) parts.push(`until amendment ${amendment}`);
    else if (amendment === undefined) parts.push(rule);
    else if (parts.length === 0) parts.push(rule, `since amendment ${amendment}`);
    else parts.push(`since amendment ${amendment}: ${rule}`);
    last = rule;
  }
  return parts.join('; ');
}

/**
 * When a visit takes place, with its window, in words.
 *
 * @param visits all visits of the same schedule: in another one, other visits come before it
 */
function startRule(visit: Visit, visits: readonly Visit[]): string {
  const { day, injection, assessments } = visit;
  // Several assessments of a visit can have windows of their own.
  const windows = assessments.flatMap(({ name, window }) =>
    window === undefined ? [] : [`${name} ${windowText(window)}`],
  );
  const window =
    injection?.window !== undefined
      ? ` (${windowText(injection.window)})`
      : injection === undefined && windows.length > 0
        ? ` (${isSame(assessments.map((one) => one.window)) ? windowText(assessments[0]!.window!) : windows.join('; ')})`
        : '';
  return `${dayText()}${window}`;

  function dayText(): string {
    if (injection?.index === 1) return `Study day ${day}, the day of the first injection`;
    const earlier = visits.filter((one) => one.day < day);
    const before = earlier.filter((one) => one.injection !== undefined).at(-1);
    if (injection === undefined || before === undefined) return `Study day ${day}`;
    const { course, countedFrom } = injection;
    if (course === undefined) {
      return countedFrom === 'visit before' ? since(before) : `Study day ${day}`;
    }
    if (!beginsCourse(visit)) return since({ day: course.firstDay });
    const last = earlier.filter(beginsCourse).at(-1);
    return course.anchor === 'course before' && last !== undefined
      ? since(last)
      : `Study day ${day}`;
  }

  function since(other: Pick<Visit, 'day'>): string {
    const days = daysFromDay1(day) - daysFromDay1(other.day);
    return `${counted(days, 'day')} after visit ${visitName(other)}`;
  }
}

function windowText({ before, after }: VisitWindow): string {
  if (before === 0 && after === 0) return 'on this day only';
  return `${before === 0 ? '0' : `-${before}`} to ${after === 0 ? '0' : `+${after}`} days`;
}

function isSame(windows: readonly (VisitWindow | undefined)[]): boolean {
  const [first] = windows;
  return windows.every((one) => one?.before === first?.before && one?.after === first?.after);
}
