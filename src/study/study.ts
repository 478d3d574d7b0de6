import type { AfterMissed, CountedFrom, Timing, VisitWindow } from './dosing-rules.ts';
import type { StudyDay } from './identifiers.ts';
import type { SiteDays } from './site-days.ts';
import type { Supplies } from './supplies.ts';

/** A treatment arm. */
export interface Arm {
  readonly code: string;
  readonly name: string;
  readonly type: 'active' | 'placebo';
  /** Its share of each block: 2 beside 1 is 2:1. */
  readonly ratio: number;
}

/** A place that recruits, and when it works. */
export interface Site extends SiteDays {
  readonly code: string;
  readonly name: string;
  /** Who conducts the trial there, as labels say it. */
  readonly investigator?: string | undefined;
}

/** A stratification factor beside the site, such as sex with the levels F and M. */
export interface Factor {
  readonly name: string;
  readonly levels: readonly string[];
}

/** A stratum of the randomization, with its number of slots. */
export interface Stratum {
  /** Site and factors with their levels, such as `site=CRT/sex=F`; unique in the study. */
  readonly id: string;
  readonly site: string;
  readonly slots: number;
}

/** The injections of one phase, by study day. */
export interface Phase {
  readonly name: string;
  readonly days: readonly StudyDay[];
  /** The same for every arm, as everyone may read it. */
  readonly dose?: string | undefined;
  readonly route?: string | undefined;
  /** Undefined where the protocol has none: then no day is outside it, and none is proposed. */
  readonly window?: VisitWindow | undefined;
  /** Days that lie at least between an injection of the phase and the one before it. */
  readonly leastInterval?: number | undefined;
  /** Day 1, unless it says otherwise. */
  readonly countedFrom?: CountedFrom | undefined;
  /** Nothing, unless it says otherwise. */
  readonly afterMissed?: AfterMissed | undefined;
}

/** What is measured on which study days. */
export interface Assessment {
  readonly name: string;
  readonly days: readonly StudyDay[];
  readonly window?: VisitWindow | undefined;
  readonly timing?: Timing | undefined;
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

/** How randomization numbers look: prefix, site and a hyphen, digits, a hyphen and a check character. */
export interface NumberPattern {
  readonly prefix: string;
  /** Whether the site's code is in it; then numbers count from 1 in each site. */
  readonly site: boolean;
  /** The least number of digits; undefined: three, or as many as the first batch needs. */
  readonly width: number | undefined;
  readonly check: boolean;
}

/** How kit codes look: prefix, site and a hyphen, drawn characters, a check character. */
export interface KitPattern {
  readonly prefix: string;
  readonly site: boolean;
  /** The number of drawn characters. */
  readonly width: number;
}

/** What a list is for: participants, or a rehearsal. Nothing of one is ever taken for the other. */
export type Domain = 'production' | 'dummy';

/** What the name of everything in a rehearsal begins with. */
export const DUMMY_MARK = 'DUMMY-';

/** A trial as study.yaml describes it: what everyone may see. */
export interface Study {
  /** In a rehearsal it begins with `DUMMY-`. */
  readonly id: string;
  readonly domain: Domain;
  readonly title: string;
  readonly sponsor: string;
  readonly registrations: Readonly<Record<string, string>>;
  readonly arms: readonly Arm[];
  readonly sites: readonly Site[];
  /** Beside the site, with which they are crossed. */
  readonly factors: readonly Factor[];
  /** In the order in which slots are numbered (study/strata.ts). */
  readonly strata: readonly Stratum[];
  readonly numbers: { readonly randomization: NumberPattern; readonly kits: KitPattern };
  /** How many spare kits each slot has. */
  readonly spareKits: number;
  readonly schedule: Schedule;
  readonly supplies: Supplies;
  readonly officers: readonly Person[];
  readonly statisticians: readonly Person[];
  readonly packers: readonly Person[];
  readonly cardMakers: readonly Person[];
  readonly custody: Custody;
}

/** How many officers it takes to open what is sealed to them: any one, or so many of all together. */
export type Custody =
  | { readonly rule: 'any' }
  | { readonly rule: 'threshold'; readonly needed: number; readonly of: number };

/**
 * What a key is for. Officers open envelopes, statisticians the list, packers kit → arm, card makers
 * the code-break cards.
 */
export type Role = 'officer' | 'statistician' | 'packer' | 'card-maker';
export const ROLES = {
  officer: 'officers',
  statistician: 'statisticians',
  packer: 'packers',
  'card-maker': 'cardMakers',
} as const satisfies Record<Role, keyof Study>;

/** The allocation ratio as the field writes it: `2:1`, in the order of the arms. */
export function ratioText(arms: readonly Pick<Arm, 'ratio'>[]): string {
  return arms.map((arm) => arm.ratio).join(':');
}
