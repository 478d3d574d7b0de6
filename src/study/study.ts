import type { Amendment } from './sections/amendments.ts';
import type { Arm } from './sections/arms.ts';
import type { Blinding } from './sections/blinding.ts';
import type { Cdisc } from './sections/cdisc.ts';
import type { Custody } from './sections/custody.ts';
import type { Factor } from './sections/factors.ts';
import type { Numbers } from './sections/numbers.ts';
import type { Person } from './sections/people.ts';
import type { Redcap } from './sections/redcap.ts';
import type { Replacements } from './sections/replacements.ts';
import type { Schedule } from './sections/schedule.ts';
import type { Site } from './sections/sites.ts';
import type { Stratum } from './sections/strata.ts';
import type { Subjects } from './sections/subjects.ts';
import type { Identity } from './sections/study.ts';
import type { ListedType, Supplies } from './sections/supplies.ts';

export type { Amendment } from './sections/amendments.ts';
export {
  type Arm,
  ARM_TYPES,
  codesOf,
  ratiosText,
  ratioText,
  sharesIn,
  stratumNames,
} from './sections/arms.ts';
export type { Cdisc } from './sections/cdisc.ts';
export type { Custody } from './sections/custody.ts';
export type { Factor } from './sections/factors.ts';
export type { KitPattern } from './sections/numbers.ts';
export { type Person, type Role, ROLES } from './sections/people.ts';
export type { Assessment, Phase, Schedule } from './sections/schedule.ts';
export type { Site } from './sections/sites.ts';
export type { Stratum } from './sections/strata.ts';
export { type Domain, DUMMY_MARK } from './sections/study.ts';

/** A trial as study.yaml describes it: what everyone may see. Its parts are in sections/. */
export interface Study extends Identity {
  readonly blinding: Blinding;
  readonly arms: readonly Arm[];
  readonly sites: readonly Site[];
  /** The factors in addition to what study.yaml says of sites. */
  readonly factors: readonly Factor[];
  /** What strata differ by, in order: site, country or group, and the names of factors. */
  readonly stratifyBy: readonly string[];
  /** In the order in which slots are numbered (sections/strata.ts). */
  readonly strata: readonly Stratum[];
  readonly subjects: Subjects;
  readonly numbers: Numbers;
  /** Whether each slot has a kit. If not, nothing in `supplies` and in `numbers.kits` counts. */
  readonly hasKits: boolean;
  /** How many spare kits each slot has; with kit types, of the first. */
  readonly spareKits: number;
  /** The types of the kits that each slot has, in their order; empty if all kits are alike. */
  readonly kitTypes: readonly ListedType[];
  /** Undefined if slots have no replacement slots. */
  readonly replacements: Replacements | undefined;
  /** What a REDCap project calls the strata; undefined if study.yaml does not say it. */
  readonly redcap: Redcap | undefined;
  /** The schedule with which the list was sealed. */
  readonly schedule: Schedule;
  /** In the order of their dates. They count once the ledger says that they are in force. */
  readonly amendments: readonly Amendment[];
  readonly supplies: Supplies;
  readonly officers: readonly Person[];
  readonly statisticians: readonly Person[];
  readonly packers: readonly Person[];
  readonly cardMakers: readonly Person[];
  readonly preparers: readonly Person[];
  readonly custody: Custody;
  /** What exports in CDISC's formats say of the trial. */
  readonly cdisc: Cdisc;
}
