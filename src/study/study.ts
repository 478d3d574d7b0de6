import { bech32 } from '@scure/base';
import * as v from 'valibot';
import type { Checked } from '../errors.ts';
import { assessmentDays, injectionDays, weeks } from './days.ts';
import { code, line, type StudyDay, whole } from './identifiers.ts';
import { mapping, YamlFile } from './yaml-file.ts';

/** The public half of an age X25519 key pair, `age1…` (58 characters after the 1, with checksum). */
export function isRecipient(text: string): text is `age1${string}` {
  if (!/^age1[a-z0-9]+$/.test(text)) return false;
  const decoded = bech32.decodeUnsafe(text, 90);
  return decoded?.prefix === 'age' && bech32.fromWordsUnsafe(decoded.words)?.length === 32;
}

const ARM = mapping({
  code: code(20),
  name: line(100),
  type: v.picklist(['active', 'placebo'], 'expected active or placebo'),
  ratio: whole(1, 100),
});
const SITE = mapping({ code: code(16), name: line(120) });
const STRATUM = mapping({ site: v.string(), slots: whole(1, 1_000_000) });
const INJECTIONS = mapping({
  phase: line(40),
  days: v.optional(injectionDays),
  weeks: v.optional(weeks),
});
const ASSESSMENT = mapping({ name: line(80), days: assessmentDays });
const PERSON = mapping({
  name: line(100),
  recipient: v.pipe(
    v.string(),
    v.check(
      (text) => !/^AGE-SECRET-KEY/i.test(text),
      'this is a SECRET key: take it out at once, and count the key as lost. The recipient begins with age1',
    ),
    v.check(
      isRecipient,
      'not an age X25519 recipient (age1…): a character is wrong or missing; randose keygen prints it',
    ),
  ),
});
const PEOPLE = v.nullish(v.array(PERSON), []);

const STUDY_FILE = mapping({
  randose: v.literal(1, 'expected 1, the version of this format'),
  study: mapping({
    id: code(32),
    title: line(300),
    sponsor: line(200),
    registrations: v.nullish(v.record(v.string(), line(80)), {}),
  }),
  arms: v.pipe(v.array(ARM), v.minLength(2, 'expected two arms at least')),
  sites: v.pipe(v.array(SITE), v.minLength(1, 'expected one site at least')),
  strata: v.pipe(v.array(STRATUM), v.minLength(1, 'expected one stratum at least')),
  schedule: mapping({
    injections: v.pipe(v.array(INJECTIONS), v.minLength(1, 'expected one phase at least')),
    assessments: v.nullish(v.array(ASSESSMENT), []),
  }),
  officers: PEOPLE,
  statisticians: PEOPLE,
  packers: PEOPLE,
});

/** A treatment arm. `ratio` is its share of each block: 2 beside 1 is 2:1. */
export type Arm = Readonly<v.InferOutput<typeof ARM>>;
/** A place that recruits. */
export type Site = Readonly<v.InferOutput<typeof SITE>>;
/** Somebody to whom something is sealed: a name and an age recipient. */
export type Person = Readonly<v.InferOutput<typeof PERSON>>;

/** What a key is for. Officers open envelopes, statisticians the list, packers kit → arm. */
export type Role = 'officer' | 'statistician' | 'packer';
export const ROLES = {
  officer: 'officers',
  statistician: 'statisticians',
  packer: 'packers',
} as const satisfies Record<Role, keyof Study>;

/** A stratum of the randomization, with its number of slots. */
export interface Stratum {
  /** The factors with their values, such as `site=CRT`; unique in the study. */
  readonly id: string;
  readonly site: string;
  readonly slots: number;
}

/** The injections of one phase, by study day. */
export interface Phase {
  readonly name: string;
  readonly days: readonly StudyDay[];
}

/** What is measured on which study days. */
export interface Assessment {
  readonly name: string;
  readonly days: readonly StudyDay[];
}

export interface Schedule {
  readonly phases: readonly Phase[];
  readonly assessments: readonly Assessment[];
}

/** A trial as study.yaml describes it: what everyone may see. */
export interface Study {
  readonly id: string;
  readonly title: string;
  readonly sponsor: string;
  readonly registrations: Readonly<Record<string, string>>;
  readonly arms: readonly Arm[];
  readonly sites: readonly Site[];
  /** In the order of study.yaml, which is the order in which slots are numbered. */
  readonly strata: readonly Stratum[];
  readonly schedule: Schedule;
  readonly officers: readonly Person[];
  readonly statisticians: readonly Person[];
  readonly packers: readonly Person[];
}

/**
 * Reads a study file: its shape, then the rules that hold between its parts.
 *
 * @param text the content of study.yaml
 * @param file its name, for the problems
 * @param readyToSeal whether it must also name somebody who can open what will be sealed
 * @returns the study; or all that is wrong with it, each with its line and column
 */
