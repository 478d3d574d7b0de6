import { describe, expect, test } from 'vitest';
import {
  alsoConcerned,
  batchesOpened,
  cardOf,
  checkOpenings,
  checkOpenedParticipants,
  codeBreaksOf,
  earlierOpenings,
  earlierOpeningText,
  firstCodeBreaks,
  firstReveals,
  isWithCard,
  isWithoutOutcome,
  ofNobodyText,
  openingsOf,
  openingsOfNobody,
  openingsOfSlot,
  participantOf,
  preparationsFor,
} from '../../src/ledger/openings.ts';
import type { Act, Entry } from '../../src/ledger/entry.ts';
import {
  entriesOfActs,
  EXAMPLE_INTENT as intent,
  EXAMPLE_OFFICER as who,
  EXAMPLE_RANDOMIZATION as randomization,
} from '../support/ledger.ts';

const outcome = (of: number): Act => ({
  action: 'code-break outcome',
  who,
  intent: of,
  result: 'opened',
  error: null,
});

function ledger(...acts: Act[]): Entry[] {
  return entriesOfActs(acts, { time: '2026-05-01T00:00:00.000Z' });
}

test('each intent has its outcome', () => {
  const entries = ledger(randomization, intent, outcome(2), intent, outcome(4));
  expect(checkOpenings(entries)).toEqual([]);
  expect(openingsOf(entries, 'code-break').map((each) => each.outcome?.seq)).toEqual([3, 5]);
});

test('an intent without an outcome is reported: somebody may have seen the arm [R-042]', () => {
  expect(checkOpenings(ledger(randomization, intent))).toMatchObject([{ line: 2 }]);
});

test('an outcome without an intent, or a second one, is reported', () => {
  expect(checkOpenings(ledger(outcome(1)))).toMatchObject([{ line: 1 }]);
  const twice = ledger(randomization, intent, outcome(2), outcome(2));
  expect(checkOpenings(twice)).toMatchObject([{ line: 4 }]);
});

test('an intent about a number that the subject does not have is reported', () => {
  const other = { ...intent, number: 'R002' } as Act;
  expect(checkOpenings(ledger(randomization, other, outcome(2)))).toMatchObject([
    { line: 2, message: 'is about R002, but A had R001' },
  ]);
  expect(checkOpenings(ledger(intent, outcome(1)))).toMatchObject([{ line: 1 }]);
});

test('an outcome that was refused without an error, or opened with one, is reported', () => {
  const odd = { ...outcome(2), result: 'refused' } as Act;
  expect(checkOpenings(ledger(randomization, intent, odd))).toMatchObject([{ line: 3 }]);
});

test('the first code-break of a participant is the first that was opened, also of a kit that is theirs', () => {
  const at = (seq: number, second: number, act: object): Entry =>
    ({ seq, time: `2026-06-01T00:00:0${second}.000Z`, who, reason: null, ...act }) as Entry;
  const byKit = { ...intent, subject: 'B', number: 'R001', kit: '4KX9TM7' };
  const late = {
    action: 'late code-break',
    subject: 'D',
    number: 'R004',
    key: null,
    to: null,
    kit: null,
    opened: '2026-05-31T23:00:00.000Z',
    result: 'opened',
    error: null,
  };
  const entries = [
    at(1, 0, { ...intent, subject: 'A', number: 'R001' }),
    at(2, 1, { ...outcome(1), result: 'refused', error: 'no-key' }),
    at(3, 2, byKit), // B was given the kit of R001, which is A's
    at(4, 3, outcome(3)),
    at(5, 4, { ...intent, subject: 'A', number: 'R001' }),
    at(6, 5, outcome(5)),
    at(7, 6, { ...intent, subject: 'C', number: 'R003' }), // no outcome
    at(8, 7, { ...intent, subject: 'D', number: 'R004' }),
    at(9, 8, outcome(8)),
    at(10, 9, late),
  ];
  const opened = firstCodeBreaks(entries);
  expect(opened({ subject: 'A' as never, number: 'R001' })).toBe('2026-06-01T00:00:02.000Z');
  expect(opened({ subject: 'b' as never, number: 'R002' })).toBe('2026-06-01T00:00:02.000Z');
  expect(opened({ subject: 'C' as never, number: 'R003' })).toBeUndefined();
  expect(opened({ subject: 'D' as never, number: 'R004' })).toBe('2026-05-31T23:00:00.000Z');
});

