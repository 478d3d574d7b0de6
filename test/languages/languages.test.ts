import { describe, expect, test } from 'vitest';
import { longDate, monthTitle, shortDate } from '../../src/languages/dates.ts';
import { figureIn } from '../../src/languages/figures.ts';
import {
  commonDate,
  LANGUAGE_CODES,
  LANGUAGES,
  languageOf,
  visitCode,
} from '../../src/languages/languages.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import { LABEL_WORDS } from '../../src/study/sections/supplies.ts';
import { layLabels } from '../../src/exports/labels/layout.ts';
import { labelSize } from '../../src/exports/labels/pdf.ts';
import { SHEETS } from '../../src/labels/sheets.ts';
import { exampleLabels, kitsToLabel, labelledStudy, METRICS, wordsOn } from '../support/labels.ts';

/** Arguments for the words that need some: numbers and dates, which every word takes as text. */
const ARGUMENTS = ['11', '12', '13', '14'] as const;

/** Every text of a language, by its path. */
function textsOf(value: unknown, path = ''): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const word = value as (...words: readonly unknown[]) => string;
    const asOf = { seq: 12, date: '2026-05-19' };
    const words = path === '.page.foot' ? ['2026-05-20', asOf] : ARGUMENTS;
    return [[path, path === '.dates.numeric' ? word('2026-06-15') : word(...words)]];
  }
  return Object.entries(value as object).flatMap(([key, one]) => textsOf(one, `${path}.${key}`));
}

/** The change that makes the template's labels of one language; they are in French. */
const labelsIn = (code: string): [string, string] => ['languages: [fr]', `languages: [${code}]`];

const day = (text: string) => text as CivilDate;

describe.each(LANGUAGE_CODES)('%s', (code) => {
  const language = LANGUAGES[code];
  const texts = textsOf(language);

  test('has every word, and none is empty', () => {
    expect(texts.map(([path]) => path)).toEqual(textsOf(LANGUAGES.en).map(([path]) => path));
    for (const [path, text] of texts) expect(text.trim(), path).not.toBe('');
    expect(Object.keys(language.label)).toEqual([...LABEL_WORDS]);
    expect(language.dates.weekdays).toHaveLength(7);
    expect(new Set(language.dates.months).size).toBe(12);
  });

  test('says everything that its words are given', () => {
    for (const [path, given] of [
      ['.page.window', ['11', '12']],
      ['.page.injection', ['11', '12']],
      ['.page.cycle', ['11', '12']],
      ['.page.page', ['11', '12']],
      ['.page.transferred', ['11', '12']],
      ['.page.amendedFrom', ['11', '12']],
      ['.page.foot', ['2026-05-20', '12', '2026-05-19']],
      ['.event.window', ['11', '12']],
      ['.event.when', ['11', '12']],
      ['.event.takenOver', ['11', '12']],
      ['.event.participant', ['11', '12', '13']],
    ] as const) {
      const text = texts.find(([at]) => at === path)![1];
      for (const one of given) expect(text, path).toContain(one);
    }
  });

  test('has only characters that the embedded fonts have', () => {
    for (const font of ['regular', 'bold'] as const) {
      for (const [path, text] of texts) expect(METRICS.missingIn(font, text), path).toBeUndefined();
    }
  });

  test('makes a label with the particulars of the law', () => {
    const study = labelledStudy(...(code === 'fr' ? [] : [labelsIn(code)]));
    const [outer] = exampleLabels(study, ['outer'], undefined, 'eu-ctr');
    expect(wordsOn(outer!)).toContain(language.label.trialUse);
    expect(wordsOn(outer!)).toContain(`${language.label.lot}${language.colon}L2026-01`);
    const [unit] = exampleLabels(study, ['unit']);
    expect(unit!.lines[0]!.text).toBe(
      `${language.label.injection} 1/9 · ${language.label.visit} ${language.dayLetter}1`,
    );
    expect(unit!.visit).toBe('D1');
  });

  test.each([
    ['L7163', 'outer'],
    ['L7651', 'unit'],
  ] as const)('fits on %s, with participant and date', (name, kind) => {
    const study = labelledStudy(...(code === 'fr' ? [] : [labelsIn(code)]));
    const injections = [{ index: 1, visit: 'D1', cycle: 'C1D1', date: day('2026-06-10') }];
    const kits = kitsToLabel(study, ['474WW4E'], { subject: 'CRT-001', injections });
    const labels = exampleLabels(study, [kind], kits, 'eu-ctr');
    const sheet = SHEETS.find((one) => one.name === name)!;
    const [layout] = layLabels(labels, labelSize(sheet), METRICS, name, { isExplained: true });
    expect(layout!.body.size).toBeGreaterThan(4);
  });
});

