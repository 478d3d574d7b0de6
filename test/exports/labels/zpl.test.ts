import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { labelSize } from '../../../src/exports/labels/pdf.ts';
import { formatZpl, type Resolution } from '../../../src/exports/labels/zpl.ts';
import type { Label } from '../../../src/labels/label.ts';
import { SHEETS } from '../../../src/labels/sheets.ts';
import { testFolder } from '../../support/command-line.ts';
import {
  exampleLabels,
  kitsToLabel,
  labelledStudy,
  METRICS,
  scanned,
} from '../../support/labels.ts';
import { testWithTool } from '../../support/tools.ts';

const withDmtxread = testWithTool(['dmtxread', '--version']);
/** A printer's other half: it makes pictures of ZPL. */
const { ready } = createRequire(import.meta.url)(
  'zpl-renderer-js',
) as typeof import('zpl-renderer-js');
const { api } = await ready;

const sheetNamed = (name: string) => SHEETS.find((one) => one.name === name)!;

function zplOf(labels: readonly Label[], name: string, resolution: Resolution): string {
  return formatZpl(labels, labelSize(sheetNamed(name)), resolution, METRICS);
}

/** Each label as another program prints it: PNG files. */
async function printed(zpl: string, name: string, resolution: Resolution): Promise<Buffer[]> {
  const { width, height } = sheetNamed(name).label;
  const perMillimetre = { 203: 8, 300: 12, 600: 24 }[resolution];
  const all = await api.zplToBase64MultipleAsync(zpl, width + 2, height + 2, perMillimetre);
  return all.map((one) => Buffer.from(one, 'base64'));
}

/** Where the dark dots of a PNG of one bit or eight a dot end, on each side. */
function inkOf(png: Buffer): { left: number; top: number; right: number; bottom: number } {
  const [width, height, depth, colour] = [
    png.readUInt32BE(16),
    png.readUInt32BE(20),
    png[24]!,
    png[25]!,
  ];
  const chunks: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      chunks.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour as 0 | 2 | 3 | 4 | 6];
  const bits = samples * depth;
  const stride = Math.ceil((width * bits) / 8);
  const step = Math.max(1, bits >> 3);
  const raw = inflateSync(Buffer.concat(chunks));
  const ink = { left: Infinity, top: Infinity, right: -1, bottom: -1 };
  let before = Buffer.alloc(stride);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)]!;
    const row = Buffer.from(raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
    for (let index = 0; index < stride; index += 1) {
      const [a, b, c] = [row[index - step] ?? 0, before[index]!, before[index - step] ?? 0];
      const paeth = [a, b, c].toSorted(
        (one, other) => Math.abs(a + b - c - one) - Math.abs(a + b - c - other),
      )[0]!;
      row[index] = row[index]! + [0, a, b, (a + b) >> 1, paeth][filter]!;
    }
    for (let x = 0; x < width; x += 1) {
      const isDark =
        depth === 1 ? ((row[x >> 3]! >> (7 - (x & 7))) & 1) === 0 : row[x * step]! < 128;
      if (!isDark) continue;
      ink.left = Math.min(ink.left, x);
      ink.right = Math.max(ink.right, x);
      ink.top = Math.min(ink.top, y);
      ink.bottom = y;
    }
    before = row;
  }
  return ink;
}

const KINDS = [
  ['L7163', 'outer'],
  ['L7165', 'outer'],
  ['5163', 'outer'],
  ['L7160', 'unit'],
  ['L7651', 'unit'],
] as const;