test.each<[string, object]>([
  ['participant', { subject: 'A' }],
  ['number', { subject: 'R001' }],
])('an intent of nobody is about the %s that its outcome names', (_, named) => {
  const nobody = { ...intent, subject: '(no subject id)', number: null } as Act;
  const entries = ledger(randomization, nobody, { ...outcome(2), ...named });
  expect(participantOf(entries, entries[1]!)).toBe('A');
  expect(participantOf(entries, entries[2]!)).toBe('A');
  expect(openingsOfSlot(entries, { subject: 'A', number: 'R001' })).toHaveLength(1);
  expect(openingsOfSlot(entries, { subject: undefined, number: 'R001' })).toHaveLength(1);
  expect(firstCodeBreaks(entries)({ subject: 'A' as never, number: 'R001' })).toBeDefined();
  expect([...checkOpenings(entries), ...openingsOfNobody(entries)]).toEqual([]);
});

test('a code-break that names nobody is found, and is not wrong; a refused one is nothing', () => {
  const nobody = { ...intent, subject: '(no subject id)', number: null } as Act;
  const refused = { ...outcome(4), result: 'refused', error: 'wrong-key' } as Act;
  const entries = ledger(randomization, nobody, outcome(2), nobody, refused);
  expect(checkOpenings(entries)).toEqual([]);
  const found = openingsOfNobody(entries);
  expect(found).toMatchObject([{ seq: 2 }]);
  expect(ofNobodyText(found[0]!)).toContain('names no participant and no number');
});

test('openings come by the time at which they took place, and name all keys of a threshold', () => {
  const both = 'O1, officer; O2, officer';
  const at = (seq: number, time: string, act: object): Entry =>
    ({ seq, time, who, reason: null, ...act }) as Entry;
  const late = {
    action: 'late code-break',
    subject: 'B',
    number: 'R002',
    to: null,
    kit: null,
    key: both,
    opened: '2026-05-31T23:00:00.000Z',
    result: 'opened',
    error: null,
  };
  const entries = [
    at(1, '2026-06-01T00:00:00.000Z', { ...intent, subject: 'A', number: 'R001' }),
    at(2, '2026-06-01T00:00:01.000Z', outcome(1)),
    at(3, '2026-06-02T00:00:00.000Z', late),
  ];
  const openings = earlierOpenings(entries);
  expect(openings.map(({ subject }) => subject)).toEqual(['B', 'A']);
  expect(earlierOpeningText(openings[0]!)).toContain(
    'with the keys of O1, officer and O2, officer (ledger 3)',
  );
  expect(earlierOpeningText(openings[1]!)).not.toContain('keys');
});

const reveal: Act = {
  action: 'reveal intent',
  who,
  subject: 'A' as never,
  number: 'R001',
  key: null,
};
const revealed = (of: number, result: 'opened' | 'refused' = 'opened'): Act => ({
  action: 'reveal outcome',
  who,
  intent: of,
  result,
  error: result === 'opened' ? null : 'wrong-key',
});

test('a reveal is no code-break, and counts from the first that was opened', () => {
  const refused = ledger(randomization, reveal, revealed(2, 'refused'));
  expect(firstReveals(refused)('A')).toBeUndefined();
  const entries = ledger(randomization, reveal, revealed(2), reveal, revealed(4));
  expect(codeBreaksOf(entries)).toEqual([]);
  expect(firstCodeBreaks(entries)({ subject: 'A' as never, number: 'R001' })).toBe(undefined);
  expect(firstReveals(entries)('a')).toBe('2026-05-01T00:00:00.000Z');
  expect([...checkOpenings(entries), ...checkOpenedParticipants(entries, true)]).toEqual([]);
});

