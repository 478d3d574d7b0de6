import { describe, expect, test } from 'vitest';
import { RandoseError } from '../../src/errors.ts';
import type { Act, Entry } from '../../src/ledger/entry.ts';
import { findSlot, type SlotSources } from '../../src/ledger/sought-slot.ts';
import { withCurrentIds } from '../../src/ledger/subject-ids.ts';
import type { Slot } from '../../src/randomization/list.ts';
import { entriesOfActs, EXAMPLE_OFFICER as who } from '../support/ledger.ts';

type Said = Readonly<Record<string, unknown>>;

const SLOTS = [
  { number: 'R001', batch: 1, stratum: 'site=S1', sequence: 1, kit: 'KAA1', spares: ['KAB1'] },
  { number: 'R002', batch: 1, stratum: 'site=S1', sequence: 2, kit: 'KBB2' },
  { number: 'R003', batch: 1, stratum: 'site=S2', sequence: 1, kit: 'KCC3' },
] as unknown as Slot[];
const WITHOUT_KITS = SLOTS.map(({ number, batch, stratum, sequence }) => {
  return { number, batch, stratum, sequence };
});
/** Each slot has tablets and a syringe. */
const WITH_TYPES = SLOTS.map((slot) => ({
  ...slot,
  kitType: 'tablets',
  further: [{ type: 'syringe', kit: `${slot.kit}S` }],
})) as unknown as Slot[];

const allocation: Said = { action: 'allocation', batch: 1, list: 'ff', manifest: 'a'.repeat(64) };
function randomized(subject: string, number: string, kit?: string, site = 'S1'): Said {
  const about = { action: 'randomization', subject, number, site, stratum: `site=${site}` };
  return kit === undefined ? about : { ...about, kit };
}
const A = randomized('A', 'R001', 'KAA1');
const C = randomized('C', 'R003', 'KCC3', 'S2');

function entriesOf(...acts: Said[]): readonly Entry[] {
  const entries = entriesOfActs(
    [allocation, ...acts].map((act) => ({ who, ...act }) as unknown as Act),
  );
  expect(entries).toHaveLength(acts.length + 1);
  return withCurrentIds(entries);
}
function sources(acts: Said[], more: Partial<SlotSources> = {}): SlotSources {
  const sound = { isLedgerSound: true, slots: SLOTS, isListSound: true, numbers: [] };
  return { entries: entriesOf(...acts), ...sound, ...more };
}
const UNSOUND_LIST = { isListSound: false } as const;

/** What was found, with the holders by their ids. */
function found(sought: Parameters<typeof findSlot>[0], of: SlotSources) {
  const slot = findSlot(sought, of);
  if (slot === undefined) return undefined;
  return { ...slot, holders: slot.holders.map(({ subject }) => subject) };
}
function failureOf(sought: Parameters<typeof findSlot>[0], of: SlotSources) {
  try {
    findSlot(sought, of);
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    const { code, message, hint, problems } = error;
    return { code, message, hint, problems: problems.map((one) => `${one.file}: ${one.message}`) };
  }
  throw new Error('was found');
}

const ASK_THE_BOX =
  "Use the code on the participant's kit: randose unblind --kit CODE. Or the number on the calendar: --number NUMBER";
const ASK_THE_NUMBER =
  'Use the number on the calendar or the card: randose unblind --number NUMBER';