test('words of another language are not those of English by mistake', () => {
  // The same word in both languages is right for these.
  const same = new Set(['.page.kit', '.label.injection', '.event.kit', '.page.amendments']);
  const english = new Map(textsOf({ label: LANGUAGES.en.label, page: LANGUAGES.en.page }));
  for (const code of LANGUAGE_CODES.filter((one) => one !== 'en')) {
    const { label, page } = LANGUAGES[code];
    const borrowed = textsOf({ label, page }).filter(
      ([path, text]) => !same.has(path) && text === english.get(path),
    );
    const expected = code === 'fr' ? ['.page.injections'] : [];
    expect(borrowed.map(([path]) => path).filter((path) => !expected.includes(path))).toEqual([]);
  }
});

test('visits and days of cycles have the code that the language writes', () => {
  const codes = (code: string) => LANGUAGE_CODES.map((one) => visitCode(LANGUAGES[one], code));
  expect(codes('D5')).toEqual(['D5', 'J5', 'D5', 'D5', 'G5']);
  expect(codes('D-1')).toEqual(['D-1', 'J-1', 'D-1', 'D-1', 'G-1']);
  expect(codes('C2D8')).toEqual(['C2D8', 'C2J8', 'C2D8', 'C2D8', 'C2G8']);
  expect(visitCode(LANGUAGES.fr, 'additional 12')).toBe('additional 12');
  expect(visitCode(languageOf('nl'), 'D5')).toBe('D5');
});

test('a date beside one of another year says its year', () => {
  expect(shortDate(LANGUAGES.fr, day('2026-12-30'), day('2026-12-31'))).toBe('mer. 30/12');
  expect(shortDate(LANGUAGES.fr, day('2026-12-30'), day('2027-01-02'))).toBe('mer. 30/12/2026');
  expect(shortDate(LANGUAGES.de, day('2026-12-30'), day('2026-12-30'))).toBe('Mi. 30.12.');
});

test('months and days as each language writes them', () => {
  expect(LANGUAGE_CODES.map((code) => monthTitle(LANGUAGES[code], '2026-08'))).toEqual([
    'August 2026',
    'août 2026',
    'August 2026',
    'agosto de 2026',
    'agosto 2026',
  ]);
  expect(longDate(LANGUAGES.it, day('2026-06-02'))).toBe('mar 2 giugno 2026');
});

test('a date for readers of two languages is one that neither misreads', () => {
  expect(commonDate(['fr'], day('2026-07-06'))).toBe('06/07/2026');
  expect(commonDate(['fr', 'it'], day('2026-07-06'))).toBe('06/07/2026');
  expect(commonDate(['fr', 'de'], day('2026-07-06'))).toBe('2026-07-06');
  expect(commonDate(['en'], day('2026-07-06'))).toBe('2026-07-06');
  expect(commonDate(['nl'], day('2026-07-06'))).toBe('2026-07-06');
});

test('a weight as each language writes it', () => {
  const written = LANGUAGE_CODES.map((code) => figureIn(LANGUAGES[code], '72.5'));
  expect(written).toEqual(['72.5', '72,5', '72,5', '72,5', '72,5']);
  expect(figureIn(LANGUAGES.fr, '72')).toBe('72');
});