export function readStudy(text: string, file: string, readyToSeal = false): Checked<Study> {
  const yaml = new YamlFile(text, file, STUDY_FILE);
  if (readyToSeal && yaml.sound(['officers'], PEOPLE)?.length === 0) {
    yaml.report(['officers'], 'officers: nobody could open an envelope; randose keygen adds one');
  }
  checkArms(yaml);
  checkSitesAndStrata(yaml);
  checkSchedule(yaml);
  checkPeople(yaml);
  if (!yaml.isSound) return { ok: false, problems: yaml.problems };
  const { study, arms, sites, strata, schedule, ...people } = yaml.value;
  return {
    ok: true,
    value: {
      ...study,
      arms,
      sites,
      strata: strata.map(({ site, slots }) => ({ id: stratumId(site), site, slots })),
      schedule: {
        phases: schedule.injections.map((phase) => ({ name: phase.phase, days: phaseDays(phase) })),
        assessments: schedule.assessments as unknown as readonly Assessment[],
      },
      officers: people.officers,
      statisticians: people.statisticians,
      packers: people.packers,
    },
  };
}

/** The allocation ratio as the field writes it: `2:1`, in the order of the arms. */
export function ratioText(arms: readonly Pick<Arm, 'ratio'>[]): string {
  return arms.map((arm) => arm.ratio).join(':');
}

/** The name of a stratum. */
export function stratumId(site: string): string {
  return `site=${site}`;
}

type StudyYaml = YamlFile<typeof STUDY_FILE>;

function checkArms(yaml: StudyYaml): void {
  const arms = yaml.soundItems(['arms'], ARM);
  reportRepeats(yaml, arms, 'code', 'arm code');
  reportRepeats(yaml, arms, 'name', 'arm name');
}

function checkSitesAndStrata(yaml: StudyYaml): void {
  const sites = yaml.soundItems(['sites'], SITE);
  const strata = yaml.soundItems(['strata'], STRATUM);
  reportRepeats(yaml, sites, 'code', 'site code');
  reportRepeats(yaml, strata, 'site', 'stratum of site');
  const known = sites.map((site) => site.value.code);
  for (const { path, value } of strata) {
    if (!known.includes(value.site)) {
      yaml.report(
        [...path, 'site'],
        `site "${value.site}" is not among the sites: ${known.join(', ')}`,
      );
    }
  }
  for (const { path, value } of sites) {
    if (!strata.some((stratum) => stratum.value.site === value.code)) {
      yaml.report([...path, 'code'], `site "${value.code}" has no stratum, and so no slots`);
    }
  }
}

function checkSchedule(yaml: StudyYaml): void {
  const phases = yaml.soundItems(['schedule', 'injections'], INJECTIONS);
  reportRepeats(yaml, phases, 'phase', 'phase');
  const phaseOfDay = new Map<number, string>();
  for (const { path, value } of phases) {
    if ((value.days === undefined) === (value.weeks === undefined)) {
      yaml.report(path, 'expected either days (such as 1-5) or weeks (such as 3-6) for this phase');
    }
    for (const day of phaseDays(value)) {
      const other = phaseOfDay.get(day);
      if (other !== undefined) {
        yaml.report(path, `Day ${day} is in ${other} already: two injections on one day`);
      }
      phaseOfDay.set(day, value.phase);
    }
  }
  if (phaseOfDay.size > 0 && !phaseOfDay.has(1)) {
    const first = Math.min(...phaseOfDay.keys());
    yaml.report(
      ['schedule', 'injections'],
      `the first injection is on Day ${first}, but Day 1 is by definition the day of the first injection`,
    );
  }
  reportRepeats(
    yaml,
    yaml.soundItems(['schedule', 'assessments'], ASSESSMENT),
    'name',
    'assessment',
  );
}

function checkPeople(yaml: StudyYaml): void {
  const roleOfRecipient = new Map<string, string>();
  for (const role of Object.values(ROLES)) {
    const people = yaml.soundItems([role], PERSON);
    reportRepeats(yaml, people, 'name', `${role}: name`);
    for (const { path, value } of people) {
      const other = roleOfRecipient.get(value.recipient);
      if (other !== undefined) {
        yaml.report([...path, 'recipient'], `this recipient stands under ${other} already`);
      }
      roleOfRecipient.set(value.recipient, role);
    }
  }
}

function reportRepeats<Key extends string>(
  yaml: StudyYaml,
  items: readonly { path: readonly (string | number)[]; value: Record<Key, string> }[],
  key: Key,
  what: string,
): void {
  const seen = new Set<string>();
  for (const { path, value } of items) {
    const text = value[key];
    if (seen.has(text.toUpperCase())) {
      yaml.report([...path, key], `${what} "${text}" stands here twice`);
    }
    seen.add(text.toUpperCase());
  }
}

/** Weeks stand for their first day: Week 3 for Day 15 (trial week = floor((day - 1) / 7) + 1). */
function phaseDays(phase: v.InferOutput<typeof INJECTIONS>): StudyDay[] {
  const firstDays = phase.weeks?.map((week) => 7 * (week - 1) + 1);
  return (phase.days ?? firstDays ?? []) as StudyDay[];
}
