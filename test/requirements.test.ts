import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { numbersIn, readRequirements } from './support/requirements.ts';

const VALIDATION = join(import.meta.dirname, '..', 'docs', 'validation');
const NUMBERS = readRequirements().map(({ number }) => number);

/** The numbers in the names of all tests that run before a change is accepted. */
function numbersOfTests(): Set<string> {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  return new Set(
    files
      .filter((file) => file.endsWith('.test.ts'))
      .flatMap((file) => numbersIn(readFileSync(join(import.meta.dirname, file), 'utf8'))),
  );
}

test('requirements are numbered one after the other, and each has its risk', () => {
  expect(NUMBERS.length).toBeGreaterThan(100);
  expect(NUMBERS).toEqual(NUMBERS.map((_, index) => `R-${String(index + 1).padStart(3, '0')}`));
  for (const { number, risk } of readRequirements()) {
    expect(['high', 'medium', 'low'], number).toContain(risk);
  }
});

test('each requirement has a test, and each number in a test is a requirement', () => {
  const tested = numbersOfTests();
  expect(
    NUMBERS.filter((number) => !tested.has(number)),
    'are not tested',
  ).toEqual([]);
  expect(
    [...tested].filter((number) => !NUMBERS.includes(number)),
    'do not exist',
  ).toEqual([]);
});

test.each(['requirements.md', 'statement.md'])('%s points to what exists', (page) => {
  const text = readFileSync(join(VALIDATION, page), 'utf8');
  const named = [...text.matchAll(/R-\d{3}/g)].map(([number]) => number);
  expect(named.filter((number) => !NUMBERS.includes(number))).toEqual([]);
  for (const [, path = '', heading] of text.matchAll(/\]\((?!https:)([^)#]*)(?:#([^)]*))?\)/g)) {
    const file = path === '' ? join(VALIDATION, page) : join(VALIDATION, path);
    expect(existsSync(file), `${page}: ${path}`).toBe(true);
    if (heading !== undefined) expect(anchorsOf(file), path).toContain(heading);
  }
});

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
