import type { ValueForm } from './summary-values.ts';

/**
 * Terms of CDISC's controlled terminology that study.yaml may use or that exports write, each with its code in NCI's
 * thesaurus. A term whose code was not checked has none: null. Source: CDISC SDTM Controlled Terminology; the package is
 * `CT_VERSION`. The lists are parts of CDISC's: what a trial with injections can need.
 */
export interface CodeList {
  /** The code of the whole list in NCI's thesaurus. */
  readonly code: string;
  readonly name: string;
  readonly terms: Readonly<Record<string, string | null>>;
  /** Whether it joins several lists of CDISC, so that its code is none of NCI's. */
  readonly isJoined?: true;
}

/** The package of CDISC's terminology: its date. */
export const CT_VERSION = '2025-09-26';

export const EPOCHS = {
  code: 'C99079',
  name: 'Epoch',
  terms: {
    SCREENING: 'C48262',
    'RUN-IN': null,
    WASHOUT: null,
    BASELINE: null,
    'INDUCTION TREATMENT': null,
    'CONTINUATION TREATMENT': null,
    TREATMENT: 'C101526',
    'BLINDED TREATMENT': null,
    'OPEN LABEL TREATMENT': null,
    'FOLLOW-UP': null,
    'LONG-TERM FOLLOW-UP': null,
    OBSERVATION: null,
  },
} as const satisfies CodeList;

/** Units that count what is taken from a kit. */
export const PRODUCT_UNITS = {
  code: 'C71620',
  name: 'Unit',
  terms: {
    VIAL: 'C48551',
    SYRINGE: 'C48540',
    AMPULE: null,
    CARTRIDGE: null,
    BOTTLE: null,
    BAG: null,
    TABLET: null,
    CAPSULE: null,
    mL: 'C28254',
  },
} as const satisfies CodeList;

/** Units that say how much of a substance was given: a placebo has none of it. */
export const SUBSTANCE_UNITS = {
  code: 'C71620',
  name: 'Unit',
  terms: { IU: 'C48579', '10^6 IU': 'C67335', mg: 'C28253', g: null, ug: null, 'mg/kg': null },
} as const satisfies CodeList;

/** Units in which the amount of an injection can be recorded. */
export const DOSE_UNITS = {
  code: 'C71620',
  name: 'Unit',
  terms: { ...PRODUCT_UNITS.terms, ...SUBSTANCE_UNITS.terms },
} as const satisfies CodeList;

export const DOSE_FORMS = {
  code: 'C66726',
  name: 'Pharmaceutical Dosage Form',
  terms: {
    INJECTION: 'C42946',
    'INJECTION, EMULSION': null,
    'INJECTION, POWDER, FOR SOLUTION': 'C42974',
    'INJECTION, POWDER, FOR SUSPENSION': null,
    'INJECTION, POWDER, LYOPHILIZED, FOR SOLUTION': 'C42957',
    'INJECTION, POWDER, LYOPHILIZED, FOR SUSPENSION': 'C42958',
    'INJECTION, SOLUTION': 'C42945',
    'INJECTION, SOLUTION, CONCENTRATE': 'C42899',
    'INJECTION, SUSPENSION': 'C42995',
    'INJECTION, SUSPENSION, LIPOSOMAL': 'C42951',
    CAPSULE: 'C25158',
    SOLUTION: 'C42986',
    TABLET: null,
  },
} as const satisfies CodeList;

export const ROUTES = {
  code: 'C66729',
  name: 'Route of Administration Response',
  terms: {
    SUBCUTANEOUS: 'C38299',
    INTRAMUSCULAR: null,
    INTRAVENOUS: null,
    INTRADERMAL: null,
    INTRAVITREAL: null,
    INTRATHECAL: null,
    'INTRA-ARTICULAR': null,
    INTRAPERITONEAL: null,
    INTRALESIONAL: null,
    ORAL: null,
  },
} as const satisfies CodeList;

export const FREQUENCIES = {
  code: 'C71113',
  name: 'Frequency',
  terms: {
    ONCE: 'C64576',
    QD: 'C25473',
    'EVERY WEEK': 'C67069',
    'EVERY 2 WEEKS': 'C71127',
    'EVERY 3 WEEKS': 'C64535',
    'EVERY 4 WEEKS': 'C64529',
    'EVERY 6 WEEKS': 'C89788',
    'EVERY 8 WEEKS': 'C103389',
    'EVERY 12 WEEKS': 'C161332',
    QM: 'C64498',
  },
} as const satisfies CodeList;

