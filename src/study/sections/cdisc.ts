import * as v from 'valibot';
import { armsInText } from '../arms-in-text.ts';
import {
  type CodeList,
  DOSE_FORMS,
  EPOCHS,
  OWN_PARAMETERS,
  PRODUCT_UNITS,
  ROUTES,
  SUBSTANCE_UNITS,
  SUMMARY_PARAMETERS,
  type SummaryParameter,
} from '../cdisc-terms.ts';
import { line, whole } from '../identifiers.ts';
import { formProblem, NULL_FLAVORS } from '../summary-values.ts';
import { eitherShape, isKeysOrList, mapping, type YamlFile } from '../yaml-file.ts';
import { nearestWord } from '../../words.ts';
import { ARM } from './arms.ts';
import { BLINDING } from './blinding.ts';
import { SCHEDULE, STUDY_SCHEDULE } from './schedule.ts';

/** A parameter of the trial summary, with all its values. */
export interface SummaryValues {
  /** TSPARMCD. */
  readonly code: string;
  /** TSPARM; absent for a parameter that CDISC has. */
  readonly name?: string;
  /** None if a null flavor says why. */
  readonly values: readonly string[];
  /** TSVALNF. */
  readonly nullFlavor?: string;
}

/** What exports in CDISC's formats say of the trial, beside what the rest of study.yaml says. The list does not depend on it. */
export interface Cdisc {
  /** How a participant is called across all studies of the sponsor (USUBJID): `{study}`, `{site}` and `{subject}` stand in it. */
  readonly subject: string;
  /** The name of the treatment as blinded people know it (ECTRT). */
  readonly treatment: string;
  /** The name of a phase of the schedule, and its epoch. */
  readonly epochs: Readonly<Record<string, string>>;
  /** What an injection takes of a kit: one of these. Undefined if study.yaml does not say it. */
  readonly doseUnit: string | undefined;
  readonly doseForm: string | undefined;
  readonly route: string | undefined;
  /** How many participants are planned; undefined if every slot is. */
  readonly plannedSubjects: number | undefined;
  readonly summary: readonly SummaryValues[];
}

/** What SDTM has for a treatment whose name blinded people do not know. */
const MASKED = 'MASKED';
const SUBJECT = '{study}-{subject}';

/** One of the terms of a list. The error names the nearest one, or all. */
function term(list: CodeList, refused?: { readonly list: CodeList; readonly why: string }) {
  const terms = Object.keys(list.terms);
  return v.pipe(
    v.string(),
    v.metadata({ enum: terms }),
    v.check(
      (text) => terms.includes(text),
      ({ input }) => {
        if (refused !== undefined && Object.hasOwn(refused.list.terms, input)) return refused.why;
        const upper = terms.find((one) => one.toUpperCase() === input.toUpperCase());
        const near = upper ?? nearestWord(input, terms);
        const meant = near === undefined ? '' : `Did you mean "${near}"? `;
        return `"${input.slice(0, 60)}" is not a term of CDISC's list ${list.name} that randose knows (${list.code}). ${meant}The terms are: ${terms.join('; ')}`;
      },
    ),
  );
}

const PART = String.raw`(?:[A-Za-z0-9._-]|\{(?:study|site|subject)\})*`;
const SUBJECT_PATTERN = new RegExp(String.raw`^${PART}\{subject\}${PART}$`);
const PATTERN =
  'expected a pattern with {subject}, such as {study}-{subject} or {study}-{site}-{subject}';

