import type { Visit } from '../../../schedule/visits.ts';
import { daysFromDay1 } from '../../../schedule/study-day.ts';
import type { StudyDay } from '../../../study/identifiers.ts';
import { treatmentsOf } from '../../../study/sections/schedule.ts';
import type { Arm, Schedule, Study } from '../../../study/study.ts';
import { epochOf } from '../epochs.ts';
import { lastSchedule } from '../planned-visits.ts';

/** A part of an arm: screening, a treatment in a phase or a period, a washout, or the follow-up. */
export interface Element {
  /** ETCD: at most 8 characters. */
  readonly code: string;
  readonly name: string;
  readonly epoch: string;
  readonly startRule: string;
  readonly endRule: string;
  /** The first study day; undefined for screening, and if nothing is planned. */
  readonly firstDay: StudyDay | undefined;
  /** In days; undefined if nobody knows it. */
  readonly days: number | undefined;
  readonly isTreatment: boolean;
  /** Whether a visit belongs to it, by its phase or its period. */
  readonly hasVisit: (visit: Visit | undefined) => boolean;
}

/** An arm with its elements, in their order. */
export interface ArmElements {
  readonly arm: Arm;
  readonly elements: readonly Element[];
}

/** A stretch of the schedule in which an arm has one treatment, or none. */
interface Stretch {
  /** Empty if it is the only one. */
  readonly name: string;
  readonly epoch: string;
  readonly firstDay: StudyDay | undefined;
  /** The day after it, or of the next one. */
  readonly endDay: number | undefined;
  readonly isWashout: boolean;
  /** What begins it, in words. */
  readonly begins: string;
  readonly hasVisit: Element['hasVisit'];
}

/** The elements of each arm, by its code, after the schedule as it was amended last. */
export function elementsOfArms({
  amendments,
  ...about
}: Pick<Study, 'arms' | 'schedule' | 'amendments' | 'cdisc'>): ArmElements[] {
  const schedule = lastSchedule({ schedule: about.schedule, amendments });
  const study = { ...about, schedule };
  // By code: their order in study.yaml says nothing.
  const arms = study.arms.toSorted((a, b) => (a.code < b.code ? -1 : 1));
  const stretches = stretchesOf(study);
  const codes = new Codes();
  const codeOf = (key: string, wanted: string) => codes.of(key, wanted);
  const followUp = followUpOf(schedule, stretches);
  return arms.map((arm) => {
    const treatments = new Map(
      treatmentsOf(arm, schedule).map(({ period, treatment }) => [period, treatment]),
    );
    const own = stretches.map((stretch, index): Element => {
      const { name, isWashout } = stretch;
      const treatment = treatments.get(name);
      const next = stretches[index + 1];
      const endRule =
        next === undefined
          ? (followUp?.startRule ?? 'End of the planned treatment')
          : upper(next.begins);
      const about = {
        epoch: stretch.epoch,
        startRule: upper(stretch.begins),
        endRule,
        firstDay: stretch.firstDay,
        days: daysOf(stretch),
        isTreatment: !isWashout,
        hasVisit: stretch.hasVisit,
      };
      if (isWashout) return { ...about, code: codeOf(`- ${name}`, 'WASHOUT'), name };
      if (treatment !== undefined) {
        // The same treatment is the same element, in whichever period an arm has it.
        const lengths = new Set(stretches.filter((one) => !one.isWashout).map(daysOf));
        return {
          ...about,
          startRule: 'Start of the period',
          endRule: 'End of the period',
          days: lengths.size === 1 ? about.days : undefined,
          code: codeOf(treatment, treatment),
          name: treatment,
        };
      }
      const wanted = stretches.length === 1 ? arm.code : `${arm.code.slice(0, 6)}${index + 1}`;
      const title = name === '' ? arm.name : `${arm.code}, ${name}`;
      return { ...about, code: codeOf(`${arm.code} ${name}`, wanted), name: title };
    });
    return { arm, elements: [SCREENING, ...own, ...(followUp === undefined ? [] : [followUp])] };
  });
}

