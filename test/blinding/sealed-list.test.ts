import { describe, expect, test } from 'vitest';
import type { SaltedSlot } from '../../src/blinding/commitment.ts';
import {
  formatMaster,
  formatPackingList,
  type MasterContent,
  readMaster,
  readPackingList,
  type SealedDesign,
} from '../../src/blinding/sealed-list.ts';
import type { CountTable } from '../../src/randomization/count-table.ts';
import type { KitNumber, RandomizationNumber } from '../../src/randomization/numbers.ts';
import type { Arm } from '../../src/study/study.ts';

const HINT =
  'Do not act on it. Restore it from a backup or another copy of the study folder, then run: randose verify';
const ARMS: Arm[] = [
  { code: 'ILT101', name: 'ILT101 (interleukin-2), subcutaneous', type: 'active', ratio: 1 },
  { code: 'PLACEBO', name: 'Placebo', type: 'placebo', ratio: 1 },
];
const kit = (code: string) => code as KitNumber;
const number = (text: string) => text as RandomizationNumber;
const [SALT_1, SALT_2] = ['1'.repeat(64), '2'.repeat(64)] as const;

const first: SaltedSlot = {
  number: number('R001'),
  batch: 1,
  stratum: 'site=CRT',
  sequence: 1,
  kit: kit('PY3GP9G'),
  block: 1,
  blockSize: 2,
  sequenceInBlock: 1,
  arm: 'PLACEBO',
  salt: SALT_1,
};
const withoutKit: SaltedSlot = { ...first };
delete (withoutKit as Partial<Record<'kit', KitNumber>>).kit;
const second: SaltedSlot = {
  ...first,
  number: number('R002'),
  sequence: 2,
  kit: kit('4KX9TM7'),
  sequenceInBlock: 2,
  arm: 'ILT101',
  salt: SALT_2,
};
const master: MasterContent = {
  study: 'DEPIL-2',
  domain: 'production',
  batch: 1,
  list: 'ff',
  seed: 'a'.repeat(64),
  studyFile: 'study: "é"\n',
  planFile: 'blocks: { sizes: [2] }\n',
  salt: '0'.repeat(64),
  slots: [first, second],
};
const design: SealedDesign = { arms: ARMS, strata: [{ id: 'site=CRT' }] };
const TABLES: CountTable[] = [{ ratio: [1, 1], slots: 2, places: [[[0, 2147483648]], [[0, 0]]] }];

/** What a text has before its padding, and how long the padding is. */
const unpadded = (text: string) => text.replace(/[ \n]*$/, '\n');
const paddingOf = (text: string) => text.length - text.replace(/ +$/, '').length;

const MASTER = `{
  "randose": "master",
  "version": 2,
  "study": "DEPIL-2",
  "domain": "production",
  "batch": 1,
  "list": "ff",
  "algorithm": 1,
  "seed": "${'a'.repeat(64)}",
  "studyFile": "study: \\"é\\"\\n",
  "planFile": "blocks: { sizes: [2] }\\n",
  "salt": "${'0'.repeat(64)}",
  "slots": [
    {"number":"R001","stratum":"site=CRT","sequence":1,"block":1,"blockSize":2,"sequenceInBlock":1,"kit":"PY3GP9G","arm":"PLACEBO","salt":"${SALT_1}"},
    {"number":"R002","stratum":"site=CRT","sequence":2,"block":1,"blockSize":2,"sequenceInBlock":2,"kit":"4KX9TM7","arm":"ILT101","salt":"${SALT_2}"}
  ]
}
`;

/** What tables need beside themselves: there is room for their brackets twice. */
const tables = ',\n  "tables": []'.length + '[]'.length;

