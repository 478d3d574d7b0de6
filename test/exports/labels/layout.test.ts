import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sideFor } from '../../../src/exports/pdf/data-matrix.ts';
import { type LabelLayout, layLabels } from '../../../src/exports/labels/layout.ts';
import { labelSize } from '../../../src/exports/labels/pdf.ts';
import type { PlacedText } from '../../../src/exports/pdf/placed-text.ts';
import type { CivilDate } from '../../../src/study/civil-date.ts';
import { RandoseError } from '../../../src/errors.ts';
import type { Study } from '../../../src/study/study.ts';
import type { KitNumber } from '../../../src/randomization/numbers.ts';
import type { Label, LabelKind } from '../../../src/labels/label.ts';
import { SHEETS } from '../../../src/labels/sheets.ts';
import {
  BILINGUAL,
  exampleLabels,
  kitsToLabel,
  labelledStudy,
  METRICS,
  wordsOn,
} from '../../support/labels.ts';

const sheetNamed = (name: string) => SHEETS.find((one) => one.name === name)!;
const lay = (labels: readonly Label[], name: string) =>
  layLabels(labels, labelSize(sheetNamed(name)), METRICS, `a label of ${name}`);

interface Box {
  readonly what: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How far letters rise above the line and hang below it, from the top of their line, in sizes: DejaVu's. */
const ASCENT = 0.928;
const CAPITALS = 0.73;
const DESCENT = 0.24;

/** Where ink is: a text from its accents' tops to its descenders, a box, and the matrix with its quiet zone. */
function boxesOf({ matrix, matrixAt, code, body }: LabelLayout): Box[] {
  const side = matrix.side * matrixAt.module;
  const quiet = matrixAt.module;
  return [
    {
      what: 'the DataMatrix',
      left: matrixAt.x - quiet,
      top: matrixAt.y - quiet,
      right: matrixAt.x + side + quiet,
      bottom: matrixAt.y + side + quiet,
    },
    ...[...code, ...body.texts].map(inkOf),
  ];
}

function inkOf({ font, size, x, y, text }: PlacedText): Box {
  const baseline = y + ASCENT * size;
  return {
    what: text,
    left: x,
    right: x + METRICS.widthOf(font, text) * size,
    top: baseline - (/[ÀÉÈÎÔÛÇ]/.test(text) ? ASCENT : CAPITALS + 0.05) * size,
    bottom: baseline + (/[gjpqyç_,;(]/.test(text) ? DESCENT : 0.02) * size,
  };
}

function expectSound(layout: LabelLayout, name: string): void {
  const { width, height } = labelSize(sheetNamed(name));
  const boxes = boxesOf(layout);
  for (const { what, left, top, right, bottom } of boxes) {
    expect(left, what).toBeGreaterThan(2);
    expect(top, what).toBeGreaterThan(2);
    expect(right, what).toBeLessThan(width - 2);
    expect(bottom, what).toBeLessThan(height - 2);
  }
  for (const [index, one] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      const isApart =
        one.right <= other.left + 0.01 ||
        other.right <= one.left + 0.01 ||
        one.bottom <= other.top + 0.35 ||
        other.bottom <= one.top + 0.35;
      expect(isApart, `"${one.what}" and "${other.what}"`).toBe(true);
    }
  }
}

const plain = (text: string) => text.replace(/[\s·]+/g, '');

/** Every word of the label, once and in its order, whatever line it stands on. */
function expectAllWords(label: Label, { code, body }: LabelLayout): void {
  const all = plain(body.texts.map(({ text }) => text).join(' '));
  for (const words of wordsOn(label).split('\n').slice(1)) expect(all).toContain(plain(words));
  expect(code.map(({ text }) => text).join('')).toBe(label.kit);
  for (const { text, isShown } of label.marks) expect(all.includes(plain(text))).toBe(isShown);
}

/** Which labels fit on which sheets: those of the template, in French. */
const FITTING = SHEETS.flatMap(({ name, isForUnits }) => [
  ...(isForUnits ? [] : [[name, 'outer'] as const]),
  [name, 'unit'] as const,
]);

describe.each(FITTING)('on %s, labels: %s', (name, kind) => {
  test('have all words, overlap nothing, and are set in one size', () => {
    const labels = exampleLabels(labelledStudy(), [kind]);
    const layouts = lay(labels, name);
    for (const [index, layout] of layouts.entries()) {
      expectSound(layout, name);
      expectAllWords(labels[index]!, layout);
    }
    expect(new Set(layouts.map(({ body }) => body.size)).size).toBe(1);
    expect(
      new Set(layouts.map(({ matrix, matrixAt }) => `${matrix.side} ${matrixAt.module}`)).size,
    ).toBe(1);
  });

  test('are the same as a reprint, except for the mark', () => {
    const study = labelledStudy();
    const first = lay(exampleLabels(study, [kind]), name);
    const had = { had: ['outer', 'unit'] as const };
    const labels = exampleLabels(study, [kind], kitsToLabel(study, undefined, had));
    const again = lay(labels, name);
    for (const [index, layout] of again.entries()) {
      expectSound(layout, name);
      expectAllWords(labels[index]!, layout);
      const unmarked = layout.body.texts.filter(({ box }) => box === undefined);
      expect(unmarked).toEqual(first[index]!.body.texts);
      expect(layout.code).toEqual(first[index]!.code);
    }
  });

  test('of a rehearsal fit too, with their mark', () => {
    const study = labelledStudy(['randose: 1', 'randose: 1\ndummy: true']);
    const codes = ['DUMMY-474WW4E', 'DUMMY-PGRC4YT'];
    const labels = exampleLabels(study, [kind], kitsToLabel(study, codes, { had: [kind] }));
    for (const [index, layout] of lay(labels, name).entries()) {
      expectSound(layout, name);
      expectAllWords(labels[index]!, layout);
      const marks = layout.body.texts.filter(({ box }) => box !== undefined);
      expect(marks.map(({ text }) => text).join(' ')).toMatch(/DUMMY.*RÉPÉTITION.*RÉIMPRESSION/);
    }
  });
});

test('labels for a participant fit on vials, with visit and date, in two languages too', () => {
  for (const changes of [[], BILINGUAL]) {
    const study = labelledStudy(...changes);
    const kits = kitsToLabel(study, ['474WW4E'], { subject: 'CRT-001' }).map((kit) => ({
      ...kit,
      injections: kit.injections.map((one) => ({ ...one, date: '2026-06-15' as CivilDate })),
    }));
    const labels = exampleLabels(study, ['unit'], kits);
    for (const [index, layout] of lay(labels, changes.length === 0 ? 'L7651' : '5160').entries()) {
      expectSound(layout, changes.length === 0 ? 'L7651' : '5160');
      expectAllWords(labels[index]!, layout);
    }
  }
});

test('the number to call and the kit code are larger than everything else', () => {
  for (const [name, kind] of FITTING) {
    const [label] = exampleLabels(labelledStudy(), [kind]);
    const [{ code, body }] = lay([label!], name) as [LabelLayout];
    const called = body.texts.filter(({ text }) => text.startsWith('+33'));
    expect(called).toHaveLength(1);
    const others = body.texts.filter(({ text }) => !text.startsWith('+33'));
    const largest = Math.max(...others.map(({ size }) => size));
    expect(called[0]!.size).toBeGreaterThan(largest * 1.19);
    expect(code[0]!.size, `${name} ${kind}`).toBeGreaterThan(largest);
  }
});

test('two languages fit on the larger labels, and their words are all there', () => {
  const labels = exampleLabels(labelledStudy(...BILINGUAL), ['outer']);
  for (const name of ['L7163', 'L7165', '5163', '5164']) {
    for (const [index, layout] of lay(labels, name).entries()) {
      expectSound(layout, name);
      expectAllWords(labels[index]!, layout);
    }
  }
});

test('a text that would be too small is refused, with the name of the label', () => {
  const labels = exampleLabels(labelledStudy(), ['outer']);
  expect(() => lay(labels, 'L7651')).toThrow(
    'the outer label of kit 474WW4E: its text does not fit on a label of L7651',
  );
  const study = labelledStudy([/directions: .*/, `directions: ${'Bien agiter. '.repeat(22)}`]);
  expect(() => lay(exampleLabels(study, ['outer']), 'L7160')).toThrow(/its text does not fit/);
  const long = labelledStudy([/storage: .*/, `storage: ${'x'.repeat(200)}`]);
  expect(() => lay(exampleLabels(long, ['outer']), 'L7163')).toThrow(/its text does not fit/);
});

describe('a text that is too long', () => {
  /** What the refusal of a dispensing label with a date says. */
  function refusalOf(study: Study, kind: LabelKind, name: string): string {
    const [stock] = kitsToLabel(study);
    const injections = stock!.injections.map((one) => ({
      ...one,
      date: '2026-06-15' as CivilDate,
    }));
    const labels = exampleLabels(
      study,
      [kind],
      kitsToLabel(study, undefined, { subject: 'CRT-001', injections }),
    );
    try {
      layLabels(labels, labelSize(sheetNamed(name)), METRICS, `a label of ${name}`, {
        isExplained: true,
      });
    } catch (error) {
      if (error instanceof RandoseError) return `${error.message}\n${error.hint}`;
      throw error;
    }
    return 'it fits';
  }

  test('is named by its keys in study.yaml, and quoted', () => {
    const long = 'sous-cutanée, dans la cuisse ou dans le ventre, jamais deux fois au même endroit';
    expect(refusalOf(labelledStudy([/route: .*/, `route: "${long}"`]), 'unit', 'L7651')).toMatch(
      new RegExp(
        `It would fit if supplies\\.labels\\.route \\("${long}", 80 characters\\) had \\d+ characters less`,
      ),
    );
    expect(refusalOf(labelledStudy(...BILINGUAL), 'outer', 'L7161')).toContain(
      'if supplies.labels.form, supplies.labels.route and supplies.labels.contents ("poudre stérile pour injection, voie',
    );
    const ofBatch = labelledStudy([
      'packaged: [{lot: L2026-01, expiry: 2027-06}]',
      `packaged: [{lot: L2026-01, expiry: 2027-06, route: "${long}"}]`,
    ]);
    expect(refusalOf(ofBatch, 'unit', 'L7651')).toContain('if supplies.packaged[].route ("sous');
  });

  test('fits once it has as many characters less, at its end or at its beginning', () => {
    const words =
      'voie sous-cutanée dans la cuisse ou dans le ventre en changeant chaque jour de côté et jamais au même endroit deux fois';
    let count = 0;
    for (const length of [40, 60, 75, 90, 105, words.length]) {
      for (const key of ['route', 'unitContents', 'form']) {
        const text = words.slice(0, length).trim();
        const said = (value: string) =>
          refusalOf(
            labelledStudy([new RegExp(`\\b${key}: .*`), `${key}: "${value}"`]),
            'unit',
            'L7651',
          );
        const [, named, , , less] =
          /if supplies\.labels\.(\w+) \("(.*)", (\d+) characters\) had (\d+) characters less/.exec(
            said(text),
          ) ?? [];
        if (less === undefined || named !== key) continue;
        expect([said(text.slice(0, -Number(less))), said(text.slice(Number(less)))]).toEqual([
          'it fits',
          'it fits',
        ]);
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(3);
  });

  test('is not one that nobody can shorten, such as a lot', () => {
    const lot = 'L2026-01 '.repeat(4).trim();
    const said = refusalOf(labelledStudy(...BILINGUAL, ['L2026-01', `"${lot}"`]), 'unit', 'L7651');
    expect(said).toContain('too high');
    expect(said).not.toContain(lot);
  });

  test('in two languages on vials with dates fits from L7160 and 5160 on', () => {
    expect(refusalOf(labelledStudy(...BILINGUAL), 'unit', 'L7651')).toContain(
      'Sheets on which it fits: L7160, L7161, L7163, L7165, 5160, 5163, 5164',
    );
  });
});

test.each([
  ['a character that no font has', '病院', '病'],
  ['letters that are set from right to left', 'مستشفى', 'م'],
  ['a mark on a letter that no font has with it', 'x\u0301', '\u0301'],
  ['what turns text around', 'L\u202e2026', '\u202e'],
  ['what nobody sees', 'L\u200b2026', '\u200b'],
  ['a soft hyphen', 'L\u00ad2026', '\u00ad'],
])('%s is refused, and named', (_, text, character) => {
  const study = labelledStudy(['Pharmacie Exemple', text]);
  const point = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  expect(() => lay(exampleLabels(study), 'L7163')).toThrow(`"${character}" (U+${point})`);
});

test('letters of French and of units are in every font', () => {
  const text = 'ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸàâæçéèêëîïôœùûüÿ«»’…–—≤≥±°µ€№·×²³';
  for (const font of ['regular', 'bold', 'mono'] as const) {
    expect(METRICS.missingIn(font, text)).toBeUndefined();
  }
});

/** Codes of any pattern that study.yaml allows: prefix, site and drawn characters. */
const CODES = fc
  .tuple(
    fc.stringMatching(/^(DUMMY-)?$/),
    fc.stringMatching(/^([A-Z0-9]{2,16}-)?$/),
    fc.stringMatching(/^[34679ACDEFGHJKMNPQRTWXY]{5,17}$/),
  )
  .map((parts) => parts.join('') as KitNumber);

test('whatever the texts and codes are, a label is sound or refused [R-081]', () => {
  const words = fc
    .array(fc.stringMatching(/^[A-Za-zÀ-ÿ0-9°%,.'«»()/-]{1,14}$/), { minLength: 1, maxLength: 12 })
    .map((all) => all.join(' '));
  const base = exampleLabels(labelledStudy(), ['outer'])[0]!;
  const one = fc.record({
    kit: CODES,
    phone: words,
    text: words,
    lines: fc.array(fc.tuple(words, fc.boolean()), { maxLength: 9 }),
    isShown: fc.boolean(),
  });
  let laid = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...SHEETS),
      fc.array(one, { minLength: 1, maxLength: 3 }),
      ({ name }, all) => {
        const labels = all.map(({ kit, phone, text, lines, isShown }): Label => ({
          ...base,
          kit,
          contact: { caption: 'Contact', phone, text, keys: [] },
          lines: lines.map(([line, isStrong]) => ({ kind: 'storage', text: line, isStrong })),
          marks: [{ text: 'REPRINT', isShown }],
        }));
        let layouts: LabelLayout[];
        try {
          layouts = lay(labels, name);
        } catch (error) {
          expect(String(error)).toMatch(/does not fit on a label of/);
          return;
        }
        laid += 1;
        for (const [index, layout] of layouts.entries()) {
          expectSound(layout, name);
          expectAllWords(labels[index]!, layout);
          expect(layout.body.size).toBeGreaterThanOrEqual(5 - 1e-9);
          expect(layout.matrix.side).toBe(
            sideFor(Math.max(...labels.map(({ kit }) => kit.length))),
          );
        }
      },
    ),
    { seed: 9, numRuns: 400 },
  );
  expect(laid).toBeGreaterThan(100);
});
