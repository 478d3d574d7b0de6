import { LANGUAGE_CODES, LANGUAGES, visitCode } from '../../languages/languages.ts';
import { RandoseError } from '../../errors.ts';
import type { DayMark, HolidaysOf, MarkDay } from '../../schedule/days-that-matter.ts';
import { daysThatMatter } from '../../schedule/days-that-matter.ts';
import { cycleText, hasInjections, type Visit } from '../../schedule/visits.ts';
import type { VisitsInForce } from '../../schedule/visits-in-force.ts';
import type { CivilDate } from '../../study/civil-date.ts';
import { readTypedDate } from '../../study/typed-date.ts';
import { todayHere } from '../../system/today.ts';
import { hasVisits } from '../../study/sections/schedule.ts';
import type { Site, Study } from '../../study/study.ts';

/**
 * The days that matter, for each site. Public holidays are loaded only if a site has a country.
 *
 * @throws RandoseError `invalid-study` if a country or region is unknown
 */
export async function siteDays(study: Pick<Study, 'sites'>): Promise<(site: string) => MarkDay> {
  let holidaysOf: HolidaysOf = () => [];
  if (study.sites.some(({ country }) => country !== undefined)) {
    const { publicHolidays } = await import('../../schedule/public-holidays.ts');
    holidaysOf = publicHolidays();
  }
  const marks = new Map(
    study.sites.map((site): [string, MarkDay] => [site.code, daysThatMatter(site, holidaysOf)]),
  );
  return (site) => marks.get(site) ?? ((): readonly DayMark[] => []);
}

/** @throws RandoseError `usage` if the study has no such site */
export function requireSite({ sites }: Pick<Study, 'sites'>, code: string): Site {
  const site = sites.find((one) => one.code.toUpperCase() === code.trim().toUpperCase());
  if (site !== undefined) return site;
  throw new RandoseError('usage', `site "${code}" is unknown`, {
    hint: `study.yaml has: ${sites.map((one) => one.code).join(', ')}. Another site needs slots too: the statistician adds both (docs/statistician.md, "More slots, or another site").`,
  });
}

/** The name of a visit, as somebody types it: `15` and `d15` mean `D15`. */
export function visitNamed(typed: string): string {
  const text = typed.trim().toUpperCase();
  return /^-?\d+$/.test(text) ? `D${text}` : text;
}

/** A participant with the visits in force. */
interface WithVisits extends Pick<VisitsInForce, 'visits' | 'dropped'> {
  readonly randomization: { readonly subject: string };
}

/**
 * A visit that is in force, as somebody types it: `15` and `d15` mean `D15`, `C2D8` means `Cycle 2 Day 8`.
 *
 * @throws RandoseError `bad-data` if it is no longer planned; `usage` if the schedule has no such visit
 */
export function requireVisit(
  { visits, dropped, randomization: { subject } }: WithVisits,
  typed: string,
  needsInjection: boolean,
) {
  const name = ofCycle(visits, typed.trim().toUpperCase()) ?? visitNamed(typed);
  const visit = visits.find((one) => one.name === name);
  const gone = dropped.find((one) => {
    return one.visit.name === name && (!needsInjection || one.visit.injection !== undefined);
  });
  const isThere = visit !== undefined && (!needsInjection || visit.injection !== undefined);
  if (gone !== undefined && !isThere) {
    throw new RandoseError('bad-data', `${name} is cancelled: ${gone.why}`, {
      hint: `Nothing was recorded. ${wayBack(subject, gone.why)}${needsInjection ? givenAllTheSame(subject) : ''}`,
    });
  }
  if (visit !== undefined && (!needsInjection || visit.injection !== undefined)) return visit;
  const all = [...visits, ...dropped.map((one) => one.visit)];
  if (needsInjection) requireInjections(all);
  else requireVisits(all);
  const known = visits.filter(({ injection }) => !needsInjection || injection !== undefined);
  throw new RandoseError(
    'usage',
    visit === undefined
      ? `the schedule has no visit "${typed}"`
      : `visit ${visit.name} has no injection`,
    {
      hint: `${paperHint(known, typed)}Visits are named after their planned day${needsInjection ? '; those with an injection' : ''}: ${known.map((one) => one.name).join(', ')}${cyclesHint(known)}`,
    },
  );
}