describe('the list with its seed and plan', () => {
  const expected = {
    file: 'master.age',
    study: 'DEPIL-2',
    batch: 1,
    list: 'ff',
    slots: [first, second],
  };

  test('is JSON with one slot in a line, then blanks; it reads back', () => {
    const text = formatMaster(master, design);
    expect(unpadded(text)).toBe(MASTER);
    expect(text).toMatch(/\n\}\n +$/);
    expect(readMaster(text, expected)).toMatchObject(master);
  });

  test('has the tables of a least predictable list before its slots, and another version', () => {
    const text = formatMaster({ ...master, tables: TABLES }, design);
    const table = '[{"ratio":[1,1],"slots":2,"places":[[[0,2147483648]],[[0,0]]]}]';
    expect(unpadded(text)).toBe(
      MASTER.replace('"version": 2', '"version": 3')
        .replace('"algorithm": 1', '"algorithm": 2')
        .replace('  "slots": [\n', `  "tables": ${table},\n  "slots": [\n`),
    );
    expect(readMaster(text, expected)).toMatchObject({ ...master, tables: TABLES });
  });

  const kitsAndTypes: [string, SaltedSlot, string][] = [
    ['no kit', withoutKit, ''],
    [
      'spare kits',
      { ...first, spares: [kit('HRGXKC7'), kit('XFE4DXY')] },
      '"kit":"PY3GP9G","spares":["HRGXKC7","XFE4DXY"],',
    ],
    [
      'kit types',
      {
        ...first,
        kitType: 'tablets',
        further: [{ type: 'syringe', kit: kit('XFE4DXY'), spares: [kit('HRGXKC7')] }],
      },
      '"kit":"PY3GP9G","kitType":"tablets","further":[{"type":"syringe","kit":"XFE4DXY","spares":["HRGXKC7"]}],',
    ],
    [
      'a slot that it replaces',
      { ...first, replacementFor: number('R101') },
      '"kit":"PY3GP9G","replacementFor":"R101",',
    ],
  ];
  test.each(kitsAndTypes)('has slots with %s, and reads back', (_, slot, text) => {
    const slots = [slot, second];
    const written = formatMaster({ ...master, slots }, design);
    expect(unpadded(written)).toBe(MASTER.replace('"kit":"PY3GP9G",', text));
    expect(readMaster(written, { ...expected, slots }).slots).toStrictEqual(slots);
  });

  test('has a length that does not depend on plan, blocks, arms and procedure', () => {
    const { length } = Buffer.from(formatMaster(master, design));
    const more: Partial<MasterContent>[] = [
      { planFile: '\n"\\'.repeat(1000) },
      { planFile: 'é'.repeat(2000) },
      { tables: TABLES },
      { tables: [] },
      { slots: [{ ...first, arm: 'ILT101' }, second] },
      { slots: [first, { ...second, arm: 'PLACEBO' }] },
    ];
    for (const change of more) {
      expect(Buffer.byteLength(formatMaster({ ...master, ...change }, design))).toBe(length);
    }
    const many = Array.from({ length: 12 }, (_, at) => ({ ...first, sequence: at + 1 }));
    const lengthWith = (blocks: Partial<SaltedSlot>) => {
      const slots = many.map((slot) => ({ ...slot, ...blocks }));
      return formatMaster({ ...master, slots }, design).length;
    };
    const widest = lengthWith({ block: 12, blockSize: 12, sequenceInBlock: 12 });
    expect(lengthWith({ block: 1, blockSize: 12, sequenceInBlock: 9 })).toBe(widest);
    expect(lengthWith({ block: 12, blockSize: 2, sequenceInBlock: 10 })).toBe(widest);
  });

  test('has no more padding than the longest plan, arm and tables need', () => {
    // Two arms and two slots: 60 and 8 for each arm; for each slot 3, and for each of 8 rows 1 + 10 + 2 + 3.
    const ofTwoSlots = 60 + 16 + 2 * (8 * 16 + 3);
    const planFile = '\n'.repeat(4096);
    const slots = [first, { ...second, arm: 'PLACEBO' }];
    const full = { ...master, planFile, slots };
    expect(paddingOf(formatMaster(full, design))).toBe(tables + ofTwoSlots);
    // The line break of this plan is two characters in JSON.
    const left = 2 * 4096 - 'blocks: { sizes: [2] }'.length - 2;
    // Twelve slots, each with numbers of two digits at most.
    const many = Array.from({ length: 12 }, () => ({ ...first, block: 12, blockSize: 12 }));
    const ofTwelve = 60 + 16 + 12 * (8 * 17 + 3);
    expect(paddingOf(formatMaster({ ...master, planFile, slots: many }, design))).toBe(
      tables + ofTwelve + 12,
    );
    const shorterArm = 'PLACEBO'.length - 'ILT101'.length;
    expect(paddingOf(formatMaster(master, design))).toBe(tables + ofTwoSlots + left + shorterArm);
  });

  test('has room for one table for all strata of the same ratio and number of slots', () => {
    const planFile = '\n'.repeat(4096);
    const at = (...strata: string[]) => strata.map((stratum) => ({ ...first, stratum }));
    const padding = (slots: SaltedSlot[], strata: SealedDesign['strata']) =>
      paddingOf(formatMaster({ ...master, planFile, slots }, { arms: ARMS, strata }));
    const ofOneSlot = 60 + 16 + (8 * 16 + 3);
    const [a, b] = [{ id: 'a' }, { id: 'b' }];
    expect(padding(at('a', 'b'), [a, b])).toBe(tables + ofOneSlot);
    const twice = { ...b, ratio: { ILT101: 3, PLACEBO: 3 } };
    expect(padding(at('a', 'b'), [a, twice])).toBe(tables + ofOneSlot);
    const other = { ...b, ratio: { ILT101: 3, PLACEBO: 1 } };
    expect(padding(at('a', 'b'), [a, other])).toBe(tables + 2 * ofOneSlot);
    expect(padding(at('a', 'b', 'b'), [a, b])).toBe(
      tables + ofOneSlot + 60 + 16 + 2 * (8 * 16 + 3),
    );
    // One slot of 11:1 and eleven of 1:1 are not the same, nor are their numbers of one digit where two have room.
    const uneven = { ...a, ratio: { ILT101: 11, PLACEBO: 1 } };
    const even = { ...b, ratio: { ILT101: 1, PLACEBO: 1 } };
    const strata = at('a', ...Array<string>(11).fill('b'));
    expect(padding(strata, [uneven, even])).toBe(
      tables + ofOneSlot + 60 + 16 + 11 * (8 * 17 + 3) + 12 * 3,
    );
  });

  const text = () => formatMaster(master, design);
  test.each<[string, (written: string) => string]>([
    ['its content is not a randose master list', () => ''],
    ['its content is not a randose master list', () => '{}'],
    [
      'its content is not a randose master list',
      (one) => one.replace('"slots"', '"more":1,"slots"'),
    ],
    [
      'its content is not a randose master list',
      (one) => one.replace('"version": 2', '"version": 3'),
    ],
    [
      'its content is not a randose master list',
      (one) => one.replace('"version": 2', '"version": 4'),
    ],
    ['its content is not a randose master list', (one) => one.replace(SALT_1, '')],
    ['it was made by algorithm 2', (one) => one.replace('"algorithm": 1', '"algorithm": 2')],
    ['it is for study DEPIL-3', (one) => one.replace('DEPIL-2', 'DEPIL-3')],
    ['it is for another allocation list', (one) => one.replace('"ff"', '"fe"')],
    ['it is for another allocation list', (one) => one.replace('"batch": 1', '"batch": 2')],
    ['its slots are not those of the public list', (one) => one.replace(/,\n {4}\{.*"R002".*/, '')],
    ...[
      ['"R002"', '"R003"'],
      ['"R002","stratum":"site=CRT"', '"R002","stratum":"site=X"'],
      ['"sequence":2', '"sequence":3'],
      ['4KX9TM7', '4KX9TM9'],
      ['"kit":"4KX9TM7"', '"spares":[]'],
      ['"kit":"4KX9TM7"', '"kit":"4KX9TM7","spares":["HRGXKC7"]'],
      ['"kit":"4KX9TM7"', '"kit":"4KX9TM7","replacementFor":"R001"'],
      ['"kit":"4KX9TM7"', '"kit":"4KX9TM7","kitType":"tablets"'],
      ['"kit":"4KX9TM7"', '"kit":"4KX9TM7","further":[{"type":"a","kit":"HRGXKC7"}]'],
    ].map(([from, to]): [string, (written: string) => string] => [
      'its slots are not those of the public list, from slot 2 of the batch',
      (one) => one.replace(from!, to!),
    ]),
    [
      'its slots are not those of the public list, from slot 3 of the batch',
      (one) => one.replace(/(\n {4}\{.*"R002".*)/, '$1,$1'),
    ],
    [
      'its slots are not those of the public list, from slot 1 of the batch',
      (one) => one.replace('PY3GP9G', 'PY3GP9X'),
    ],
  ])('is not trusted: %s', (reason, change) => {
    expect(() => readMaster(change(text()), expected)).toThrow(
      expect.objectContaining({
        code: 'not-trusted',
        message: `NOT TRUSTED: master.age: ${reason}`,
        hint: HINT,
      }),
    );
  });

  test('of a least predictable list is not trusted if another algorithm made it', () => {
    const written = formatMaster({ ...master, tables: TABLES }, design);
    const changed = written.replace('"algorithm": 2', '"algorithm": 1');
    expect(() => readMaster(changed, expected)).toThrow('it was made by algorithm 1');
  });

  test('has the kits of each type in their order, spare ones after their own', () => {
    const further = [
      { type: 'syringe', kit: kit('XFE4DXY'), spares: [kit('HRGXKC7')] },
      { type: 'gel', kit: kit('HRGXKC9') },
    ];
    const typed = { ...first, kitType: 'tablets', spares: [kit('4KX9TM9')], further };
    const written = formatMaster({ ...master, slots: [typed] }, design);
    const read = (slot: SaltedSlot) => readMaster(written, { ...expected, slots: [slot] });
    expect(read(typed).slots).toEqual([typed]);
    // The same characters, cut elsewhere.
    expect(() => read({ ...typed, kitType: 'tabletsP', kit: kit('Y3GP9G') })).toThrow();
    const [syringe, gel] = further as [(typeof further)[number], (typeof further)[number]];
    const cut = [{ ...syringe, type: 'syringeX', kit: kit('FE4DXY') }, gel];
    expect(() => read({ ...typed, further: cut })).toThrow();
    for (const other of [
      { ...typed, kitType: 'pills' },
      { ...typed, spares: [] },
      { ...typed, further: further.toReversed() },
      { ...typed, further: [{ ...further[0]!, type: 'gel' }, further[1]!] },
      { ...typed, further: [{ ...further[0]!, spares: [kit('HRGXKC3')] }, further[1]!] },
      { ...typed, further: further.slice(0, 1) },
    ]) {
      expect(() => read(other)).toThrow('its slots are not those of the public list, from slot 1');
    }
  });
});

describe('the packing list', () => {
  const expected = { file: 'packing.age', slots: [first, second], arms: ARMS };
  const ROWS = `kit,arm_code,arm_name
4KX9TM7,ILT101,"ILT101 (interleukin-2), subcutaneous"
PY3GP9G,PLACEBO,Placebo
`;
  const packed = [
    { kit: '4KX9TM7', arm: 'ILT101', armName: 'ILT101 (interleukin-2), subcutaneous' },
    { kit: 'PY3GP9G', arm: 'PLACEBO', armName: 'Placebo' },
  ];

  test('has the arm of each kit, in the order of the kits, then empty lines; it reads back', () => {
    const text = formatPackingList([first, second], ARMS);
    // 64, the kits, and for each row the longest code, three marks, and a name of which each character may be doubled.
    const name = 2 + 2 * 'ILT101 (interleukin-2), subcutaneous'.length;
    const length = 64 + 2 * 7 + 2 * (name + 'PLACEBO'.length + 3);
    expect(text).toBe(ROWS.padEnd(length, '\n'));
    expect(readPackingList(text, expected)).toStrictEqual(packed);
    // Whatever the order of the slots.
    expect(formatPackingList([second, first], ARMS)).toBe(text);
    expect(readPackingList(text, { ...expected, slots: [second, first] })).toStrictEqual(packed);
  });

  test('has the type of each kit if there are types, spare kits too', () => {
    const typed = {
      ...first,
      kitType: 'tablets',
      spares: [kit('9HRGXK7')],
      further: [{ type: 'syringe', kit: kit('4FE4DXY') }],
    };
    const text = formatPackingList([typed], ARMS);
    const rows = ['4FE4DXY,syringe', '9HRGXK7,tablets', 'PY3GP9G,tablets'];
    const name = 2 + 2 * 'ILT101 (interleukin-2), subcutaneous'.length;
    const types = 'syringe,tablets,tablets,'.length;
    const length = 64 + 3 * 7 + types + 3 * (name + 'PLACEBO'.length + 3);
    const table = rows.map((row) => `${row},PLACEBO,Placebo\n`).join('');
    expect(text).toBe(`kit,kit_type,arm_code,arm_name\n${table}`.padEnd(length, '\n'));
    expect(readPackingList(text, { ...expected, slots: [typed] })).toEqual(
      rows.map((row) => {
        const [code, type] = row.split(',');
        return { kit: code, type, arm: 'PLACEBO', armName: 'Placebo' };
      }),
    );
    const swapped = text.replace('syringe', 'tablets');
    expect(() => readPackingList(swapped, { ...expected, slots: [typed] })).toThrow(
      'its kits are not those of the public list',
    );
  });

  test('has a length that does not depend on the arms of the kits', () => {
    const { length } = formatPackingList([first, second], ARMS);
    const exchanged = [
      { ...first, arm: second.arm },
      { ...second, arm: first.arm },
    ];
    expect(formatPackingList(exchanged, ARMS)).toHaveLength(length);
    expect(formatPackingList([first, { ...second, arm: first.arm }], ARMS)).toHaveLength(length);
    const names = ARMS.map((arm, index) => (index === 0 ? { ...arm, name: '"'.repeat(36) } : arm));
    expect(Buffer.from(formatPackingList([first, second], names))).toHaveLength(length);
    const accents = ARMS.map((arm, at) => (at === 0 ? { ...arm, name: 'é'.repeat(18) } : arm));
    expect(Buffer.from(formatPackingList([first, second], accents))).toHaveLength(length);
  });

  test.each([
    ['its content is not a packing list', `${ROWS}"`],
    ['its content is not a packing list', `${ROWS}x\n`],
    ['its kits are not those of the public list', ''],
    ['its kits are not those of the public list', ROWS.replace('kit,', 'box,')],
    ['its kits are not those of the public list', ROWS.replace(/PY3GP9G.*\n/, '')],
    ['its kits are not those of the public list', `${ROWS}XXXXXXX,PLACEBO,Placebo\n`],
    ['its kits are not those of the public list', ROWS.replace('PY3GP9G', 'PY3GP9H')],
    [
      'its kits are not those of the public list',
      ROWS.replace('kit,', 'kit,kit_type,').replace('PY', 'x,PY').replace('4K', 'x,4K'),
    ],
    ['it has arms that are not in study.yaml', ROWS.replace('ILT101,', 'ILT102,')],
    ['it has arms that are not in study.yaml', ROWS.replace(',Placebo', ',Other')],
    ['it has arms that are not in study.yaml', ROWS.replace('PLACEBO', 'ILT101')],
  ])('is not trusted: %s (%#)', (reason, text) => {
    expect(() => readPackingList(text, expected)).toThrow(
      expect.objectContaining({
        code: 'not-trusted',
        message: `NOT TRUSTED: packing.age: ${reason}`,
        hint: HINT,
      }),
    );
  });
});
