import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RandoseError } from '../../src/errors.ts';
import { makeAllocationList, type Slot } from '../../src/randomization/list.ts';
import {
  formatPublicList,
  kitTable,
  parsePublicList,
} from '../../src/randomization/public-list.ts';
import { EXAMPLE_SEED, planOf, templateStudy } from '../support/designs.ts';

const slots = makeAllocationList(templateStudy(), planOf([3]), EXAMPLE_SEED);

test('list.csv has number, stratum, sequence and kit, and nothing else', () => {
  const text = formatPublicList(slots);
  const [header, first] = text.split('\n');
  expect(header).toBe('randomization_number,stratum,sequence_in_stratum,kit');
  expect(first).toBe(`R001,site=CRT,1,${slots[0]!.kit}`);
  expect(text.split('\n')).toHaveLength(1 + 18 + 1);
});

test('list.csv reads back', () => {
  expect(parsePublicList(formatPublicList(slots), 1)).toEqual(
    slots.map(({ number, batch, stratum, sequence, kit }) => ({
      number,
      batch,
      stratum,
      sequence,
      kit,
    })),
  );
});

test('list.csv says at its end which slot a replacement slot is for', () => {
  const study = { ...templateStudy(), spareKits: 1, replacements: { offset: 1000 } };
  const all = makeAllocationList(study, planOf([3]), EXAMPLE_SEED);
  const text = formatPublicList(all);
  const rows = text.split('\n');
  expect(rows[0]).toBe(
    'randomization_number,stratum,sequence_in_stratum,kit,spare_kits,replacement_for',
  );
  expect(rows[1]).toMatch(/^R001,site=CRT,1,\w{7},\w{7},$/);
  expect(rows[19]).toMatch(/^R1001,site=CRT,1,\w{7},\w{7},R001$/);
  const read = parsePublicList(text, 1);
  expect(read.map(({ replacementFor }) => replacementFor)).toEqual(
    all.map(({ replacementFor }) => replacementFor),
  );
  expect(formatPublicList(read)).toBe(text);
});

test('list.csv has columns for each kit type, with spare kits if the type has any', () => {
  const kitTypes = [
    { type: 'tablets', spares: 1 },
    { type: 'syringe_2-mL', spares: 0 },
    { type: 'kit', spares: 2 },
  ];
  const study = { ...templateStudy(), spareKits: 1, kitTypes, replacements: { offset: 1000 } };
  const all = makeAllocationList(study, planOf([3]), EXAMPLE_SEED);
  const text = formatPublicList(all);
  expect(text.split('\n')[0]).toBe(
    'randomization_number,stratum,sequence_in_stratum,kit_tablets,spare_kits_tablets,kit_syringe_2-mL,kit_kit,spare_kits_kit,replacement_for',
  );
  const read = parsePublicList(text, 1);
  expect(read[0]).toStrictEqual({
    number: 'R001',
    batch: 1,
    stratum: 'site=CRT',
    sequence: 1,
    kit: all[0]!.kit,
    spares: all[0]!.spares,
    kitType: 'tablets',
    further: all[0]!.further,
  });
  expect(formatPublicList(read)).toBe(text);
});

test.each([
  ['', 1],
  ['randomization_number,stratum,sequence_in_stratum,kit,kit_b\nR1,s,1,AAAAAAA,AAAAAAB\n', 1],
  ['randomization_number,stratum,sequence_in_stratum,spare_kits_a,kit_a\nR1,s,1,AAAAAAA,A\n', 1],
  ['randomization_number,stratum,sequence_in_stratum,kit_a,kit_b\nR1,s,1,AAAAAAA\n', 2],
  ['a,b\n', 1],
  ['randomization_number,stratum,sequence_in_stratum,kit\nR001,site=CRT,1\n', 2],
  ['randomization_number,stratum,sequence_in_stratum,kit\nR001,site=CRT,0,AAAAAAA\n', 2],
  ['randomization_number,stratum,sequence_in_stratum,kit,replacement_for\nR001,s,1,AAAAAAA\n', 2],
  ['randomization_number,stratum,sequence_in_stratum,kit,replacement_for\nR,s,1,AAAAAAA,?\n', 2],
  ['randomization_number,stratum,sequence_in_stratum,kit\n"R001,site=CRT,1,AAAAAAA\n', 1],
])('a damaged list.csv is an error with its line: %j', (text, line) => {
  expect(() => parsePublicList(text, 1)).toThrow(
    expect.objectContaining({
      code: 'bad-data',
      problems: [expect.objectContaining({ line })],
    }),
  );
});

const HEADER = 'randomization_number,stratum,sequence_in_stratum';
const COLUMNS_EXPECTED = `expected the columns ${HEADER}, and kit if it has kits`;