describe('the slot of a subject id', () => {
  const of = sources([A, C]);

  test('is that of the ledger, with all kits of the list', () => {
    const slot = { number: 'R001', kits: ['KAA1', 'KAB1'], holders: ['A'], doubts: [] };
    expect(found({ subject: ' a ' }, of)).toEqual(slot);
    expect(found({ subject: 'A' }, sources([A], { isLedgerSound: false }))).toEqual(slot);
    expect(found({ subject: 'C' }, of)).toMatchObject({ number: 'R003', kits: ['KCC3'] });
  });

  test('has the kits of the ledger if the list cannot be trusted', () => {
    const own = { number: 'R001', kits: ['KAA1'], holders: ['A'], doubts: [] };
    expect(found({ subject: 'A' }, sources([A], UNSOUND_LIST))).toEqual(own);
    expect(found({ subject: 'A' }, sources([A], { ...UNSOUND_LIST, slots: [] }))).toEqual(own);
    const altered = SLOTS.map((slot) => ({ ...slot, kit: 'KXX9' }) as unknown as Slot);
    expect(found({ subject: 'A' }, sources([A], { ...UNSOUND_LIST, slots: altered }))).toEqual(own);
  });

  test('is that of a participant whose id was corrected, under each of the ids', () => {
    const corrected = sources([A, { action: 'subject correction', subject: 'A', newId: 'A2' }]);
    for (const subject of ['A', 'a2']) {
      expect(found({ subject }, corrected)).toMatchObject({ number: 'R001', holders: ['A2'] });
    }
  });

  test('may have no kits, or several types of them', () => {
    const bare = sources([randomized('A', 'R001')], { slots: WITHOUT_KITS });
    expect(found({ subject: 'A' }, bare)).toMatchObject({ number: 'R001', kits: [] });
    const kits = [
      { type: 'tablets', kit: 'KAA1' },
      { type: 'syringe', kit: 'KAA1S' },
    ];
    const typed = sources([{ ...A, kits }], { slots: WITH_TYPES });
    expect(found({ subject: 'A' }, typed)).toMatchObject({ kits: ['KAA1', 'KAB1', 'KAA1S'] });
  });

  test('may be one of the spare kits', () => {
    const spare = sources([randomized('A', 'R001', 'KAB1')]);
    expect(found({ subject: 'A' }, spare)).toMatchObject({ number: 'R001', holders: ['A'] });
  });

  test('is doubtful if it was not the next one, which only sound records show', () => {
    const acts = [randomized('B', 'R002', 'KBB2'), C];
    expect(found({ subject: 'B' }, sources(acts))?.doubts).toEqual([
      'ledger.jsonl:2: B has R002 (kit KBB2), but the next free slot was R001 (kit KAA1)',
    ]);
    expect(found({ subject: 'C' }, sources(acts))?.doubts).toEqual([]);
    expect(found({ subject: 'B' }, sources(acts, UNSOUND_LIST))?.doubts).toEqual([]);
    expect(found({ subject: 'B' }, sources(acts, { isLedgerSound: false }))?.doubts).toEqual([]);
  });
});