const SCREENING: Element = {
  code: 'SCREEN',
  name: 'Screening',
  epoch: 'SCREENING',
  startRule: 'Informed consent',
  endRule: 'Randomization and start of the first treatment element',
  firstDay: undefined,
  days: undefined,
  isTreatment: false,
  hasVisit: () => false,
};

/** Phases or, in a crossover, periods, by their days. */
function stretchesOf(study: Pick<Study, 'arms' | 'schedule' | 'cdisc'>): Stretch[] {
  const { schedule, arms } = study;
  const { phases, periods = [] } = schedule;
  if (periods.length > 0 && arms.some((arm) => arm.periods !== undefined)) {
    return periods.map(({ name, first, last, isWashout }) => {
      const phase = phases.find(({ days }) => days.some((day) => first <= day && day <= last));
      const epoch = isWashout ? 'WASHOUT' : epochOf(study, phase?.name ?? '');
      const begins = `start of ${name} (day ${first})`;
      const hasVisit: Element['hasVisit'] = (visit) => visit?.period === name;
      return { name, epoch, firstDay: first, endDay: last + 1, isWashout, begins, hasVisit };
    });
  }
  const found = phases
    .map(({ name, days }) => ({ name, firstDay: least(days), lastDay: most(days) }))
    .toSorted((a, b) => a.firstDay - b.firstDay);
  if (found.length === 0) {
    const [first] = visitDays(schedule).filter((day) => day > 0);
    const begins = first === undefined ? 'randomization' : `day ${first}`;
    return [
      {
        name: '',
        epoch: epochOf(study, ''),
        firstDay: first,
        endDay: undefined,
        isWashout: false,
        begins,
        hasVisit: () => false,
      },
    ];
  }
  return found.map(({ name, firstDay, lastDay }, index): Stretch => ({
    name: found.length === 1 ? '' : name,
    epoch: epochOf(study, name),
    firstDay,
    endDay: found[index + 1]?.firstDay ?? lastDay + 1,
    isWashout: false,
    begins: found.length === 1 ? 'first injection' : `first injection of ${name}`,
    hasVisit: (visit) => visit?.injection?.phase === name,
  }));
}

/** After the last injection, if any visit is planned then. */
function followUpOf(schedule: Schedule, stretches: readonly Stretch[]): Element | undefined {
  const end = stretches.at(-1)?.endDay;
  const last = visitDays(schedule).at(-1);
  if (end === undefined || last === undefined || last < end) return undefined;
  return {
    code: 'FU',
    name: 'Follow-up',
    epoch: 'FOLLOW-UP',
    startRule: schedule.periods === undefined ? 'The day after the last injection' : `Day ${end}`,
    endRule: `Last planned visit (day ${last})`,
    firstDay: end as StudyDay,
    days: last - end + 1,
    isTreatment: false,
    hasVisit: () => false,
  };
}

function daysOf({ firstDay, endDay }: Stretch): number | undefined {
  if (firstDay === undefined || endDay === undefined) return undefined;
  return endDay - 1 - daysFromDay1(firstDay);
}

/** Every day on which anything is planned, ascending. */
export function visitDays({ phases, assessments }: Schedule): StudyDay[] {
  return [...phases, ...assessments].flatMap(({ days }) => [...days]).toSorted((a, b) => a - b);
}

const least = (days: readonly StudyDay[]) => Math.min(...days) as StudyDay;
const most = (days: readonly StudyDay[]) => Math.max(...days);

function upper(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Gives each element a code of its own: letters, digits and underscores, at most 8. */
class Codes {
  readonly #taken = new Map<string, string>();

  of(key: string, wanted: string): string {
    const known = this.#taken.get(key);
    if (known !== undefined) return known;
    const plain = wanted.toUpperCase().replace(/[^A-Z0-9_]/g, '');
    const isFree = (code: string) =>
      code !== 'SCREEN' && code !== 'FU' && ![...this.#taken.values()].includes(code);
    let code = plain.slice(0, 8);
    for (let number = 2; code === '' || !isFree(code); number += 1) {
      code = `${plain.slice(0, 8 - String(number).length)}${number}`;
    }
    this.#taken.set(key, code);
    return code;
  }
}