test.each([
  [`${HEADER},kits\nR1,s,1,AAAAAAA\n`, 1, COLUMNS_EXPECTED],
  [`${HEADER},kit,spare_kits_a\nR1,s,1,AAAAAAA,AAAAAAA\n`, 1, COLUMNS_EXPECTED],
  [`${HEADER},kit,kit_b\nR1,s,1,AAAAAAA,AAAAAAA\n`, 1, COLUMNS_EXPECTED],
  ['stratum,randomization_number,sequence_in_stratum\n', 1, COLUMNS_EXPECTED],
  ['', 1, COLUMNS_EXPECTED],
  [`${HEADER}\nR1,s,1\nR2,s,02\n`, 3, 'not a slot: R2,s,02'],
  [`${HEADER}\nR1,,1\n`, 2, 'not a slot: R1,,1'],
  [`${HEADER}\nR 1,s,1\n`, 2, 'not a slot: R 1,s,1'],
  [`${HEADER}\nR1,s,1,AAAAAAA\n`, 2, 'not a slot: R1,s,1,AAAAAAA'],
  [`${HEADER},kit\nR1,s,1,aaa\n`, 2, 'not a slot: R1,s,1,aaa'],
  [
    `${HEADER},kit,spare_kits\nR1,s,1,AAAAAAA,AAAAAAC  AAAAAAD\n`,
    2,
    'not a slot: R1,s,1,AAAAAAA,AAAAAAC  AAAAAAD',
  ],
  [`${HEADER},replacement_for\nR1,s,1,\nR2,s,1,?\n`, 3, 'not a slot: R2,s,1,?'],
  [`${HEADER}\n"R1,s,1\n`, 1, 'not a CSV file'],
  [`${HEADER}\nR1,s,1\n${'R'.repeat(100_001)},s,1\n`, 1, 'not a CSV file'],
])('a damaged list.csv of a later batch is named, with the line: %#', (text, line, message) => {
  const file = 'allocation/batch-2/list.csv';
  expect(() => parsePublicList(text, 2)).toThrow(
    expect.objectContaining({
      code: 'bad-data',
      message: `${file} cannot be read`,
      problems: [{ file, line, column: 1, message }],
      hint: 'Restore it from a backup or another copy of the study folder, then run: randose verify',
    }),
  );
});

test('list.csv of a study without kits has three columns', () => {
  const none = makeAllocationList(
    { ...templateStudy(), hasKits: false },
    planOf([3]),
    EXAMPLE_SEED,
  );
  const text = formatPublicList(none);
  expect(text.split('\n').slice(0, 3)).toEqual([HEADER, 'R001,site=CRT,1', 'R002,site=CRT,2']);
  expect(parsePublicList(text, 3)[1]).toStrictEqual({
    batch: 3,
    number: 'R002',
    stratum: 'site=CRT',
    sequence: 2,
  });
});

test('a slot without a kit that others have has an empty cell', () => {
  const slotsOf = (...parts: object[]) => parts as Slot[];
  const alike = slotsOf({ kit: 'A' }, { kit: 'B', spares: ['C', 'D'] }, {});
  expect(kitTable(alike).names).toEqual(['kit', 'spare_kits']);
  expect(alike.map(kitTable(alike).cellsOf)).toEqual([
    ['A', ''],
    ['B', 'C D'],
    ['', ''],
  ]);
  const further = [
    { type: 'iv', kit: 'E', spares: ['F'] },
    { type: 'cream', kit: 'G' },
  ];
  const typed = slotsOf({ kit: 'A', kitType: 'pills', further }, { kit: 'B', kitType: 'pills' });
  expect(kitTable(typed).names).toEqual(['kit_pills', 'kit_iv', 'spare_kits_iv', 'kit_cream']);
  expect(typed.map(kitTable(typed).cellsOf)).toEqual([
    ['A', 'E', 'F', 'G'],
    ['B', '', '', ''],
  ]);
  expect(kitTable([]).names).toEqual([]);
});

test('a line without end, as of a damaged disk, is refused at once: a code-break waits for it', () => {
  const begin = performance.now();
  expect(() => parsePublicList('x'.repeat(4_000_000), 1)).toThrow('cannot be read');
  expect(performance.now() - begin).toBeLessThan(2000);
});

test('a list without quotation marks is read as the CSV library reads it', () => {
  // With a quotation mark anywhere, the library reads the list.
  const quoted = (text: string) => text.replace(/^[^,\n]*/, '"$&"');
  const outcome = (text: string) => {
    try {
      return parsePublicList(text, 1);
    } catch (error) {
      return (error as RandoseError).problems;
    }
  };
  const cell = fc.constantFrom('R1', 's', '1', '02', '', ' ', 'AAAAAAA', 'AAAAAAA BBBBBBB', 'é;\t');
  const row = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.constant('R1'), fc.constant('s'), fc.constant('1'), cell) },
    fc.array(cell, { maxLength: 6 }),
  );
  const columns = fc.constantFrom(
    '',
    ',kit',
    ',kit,spare_kits',
    ',kit_a,kit_b',
    ',replacement_for',
  );
  fc.assert(
    fc.property(columns, fc.array(row, { maxLength: 5 }), fc.boolean(), (more, rows, ends) => {
      const text = [`${HEADER}${more}`, ...rows.map((cells) => cells.join())].join('\n');
      const whole = ends ? `${text}\n` : text;
      expect(outcome(whole)).toEqual(outcome(quoted(whole)));
    }),
  );
});
