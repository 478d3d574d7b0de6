import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  formatCalibration,
  formatLabelPdf,
  type SheetPlace,
} from '../../../src/exports/labels/pdf.ts';
import { FONTS } from '../../../src/system/fonts.ts';
import type { Label } from '../../../src/labels/label.ts';
import { labelsOn, PAPERS, placeOn, type Sheet, SHEETS } from '../../../src/labels/sheets.ts';
import { testFolder } from '../../support/command-line.ts';
import {
  exampleLabels,
  kitsToLabel,
  labelledStudy,
  METRICS,
  scanned,
} from '../../support/labels.ts';
import { testWithTool } from '../../support/tools.ts';

const withPdftotext = testWithTool(['pdftotext', '-v']);
const withDmtxread = testWithTool(['dmtxread', '--version']);

const study = labelledStudy();
const sheetNamed = (name: string) => SHEETS.find((one) => one.name === name)!;
/** What a sheet is for. */
const kindFor = (sheet: Sheet) => (sheet.isForUnits ? 'unit' : 'outer');

function on(sheet: Sheet, startAt = 1, offset = { x: 0, y: 0 }): SheetPlace {
  return { sheet, startAt, offset };
}

const pdfOf = async (place: SheetPlace, labels: readonly Label[]) =>
  (await formatLabelPdf(study, place, labels, FONTS, METRICS)).pdf;

/** A different code for every label of a sheet, of letters that codes have. */
function codes(count: number): string[] {
  const alphabet = '34679ACDEFGHJKMNPQRTWXY';
  const digit = (number: number) => alphabet[number % 23]!;
  return Array.from({ length: count }, (_, index) => {
    const scattered = Array.from({ length: 5 }, (__, place) =>
      digit(index * (place + 3) + 5 * place),
    );
    return [digit(index), digit(Math.floor(index / 23)), ...scattered].join('');
  });
}

/** As many labels of a sheet's kind as it has places, each of a kit of its own. */
function sheetFull(sheet: Sheet): Label[] {
  const kits = kitsToLabel(study, codes(labelsOn(sheet)));
  const labels = exampleLabels(study, [kindFor(sheet)], kits);
  return labels.filter(({ unit }) => unit === null || unit === 1);
}