describe.each([203, 300] as const)('at %i dpi', (resolution) => {
  const dots = (millimetres: number) => (millimetres * resolution) / 25.4;

  test.each(KINDS)('%s, %s: a printer prints all of it on the label', async (name, kind) => {
    const labels = exampleLabels(labelledStudy(), [kind]).slice(0, 2);
    const zpl = zplOf(labels, name, resolution);
    const { width, height } = sheetNamed(name).label;
    for (const png of await printed(zpl, name, resolution)) {
      const ink = inkOf(png);
      expect(ink.left).toBeGreaterThan(dots(0.7));
      expect(ink.top).toBeGreaterThan(dots(0.7));
      expect(ink.right).toBeLessThan(dots(width - 0.7));
      expect(ink.bottom).toBeLessThan(dots(height - 0.7));
    }
  });

  withDmtxread(
    'its own DataMatrix is scanned: the code that stands beneath it [R-082]',
    async () => {
      for (const [name, kind] of KINDS) {
        const [label] = exampleLabels(labelledStudy(), [kind]);
        const zpl = zplOf([label!], name, resolution);
        expect(zpl).toContain(`^FD${label!.kit}^FS`);
        expect(zpl.match(/\^BXN,\d+,200,14,14\^FD/g)).toHaveLength(1);
        const [png] = await printed(zpl, name, resolution);
        expect(scanned(png!, testFolder(), 1)).toEqual([label!.kit]);
      }
    },
  );

  test('the widest letters are not cut off either', async () => {
    const wide = 'WWWW MMMM @@@@ %%%% ŒŒŒŒ J-J-J-- ** —– ';
    const study = labelledStudy(
      [/directions: .*/, `directions: "${wide.repeat(4)}"`],
      [/storage: .*/, `storage: "${wide.repeat(3)}"`],
    );
    const [png] = await printed(
      zplOf(exampleLabels(study, ['outer']).slice(0, 1), 'L7165', resolution),
      'L7165',
      resolution,
    );
    expect(inkOf(png!).right).toBeLessThan(dots(99.06 - 0.7));
    expect(inkOf(png!).bottom).toBeLessThan(dots(67.73 - 0.7));
  });
});

test('each label is one format, as large as the label, in UTF-8', () => {
  const labels = exampleLabels(labelledStudy(), ['outer']);
  const formats = zplOf(labels, 'L7163', 203).split('^XA').slice(1);
  expect(formats).toHaveLength(labels.length);
  for (const format of formats) {
    // 99.1 mm and 38.1 mm at 203 dots an inch.
    expect(format).toMatch(/^\n\^CI28\n\^PW792\n\^LL30[45]\n/);
    expect(format.trimEnd()).toMatch(/\^XZ$/);
  }
});

test('a text that would be a command is sent in hexadecimal, and printed unchanged', () => {
  const study = labelledStudy([/directions: .*/, 'directions: "a^XZ b~JA c_5E d\\\\e"']);
  const zpl = zplOf(exampleLabels(study, ['outer']).slice(0, 1), 'L7165', 300);
  expect(zpl.match(/\^XZ/g)).toHaveLength(1);
  expect(zpl).not.toContain('~');
  expect(zpl).toContain('a_5EXZ b_7EJA c_5F5E d_5Ce');
});

test('a text that the printer’s font may not have is sent as dots, within the label', () => {
  const study = labelledStudy([/storage: .*/, 'storage: À conserver à ≤ 25 °C']);
  const zpl = zplOf(exampleLabels(study, ['outer']).slice(0, 1), 'L7165', 203);
  const graphics = [...zpl.matchAll(/\^FO(\d+),(\d+)\^GFA,(\d+),(\d+),(\d+),([0-9A-F]*)\^FS/g)];
  expect(graphics.length).toBeGreaterThan(0);
  for (const [, x, , total, same, perRow, hex] of graphics) {
    expect(total).toBe(same);
    expect(hex).toHaveLength(2 * Number(total));
    expect(Number(total) % Number(perRow)).toBe(0);
    expect(hex).toMatch(/[1-9A-F]/);
    expect(Number(x) + 8 * Number(perRow)).toBeLessThan((99.06 * 203) / 25.4);
  }
  expect(zpl).not.toContain('≤');
});

test('marks are white in black', async () => {
  const study = labelledStudy();
  const first = zplOf(
    exampleLabels(study, ['outer'], kitsToLabel(study, ['474WW4E'])),
    'L7163',
    203,
  );
  const kits = kitsToLabel(study, ['474WW4E'], { had: ['outer'] });
  const again = zplOf(exampleLabels(study, ['outer'], kits), 'L7163', 203);
  expect(first).not.toContain('RÉIMPRESSION');
  expect(again).toMatch(
    /\^GB\d+,\d+,\d+\^FS\n\^FO\d+,\d+\^FR\^A0N,\d+,\d+\^FH_\^FDRÉIMPRESSION\^FS/,
  );
  const [one, other] = [await printed(first, 'L7163', 203), await printed(again, 'L7163', 203)];
  expect(one[0]!.equals(other[0]!)).toBe(false);
});