export const MOODS = {
  code: 'C125923',
  name: 'BRIDG Activity Mood',
  terms: { SCHEDULED: 'C125937', PERFORMED: 'C38000' },
} as const satisfies CodeList;

export const NO_YES = {
  code: 'C66742',
  name: 'No Yes Response',
  terms: { N: 'C49487', Y: 'C49488' },
} as const satisfies CodeList;

export const SEXES = {
  code: 'C66731',
  name: 'Sex',
  terms: { F: 'C16576', M: 'C20197' },
} as const satisfies CodeList;

export const NO_ARM_REASONS = {
  code: 'C142179',
  name: 'Arm Null Reason',
  terms: {
    'SCREEN FAILURE': 'C49628',
    'NOT ASSIGNED': null,
    'ASSIGNED, NOT TREATED': null,
    'UNPLANNED TREATMENT': null,
  },
} as const satisfies CodeList;

export const DISPOSITIONS = {
  code: 'C74558',
  name: 'Category for Disposition Event',
  terms: {
    'DISPOSITION EVENT': 'C74590',
    'PROTOCOL MILESTONE': 'C74588',
    'OTHER EVENT': 'C150824',
  },
} as const satisfies CodeList;

const MILESTONES = {
  code: 'C114118',
  name: 'Protocol Milestone',
  terms: { RANDOMIZED: null },
} as const satisfies CodeList;

export const DISPOSITION_PARTS = {
  code: 'C170443',
  name: 'Subcategory for Disposition Event',
  terms: { 'STUDY PARTICIPATION': 'C170569', 'STUDY TREATMENT': 'C170570' },
} as const satisfies CodeList;

/** Why somebody did not complete the treatment or the study. Sources give PROTOCOL DEVIATION different codes. */
export const REASONS_NOT_COMPLETED: CodeList = {
  code: 'C66727',
  name: 'Completion/Reason for Non-Completion',
  terms: {
    'ADVERSE EVENT': 'C41331',
    DEATH: 'C28554',
    'DISEASE RELAPSE': 'C38155',
    'LACK OF EFFICACY': 'C48226',
    'LOST TO FOLLOW-UP': 'C48227',
    'NON-COMPLIANCE WITH STUDY DRUG': 'C49631',
    OTHER: 'C17649',
    'PHYSICIAN DECISION': 'C48250',
    PREGNANCY: 'C25742',
    'PROGRESSIVE DISEASE': 'C35571',
    'PROTOCOL DEVIATION': null,
    RECOVERY: 'C25746',
    'SITE TERMINATED BY SPONSOR': 'C106576',
    'SPONSOR REQUEST': 'C161410',
    'STUDY TERMINATED BY SPONSOR': 'C49632',
    'WITHDRAWAL BY PARENT/GUARDIAN': 'C102355',
    'WITHDRAWAL BY SUBJECT': 'C49634',
    'WITHDRAWAL OF CONSENT': 'C176342',
  },
};

/** What DSDECOD can be: its list depends on DSCAT. */
export const DISPOSITION_TERMS: CodeList = {
  code: 'DSDECOD',
  name: `${MILESTONES.name} (${MILESTONES.code}); ${REASONS_NOT_COMPLETED.name} (${REASONS_NOT_COMPLETED.code})`,
  terms: { ...MILESTONES.terms, ...REASONS_NOT_COMPLETED.terms },
  isJoined: true,
};

export const ACCOUNTABILITY_TESTS = {
  code: 'C78732',
  name: 'Accountability Test Code',
  terms: { DISPAMT: null, LOSTAMT: null, RETAMT: null },
} as const satisfies CodeList;

const BLINDINGS = {
  code: 'C66735',
  name: 'Trial Blinding Schema Response',
  terms: { 'DOUBLE BLIND': 'C15228', 'SINGLE BLIND': null, 'OPEN LABEL': 'C49659' },
} as const satisfies CodeList;

