import { expect, test } from 'vitest';
import { STUDY_TEMPLATE } from '../../src/study/depil-2.ts';
import { namesOf } from '../../src/study/names.ts';
import { scheduleParts } from '../../src/study/sections/schedule.ts';
import { readStudy } from '../../src/study/study-file.ts';
import type { Study } from '../../src/study/study.ts';

const INDUCTION = '- {phase: induction, days: 1-5}';

function study(names: string): Study {
  const text = STUDY_TEMPLATE.replace(INDUCTION, INDUCTION.replace('}', `${names}}`));
  const checked = readStudy(text, 'study.yaml');
  if (!checked.ok) throw new Error(checked.problems.map(({ message }) => message).join('\n'));
  return checked.value;
}

const named = study(', names: {fr: phase d’attaque, de: Einleitung}');

test('a phase has its name in each language that study.yaml says; else the given one', () => {
  expect(namesOf(named, 'fr')('phase', 'induction')).toBe('phase d’attaque');
  expect(namesOf(named, 'de')('phase', 'induction')).toBe('Einleitung');
  expect(namesOf(named, 'it')('phase', 'induction')).toBe('induction');
  expect(namesOf(named, 'fr')('phase', 'maintenance')).toBe('maintenance');
  expect(namesOf(named, undefined)('phase', 'induction')).toBe('induction');
  // An assessment may have the name of a phase.
  expect(namesOf(named, 'fr')('assessment', 'induction')).toBe('induction');
});

test('the name of the last amendment that has one counts', () => {
  const amended = study(', names: {fr: nouvelle phase}');
  const [amendment] = [{ schedule: amended.schedule }];
  const both = { schedule: named.schedule, amendments: [amendment] };
  expect(namesOf(both, 'fr')('phase', 'induction')).toBe('nouvelle phase');
  expect(namesOf(both, 'de')('phase', 'induction')).toBe('Einleitung');
});

test('names are no part of what was sealed', () => {
  expect(scheduleParts(named.schedule)).toEqual(scheduleParts(study('').schedule));
  expect(study('').schedule).not.toHaveProperty('names');
});

test('a language has two letters, and a name has words', () => {
  expect(() => study(', names: {french: x}')).toThrow(/two small letters, such as fr/);
  expect(() => study(', names: {fr: ""}')).toThrow();
});