test('a reveal of somebody who is not randomized, of another number, or in a blinded study, is reported', () => {
  const problems = (entries: Entry[], isOpenLabel: boolean | undefined = true) =>
    checkOpenedParticipants(entries, isOpenLabel).map(({ line, message }) => `${line}: ${message}`);
  expect(problems(ledger(reveal, randomization))).toEqual(['1: reveals R001, but A had no number']);
  const other = { ...reveal, number: 'R002' } as Act;
  expect(problems(ledger(randomization, other))).toEqual(['2: reveals R002, but A had R001']);
  expect(problems(ledger(randomization, reveal), false)).toEqual([
    '2: reveals an arm, but study.yaml does not say blinding: open label',
  ]);
  expect(problems(ledger(randomization, reveal), undefined)).toEqual([]);
  expect(checkOpenings(ledger(randomization, reveal))).toMatchObject([
    { line: 2, message: 'the reveal of A has no outcome: somebody may have seen the arm' },
  ]);
});

const randomized = (subject: string, number: string, kit: string): Act =>
  ({ ...randomization, subject, number, kit }) as Act;
const second = randomized('B', 'R002', '474WW4E');
const late = (said: object = {}): Act =>
  ({
    ...intent,
    action: 'late code-break',
    kit: null,
    opened: '2026-04-30T23:00:00.000Z',
    result: 'opened',
    error: null,
    pending: 'c'.repeat(64),
    ...said,
  }) as Act;
const codeBreak = (said: object): Act => ({ ...intent, ...said });
const NOBODY = '(no subject id)';

describe('whom an entry is about', () => {
  const about = (...acts: Act[]) => {
    const entries = ledger(randomization, second, ...acts);
    return participantOf(entries, entries.at(-1)!);
  };

  test.each<[string, Act[], string | undefined]>([
    ['its subject', [codeBreak({})], 'A'],
    ['nobody', [{ action: 'lock', who }], undefined],
    [
      'the text that it has if nobody is known under it',
      [codeBreak({ subject: 'Z', number: null })],
      'Z',
    ],
    ['the one who has its number', [codeBreak({ subject: NOBODY, number: 'R002' })], 'B'],
    [
      'the one whose number was typed as the subject',
      [codeBreak({ subject: 'R002', number: null })],
      'B',
    ],
    ['the one who has its number, entered late', [late({ subject: NOBODY, number: 'R002' })], 'B'],
    [
      'who was given the kit, and not who has its number',
      [codeBreak({ subject: 'B', kit: '4KX9TM7' })],
      'B',
    ],
    ['who was given the kit, entered late', [late({ subject: 'Z', kit: '4KX9TM7' })], 'Z'],
    [
      'as its intent',
      [codeBreak({ subject: NOBODY, number: 'R002' }), { ...outcome(3), subject: NOBODY } as Act],
      'B',
    ],
    [
      'not whom the outcome names, if it has an unknown number itself',
      [{ ...outcome(4), subject: 'B' } as Act, codeBreak({ subject: NOBODY, number: 'R009' })],
      NOBODY,
    ],
    [
      'not whom the outcome of another code-break names',
      [
        codeBreak({ subject: NOBODY, number: null }),
        { ...outcome(3), subject: 'B' } as Act,
        codeBreak({ subject: NOBODY, number: null }),
      ],
      NOBODY,
    ],
    [
      'its text, late, whatever an outcome says',
      [{ ...outcome(4), subject: 'B' } as Act, late({ subject: NOBODY, number: null })],
      NOBODY,
    ],
    [
      'its text if it is not a code-break',
      [{ action: 'withdrawal', who, subject: 'R002', date: '2026-06-01', from: 'study' } as never],
      'R002',
    ],
    ['its text if its intent is not there', [{ ...outcome(9), subject: 'R002' } as Act], 'R002'],
    [
      'its text if it is the outcome of something else',
      [
        { action: 'reveal intent', who, subject: 'R002', number: 'R002', key: null } as never,
        {
          action: 'reveal outcome',
          who,
          subject: 'R002',
          intent: 3,
          result: 'opened',
          error: null,
        },
      ],
      'R002',
    ],
  ])('%s', (_, acts, expected) => {
    expect(about(...acts)).toBe(expected);
  });
});

