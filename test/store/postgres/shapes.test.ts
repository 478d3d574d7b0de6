import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { readLedger, START } from '../../../src/ledger/chain.ts';
import { ACTIONS } from '../../../src/ledger/entry.ts';
import { parseCivilDate } from '../../../src/study/civil-date.ts';
import { actShape, serverPattern, type ServerShape } from '../../../src/store/postgres/shapes.ts';
import { chained } from '../../support/ledger.ts';
import { startCluster, testWithPostgres } from '../../support/postgres.ts';
import { TestLedger } from '../../support/postgres-ledger.ts';

describe('a regular expression for the server', () => {
  test('means there what it means here, or is refused', () => {
    expect(serverPattern(/^[0-9a-f]{64}$/)).toBe('^[0-9a-f]{64}$');
    expect(serverPattern(/^D-?[1-9]\d{0,3}$/)).toBe('^D-?[1-9][0-9]{0,3}$');
    expect(serverPattern(/^20\d\d-(0[1-9]|1[0-2])$/)).toBe('^20[0-9][0-9]-(?:0[1-9]|1[0-2])$');
    const others = [/\d+/, /^a|b$/, /^a$/i, /^a$/m, /^\w$/, /^.$/, /^[^a]$/, /^(?=a)$/, /^(a)\1$/];
    for (const other of [...others, /^\p{L}$/u, /^a\b$/, /^\s$/, /^é$/, /^a\$/]) {
      expect(() => serverPattern(other), String(other)).toThrow('the server cannot check');
    }
  });
});

