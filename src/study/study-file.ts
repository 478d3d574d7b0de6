import * as v from 'valibot';
import type { Checked } from '../errors.ts';
import {
  AMENDMENT_NOT_TEXTS,
  AMENDMENTS,
  amendmentsFrom,
  checkAmendments,
} from './sections/amendments.ts';
import { BLINDING } from './sections/blinding.ts';
import { ARM, ARMS, checkArms } from './sections/arms.ts';
import { CDISC, cdiscFrom, checkCdisc } from './sections/cdisc.ts';
import { checkCustody, CUSTODY, custodyFrom } from './sections/custody.ts';
import { checkFactors, FACTORS } from './sections/factors.ts';
import { checkNumbers, NUMBERS, numbersFrom } from './sections/numbers.ts';
import { checkPeople, PEOPLE } from './sections/people.ts';
import { checkRedcap, REDCAP, redcapFrom } from './sections/redcap.ts';
import { checkReplacements, REPLACEMENTS } from './sections/replacements.ts';
import {
  checkSchedule,
  injectionCount,
  SCHEDULE_NOT_TEXTS,
  scheduleFrom,
  STUDY_SCHEDULE,
} from './sections/schedule.ts';
import { checkSites, SITE_NOT_TEXTS, SITES } from './sections/sites.ts';
import {
  checkStrata,
  crossStrata,
  type SlotsFitPlan,
  type SlotsSaid,
  slotsSaid,
  STRATA,
  STRATA_NOT_TEXTS,
} from './sections/strata.ts';
import { dimensionsOf, STRATIFY_BY, stratifyByFrom } from './sections/stratify-by.ts';
import { checkSubjects, SUBJECTS, subjectsFrom } from './sections/subjects.ts';
import { checkIdentity, DUMMY, identityFrom, STUDY } from './sections/study.ts';
import { checkSupplies, SUPPLIES, suppliesFrom } from './sections/supplies.ts';
import type { Stratum, Study } from './study.ts';
import { mapping, YamlFile } from './yaml-file.ts';

/** study.yaml, section by section. Each section has its shape, its type and its rules in sections/. */
export const STUDY_SHAPE = mapping(
  {
    randose: v.literal(1, 'expected 1, the version of this format'),
    dummy: DUMMY,
    study: STUDY,
    blinding: BLINDING,
    arms: ARMS,
    sites: SITES,
    factors: FACTORS,
    stratifyBy: STRATIFY_BY,
    strata: STRATA,
    subjects: SUBJECTS,
    numbers: NUMBERS,
    replacements: REPLACEMENTS,
    schedule: STUDY_SCHEDULE,
    amendments: AMENDMENTS,
    supplies: SUPPLIES,
    redcap: REDCAP,
    officers: PEOPLE,
    statisticians: PEOPLE,
    packers: PEOPLE,
    cardMakers: PEOPLE,
    preparers: PEOPLE,
    custody: CUSTODY,
    cdisc: CDISC,
  },
  {
    randose: 'The version of this format: 1.',
    dummy: 'true in a rehearsal. randose writes it, people do not.',
    study: 'What the trial is called.',
    blinding:
      'blinded (the default), or open label: then the arm of somebody who is randomized may be revealed.',
    arms: 'The treatments, two at least, with their ratio.',
    sites: 'The places that recruit, and when they work.',
    factors: 'Stratification factors in addition to the site, such as sex with the levels F and M.',
    stratifyBy:
      'What strata differ by: site, country, group and names of factors, such as [site, sex]. If it is left out: the site, then all factors.',
    strata:
      'The strata with their slots: a table of rows, or one number (slotsPerStratum or slotsPerSite) for all. Slots are numbered in this order.',
    subjects: 'How participants are called.',
    numbers: 'How randomization numbers and kit codes look.',
    replacements:
      'Each slot gets a replacement slot of the same arm, for whoever replaces its participant.',
    schedule:
      'When injections and assessments are planned, or none if nothing is planned after randomization.',
    amendments:
      'Protocol amendments, after the list is sealed: each another schedule from a date on.',
    supplies:
      "What a participant's kit is and what its labels say, or none if the study has no kits.",
    redcap: 'What a REDCap project calls the strata, for its allocation table.',
    officers: 'Who can open single envelopes (code-breaks) and the list.',
    statisticians: 'Who can open the list.',
    packers: 'Who can open the packing list, which has the arm of each kit.',
    cardMakers: 'Who can print the code-break cards.',
    preparers: 'To whom an officer can seal the arm of one participant, to make up the treatment.',
    custody:
      'How many officers are needed to open something: any one (officers: any), or several together (threshold: 2 of 3).',
    cdisc: 'What exports in CDISC formats say that the rest of this file does not.',
  },
);

const NOT_TEXTS = [
  ...SCHEDULE_NOT_TEXTS,
  ...AMENDMENT_NOT_TEXTS,
  ...SITE_NOT_TEXTS,
  ...STRATA_NOT_TEXTS,
];

/**
 * What a study file is read for:
 * - `use`: anything but a new list. What is sealed stays readable, whatever a newer version refuses.
 * - `draft`: a list that may still be made from it.
 * - `seal`: the list that is made from it now. It must name people who can open what is sealed.
 * - `extend`: a further batch of its list.
 * - `rewrap`: sealing the same list to other people.
 * - `redcap`: the allocation table for REDCap, which needs a code for each stratum.
 */