describe('records that contradict each other are not trusted', () => {
  const CONTRADICTS = 'NOT TRUSTED: the ledger contradicts itself about A';
  const inLedger = (seq: number, text: string) => `ledger.jsonl: entry ${seq}: ${text}`;
  const A1 = 'A has R001, kit KAA1';
  const R001 = 'allocation/list.csv: R001 is kit KAA1 or KAB1';
  const R002 = 'allocation/list.csv: R002 is kit KBB2';

  test.each<[string, Said[], Partial<SlotSources>, string, string[]]>([
    [
      'another participant with the number',
      [A, randomized('B', 'R001', 'KBB2')],
      {},
      CONTRADICTS,
      [inLedger(2, A1), inLedger(3, 'B has R001, kit KBB2'), R001],
    ],
    [
      'another participant with the kit',
      [A, randomized('B', 'R002', 'KAA1')],
      {},
      CONTRADICTS,
      [inLedger(2, A1), inLedger(3, 'B has R002, kit KAA1'), R001],
    ],
    [
      'the participant twice, with two numbers',
      [A, randomized('a', 'R002', 'KAA1')],
      {},
      CONTRADICTS,
      [inLedger(2, A1), inLedger(3, 'a has R002, kit KAA1'), R001],
    ],
    [
      'the participant twice, with two kits',
      [A, randomized('A', 'R001', 'KAB1')],
      UNSOUND_LIST,
      CONTRADICTS,
      [inLedger(2, A1), inLedger(3, 'A has R001, kit KAB1'), R001],
    ],
    [
      'a number that is not in the list',
      [randomized('A', 'R009', 'KAA1')],
      {},
      'NOT TRUSTED: R009 with kit KAA1 is not in the list',
      [inLedger(2, 'A has R009, kit KAA1'), R001],
    ],
    [
      'the kit of another slot',
      [randomized('A', 'R001', 'KBB2')],
      {},
      'NOT TRUSTED: R001 with kit KBB2 is not in the list',
      [inLedger(2, 'A has R001, kit KBB2'), R001, R002],
    ],
    [
      'no kit, although the list has one',
      [randomized('A', 'R001')],
      {},
      'NOT TRUSTED: R001 is not in the list',
      [inLedger(2, 'A has R001'), R001],
    ],
    [
      'one right kit and a wrong one',
      [
        {
          ...A,
          kits: [
            { type: 'tablets', kit: 'KAA1' },
            { type: 'syringe', kit: 'KBB2S' },
          ],
        },
      ],
      { slots: WITH_TYPES },
      'NOT TRUSTED: R001 with kit KAA1, KBB2S is not in the list',
      [
        inLedger(2, 'A has R001, kit KAA1 (tablets), KBB2S (syringe)'),
        'allocation/list.csv: R001 is kit KAA1 or KAB1 or KAA1S',
        'allocation/list.csv: R002 is kit KBB2 or KBB2S',
      ],
    ],
    [
      'a rival, and a list that nobody can read',
      [A, randomized('B', 'R001', 'KBB2')],
      { ...UNSOUND_LIST, slots: [] },
      'NOT TRUSTED: R001 with kit KAA1 is not in the list',
      [inLedger(2, A1), inLedger(3, 'B has R001, kit KBB2')],
    ],
  ])('%s', (_, acts, more, message, problems) => {
    expect(failureOf({ subject: 'A' }, sources(acts, more))).toEqual({
      code: 'not-trusted',
      message,
      problems,
      hint: ASK_THE_BOX,
    });
  });

  test('a study without kits has other ways to find a slot', () => {
    const acts = [randomized('A', 'R001'), randomized('B', 'R001')];
    expect(failureOf({ subject: 'A' }, sources(acts, { slots: WITHOUT_KITS }))).toEqual({
      code: 'not-trusted',
      message: CONTRADICTS,
      hint: ASK_THE_NUMBER,
      problems: [
        ...[
          inLedger(2, 'A has R001'),
          inLedger(3, 'B has R001'),
          'allocation/list.csv: R001 is there',
        ],
      ],
    });
  });

  test('participants without kits are no rivals for having none', () => {
    const acts = [randomized('A', 'R001'), randomized('B', 'R002'), randomized('a', 'R001')];
    expect(
      found({ subject: 'A' }, sources(acts.slice(0, 2), { slots: WITHOUT_KITS })),
    ).toMatchObject({ number: 'R001', doubts: [] });
  });
});