test('others are concerned whose kit or card was used', () => {
  const concerned = (...acts: Act[]) => {
    const entries = ledger(randomization, second, ...acts);
    return alsoConcerned(entries, entries.at(-1)!);
  };
  expect(concerned(codeBreak({}))).toEqual([]);
  expect(concerned(codeBreak({ number: 'R002', kit: '474WW4E' }))).toEqual(['B']);
  expect(concerned(codeBreak({ number: 'R002', kit: '474WW4E' }), outcome(3))).toEqual(['B']);
  expect(concerned(late({ number: 'R002', kit: '474WW4E' }))).toEqual(['B']);
  expect(concerned(codeBreak({ key: 'code-break card of R002' }))).toEqual(['B']);
  expect(concerned(codeBreak({ key: 'code-break card of R002; O1, officer' }))).toEqual([]);
  expect(concerned(codeBreak({ key: 'R002' }))).toEqual([]);
  expect(concerned(reveal)).toEqual([]);
  expect(concerned(reveal, revealed(3))).toEqual([]);
  expect(concerned({ action: 'lock', who })).toEqual([]);
  expect(concerned(outcome(9))).toEqual([]); // its intent is not there
});

test('a key is a card, of one number, or not', () => {
  const both = (key: string | null) => [isWithCard({ key }), cardOf({ key })];
  expect(both(null)).toEqual([false, undefined]);
  expect(both('Example Officer')).toEqual([false, undefined]);
  expect(both('the code-break card of R001')).toEqual([false, undefined]);
  expect(both('code-break card of R001')).toEqual([true, 'R001']);
  expect(both('code-break card of R001; code-break card of R002')).toEqual([true, undefined]);
});

