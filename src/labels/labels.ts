import { STUDY_FILE } from '../study/layout.ts';
import { type Problem, RandoseError } from '../errors.ts';
import { counted } from '../words.ts';
import type { KitNumber } from '../randomization/numbers.ts';
import type { Slot } from '../randomization/list.ts';
import { type KitMakeUp, makeUpOf } from '../study/sections/supplies.ts';
import type { CivilDate } from '../study/civil-date.ts';
import type { ProfileName } from '../study/profiles.ts';
import type { Label, LabelKind, LabelLine, LabelMark, LineKind } from './label.ts';
import {
  BLANK,
  caption,
  captioned,
  contactOf,
  dateOn,
  type LabelledStudy,
  lineOf,
  visitOn,
  type Wording,
  wordingOf,
} from './label-text.ts';
import { missingParticulars, missingTranslations } from './missing-particulars.ts';
import { type Packaging, packagingOfUnit, PROFILE } from './particulars.ts';

/** An injection of the schedule, or of one participant. */
export interface LabelledInjection {
  /** From 1. */
  readonly index: number;
  readonly visit: string;
  /** The name of its period; absent if it is in none. */
  readonly period?: string | undefined;
  /** The visit's day in a cycle, as people type it: `C2D8`; undefined if there are no cycles. */
  readonly cycle?: string | undefined;
  /** The planned dose, as study.yaml says it; undefined if it says none. */
  readonly dose?: string | undefined;
  /** Null on labels of the stock. */
  readonly date: CivilDate | null;
  /** The injection will not be given: its unit gets no label. */
  readonly isCancelled?: boolean;
}

/** A kit that gets labels. */
export interface KitToLabel {
  readonly kit: KitNumber;
  readonly slot: Slot;
  /** Its type; undefined if all kits of the study are alike. */
  readonly type?: string | undefined;
  /** The code of the site that it belongs to; undefined while it is at the depot. */
  readonly site: string | undefined;
  /** The participant to whom it is dispensed; null for the stock. */
  readonly subject: string | null;
  /** In order; none if injections are given from kits of another type. */
  readonly injections: readonly LabelledInjection[];
  /** The kinds of labels that it had before. */
  readonly had: readonly LabelKind[];
  /** Whether its labels are specimens: only to look at, and marked so that nobody uses them. */
  readonly isSpecimen?: boolean;
}

/**
 * Makes the labels of kits: for each kit its outer label, then those of its units.
 *
 * @param kinds which labels to make; a kit without outer packaging has no outer label
 * @throws RandoseError `invalid-study` if the labels of the arms differ, or if a particular of the profile is
 *   missing: each with its paragraph and its key
 */
export function makeLabels(
  study: LabelledStudy,
  profile: ProfileName,
  kinds: readonly LabelKind[],
  kits: readonly KitToLabel[],
): Label[] {
  const wordingFor = wordings(study, profile);
  const problems = missingOnLabels(study, kinds, new Set(kits.map(wordingFor)));
  if (problems.length > 0) throw refusal(profile, problems);
  return kits.flatMap((one) =>
    packagingsOf(study, one.type, kinds).flatMap(([kind, packaging]) =>
      kind === 'outer'
        ? [outerLabel(wordingFor(one), one)]
        : unitLabels(wordingFor(one), one, makeUpOf(study.supplies, one.type).units, packaging),
    ),
  );
}

/** What study.yaml lacks for the labels of some wordings: each gap once, with everything that asks for it. */
export function missingOnLabels(
  study: Pick<LabelledStudy, 'supplies'>,
  kinds: readonly LabelKind[],
  some: Iterable<Wording>,
): Problem[] {
  const problems = new Map<string, Problem>();
  const gaps = new Map<string, Set<string>>();
  for (const wording of some) {
    for (const problem of missingTranslations(wording)) problems.set(problem.message, problem);
    for (const [kind, packaging] of packagingsOf(study, wording.type, kinds)) {
      for (const { what, asked } of missingParticulars(wording, kind, packaging)) {
        gaps.set(what, (gaps.get(what) ?? new Set()).add(asked));
      }
    }
  }
  const ofGaps = Array.from(gaps, ([what, asked]): Problem => {
    return { file: STUDY_FILE, message: `${what}: ${[...asked].join('; ')}` };
  });
  return [...problems.values(), ...ofGaps];
}

/** The kinds of labels that kits of a type get, each with its packaging. */
function packagingsOf(
  { supplies }: Pick<LabelledStudy, 'supplies'>,
  type: string | undefined,
  kinds: readonly LabelKind[],
): [kind: LabelKind, packaging: Packaging][] {
  const makeUp = makeUpOf(supplies, type);
  const all: [LabelKind, Packaging][] = [
    ['outer', 'outer'],
    ['unit', packagingOfUnit(makeUp)],
  ];
  return all.filter(([kind]) => kinds.includes(kind) && hasLabelsOf(makeUp, kind));
}

/** Whether kits have labels of a kind. */
export function hasLabelsOf({ outer, unitLabels = true }: KitMakeUp, kind: LabelKind): boolean {
  return kind === 'outer' ? outer : unitLabels;
}

/** What the wording of a kit depends on. */
type LabelledAlike = Pick<KitToLabel, 'site' | 'type'> & { readonly slot: Pick<Slot, 'batch'> };