const CONTROLS = {
  code: 'C66785',
  name: 'Control Type Response',
  terms: { ACTIVE: null, NONE: 'C41132', PLACEBO: 'C49648' },
} as const satisfies CodeList;

const MODELS = {
  code: 'C99076',
  name: 'Intervention Model Response',
  terms: { CROSSOVER: null, FACTORIAL: null, PARALLEL: 'C82639', 'SINGLE GROUP': null },
} as const satisfies CodeList;

const STUDY_TYPES = {
  code: 'C99077',
  name: 'Study Type Response',
  terms: { INTERVENTIONAL: 'C98388' },
} as const satisfies CodeList;

const SEXES_OF_POPULATION = {
  code: 'C66732',
  name: 'Sex of Participants Response',
  terms: { BOTH: 'C49636', F: 'C16576', M: 'C20197' },
} as const satisfies CodeList;

/** Source: CDISC's ODM 2.0, which has this list with its codes. */
const PHASES = {
  code: 'C66737',
  name: 'Trial Phase Response',
  terms: {
    'NOT APPLICABLE': 'C48660',
    'PHASE 0 TRIAL': 'C54721',
    'PHASE I TRIAL': 'C15600',
    'PHASE I/II TRIAL': 'C15693',
    'PHASE II TRIAL': 'C15601',
    'PHASE II/III TRIAL': 'C15694',
    'PHASE IIA TRIAL': 'C49686',
    'PHASE IIB TRIAL': 'C49688',
    'PHASE III TRIAL': 'C15602',
    'PHASE IIIA TRIAL': 'C49687',
    'PHASE IIIB TRIAL': 'C49689',
    'PHASE IV TRIAL': 'C15603',
    'PHASE V TRIAL': 'C47865',
  },
} as const satisfies CodeList;

const TRIAL_TYPES = {
  code: 'C66739',
  name: 'Trial Type Response',
  terms: { EFFICACY: 'C49666', PHARMACOKINETIC: 'C49663', SAFETY: 'C49667' },
} as const satisfies CodeList;

const INTENTS = {
  code: 'C66736',
  name: 'Trial Intent Type Response',
  terms: { PREVENTION: 'C49657', TREATMENT: 'C49656' },
} as const satisfies CodeList;

const INTERVENTIONS = {
  code: 'C99078',
  name: 'Intervention Type Response',
  terms: { DRUG: 'C1909' },
} as const satisfies CodeList;

/** A parameter of the Trial Summary dataset, TS. */
export interface SummaryParameter {
  /** TSPARM, at most 40 characters. */
  readonly name: string;
  /** The terms that it may have. */
  readonly list?: CodeList;
  /** Whether CDISC's list has terms that are not here: a value in capitals is taken as one of them, without a code. */
  readonly hasMore?: true;
  /** Without a list and a form it is any text. */
  readonly form?: ValueForm;
}