describe('an opening that was not refused', () => {
  const TIME = '2026-05-01T00:00:00.000Z';
  const refusedOutcome = (of: number) =>
    ({ ...outcome(of), result: 'refused', error: 'wrong-key' }) as Act;

  test('is known with its participant, number, kit, card and keys', () => {
    const entries = ledger(
      ...[randomization, second, codeBreak({ subject: 'a', number: null }), outcome(3)],
      codeBreak({ subject: 'A', number: 'R002', kit: '474WW4E', key: 'O1; O2; O3' }),
      codeBreak({ subject: NOBODY, number: 'R002', key: 'code-break card of R002' }),
      refusedOutcome(6),
      codeBreak({ subject: 'Z', number: null, key: null }),
      codeBreak({ subject: NOBODY, number: 'R002', key: 'code-break card of R002' }),
    );
    const usual = { time: TIME, who, keys: [], kit: null, isByCard: false };
    expect(earlierOpenings(entries)).toEqual([
      { ...usual, seq: 3, subject: 'A', number: 'R001', isCertain: true },
      {
        ...usual,
        seq: 5,
        subject: 'A',
        number: 'R002',
        kit: '474WW4E',
        keys: ['O1', 'O2', 'O3'],
        isCertain: false,
      },
      { ...usual, seq: 8, subject: 'Z', number: null, isCertain: false },
      { ...usual, seq: 9, subject: 'B', number: 'R002', isByCard: true, isCertain: false },
    ]);
  });

  test('of another kit is that of whoever was given it, and not of who has its number', () => {
    const kit = { kit: '474WW4E', number: 'R002' };
    const entries = ledger(
      ...[randomization, second, codeBreak({ ...kit, subject: 'Z' }), codeBreak(kit)],
      late({ ...kit, subject: NOBODY }),
    );
    expect(earlierOpenings(entries)).toMatchObject([
      { seq: 5, subject: NOBODY, number: 'R002' },
      { seq: 3, subject: 'Z', number: 'R002' },
      { seq: 4, subject: 'A', number: 'R002' },
    ]);
  });

  test('and was entered late has its own time, and comes first; its result may be unknown', () => {
    const refused = late({ subject: 'B', number: 'R002', result: 'refused', error: 'wrong-key' });
    const unknown = late({ subject: 'B', number: 'R002', result: 'unknown', kit: '474WW4E' });
    const entries = ledger(randomization, intent, outcome(2), refused, unknown, late());
    expect(earlierOpenings(entries)).toMatchObject([
      { seq: 5, subject: 'B', time: '2026-04-30T23:00:00.000Z', kit: '474WW4E', isCertain: false },
      { seq: 6, subject: 'A', time: '2026-04-30T23:00:00.000Z', kit: null, isCertain: true },
      { seq: 2, subject: 'A', time: TIME, isCertain: true },
    ]);
    expect(codeBreaksOf(entries).map((one) => one.outcome?.result)).toEqual([
      ...['opened', 'refused', undefined, 'opened'],
    ]);
  });

  test('is that of a slot by its number, or by its participant', () => {
    const entries = ledger(
      ...[randomization, second, codeBreak({}), codeBreak({ subject: 'Z', number: null })],
    );
    const found = (subject: string | undefined, number: string | undefined) =>
      openingsOfSlot(entries, { subject, number }).map(({ seq }) => seq);
    expect(found('a', 'R002')).toEqual([3]);
    expect(found('B', 'R001')).toEqual([3]);
    expect(found('B', 'R002')).toEqual([]);
    expect(found('z', undefined)).toEqual([4]);
    expect(found(undefined, undefined)).toEqual([]);
  });

  test('is said in one line', () => {
    const opening = {
      seq: 7,
      subject: 'A',
      number: 'R001',
      isByCard: false,
      kit: null,
      keys: [],
      time: '2026-05-01T09:30:12.000Z',
      who,
      isCertain: true,
    };
    const by = 'by Example Officer, officer';
    expect(earlierOpeningText(opening)).toBe(`2026-05-01 09:30 UTC, ${by} (ledger 7)`);
    expect(
      earlierOpeningText({
        ...opening,
        isByCard: true,
        kit: '474WW4E',
        isCertain: false,
        keys: ['code-break card of R001', 'O1'],
      }),
    ).toBe(
      `2026-05-01 09:30 UTC, kit 474WW4E, as given to A, with the card, ${by}, with the keys of code-break card of R001 and O1 (ledger 7), without an outcome: somebody may have seen the arm`,
    );
    expect(ofNobodyText(opening)).toBe(
      `ledger entry 7 is a code-break on 2026-05-01 09:30 UTC, ${by}, and names no participant and no number. Ask who was opened. Then enter a signed note about it for that participant: randose ledger --enter-paper SUBJECT`,
    );
  });

  test('names nobody only without a number, a kit and a participant', () => {
    const found = (said: object) =>
      openingsOfNobody(ledger(randomization, codeBreak(said))).map(({ seq }) => seq);
    expect(found({ subject: NOBODY, number: null })).toEqual([2]);
    expect(found({ subject: NOBODY, number: 'R009' })).toEqual([]);
    expect(found({ subject: NOBODY, number: null, kit: '474WW4E' })).toEqual([]);
    expect(found({ subject: 'a', number: null })).toEqual([]);
  });
});