/** The wording of each kit, made once per batch, site and type. */
export function wordings(
  study: LabelledStudy,
  profile: ProfileName,
): (kit: LabelledAlike) => Wording {
  const made = new Map<string, Wording>();
  return ({ slot: { batch }, site, type }) => {
    const key = `${batch} ${type ?? ''} ${site ?? ''}`;
    const wording = made.get(key) ?? wordingOf(study, profile, batch, site, type);
    made.set(key, wording);
    return wording;
  };
}

function refusal(profile: ProfileName, problems: readonly Problem[]): RandoseError {
  const count = `${counted(problems.length, 'particular')} ${problems.length === 1 ? 'is' : 'are'}`;
  return new RandoseError(
    'invalid-study',
    `${count} missing on the labels (${PROFILE[profile].law})`,
    {
      problems,
      hint: 'Add what is missing to study.yaml; the sponsor approves the words. No label was made.',
    },
  );
}

/** The lines of an outer label, or of a label that is alone, in order. */
const ALL_LINES: readonly LineKind[] = [
  ...(['caution', 'substance', 'contents', 'lot', 'trial', 'investigator'] as const),
  ...(['directions', 'trial_use', 'storage', 'children'] as const),
];
/** The lines of a unit's label inside an outer packaging. */
const INNER_LINES: readonly LineKind[] = ['caution', 'contents', 'lot', 'trial'];

const known = new WeakMap<Wording, Map<Packaging, readonly LabelLine[]>>();

/** The lines that are the same on all labels of a wording. They are made once, since a run has thousands of labels. */
function sharedLines(wording: Wording, packaging: Packaging): readonly LabelLine[] {
  const made = known.get(wording) ?? new Map<Packaging, readonly LabelLine[]>();
  known.set(wording, made);
  const isFull = packaging === 'outer' || packaging === 'alone';
  const kinds = isFull ? ALL_LINES : INNER_LINES;
  const lines =
    made.get(packaging) ?? kinds.flatMap((kind) => lineOf(wording, kind, packaging) ?? []);
  made.set(packaging, lines);
  return lines;
}

function outerLabel(wording: Wording, one: KitToLabel): Label {
  const lines = sharedLines(wording, 'outer');
  return {
    ...labelOf(wording, one, 'outer', 'outer'),
    name: `the outer label of kit ${one.kit}`,
    unit: null,
    lines: withSubject(wording, lines, one.subject),
    visit: null,
    date: null,
  };
}

/** Makes a label for each unit that will be given. */
function unitLabels(
  wording: Wording,
  one: KitToLabel,
  units: number,
  packaging: Packaging,
): Label[] {
  const lines = sharedLines(wording, packaging);
  const isNamed = packaging === 'alone' || one.subject !== null;
  const own = isNamed ? withSubject(wording, lines, one.subject) : lines;
  const isPerInjection = units >= one.injections.length;
  return Array.from({ length: units }, (_, index) => index + 1).flatMap((unit) => {
    const injection = isPerInjection ? one.injections[unit - 1] : undefined;
    if (injection?.isCancelled === true) return [];
    const text =
      injection === undefined
        ? `${unit}/${units}`
        : injectionText(wording, injection, one.injections.length);
    return {
      ...labelOf(wording, one, 'unit', packaging),
      name: `the label of unit ${unit} of kit ${one.kit}`,
      unit,
      lines: [{ kind: 'injection', text, isStrong: true }, ...own],
      visit: injection?.visit ?? null,
      date: injection?.date ?? null,
    };
  });
}

function injectionText(
  wording: Wording,
  { index, visit, period, cycle, dose, date }: LabelledInjection,
  count: number,
): string {
  return [
    `${caption(wording, 'injection')} ${index}/${count}`,
    `${caption(wording, 'visit')} ${visitOn(wording, visit, cycle)}`,
    ...(period === undefined ? [] : [period]),
    ...(date === null ? [] : [dateOn(wording, date)]),
    ...(dose === undefined ? [] : [dose]),
  ].join(' · ');
}

function labelOf(wording: Wording, one: KitToLabel, kind: LabelKind, packaging: Packaging) {
  return {
    kind,
    kit: one.kit,
    subject: one.subject,
    caption: caption(wording, 'kit'),
    contact: contactOf(wording, packaging),
    marks: marksOf(wording, one.had.includes(kind), one.isSpecimen ?? false),
  };
}

/** REPRINT, SPECIMEN and DUMMY, in the first language. */
export function marksOf(
  { study, words }: Wording,
  isReprint: boolean,
  isSpecimen: boolean,
): LabelMark[] {
  const { dummy = '', reprint = '', specimen = '' } = words[0] ?? {};
  const ofRehearsal = study.domain === 'dummy' ? [{ text: dummy, isShown: true }] : [];
  const own = isSpecimen
    ? { text: specimen, isShown: true }
    : { text: reprint, isShown: isReprint };
  return [...ofRehearsal, own];
}

/** Adds the line for the participant, behind the lot. If nobody has the kit, it is a blank to fill in by hand. */
function withSubject(
  wording: Wording,
  lines: readonly LabelLine[],
  subject: string | null,
): LabelLine[] {
  const text = captioned(wording, 'subject', subject ?? BLANK);
  const line: LabelLine = { kind: 'subject', text, isStrong: true };
  const place = lines.findIndex(({ kind }) => kind === 'trial');
  return place < 0 ? [...lines, line] : lines.toSpliced(place, 0, line);
}