/** The parameters by TSPARMCD (C66738, C67152). */
export const SUMMARY_PARAMETERS: Readonly<Record<string, SummaryParameter>> = {
  ACTSUB: { name: 'Actual Number of Subjects' },
  ADAPT: { name: 'Adaptive Design', list: NO_YES },
  ADDON: { name: 'Added on to Existing Treatments', list: NO_YES },
  AGEMAX: { name: 'Planned Maximum Age of Subjects', form: 'duration' },
  AGEMIN: { name: 'Planned Minimum Age of Subjects', form: 'duration' },
  COMPTRT: { name: 'Comparative Treatment Name' },
  CURTRT: { name: 'Current Therapy or Treatment' },
  DCUTDESC: { name: 'Data Cutoff Description' },
  DCUTDTC: { name: 'Data Cutoff Date', form: 'date' },
  DMCIND: { name: 'Data Monitoring Committee Indicator', list: NO_YES },
  DOSE: { name: 'Dose per Administration', form: 'number' },
  DOSFRM: { name: 'Dose Form', list: DOSE_FORMS },
  DOSFRQ: { name: 'Dosing Frequency', list: FREQUENCIES },
  DOSU: {
    name: 'Dose Units',
    list: { ...PRODUCT_UNITS, terms: { ...PRODUCT_UNITS.terms, ...SUBSTANCE_UNITS.terms } },
  },
  EXTTIND: { name: 'Extension Trial Indicator', list: NO_YES },
  FCNTRY: { name: 'Planned Country of Investigational Sites', form: 'country' },
  HLTSUBJI: { name: 'Healthy Subject Indicator', list: NO_YES },
  INDIC: { name: 'Trial Disease/Condition Indication' },
  INTMODEL: { name: 'Intervention Model', list: MODELS },
  INTTYPE: { name: 'Intervention Type', list: INTERVENTIONS, hasMore: true },
  LENGTH: { name: 'Trial Length', form: 'duration' },
  NARMS: { name: 'Planned Number of Arms' },
  NCOHORT: { name: 'Number of Groups/Cohorts', form: 'whole number' },
  OBJEXP: { name: 'Trial Exploratory Objective' },
  OBJPRIM: { name: 'Trial Primary Objective' },
  OBJSEC: { name: 'Trial Secondary Objective' },
  OUTMSADD: { name: 'Additional Outcome Measure' },
  OUTMSEXP: { name: 'Exploratory Outcome Measure' },
  OUTMSPRI: { name: 'Primary Outcome Measure' },
  OUTMSSEC: { name: 'Secondary Outcome Measure' },
  PCLAS: { name: 'Pharmacologic Class' },
  PDSTIND: { name: 'Pediatric Study Indicator', list: NO_YES },
  PIPIND: { name: 'Pediatric Investigation Plan Indicator', list: NO_YES },
  PLANSUB: { name: 'Planned Number of Subjects' },
  PLNTRDUR: { name: 'Planned Trial Duration', form: 'duration' },
  PTRTDUR: { name: 'Planned Treatment Duration', form: 'duration' },
  RANDOM: { name: 'Trial is Randomized', list: NO_YES },
  RANDQT: { name: 'Randomization Quotient' },
  RDIND: { name: 'Rare Disease Indicator', list: NO_YES },
  REGID: { name: 'Registry Identifier' },
  ROUTE: { name: 'Route of Administration', list: ROUTES },
  SDTIGVER: { name: 'SDTM IG Version' },
  SDTMVER: { name: 'SDTM Version' },
  SENDTC: { name: 'Study End Date', form: 'date' },
  SEXPOP: { name: 'Sex of Participants', list: SEXES_OF_POPULATION },
  SPONSOR: { name: 'Clinical Study Sponsor' },
  SSTDTC: { name: 'Study Start Date', form: 'date' },
  STOPRULE: { name: 'Study Stop Rules' },
  STRATFCT: { name: 'Stratification Factor' },
  STYPE: { name: 'Study Type', list: STUDY_TYPES },
  TBLIND: { name: 'Trial Blinding Schema', list: BLINDINGS },
  TCNTRL: { name: 'Control Type', list: CONTROLS },
  TDIGRP: { name: 'Diagnosis Group' },
  THERAREA: { name: 'Therapeutic Area' },
  TINDTP: { name: 'Trial Intent Type', list: INTENTS, hasMore: true },
  TITLE: { name: 'Trial Title' },
  TPHASE: { name: 'Trial Phase Classification', list: PHASES },
  TRGFUDUR: { name: 'Target Follow-Up Duration', form: 'duration' },
  TRT: { name: 'Investigational Therapy or Treatment' },
  TTYPE: { name: 'Trial Type', list: TRIAL_TYPES, hasMore: true },
};

/** The parameters that randose fills from the study, and that study.yaml may not say otherwise, each with what says it. */
export const OWN_PARAMETERS: Readonly<Record<string, string>> = {
  ACTSUB: 'the data management system, which knows those who were not randomized',
  DOSFRM: 'doseForm',
  NARMS: 'arms',
  PLANSUB: 'plannedSubjects',
  RANDOM: 'the study itself: it is randomized',
  RANDQT: 'arms and their ratio',
  REGID: 'study.registrations',
  ROUTE: 'route',
  SDTIGVER: 'randose',
  SDTMVER: 'randose',
  SPONSOR: 'study.sponsor',
  STYPE: 'the study itself: it is interventional',
  TITLE: 'study.title',
};

/** The code of a term in its list; null if it has none. */
export function codeOf(list: CodeList, term: string): string | null {
  return Object.hasOwn(list.terms, term) ? list.terms[term]! : null;
}