type Purpose = 'use' | 'draft' | 'seal' | 'extend' | 'rewrap' | 'redcap';

/**
 * Reads a study file: its shape, then the rules between its parts.
 *
 * @param text the content of study.yaml
 * @param file its name, for the problems
 * @param fitsPlan whether a stratum of so many slots fits the plan, if there is one
 * @returns the study, or everything that is wrong with it, each problem with its line and column;
 *   and the parts of its design that have no problem
 */
export function readStudy(
  text: string,
  file: string,
  purpose: Purpose = 'use',
  fitsPlan?: SlotsFitPlan,
): Checked<Study> & { readonly design: SoundDesign } {
  const yaml = new YamlFile(text, file, STUDY_SHAPE);
  const isDraft = purpose === 'draft' || purpose === 'seal';
  const readyToSeal = purpose === 'seal' || purpose === 'rewrap';
  if (isDraft || purpose === 'extend') yaml.reportUnclear(NOT_TEXTS);
  if (isDraft || purpose === 'extend' || purpose === 'rewrap') yaml.reportUnseen();
  checkIdentity(yaml, isDraft);
  checkArms(yaml, isDraft);
  checkSites(yaml);
  checkFactors(yaml, isDraft);
  checkSubjects(yaml);
  const strata = checkStrata(yaml, fitsPlan);
  checkNumbers(yaml, strata);
  checkReplacements(yaml, strata);
  checkSchedule(yaml);
  checkAmendments(yaml, isDraft);
  checkSupplies(yaml);
  checkRedcap(yaml, isDraft || purpose === 'redcap');
  checkPeople(yaml, readyToSeal);
  checkCustody(yaml, readyToSeal);
  checkCdisc(yaml);
  // After sealing, texts such as the name of an arm cannot be changed.
  if (isDraft) yaml.reportCurlyQuotes();
  const design = soundDesign(yaml);
  if (!yaml.isSound) return { ok: false, problems: yaml.problems, design };
  return { ok: true, value: studyFrom(yaml.value), design };
}

function studyFrom({ dummy, ...file }: v.InferOutput<typeof STUDY_SHAPE>): Study {
  const { sites, factors, supplies } = file;
  const { officers, statisticians, packers, cardMakers, preparers } = file;
  const stratifyBy = stratifyByFrom(file.stratifyBy, factors);
  const dimensions = dimensionsOf(stratifyBy, sites, factors);
  const schedule = scheduleFrom(file.schedule);
  return {
    ...identityFrom(file.study, dummy),
    blinding: file.blinding,
    arms: file.arms,
    sites,
    factors,
    stratifyBy,
    strata: crossStrata(file.strata, { dimensions, sites }),
    subjects: subjectsFrom(file.subjects),
    numbers: numbersFrom(file.numbers),
    replacements: file.replacements ?? undefined,
    redcap: redcapFrom(file.redcap),
    schedule,
    amendments: amendmentsFrom(file.amendments),
    ...suppliesFrom(supplies, injectionCount(schedule)),
    officers,
    statisticians,
    packers,
    cardMakers,
    preparers,
    custody: custodyFrom(file.custody),
    cdisc: cdiscFrom(file.cdisc),
  };
}

/** The parts of a study that a plan must fit. Missing parts had problems. */
type SoundDesign = Partial<Pick<Study, 'id' | 'arms' | 'strata'>> & {
  /** The numbers of slots as the file says them. */
  readonly slotsSaid?: readonly SlotsSaid[];
};

function soundDesign(yaml: YamlFile): SoundDesign {
  const id = yaml.sound(['study', 'id'], v.string());
  const arms = yaml.sound(['arms'], v.array(ARM));
  const strata = yaml.sound(['strata'], STRATA);
  const sites = yaml.sound(['sites'], SITES);
  const factors = yaml.sound(['factors'], FACTORS);
  const given = yaml.sound(['stratifyBy'], STRATIFY_BY);
  const parts = { ...(id && { id }), ...(arms && { arms }) };
  const isSaid = yaml.areSound(['stratifyBy']);
  if (strata === undefined || sites === undefined || factors === undefined || !isSaid) return parts;
  const dimensions = dimensionsOf(stratifyByFrom(given, factors), sites, factors);
  if (dimensions.some(({ levels }) => levels.length === 0)) return parts;
  const crossed = crossStrata(strata, { dimensions, sites });
  return crossed.every(({ ratio }) => ratio === undefined || isOfArms(ratio, arms ?? []))
    ? { ...parts, strata: crossed, slotsSaid: slotsSaid(yaml, strata, { dimensions, sites }) }
    : parts;
}

/** Whether a ratio has a share for each arm, and two of them at least are above 0: others are reported. */
function isOfArms(
  ratio: NonNullable<Stratum['ratio']>,
  arms: readonly { readonly code: string }[],
): boolean {
  const hasAll = arms.every(({ code }) => Object.hasOwn(ratio, code));
  return hasAll && Object.values(ratio).filter((share) => share > 0).length > 1;
}