describe('a subject id that nobody has', () => {
  test('may be a number or a kit', () => {
    expect(failureOf({ subject: 'r001' }, sources([A]))).toMatchObject({
      code: 'bad-data',
      message: '"r001" is the randomization number of A, not a subject id',
      hint: 'Run: randose unblind --number R001',
    });
    expect(failureOf({ subject: 'kbb2' }, sources([A]))).toMatchObject({
      message: '"kbb2" is the kit of a slot that nobody has yet, not a subject id',
      hint: 'Run: randose unblind --kit KBB2',
    });
  });

  test('is not randomized, if the ledger is sound', () => {
    expect(failureOf({ subject: 'Z' }, sources([A]))).toEqual({
      code: 'bad-data',
      message: 'subject "Z" is not randomized in this study',
      problems: [],
      hint: `Check the subject id. To list participants, run: randose calendar\n${ASK_THE_BOX}`,
    });
    expect(failureOf({ subject: 'Z' }, sources([], { slots: WITHOUT_KITS })).hint).toBe(
      `Check the subject id. To list participants, run: randose calendar\n${ASK_THE_NUMBER}`,
    );
    expect(failureOf({}, sources([A])).message).toBe('subject "" is not randomized in this study');
  });

  test('may be like another one, or have a wrong hyphen', () => {
    const like = sources([randomized('CRT-001', 'R001', 'KAA1')]);
    expect(failureOf({ subject: 'CRT-0O1' }, like).hint).toBe(
      `Did you mean CRT-001? Check the subject id. To list participants, run: randose calendar\n${ASK_THE_BOX}`,
    );
    expect(failureOf({ subject: 'Z\u20139' }, like).hint).toBe(
      `It has an en dash (U+2013) in the place of "-": type Z-9. Check the subject id. To list participants, run: randose calendar\n${ASK_THE_BOX}`,
    );
  });

  test('may be that of another site, which a site does not see', () => {
    const part = { mayBeInUse: () => true };
    const like = sources([randomized('CRT-001', 'R001', 'KAA1')], part);
    const NOT_SHOWN = `Participants of other sites are not shown to a site, nor those who were randomized after its last look. ${ASK_THE_BOX}`;
    expect(failureOf({ subject: 'Z\u20139' }, like)).toEqual({
      code: 'not-found',
      problems: [],
      message: 'no entry that is known here says which slot Z\u20139 has',
      hint: `It has an en dash (U+2013) in the place of "-": type Z-9. ${NOT_SHOWN}`,
    });
    expect(failureOf({ subject: 'CRT-0O1' }, like).hint).toBe(`Did you mean CRT-001? ${NOT_SHOWN}`);
  });

  test('may be in a damaged line', () => {
    for (const more of [{}, { mayBeInUse: () => true }]) {
      expect(failureOf({ subject: 'Z' }, sources([A], { ...more, isLedgerSound: false }))).toEqual({
        code: 'not-found',
        problems: [],
        hint: ASK_THE_BOX,
        message: 'no undamaged line of ledger.jsonl says which slot Z has',
      });
    }
    const none = { isLedgerSound: false, slots: [], isListSound: false };
    expect(failureOf({ subject: 'Z' }, sources([], none)).hint).toBe(ASK_THE_BOX);
  });
});

describe('the slot of a number', () => {
  test('is that of the list, with its kits and who has it', () => {
    const slot = { number: 'R001', kits: ['KAA1', 'KAB1'], doubts: [] };
    expect(found({ number: ' r001 ' }, sources([A, C]))).toEqual({ ...slot, holders: ['A'] });
    expect(found({ number: 'R002' }, sources([A, C]))).toEqual({
      number: 'R002',
      kits: ['KBB2'],
      holders: [],
      doubts: [],
    });
    expect(found({ number: 'R001' }, sources([A], UNSOUND_LIST))).toEqual({
      ...slot,
      kits: [],
      holders: ['A'],
    });
  });

  test('may be known from the ledger alone, or from an envelope', () => {
    const lost = { ...UNSOUND_LIST, slots: [] };
    expect(found({ number: 'r001' }, sources([A], lost))).toEqual({
      number: 'R001',
      kits: [],
      holders: ['A'],
      doubts: [],
    });
    expect(found({ number: 'r009' }, sources([A], { ...lost, numbers: ['R008', 'R009'] }))).toEqual(
      {
        number: 'R009',
        kits: [],
        holders: [],
        doubts: [],
      },
    );
  });

  test('is doubtful if two participants have it', () => {
    const twice = sources([A, randomized('B', 'R001', 'KBB2')]);
    expect(found({ number: 'R001' }, twice)).toMatchObject({
      holders: ['A', 'B'],
      doubts: ['in the ledger R001 belongs to A and B'],
    });
    const same = sources([A, randomized('a', 'R001', 'KAA1')]);
    expect(found({ number: 'R001' }, same)?.doubts).toEqual([]);
  });

  test('is doubtful if another one looks the same: its participant is named', () => {
    const alike = sources([A, randomized('B', 'ROO1', 'KBB2')]);
    expect(found({ number: 'R001' }, alike)?.doubts).toEqual([
      'whether R001 is meant, or ROO1 of B, which looks the same',
    ]);
  });
});

