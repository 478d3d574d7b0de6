import {
  codeOf,
  CT_VERSION,
  SUMMARY_PARAMETERS,
  type SummaryParameter,
} from '../../../study/cdisc-terms.ts';
import { alpha3 } from '../../../study/countries.ts';
import { sharesIn } from '../../../study/sections/arms.ts';
import type { Study } from '../../../study/study.ts';
import {
  identifiers,
  partsOf,
  sdtmDataset,
  type SdtmDataset,
  type SdtmVariable,
  variable,
} from '../sdtm-dataset.ts';
import { visitDays } from './elements.ts';

/** The versions of CDISC's standards that these datasets follow. */
export const SDTMIG_VERSION = '3.4';
const SDTM_VERSION = '2.0';

/** A value of a parameter, and where it is defined. */
interface Value {
  readonly value: string;
  readonly code?: string;
  readonly reference?: string;
  readonly version?: string;
  /** Why there is no value. */
  readonly nullFlavor?: string;
}

/** A parameter of the trial with its values. */
interface Parameter {
  /** TSPARMCD. */
  readonly parameter: string;
  readonly name: string;
  readonly values: readonly Value[];
}

type Row = Value & Omit<Parameter, 'values'> & { readonly seq: number; readonly parts: string[] };

/** Trial Summary: what kind of trial it is. Parameters that study.yaml gives under `cdisc.ts` replace those that follow from it. */
export function trialSummary(study: Study): SdtmDataset {
  const said = study.cdisc.summary.map(({ code, name, values, nullFlavor }): Parameter => {
    const known = SUMMARY_PARAMETERS[code];
    return {
      parameter: code,
      name: known?.name ?? name ?? code,
      values:
        nullFlavor === undefined
          ? values.map((value) => valueOf(known, value))
          : [{ value: '', nullFlavor }],
    };
  });
  const own = ownParameters(study).filter(({ parameter }) =>
    said.every((one) => one.parameter !== parameter),
  );
  const rows = [...own, ...said]
    .toSorted((a, b) => (a.parameter < b.parameter ? -1 : 1))
    .flatMap(({ values, ...about }) =>
      values.map((one, index): Row => {
        return { ...about, ...one, seq: index + 1, parts: partsOf(one.value) };
      }),
    );
  return sdtmDataset(
    {
      name: 'TS',
      label: 'Trial Summary',
      class: 'TRIAL DESIGN',
      structure: 'One record per trial summary parameter value',
      isReference: true,
      comment:
        'Parameters that randose does not know are to be added, under cdisc.ts in study.yaml.',
    },
    variablesOf(study, Math.max(1, ...rows.map(({ parts }) => parts.length))),
    rows,
  );
}

function variablesOf({ id }: Pick<Study, 'id'>, parts: number): SdtmVariable<Row>[] {
  const further = Array.from({ length: parts - 1 }, (_, index) =>
    variable<Row>(
      `TSVAL${index + 1}`,
      `Parameter Value ${index + 1}`,
      'Result Qualifier',
      (one) => one.parts[index + 1] ?? '',
      { origin: 'Protocol' },
    ),
  );
  return [
    ...identifiers<Row>(id, 'TS'),
    variable('TSSEQ', 'Sequence Number', 'Identifier', ({ seq }) => seq, {
      type: 'number',
      core: 'R',
      key: 3,
    }),
    variable('TSGRPID', 'Group ID', 'Identifier', () => ''),
    variable('TSPARMCD', 'Trial Summary Parameter Short Name', 'Topic', (one) => one.parameter, {
      core: 'R',
      key: 2,
    }),
    variable('TSPARM', 'Trial Summary Parameter', 'Synonym Qualifier', ({ name }) => name, {
      core: 'R',
    }),
    variable('TSVAL', 'Parameter Value', 'Result Qualifier', (one) => one.parts[0] ?? '', {
      core: 'E',
      origin: 'Protocol',
    }),
    ...further,
    variable(
      'TSVALNF',
      'Parameter Value Null Flavor',
      'Result Qualifier',
      ({ nullFlavor = '' }) => {
        return nullFlavor;
      },
    ),
    variable('TSVALCD', 'Parameter Value Code', 'Result Qualifier', (one) => one.code ?? '', {
      core: 'E',
    }),
    variable(
      'TSVCDREF',
      'Name of the Reference Terminology',
      'Result Qualifier',
      ({ reference = '' }) => reference,
      { core: 'E' },
    ),
    variable(
      'TSVCDVER',
      'Version of the Reference Terminology',
      'Result Qualifier',
      ({ version = '' }) => version,
      { core: 'E' },
    ),
  ];
}