/** That a code is the one that paper in another language has, such as J5 for D5; empty if it is not. */
export function paperHint(visits: readonly Pick<Visit, 'name'>[], typed: string): string {
  const code = typed.trim().toUpperCase();
  const visit = visits.find(({ name }) =>
    LANGUAGE_CODES.some((language) => visitCode(LANGUAGES[language], name) === code),
  );
  return visit === undefined ? '' : `${code} on paper is ${visit.name} here. `;
}

/** How a visit is planned again. */
function wayBack(subject: string, why: string): string {
  return why.startsWith('withdrawn')
    ? `If the withdrawal is wrong, take it back first: randose withdraw ${subject} --retract --reason TEXT --by WHO`
    : `If the amendment is wrong for this participant: randose amend --id ID --subject ${subject} --retract --reason TEXT --by WHO. An amendment for everyone is changed by a further one.`;
}

function givenAllTheSame(subject: string): string {
  return `\nIf the injection was given all the same: randose dose --additional --subject ${subject} --date DATE --reason TEXT --by WHO`;
}

/** The refusal of what is about visits, in a study that plans none. */
function noSchedule(): RandoseError {
  return new RandoseError('usage', 'this study has no schedule: study.yaml says schedule: none', {
    hint: 'Nothing is planned after the randomization. To see who was randomized: randose ledger --kind randomization',
  });
}

/** @throws RandoseError `usage` if a study plans nothing after the randomization */
export function requireSchedule({ schedule }: Pick<Study, 'schedule'>): void {
  if (!hasVisits(schedule)) throw noSchedule();
}

/**
 * Refuses what is about visits if a participant has none, not even cancelled ones.
 *
 * @throws RandoseError `usage`
 */
export function requireVisits(visits: readonly Visit[]): void {
  if (visits.length === 0) throw noSchedule();
}

/**
 * Refuses what is about injections if the schedule has none.
 *
 * @param visits those in force, and those that are no longer planned
 * @throws RandoseError `usage`
 */
export function requireInjections(visits: readonly Visit[]): void {
  requireVisits(visits);
  if (hasInjections(visits)) return;
  throw new RandoseError('usage', 'the schedule of this study has no injections', {
    hint: 'To record that a visit took place: randose attend --visit VISIT --date DATE',
  });
}

/** How else visits can be named; empty if there are no cycles. */
function cyclesHint(visits: readonly Visit[]): string {
  const last = visits.flatMap(({ injection }) => injection?.cycle ?? []).at(-1);
  return last === undefined ? '' : `; in cycles also as C1D1 to C${last.cycle}D${last.day}`;
}

const DAY_IN_CYCLE = /^C(?:YCLE)?\s*(\d{1,4})[\s,]*D(?:AY)?\s*(\d{1,4})$/;

/**
 * The name of the visit with a day in a cycle.
 *
 * @returns undefined if the text is not a day in a cycle, or no visit has it
 * @throws RandoseError `usage` if an amendment gave the same day to two visits
 */
function ofCycle(visits: readonly Visit[], text: string): string | undefined {
  const [, cycle, day] = DAY_IN_CYCLE.exec(text) ?? [];
  if (cycle === undefined) return undefined;
  const asked = { cycle: Number(cycle), day: Number(day) };
  const [visit, other] = visits.filter(({ injection }) => {
    return injection?.cycle?.cycle === asked.cycle && injection.cycle.day === asked.day;
  });
  if (visit !== undefined && other !== undefined) {
    throw new RandoseError('usage', `${cycleText(asked)} is ${visit.name} and ${other.name}`, {
      hint: `Name one of them: --visit ${visit.name}, or --visit ${other.name}`,
    });
  }
  return visit?.name;
}

/** A date as somebody types it; "today" is the date of this computer. @throws RandoseError `usage` */
export function requireDate(option: string, text: string): CivilDate {
  const read = readTypedDate(text, todayHere());
  if ('date' in read) return read.date;
  throw new RandoseError('usage', `${option}: ${read.problem}`);
}