describe('the first time', () => {
  const at = (seq: number, time: string, act: object): Entry =>
    ({ seq, time, who, reason: null, ...act }) as Entry;

  test('that an arm was revealed is that of the first reveal that was opened', () => {
    const entries = [
      at(1, 't1', reveal),
      at(2, 't2', revealed(1, 'refused')),
      at(3, 't3', reveal),
      at(4, 't4', revealed(3)),
      at(5, 't5', reveal),
      at(6, 't6', revealed(5)),
      at(7, 't7', { ...reveal, subject: 'B' }), // no outcome
    ];
    expect(firstReveals(entries)('a')).toBe('t3');
    expect(firstReveals(entries)('B')).toBeUndefined();
  });

  test('of a code-break is the earliest, and that of its own participant', () => {
    const entries = [
      at(1, 't1', { ...intent, subject: 'B', number: 'R002' }),
      at(2, 't2', outcome(1)),
      at(3, 't3', intent),
      at(4, 't4', outcome(3)),
      at(5, 't5', late({ opened: 't0' })),
    ];
    const opened = firstCodeBreaks(entries);
    expect(opened({ subject: 'A' as never, number: 'R001' })).toBe('t0');
    expect(opened({ subject: 'B' as never, number: 'R002' })).toBe('t1');
    expect(opened({ subject: 'C' as never, number: 'R003' })).toBeUndefined();
  });
});

describe('a preparation', () => {
  const preparation = (said: object = {}): Act =>
    ({
      action: 'preparation intent',
      who,
      subject: 'A',
      number: 'R001',
      preparer: 'Example Preparer',
      to: 'age1example',
      key: null,
      ...said,
    }) as Act;
  const prepared = (of: number, result: 'opened' | 'refused' = 'opened'): Act => ({
    action: 'preparation outcome',
    who,
    intent: of,
    result,
    error: result === 'opened' ? null : 'wrong-key',
  });

  test('was made for a participant unless it was refused', () => {
    const entries = ledger(
      ...[randomization, preparation(), prepared(2), preparation(), prepared(4, 'refused')],
      ...[preparation({ subject: 'B' }), preparation({ subject: 'a' })],
    );
    expect(preparationsFor(entries, 'A').map(({ seq }) => seq)).toEqual([2, 7]);
    expect(preparationsFor(entries, 'b').map(({ seq }) => seq)).toEqual([6]);
  });

  test('has the number that its participant had, in any study', () => {
    const problems = (...acts: Act[]) =>
      checkOpenedParticipants(ledger(...acts), false).map(({ message }) => message);
    expect(problems(randomization, preparation())).toEqual([]);
    expect(problems(preparation(), randomization)).toEqual(['prepares R001, but A had no number']);
    expect(problems(randomization, preparation({ number: 'R002' }), intent)).toEqual([
      'prepares R002, but A had R001',
    ]);
  });
});

test('the batches that were opened are those of each attempt that was not refused', () => {
  const about = (action: 'card making' | 'packing', batches: number[]) =>
    ({ action: `${action} intent`, who, batches, key: null }) as Act;
  const result = (action: 'card making' | 'packing', of: number, error: string | null) =>
    ({
      action: `${action} outcome`,
      who,
      intent: of,
      result: error === null ? 'opened' : 'refused',
      error,
    }) as Act;
  const entries = ledger(
    ...[about('card making', [1, 2]), result('card making', 1, null)],
    ...[about('card making', [3]), result('card making', 3, 'wrong-key')],
    ...[about('card making', [4]), about('packing', [5]), result('packing', 6, null)],
  );
  expect([...batchesOpened(entries, 'card making')]).toEqual([1, 2, 4]);
  expect([...batchesOpened(entries, 'packing')]).toEqual([5]);
});