/** Texts with everything that a person can type, and more. */
const TEXT = fc.oneof(
  fc.constantFrom(
    '',
    'Zoë',
    'a "quoted" text',
    'back\\slash',
    'null',
    '\u007f\u0085\u2028',
    '\ufeff',
  ),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
);
const DATE = fc.oneof(
  fc.constantFrom('2000-02-29', '2028-02-29', '2099-12-31', '2026-04-30'),
  fc
    .date({
      min: new Date('2000-01-01'),
      max: new Date('2099-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString().slice(0, 10)),
);

/** Values of a shape, as they are written. */
function valuesOf(shape: ServerShape): fc.Arbitrary<unknown> {
  const values = (): fc.Arbitrary<unknown> => {
    switch (shape.is) {
      case 'text': {
        if (shape.pattern === undefined) return TEXT;
        if (shape.pattern.includes('02-29')) return DATE;
        return fc.stringMatching(new RegExp(shape.pattern));
      }
      case 'count':
        return fc.oneof(fc.nat(), fc.constantFrom(0, 999_999_999_999_999));
      case 'word':
        return fc.constantFrom(...shape.words);
      case 'list':
        return fc.array(valuesOf(shape.of), { minLength: shape.least, maxLength: 3 });
      case 'object':
        return fc
          .tuple(
            ...shape.members.map(({ name, shape: own, optional }) => {
              const member = valuesOf(own).map((value): [string, unknown][] => [[name, value]]);
              return optional === true ? fc.oneof(member, fc.constant([])) : member;
            }),
          )
          .map((members) => Object.fromEntries(members.flat()));
    }
  };
  return shape.null === true ? fc.oneof(values(), fc.constant(null)) : values();
}

/** An act of any kind, as randose writes it. */
const ACT = fc
  .oneof(...ACTIONS.map((action) => valuesOf(actShape(action))))
  .map((act) => JSON.stringify(act));

/** What may be wrong with a text: a part is lost, double, exchanged, or written in another way. */
const PIECES = [
  ...[
    ' ',
    '\n',
    '\t',
    ',',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ':',
    '0',
    '-',
    '.',
    'e1',
    '1',
    'null',
    'true',
  ],
  ...[
    '\\u0041',
    '\\u00e9',
    '\\u001F',
    '\\/',
    '\\ud800',
    '\\u0000',
    '\u00a0',
    '\ufeff',
    '\u0661',
    'é',
    'A',
    'z',
  ],
  ...[
    '"seq":1,',
    '"time":"x",',
    '"id":null,',
    '"__proto__":1,',
    '2026-02-30',
    '2100-01-01',
    '0226-01-01',
  ],
  ...['T24:00:00Z', '+', '٣', 'ſ', 'K'],
];
const MUTATED = fc
  .tuple(
    ACT,
    fc.array(
      fc.record({
        at: fc.noBias(fc.nat(9999)),
        lost: fc.nat(12),
        piece: fc.oneof(fc.constantFrom(...PIECES, ''), fc.string({ maxLength: 3 })),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  )
  .map(([text, changes]) =>
    changes.reduce((before, { at, lost, piece }) => {
      const start = Math.floor((at / 10_000) * before.length);
      return before.slice(0, start) + piece + before.slice(start + lost);
    }, text),
  );

/** Other ways to write the same content. */
const REWRITTEN = fc.tuple(ACT, fc.nat(5), fc.nat()).map(([text, way, place]) => {
  const act = JSON.parse(text) as Record<string, unknown>;
  const members = Object.entries(act);
  const [name, value] = members[place % members.length]!;
  if (way === 0) return JSON.stringify(act, undefined, 1);
  if (way === 1) return JSON.stringify(Object.fromEntries(members.reverse()));
  if (way === 2) return `{"${name}":${JSON.stringify(value)},${text.slice(1)}`;
  if (way === 3) return JSON.stringify({ ...act, [`${name}x`]: value });
  if (way === 4) return JSON.stringify(Object.fromEntries(members.filter(([one]) => one !== name)));
  return `${text.slice(0, -1)},"${name}":{}}`;
});

describe('the server', () => {
  let ledger: TestLedger;

  beforeAll(() => {
    fc.configureGlobal({ seed: 20, ...fc.readConfigureGlobal() });
  });

  async function taken(texts: readonly string[]): Promise<boolean[]> {
    if (!(ledger as TestLedger | undefined)) {
      ledger = await TestLedger.create(await startCluster(), 'study');
      await ledger.owner.unsafe(`
        create function randose.takes(p_act text) returns boolean language plpgsql as $$
        begin
          perform randose.read_act(p_act, false);
          return true;
        exception when sqlstate 'RD001' then return false;
        end $$`);
    }
    const rows = await ledger.owner<{ takes: boolean }[]>`
      set search_path = randose, pg_catalog, pg_temp;`
      .simple()
      .then(
        async () => ledger.owner<{ takes: boolean }[]>`
        select takes(one.act) from unnest(${[...texts]}::text[]) with ordinality as one (act, place) order by place`,
      );
    return rows.map(({ takes }) => takes);
  }
  /** Whether a ledger that has the act can be read. */
  const isReadable = (text: string) => {
    const { problems } = readLedger(chained(START, text, '2026-01-01T00:00:00.000Z'));
    return !problems.some(({ message }) => message.includes('is not an entry'));
  };

  testWithPostgres('takes every act that randose writes, of each kind', async () => {
    const texts = ACTIONS.flatMap((action) =>
      fc
        .sample(valuesOf(actShape(action)), { seed: 1, numRuns: 10 })
        .map((act) => JSON.stringify(act)),
    ).filter((text) => !/\\u0000|\\ud[89a-f]/.test(text));
    const answers = await taken(texts);
    expect(texts.filter((_, index) => answers[index] !== true)).toEqual([]);
    expect(texts.filter((text) => !isReadable(text))).toEqual([]);
  });

  for (const [name, texts, least] of [
    ['changed', MUTATED, 20],
    ['written in another way', REWRITTEN, 0],
  ] as const) {
    testWithPostgres(`takes nothing that cannot be read: acts that are ${name}`, async () => {
      // Neither a text of the server nor its connection can have a NUL or half a surrogate pair.
      const some = fc
        .sample(texts, { seed: 2, numRuns: 2000 })
        .filter((text) => !/\0|\p{Cs}/u.test(text));
      const answers = await taken(some);
      const passed = some.filter((_, index) => answers[index]);
      expect(passed.filter((text) => !isReadable(text) || text.includes('\n'))).toEqual([]);
      expect(passed.length).toBeGreaterThanOrEqual(least);
    });
  }

  testWithPostgres('knows the same days of the calendar as the reader', async () => {
    const days = Array.from({ length: 37_000 }, (_, day) =>
      new Date(Date.UTC(1999, 11, 1) + day * 86_400_000).toISOString().slice(0, 10),
    );
    const others = [
      '2026-02-29',
      '2100-02-29',
      '2000-02-30',
      '2026-04-31',
      '2026-00-01',
      '2026-13-01',
      '2026-01-00',
    ];
    const dates = [
      ...days,
      ...others,
      '2026-1-1',
      '2026-01-01 ',
      '2026-01-32',
      '1999-12-31',
      '2100-01-01',
    ];
    const text = actShape('amendment');
    const from = text.is === 'object' && text.members.find(({ name }) => name === 'from')?.shape;
    const { pattern = '' } = from as { pattern?: string };
    await taken([]);
    const rows = await ledger.owner<{ day: string }[]>`
      select day from unnest(${dates}::text[]) as day where day ~ ${pattern}`;
    expect(rows.map(({ day }) => day).sort()).toEqual(
      dates.filter((day) => 'date' in parseCivilDate(day)).sort(),
    );
  });

  testWithPostgres('refuses what is not an object, too long or too deep', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(
      await taken(['', '{}', 'null', '[]', '"a"', '{"action":"lock"}', '{"a":1} garbage', deep]),
    ).toEqual(Array(8).fill(false));
    const [act] = fc.sample(valuesOf(actShape('lock')), { seed: 3, numRuns: 1 });
    const long = JSON.stringify({ ...(act as object), reason: 'a'.repeat(17 * 2 ** 20) });
    expect(await taken([JSON.stringify(act), long])).toEqual([true, false]);
  });
});
