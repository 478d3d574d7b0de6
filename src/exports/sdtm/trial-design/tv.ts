import { beginsCourse } from '../../../schedule/visits.ts';
import { daysFromDay1 } from '../../../schedule/study-day.ts';
import type { Study } from '../../../study/study.ts';
import type { VisitWindow } from '../../../study/windows.ts';
import { type PlannedVisit, plannedVisits } from '../planned-visits.ts';
import { cut, identifiers, sdtmDataset, type SdtmDataset, variable } from '../sdtm-dataset.ts';

/** Trial Visits: each visit that the protocol plans, of all amendments. They are the same in all arms. */
export function trialVisits(study: Pick<Study, 'id' | 'schedule' | 'amendments'>): SdtmDataset {
  const visits = plannedVisits(study);
  const rows = visits.map((one) => ({ ...one, rule: startRule(one, visits) }));
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

/** When a visit takes place, with its window, in words. */
function startRule({ visit, amendment }: PlannedVisit, visits: readonly PlannedVisit[]): string {
  const { day, injection, assessments } = visit;
  const ofAmendment = amendment === undefined ? '' : `; since amendment ${amendment}`;
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
  return `${dayText(visit, visits)}${window}${ofAmendment}`;

  function dayText({ injection: own }: typeof visit, all: readonly PlannedVisit[]): string {
    if (own?.index === 1) return `Study day ${day}, the day of the first injection`;
    const before = all
      .filter((one) => one.visit.injection !== undefined && one.visit.day < day)
      .at(-1);
    if (own === undefined || before === undefined) return `Study day ${day}`;
    const since = daysFromDay1(day) - daysFromDay1(before.visit.day);
    if (own.course !== undefined) {
      const start = own.course.firstDay;
      const isFirst = beginsCourse(visit);
      if (!isFirst)
        return `${daysFromDay1(day) - daysFromDay1(start)} days after visit DAY ${start}`;
      const courses = all.filter((one) => one.visit.day < day && beginsCourse(one.visit));
      const last = courses.at(-1);
      if (own.course.anchor === 'course before' && last !== undefined) {
        return `${daysFromDay1(day) - daysFromDay1(last.visit.day)} days after visit ${last.name}`;
      }
      return `Study day ${day}`;
    }
    return own.countedFrom === 'visit before'
      ? `${since} days after visit ${before.name}`
      : `Study day ${day}`;
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