describe('the check of openings', () => {
  const told = (...acts: Act[]) =>
    checkOpenings(ledger(...acts)).map(({ line, message }) => `${line}: ${message}`);
  const NO_OUTCOME = 'has no outcome: somebody may have seen';

  test.each<[string, string]>([
    ['code-break', `the code-break of A ${NO_OUTCOME} the arm`],
    ['reveal', `the reveal of A ${NO_OUTCOME} the arm`],
    ['preparation', `the preparation of A ${NO_OUTCOME} the arm`],
    ['list opening', `the list opening ${NO_OUTCOME} the list`],
    ['masked table', `the masked table ${NO_OUTCOME} the list`],
    ['letter opening', `the letter opening ${NO_OUTCOME} the arms of the letters`],
    ['card making', `the card making ${NO_OUTCOME} the cards`],
    ['rewrap', `the rewrap ${NO_OUTCOME} the sealed files`],
    ['packing', `the packing ${NO_OUTCOME} the arm of each kit`],
  ])('finds a %s without an outcome', (kind, expected) => {
    const isOfOne = ['code-break', 'reveal', 'preparation'].includes(kind);
    const entry = (seq: number, act: object) => ({ seq, subject: null, who, ...act }) as Entry;
    const start = [
      entry(1, randomization),
      entry(2, { action: `${kind} intent`, ...(isOfOne && { subject: 'A', number: 'R001' }) }),
    ];
    const problems = checkOpenings(start);
    expect(problems).toEqual([{ file: 'ledger.jsonl', line: 2, message: expected }]);
    expect(problems.every(isWithoutOutcome)).toBe(true);
    const end = entry(3, { action: `${kind} outcome`, intent: 2, result: 'opened', error: null });
    expect(checkOpenings([...start, end])).toEqual([]);
    const other = { ...end, action: kind === 'packing' ? 'rewrap outcome' : 'packing outcome' };
    expect(checkOpenings([...start, other as Entry]).map(({ line }) => line)).toEqual([2, 3]);
  });

  test('finds an outcome that is not one, and one that contradicts itself', () => {
    const isOutcome = (seq: number) =>
      `is the outcome of entry ${seq}, which is not an intent or already has an outcome`;
    const odd = 'says opened but has an error, or says refused but has no error';
    expect(told(outcome(1))).toEqual([`1: ${isOutcome(1)}`]);
    expect(told(randomization, intent, outcome(2), outcome(2))).toEqual([`4: ${isOutcome(2)}`]);
    const withError = { ...outcome(2), error: 'wrong-key' } as Act;
    expect(told(randomization, intent, withError)).toEqual([`3: ${odd}`]);
    const without = { ...outcome(2), result: 'refused' } as Act;
    expect(told(randomization, intent, without)).toEqual([`3: ${odd}`]);
    expect(checkOpenings(ledger(outcome(1))).some(isWithoutOutcome)).toBe(false);
  });

  test('finds a code-break about another number than its subject had then, in the order of the ledger', () => {
    const refused = { ...outcome(2), result: 'refused', error: 'not-found' } as Act;
    const noNumber = codeBreak({ number: null });
    expect(told(randomization, noNumber, outcome(2))).toEqual([
      '2: is about no number, but A had R001',
    ]);
    expect(told(codeBreak({}), outcome(1), randomization)).toEqual([
      '1: is about R001, but A had no number',
    ]);
    expect(told(randomization, codeBreak({ number: 'R002' }), refused)).toEqual([
      '2: is about R002, but A had R001',
    ]);
    // A site that asks for a participant of another site is refused.
    expect(told(randomization, noNumber, refused)).toEqual([]);
    expect(told(randomization, noNumber, refused, noNumber, outcome(4))).toEqual([
      '4: is about no number, but A had R001',
    ]);
    expect(told(randomization, codeBreak({ subject: NOBODY }), outcome(2))).toEqual([]);
    expect(told(randomization, codeBreak({ number: 'R002', kit: '474WW4E' }), outcome(2))).toEqual(
      [],
    );
    expect(told(randomization, codeBreak({ number: 'R002' }), intent, outcome(2))).toEqual([
      '2: is about R002, but A had R001',
      `3: the code-break of A ${NO_OUTCOME} the arm`,
    ]);
  });
});