const VALUE = eitherShape(
  (input) => typeof input === 'number',
  v.pipe(v.number(), v.transform(String)),
  line(2000),
);
const VALUES = eitherShape(
  Array.isArray,
  v.pipe(v.array(VALUE), v.minLength(1, 'expected a value at least')),
  v.pipe(
    VALUE,
    v.transform((one) => [one]),
  ),
);
const PARAMETER = mapping(
  {
    name: v.optional(line(40)),
    value: v.optional(VALUES),
    nullFlavor: v.optional(
      v.picklist(NULL_FLAVORS, ({ input }) => {
        return `${JSON.stringify(input)} is not a null flavor of ISO 21090, which are: ${NULL_FLAVORS.join('; ')}`;
      }),
    ),
  },
  {
    name: "The parameter's name (TSPARM), at most 40 characters, if CDISC does not have it.",
    value: 'Its value, or a list of values.',
    nullFlavor:
      'Why it has no value (TSVALNF): PINF if there is no upper limit, NA if it does not apply, UNK if it is unknown.',
  },
);
type Said = string[] | v.InferOutput<typeof PARAMETER>;
const SUMMARY = v.record(
  v.pipe(
    v.string(),
    v.regex(
      /^[A-Z][A-Z0-9]{0,7}$/,
      'expected the short name of a parameter (TSPARMCD): at most 8 capital letters and digits, such as INDIC',
    ),
  ),
  eitherShape<Said, Said>(
    (input) => isKeysOrList(input) && !Array.isArray(input),
    PARAMETER,
    VALUES,
  ),
);

const PRODUCT_ONLY =
  'expected what an injection takes of a kit, such as VIAL: a placebo has none of the substance, so this unit would say what a participant was given';

const SECTION = mapping(
  {
    subject: v.optional(v.pipe(v.string(), v.regex(SUBJECT_PATTERN, PATTERN)), SUBJECT),
    treatment: v.optional(line(200), MASKED),
    epochs: v.optional(v.record(v.string(), term(EPOCHS)), {}),
    doseUnit: v.optional(term(PRODUCT_UNITS, { list: SUBSTANCE_UNITS, why: PRODUCT_ONLY })),
    doseForm: v.optional(term(DOSE_FORMS)),
    route: v.optional(term(ROUTES)),
    plannedSubjects: v.optional(whole(1, 1_000_000)),
    ts: v.optional(SUMMARY, {}),
  },
  {
    subject:
      'How a participant is called across all studies of the sponsor (USUBJID): {study}-{subject}, unless you write another pattern with {subject}.',
    treatment:
      'The name of the treatment as blinded people know it (ECTRT): it names all arms, or none. If it is left out: MASKED.',
    epochs: 'The epoch of each phase of the schedule, such as induction: INDUCTION TREATMENT.',
    doseUnit: 'What an injection takes of a kit, such as VIAL or SYRINGE.',
    doseForm: 'The dose form, such as INJECTION.',
    route: 'The route of administration, such as SUBCUTANEOUS.',
    plannedSubjects: 'How many participants are planned, if not every slot is.',
    ts: 'Further parameters of the trial summary (TS), such as INDIC: Bipolar depression.',
  },
);

/** The key `cdisc`. */
export const CDISC = v.nullish(SECTION, {});

export function cdiscFrom({ ts, ...said }: v.InferOutput<typeof CDISC>): Cdisc {
  const { doseUnit, doseForm, route, plannedSubjects } = said;
  const summary = Object.entries(ts).map(([code, one]): SummaryValues => {
    if (Array.isArray(one)) return { code, values: one };
    const { name, value = [], nullFlavor } = one;
    return {
      code,
      ...(name !== undefined && { name }),
      values: value,
      ...(nullFlavor !== undefined && { nullFlavor }),
    };
  });
  return { ...said, doseUnit, doseForm, route, plannedSubjects, summary };
}

/** Reports a name of the treatment that tells an arm, epochs of unknown phases, and parameters that cannot be said so. */
export function checkCdisc(yaml: YamlFile): void {
  const cdisc = yaml.sound(['cdisc'], CDISC);
  if (cdisc === undefined) return;
  const { treatment, epochs, ts } = cdisc;
  checkTreatment(yaml, treatment);
  const phases = phasesIn(yaml);
  for (const phase of phases === undefined ? [] : Object.keys(epochs)) {
    if (phases!.includes(phase)) continue;
    const known =
      phases!.length === 0 ? 'the schedule has none' : `the phases are: ${phases!.join(', ')}`;
    yaml.report(['cdisc', 'epochs', phase], `unknown phase "${phase}"; ${known}`, true);
  }
  for (const [code, said] of Object.entries(ts)) checkParameter(yaml, code, said);
}

