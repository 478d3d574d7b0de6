import type { StudyDay } from './identifiers.ts';

/** A treatment arm. */
export interface Arm {
  readonly code: string;
  readonly name: string;
  readonly type: 'active' | 'placebo';
  /** Its share of each block: 2 beside 1 is 2:1. */
  readonly ratio: number;
}

/** A place that recruits. */
export interface Site {
  readonly code: string;
  readonly name: string;
}

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

/** What is planned for every participant. */
export interface Schedule {
  readonly phases: readonly Phase[];
  readonly assessments: readonly Assessment[];
}

/** Somebody to whom something is sealed. */
export interface Person {
  readonly name: string;
  /** An age recipient, `age1…`. */
  readonly recipient: string;
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

/** What a key is for. Officers open envelopes, statisticians the list, packers kit → arm. */
export type Role = 'officer' | 'statistician' | 'packer';
export const ROLES = {
  officer: 'officers',
  statistician: 'statisticians',
  packer: 'packers',
} as const satisfies Record<Role, keyof Study>;

/** The allocation ratio as the field writes it: `2:1`, in the order of the arms. */
export function ratioText(arms: readonly Pick<Arm, 'ratio'>[]): string {
  return arms.map((arm) => arm.ratio).join(':');
}

/** The name of a stratum. */
export function stratumId(site: string): string {
  return `site=${site}`;
}