interface Word {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** The words of a page with their places, in millimetres, as pdftotext reads them. */
function wordsIn(pdf: Uint8Array): Word[][] {
  const xml = execFileSync('pdftotext', ['-bbox', '-', '-'], { input: pdf, encoding: 'utf8' });
  return xml
    .split('<page ')
    .slice(1)
    .map((page) =>
      [...page.matchAll(/<word xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>([^<]*)</g)].map(
        ([, x, y, text]) => ({
          text: text!,
          x: (Number(x) * 25.4) / 72,
          y: (Number(y) * 25.4) / 72,
        }),
      ),
    );
}

/** The first page as a picture. */
function picture(pdf: Uint8Array, dpi: number, format: 'png' | 'gray'): Uint8Array {
  const words = ['-r', `${dpi}`, `-${format}`, '-f', '1', '-singlefile', '-'];
  return execFileSync('pdftoppm', words, { input: pdf, maxBuffer: 1 << 26 });
}

test('the same labels give the same bytes, on every day and machine', async () => {
  const labels = exampleLabels(study, ['outer']);
  const [one, other] = [
    await pdfOf(on(sheetNamed('L7163')), labels),
    await pdfOf(on(sheetNamed('L7163')), labels),
  ];
  const digest = (pdf: Uint8Array) => createHash('sha256').update(pdf).digest('hex');
  expect(digest(one)).toBe(digest(other));
  const text = Buffer.from(one).toString('latin1');
  expect([...text.matchAll(/D:(\d{14})/g)].map(([, day]) => day)).toEqual(['20000101000000']);
  expect(text).not.toMatch(/\/ModDate/);
});

withPdftotext('the title is in the first language of the labels', async () => {
  const titleOf = async (languages: string) => {
    const own = labelledStudy(['languages: [fr]', `languages: [${languages}]`]);
    const [sheet, labels] = [on(sheetNamed('L7163')), exampleLabels(study, ['outer'])];
    const { pdf } = await formatLabelPdf(own, sheet, labels, FONTS, METRICS);
    const info = execFileSync('pdfinfo', ['-'], { input: pdf, encoding: 'utf8' });
    return /^Title: +(.*)$/m.exec(info)![1];
  };
  expect(await titleOf('de, fr')).toBe('Kit-Etiketten, DEPIL-2');
  expect(await titleOf('en')).toBe('Kit labels, DEPIL-2');
});

test('fonts are in the file once, however many sheets there are', async () => {
  const pdf = await pdfOf(
    on(sheetNamed('L7651')),
    exampleLabels(study, ['unit'], kitsToLabel(study, codes(40))),
  );
  const text = Buffer.from(pdf).toString('latin1');
  expect(text.match(/\/Type \/Page\b/g)).toHaveLength(6);
  expect(text.match(/\/FontFile2 /g)).toHaveLength(3);
  expect(text).not.toMatch(/\/Subtype \/Image/);
  expect(pdf.length / 360).toBeLessThan(500);
});

describe.each(SHEETS.map((sheet) => [sheet.name, sheet] as const))('%s', (_, sheet) => {
  withPdftotext('has the paper of its name, and each label in its place', async () => {
    const labels = sheetFull(sheet);
    const pdf = await pdfOf(on(sheet), labels);
    const paper = PAPERS[sheet.paper];
    const info = execFileSync('pdfinfo', ['-'], { input: pdf, encoding: 'utf8' });
    const [, width, height] = /Page size:\s+([\d.]+) x ([\d.]+) pts/.exec(info)!;
    expect(Number(width)).toBeCloseTo((paper.width * 72) / 25.4, 1);
    expect(Number(height)).toBeCloseTo((paper.height * 72) / 25.4, 1);
    const [page, ...more] = wordsIn(pdf);
    expect(more).toEqual([]);
    for (const [index, { kit }] of labels.entries()) {
      const words = page!.filter(({ text }) => text === kit);
      expect(words, kit).toHaveLength(1);
      const { x, y } = placeOn(sheet, index);
      expect(words[0]!.x).toBeGreaterThan(x);
      expect(words[0]!.x).toBeLessThan(x + sheet.label.width / 4);
      expect(words[0]!.y).toBeGreaterThan(y);
      expect(words[0]!.y).toBeLessThan(y + sheet.label.height);
    }
    // The same place on every label: what is measured from one is true of all.
    const firsts = labels.map(({ kit }, index) => {
      const word = page!.find(({ text }) => text === kit)!;
      const { x, y } = placeOn(sheet, index);
      return `${(word.x - x).toFixed(1)} ${(word.y - y).toFixed(1)}`;
    });
    expect(new Set(firsts).size).toBe(1);
  });

  withPdftotext(
    'begins where it is told, and goes on from the first place of the next sheet',
    async () => {
      const last = labelsOn(sheet);
      const labels = sheetFull(sheet).slice(0, 3);
      const pages = wordsIn(await pdfOf(on(sheet, last - 1), labels));
      expect(pages).toHaveLength(2);
      const placed = labels.map(({ kit }) => {
        const page = pages.findIndex((words) => words.some(({ text }) => text === kit));
        return { page, ...pages[page]!.find(({ text }) => text === kit)! };
      });
      expect(placed.map(({ page }) => page)).toEqual([0, 0, 1]);
      for (const [index, place] of [last - 2, last - 1, 0].entries()) {
        const { x, y } = placeOn(sheet, place);
        expect(placed[index]!.x).toBeGreaterThan(x);
        expect(placed[index]!.x).toBeLessThan(x + sheet.label.width / 4);
        expect(placed[index]!.y).toBeGreaterThan(y);
        expect(placed[index]!.y).toBeLessThan(y + sheet.label.height);
      }
    },
  );

  withDmtxread('is scanned: every code is the one beneath it [R-082]', async () => {
    const labels = sheetFull(sheet);
    const folder = testFolder();
    const page = picture(await pdfOf(on(sheet), labels), 300, 'png');
    const found = scanned(page, folder, labels.length);
    expect(found.toSorted()).toEqual(labels.map(({ kit }) => String(kit)).toSorted());
  });
});

withPdftotext('an offset moves all of it, to the right and down', async () => {
  const sheet = sheetNamed('L7160');
  const labels = sheetFull(sheet);
  const [before] = wordsIn(await pdfOf(on(sheet), labels));
  const [after] = wordsIn(await pdfOf(on(sheet, 1, { x: 1.5, y: -0.5 }), labels));
  expect(after!.map(({ text }) => text)).toEqual(before!.map(({ text }) => text));
  for (const [index, word] of after!.entries()) {
    expect(word.x - before![index]!.x).toBeCloseTo(1.5, 1);
    expect(word.y - before![index]!.y).toBeCloseTo(-0.5, 1);
  }
});

withPdftotext('every letter of French and of units is read back', async () => {
  const words = 'Œdème cœur ≤ 25 °C 5 µg « àâçéèêëîïôùûüÿ » ÀÇÉÈÊ – ± 1 MUI/mL l’été';
  const special = labelledStudy([/directions: .*/, `directions: "${words}"`]);
  const labels = exampleLabels(special, ['outer'], kitsToLabel(special, codes(1)));
  const pdf = await pdfOf(on(sheetNamed('L7165')), labels);
  const text = execFileSync('pdftotext', ['-', '-'], { input: pdf, encoding: 'utf8' });
  expect(text.replace(/\s+/g, ' ')).toContain(words);
});

withPdftotext('a page of outlines has one for each label, numbered, at its place', async () => {
  for (const sheet of SHEETS) {
    const pdf = await formatCalibration(on(sheet), FONTS);
    const [words] = wordsIn(pdf);
    const numbers = words!.filter(({ text }) => /^\d{1,2}$/.test(text));
    expect(words!.filter(({ text }) => text === sheet.name)).toHaveLength(labelsOn(sheet));
    expect(
      numbers
        .map(({ text }) => Number(text))
        .sort((a, b) => a - b)
        .at(-1),
    ).toBe(labelsOn(sheet));
    // The first dark dots from the left and from above are the first label's edges, to a quarter of a millimetre.
    const dpi = 254;
    const pgm = Buffer.from(picture(pdf, dpi, 'gray'));
    const [, columns, rows] = /^P5\s+(\d+)\s+(\d+)\s+255\s/
      .exec(pgm.subarray(0, 40).toString('latin1'))!
      .map(Number);
    const dots = pgm.subarray(pgm.length - columns! * rows!);
    let [left, top] = [Infinity, Infinity];
    for (let y = 0; y < rows!; y += 1) {
      for (let x = 0; x < columns!; x += 1) {
        if (dots[y * columns! + x]! > 160) continue;
        left = Math.min(left, x);
        top = Math.min(top, y);
      }
    }
    expect(Math.abs((left / dpi) * 25.4 - sheet.left)).toBeLessThan(0.25);
    expect(Math.abs((top / dpi) * 25.4 - sheet.top)).toBeLessThan(0.25);
  }
});
