import { describe, expect, test } from 'vitest';
import { labelsOn, PAPERS, placeOn, SHEETS } from '../../src/labels/sheets.ts';

const sheetNamed = (name: string) => SHEETS.find((one) => one.name === name)!;

/** As Avery publishes them: label, grid, margins and pitch in millimetres; Letter sheets in inches. */
test.each([
  ['L7160', 63.99, 38.1, 3, 7, 7.48, 15.49, 66.04, 38.1],
  ['L7161', 63.57, 46.78, 3, 6, 7.41, 8.11, 65.93, 46.74],
  ['L7163', 99.1, 38.1, 2, 7, 3.35, 15.17, 103.01, 38.1],
  ['L7165', 99.06, 67.73, 2, 4, 4.67, 13.04, 101.64, 67.73],
  ['L7651', 38.1, 21.2, 5, 13, 4.7, 10.9, 40.6, 21.2],
  ['5160', 2.625 * 25.4, 25.4, 3, 10, 0.1875 * 25.4, 12.7, 2.75 * 25.4, 25.4],
  ['5163', 101.6, 50.8, 2, 5, 0.15625 * 25.4, 12.7, 4.1875 * 25.4, 50.8],
  ['5164', 101.6, 84.667, 2, 3, 0.15625 * 25.4, 12.7, 4.1875 * 25.4, 84.667],
])('%s', (name, width, height, columns, rows, left, top, across, down) => {
  const sheet = sheetNamed(name);
  expect(sheet.label.width).toBeCloseTo(width, 2);
  expect(sheet.label.height).toBeCloseTo(height, 2);
  expect([sheet.columns, sheet.rows]).toEqual([columns, rows]);
  const first = placeOn(sheet, 0);
  expect(first.x).toBeCloseTo(left, 2);
  expect(first.y).toBeCloseTo(top, 2);
  const last = placeOn(sheet, labelsOn(sheet) - 1);
  expect(last.x).toBeCloseTo(left + (columns - 1) * across, 2);
  expect(last.y).toBeCloseTo(top + (rows - 1) * down, 2);
});

describe.each(SHEETS.map((sheet) => [sheet.name, sheet] as const))('%s', (_, sheet) => {
  test('lies on its paper, is centred across it, and no label overlaps another [R-083]', () => {
    const paper = PAPERS[sheet.paper];
    const { width, height } = sheet.label;
    const last = placeOn(sheet, labelsOn(sheet) - 1);
    expect(last.x + width).toBeLessThanOrEqual(paper.width);
    expect(last.y + height).toBeLessThanOrEqual(paper.height);
    expect(sheet.across).toBeGreaterThanOrEqual(width);
    expect(sheet.down).toBeGreaterThanOrEqual(height - 0.05); // L7161 is published so
    const right = paper.width - last.x - width;
    expect(Math.abs(right - sheet.left)).toBeLessThan(1.3);
  });
});