describe('a number that does not exist', () => {
  const WHERE =
    "The number is on the participant's calendar and on the card. Or use the code on the kit: --kit CODE";

  test('is refused, and the hint says where to find it', () => {
    expect(failureOf({ number: 'X77' }, sources([A]))).toEqual({
      code: 'bad-data',
      problems: [],
      hint: WHERE,
      message: '"X77" is not a randomization number of this study',
    });
    expect(failureOf({ number: 'X\u20137' }, sources([A])).hint).toBe(
      `It has an en dash (U+2013) in the place of "-": type X-7. ${WHERE}`,
    );
    const like = sources([randomized('CRT-001', 'R001', 'KAA1')]);
    expect(failureOf({ number: 'CRT-0O1' }, like).hint).toBe(`Did you mean CRT-001? ${WHERE}`);
  });

  test('may look like others: they are named with their participants, and none is chosen', () => {
    const one = (number: string, who = '') =>
      `${number}${who} looks the same. Compare it with the calendar or the card. If it is the one, run: randose unblind --number ${number}`;
    expect(failureOf({ number: 'ROO1' }, sources([A])).hint).toBe(one('R001', ' of A'));
    expect(failureOf({ number: 'ROO2' }, sources([A])).hint).toBe(one('R002'));
    expect(failureOf({ number: 'R\u2013001' }, sources([A])).hint).toBe(
      `It has an en dash (U+2013) in the place of "-": type R-001. ${one('R001', ' of A')}`,
    );
    const two = sources([A, randomized('B', 'ROO1', 'KBB2')]);
    expect(failureOf({ number: 'R0O1' }, two).hint).toBe(
      'These look the same: R001 of A, ROO1 of B. Compare each character with the calendar or the card. Or use the code on the kit: --kit CODE',
    );
  });

  test('may look like a participant, whom nobody names if a number looks the same', () => {
    const both = sources([A, randomized('ROO2', 'R003', 'KCC3', 'S2')]);
    expect(failureOf({ number: 'RO02' }, both).hint).toMatch(/^R002 looks the same\. /);
  });
});

describe('the slot of a kit', () => {
  test.each(['KAA1', 'kab1', 'k-a a1'])('is that of the list: %s', (kit) => {
    expect(found({ kit }, sources([A, C]))).toEqual({
      number: 'R001',
      kits: ['KAA1', 'KAB1'],
      holders: ['A'],
      doubts: [],
    });
  });

  test('may be one that nobody has', () => {
    expect(found({ kit: 'KBB2' }, sources([A]))).toEqual({
      number: 'R002',
      kits: ['KBB2'],
      holders: [],
      doubts: [],
    });
  });

  test('is that of the ledger if the list cannot be trusted', () => {
    const of = sources([A, randomized('B', 'R002', 'KAA1')], UNSOUND_LIST);
    expect(found({ kit: 'kaa1' }, of)).toEqual({
      number: 'R001',
      kits: ['KAA1'],
      holders: ['A', 'B'],
      doubts: ['in the ledger R001 belongs to A and B'],
    });
    const kits = [
      { type: 'tablets', kit: 'KAA1' },
      { type: 'syringe', kit: 'KAA1S' },
    ];
    const typed = sources([C, { ...A, kits }], { slots: WITH_TYPES, ...UNSOUND_LIST });
    expect(found({ kit: 'kaa1s' }, typed)).toEqual({
      number: 'R001',
      kits: ['KAA1', 'KAA1S'],
      holders: ['A'],
      doubts: [],
    });
  });

  test('is not known if neither has it: then the envelopes are searched', () => {
    expect(findSlot({ kit: 'KXX9' }, sources([A]))).toBeUndefined();
    expect(findSlot({ kit: 'KAB1' }, sources([A], UNSOUND_LIST))).toBeUndefined();
  });

  test('comes before a number, and a number before a subject id', () => {
    const of = sources([A, C]);
    expect(found({ kit: 'KCC3', number: 'R001', subject: 'A' }, of)?.number).toBe('R003');
    expect(found({ number: 'R003', subject: 'A' }, of)?.number).toBe('R003');
  });
});