/** What follows from the study, for TSPARMCD after TSPARMCD. Parameters without a value are left out. */
function ownParameters(study: Study): Parameter[] {
  const { arms, cdisc, title, sponsor, strata } = study;
  // As the protocol is now.
  const schedule = study.amendments.at(-1)?.schedule ?? study.schedule;
  const days = visitDays(schedule);
  const injections = schedule.phases.flatMap((phase) => [...phase.days]);
  const slots = strata.reduce((sum, one) => sum + one.slots, 0);
  const isCrossover = arms.some(({ periods }) => periods !== undefined);
  const values: Readonly<Record<string, readonly (Value | string)[]>> = {
    DOSFRM: listOf(cdisc.doseForm),
    FCNTRY: countriesOf(study),
    INTMODEL: [isCrossover ? 'CROSSOVER' : 'PARALLEL'],
    LENGTH: durationOf(days),
    NARMS: [String(arms.length)],
    PLANSUB: [String(cdisc.plannedSubjects ?? slots)],
    PTRTDUR: durationOf(injections),
    RANDOM: ['Y'],
    RANDQT: [quotientOf(study)],
    REGID: registriesOf(study),
    ROUTE: listOf(cdisc.route),
    SDTIGVER: [SDTMIG_VERSION],
    SDTMVER: [SDTM_VERSION],
    SPONSOR: listOf(sponsor),
    STRATFCT: study.stratifyBy.map((name) => name.toUpperCase()),
    STYPE: ['INTERVENTIONAL'],
    TBLIND: [study.blinding === 'open label' ? 'OPEN LABEL' : 'DOUBLE BLIND'],
    TCNTRL: [arms.some(({ type }) => type === 'placebo') ? 'PLACEBO' : 'ACTIVE'],
    TITLE: listOf(title),
  };
  return Object.entries(values).map(([parameter, all]) => {
    const known = SUMMARY_PARAMETERS[parameter]!;
    const terms = all.map((one) => (typeof one === 'string' ? valueOf(known, one) : one));
    return { parameter, name: known.name, values: terms };
  });
}

function listOf(value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [value];
}

/** A value with what defines it: ISO 8601, ISO 3166-1, or the terms of CDISC with its code if that was checked. */
function valueOf(known: SummaryParameter | undefined, value: string): Value {
  const { form, list } = known ?? {};
  if (form === 'duration' || form === 'date') return { value, reference: 'ISO 8601' };
  if (form === 'country') return { value, code: value, reference: 'ISO 3166-1 Alpha-3' };
  if (list === undefined || !Object.hasOwn(list.terms, value)) return { value };
  const code = codeOf(list, value);
  return {
    value,
    ...(code !== null && { code }),
    reference: 'CDISC CT',
    version: CT_VERSION,
  };
}

/** From Day 1 to the last day of some. */
function durationOf(days: readonly number[]): string[] {
  const last = Math.max(0, ...days);
  return last > 0 ? [`P${last}D`] : [];
}

function countriesOf({ sites }: Study): string[] {
  const found = sites.flatMap(({ country }) => listOf(country && alpha3(country)));
  return [...new Set(found)].toSorted();
}

/** The share of planned participants in arms with the treatment that is tested, over all strata, with two decimals. */
function quotientOf({ arms, strata }: Study): string {
  let [tested, all] = [0, 0];
  for (const stratum of strata) {
    const shares = sharesIn(arms, stratum);
    const sum = shares.reduce((a, b) => a + b, 0);
    const ofTested = shares.filter((_, index) => arms[index]!.type === 'active');
    tested += (stratum.slots * ofTested.reduce((a, b) => a + b, 0)) / sum;
    all += stratum.slots;
  }
  // The rules refuse 0: a trial without an arm of type active tests every arm.
  const quotient = all === 0 || tested === 0 ? 1 : tested / all;
  return Math.max(quotient, 0.01).toFixed(2);
}

/** The registries that SDTM names, as it writes them. */
const REGISTRIES = ['ClinicalTrials.gov', 'EudraCT'];

function registriesOf({ registrations }: Study): Value[] {
  return Object.entries(registrations).map(([registry, value]) => {
    const known = REGISTRIES.find((one) => one.toUpperCase() === registry.toUpperCase());
    // A reference without a code says nothing: TSVCDREF is where TSVALCD is from.
    return { value, code: value, reference: known ?? registry };
  });
}