/** @returns undefined if the schedule has problems of its own */
function phasesIn(yaml: YamlFile): string[] | undefined {
  const schedule = yaml.sound(['schedule'], STUDY_SCHEDULE);
  if (schedule === undefined) return undefined;
  const amended = yaml
    .soundItems(['amendments'], v.looseObject({ schedule: SCHEDULE }))
    .map(({ value }) => value.schedule);
  const all = typeof schedule === 'string' ? amended : [schedule, ...amended];
  return [...new Set(all.flatMap(({ injections }) => injections.map(({ phase }) => phase)))];
}

function checkTreatment(yaml: YamlFile, treatment: string): void {
  if ((yaml.sound(['blinding'], BLINDING) ?? 'blinded') !== 'blinded') return;
  const arms = yaml.soundItems(['arms'], ARM).map(({ value }) => value);
  const isAn = (text: string) => text.trim().toUpperCase() === treatment.trim().toUpperCase();
  const same = arms.find(({ code, name }) => isAn(code) || isAn(name));
  const named = armsInText(treatment, arms);
  // A name of all arms, such as "ILT101 or placebo" on a label, tells none.
  if (same === undefined && named.every((one) => one !== undefined)) return;
  const [told] = same === undefined ? named.filter((one) => one !== undefined) : [same.code];
  if (told === undefined) return;
  const message = `cdisc.treatment: "${treatment}" names one arm (${told}) and not all, and this study is blinded: write a name that is the same for all arms, as the label says it, or leave it out for ${MASKED}`;
  yaml.report(['cdisc', 'treatment'], message);
}

function checkParameter(yaml: YamlFile, code: string, said: Said): void {
  const path = ['cdisc', 'ts', code];
  const own = Object.hasOwn(OWN_PARAMETERS, code) ? OWN_PARAMETERS[code] : undefined;
  if (own !== undefined) {
    yaml.report(path, `leave ${code} out: it comes from ${own}`, true);
    return;
  }
  const known = Object.hasOwn(SUMMARY_PARAMETERS, code) ? SUMMARY_PARAMETERS[code] : undefined;
  const { name, value, nullFlavor } = Array.isArray(said) ? { value: said } : said;
  if (known === undefined && name === undefined) {
    const near = nearestWord(code, Object.keys(SUMMARY_PARAMETERS));
    const meant = near === undefined ? '' : `Did you mean ${near}? `;
    const message = `randose does not know the parameter ${code}. ${meant}If CDISC has it, or it is your own, write its name too: ${code}: {name: NAME, value: VALUE}`;
    yaml.report(path, message, true);
    return;
  }
  if (known !== undefined && name !== undefined && name !== known.name) {
    yaml.report([...path, 'name'], `${code} is called "${known.name}": leave its name out`);
  }
  if ((value === undefined) === (nullFlavor === undefined)) {
    yaml.report(path, `${code}: write either value or nullFlavor`, true);
  }
  for (const [index, one] of (value ?? []).entries()) {
    const wrong = known && valueProblem(code, known, one);
    if (wrong === undefined) continue;
    const at = Array.isArray(said) ? path : [...path, 'value'];
    yaml.report([...at, index], `${code}: ${wrong}`);
  }
}

/** @returns why a parameter cannot have a value, and what is expected; undefined if it can */
function valueProblem(
  code: string,
  { list, hasMore, form }: SummaryParameter,
  value: string,
): string | undefined {
  if (form !== undefined) {
    const wrong = formProblem(form, value);
    return wrong !== undefined && code === 'AGEMAX'
      ? `${wrong}. If there is no upper limit: AGEMAX: {nullFlavor: PINF}`
      : wrong;
  }
  if (list === undefined) return undefined;
  const isOther = !Object.hasOwn(list.terms, value.toUpperCase());
  if (hasMore === true && isOther) {
    return value === value.toUpperCase()
      ? undefined
      : `"${value}" has small letters: CDISC's terms have capitals, such as ${Object.keys(list.terms)[0]!}`;
  }
  const checked = v.safeParse(term(list), value);
  return checked.success ? undefined : checked.issues[0].message;
}
