import * as v from 'valibot';
import { assessmentDays, injectionDays, weeks } from './days.ts';
import { code, line, type StudyDay, whole } from './identifiers.ts';
import { isRecipient } from './recipient.ts';
import { mapping, type YamlFile } from './yaml-file.ts';

export const ARM = mapping({
  code: code(20),
  name: line(100),
  type: v.picklist(['active', 'placebo'], 'expected active or placebo'),
  ratio: whole(1, 100),
});
export const SITE = mapping({ code: code(16), name: line(120) });
export const STRATUM = mapping({ site: v.string(), slots: whole(1, 1_000_000) });
export const INJECTIONS = mapping({
  phase: line(40),
  days: v.optional(injectionDays),
  weeks: v.optional(weeks),
});
export const ASSESSMENT = mapping({ name: line(80), days: assessmentDays });
export const PERSON = mapping({
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
/** Whether a text can stand as a person's name. */
export function isPersonName(text: string): boolean {
  return v.is(line(100), text);
}

export const PEOPLE = v.nullish(v.array(PERSON), []);

/** study.yaml, key by key. What must hold between its parts is in study-rules.ts. */
export const STUDY_FILE = mapping({
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

export type StudyYaml = YamlFile<typeof STUDY_FILE>;

/** The days of a phase's injections. Weeks stand for their first day: Week 3 for Day 15 (trial week = floor((day - 1) / 7) + 1). */
export function phaseDays(phase: v.InferOutput<typeof INJECTIONS>): StudyDay[] {
  const firstDays = phase.weeks?.map((week) => 7 * (week - 1) + 1);
  return (phase.days ?? firstDays ?? []) as StudyDay[];
}
