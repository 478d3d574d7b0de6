import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openStream } from '../../src/randomization/generator.ts';
import { readKit } from '../../src/randomization/kit-check.ts';
import {
  checkCharacter,
  kitDrawer,
  type Numbering,
  numberWriter,
} from '../../src/randomization/numbers.ts';
import type { Study } from '../../src/study/study.ts';
import { PLAIN_NUMBERS } from '../../src/randomization/vectors.ts';
import { EXAMPLE_SEED } from '../support/designs.ts';

describe('the ISO 7064 Mod 37,36 check character', () => {
  test.each([
    // GRid, the Global Release Identifier standard: A1-2425G-ABC1234002-M.
    ['A12425GABC1234002', 'M'],
    // ISAN 0000-0000-D07A-0090-Q (ISO 15706).
    ['00000000D07A0090', 'Q'],
    ['', '1'],
  ])('%s: %s', (text, check) => {
    expect(checkCharacter(text)).toBe(check);
  });

  const kitText = fc.string({
    unit: fc.constantFrom(...Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ')),
    minLength: 6,
    maxLength: 6,
  });

  test('detects every single wrong character [R-009]', () => {
    fc.assert(
      fc.property(kitText, fc.nat({ max: 5 }), fc.nat({ max: 34 }), (text, place, step) => {
        const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
        const wrong = alphabet[(alphabet.indexOf(text[place]!) + 1 + step) % 36]!;
        const mistyped = text.slice(0, place) + wrong + text.slice(place + 1);
        expect(checkCharacter(mistyped)).not.toBe(checkCharacter(text));
      }),
    );
  });

  test('has no small letters', () => {
    expect(() => checkCharacter('4-')).toThrow(/^not a digit or a capital letter: -$/);
    expect(() => checkCharacter('a')).toThrow(/^not a digit or a capital letter: a$/);
  });
});

const KIT_STREAM = {
  domain: 'production',
  study: 'T',
  batch: 1,
  purpose: 'kit codes',
  stratum: 'site=A',
} as const;

/** A study with patterns of its own. */
function numbering(
  randomization: Partial<Study['numbers']['randomization']> = {},
  kits: Partial<Study['numbers']['kits']> = {},
  domain: Study['domain'] = 'production',
): Numbering {
  const { randomization: plain, kits: plainKits } = PLAIN_NUMBERS;
  return {
    domain,
    numbers: { randomization: { ...plain, ...randomization }, kits: { ...plainKits, ...kits } },
  };
}

function kits(of: Numbering, count: number, site = 'CRT', taken: string[] = []): string[] {
  const draw = kitDrawer(of, taken, count)(site, openStream(EXAMPLE_SEED, KIT_STREAM));
  return Array.from({ length: count }, draw);
}

describe('kit codes', () => {
  test('are unique, have no look-alikes, and have the right check character', () => {
    const drawn = kits(numbering(), 5000);
    expect(drawn.filter((kit) => !/^[34679ACDEFGHJKMNPQRTWXY]{7}$/.test(kit))).toEqual([]);
    expect(drawn.filter((kit) => checkCharacter(kit.slice(0, 6)) !== kit[6])).toEqual([]);
    expect(new Set(drawn).size).toBe(5000);
  });

  test('are never repeated in a further batch [R-008]', () => {
    const first = kits(numbering(), 20);
    const again = kits(numbering(), 20, 'CRT', first);
    expect(again.filter((kit) => first.includes(kit))).toEqual([]);
    // The same draws except those that were taken: nothing else has changed.
    expect(kits(numbering(), 40).slice(20)).toEqual(again);
  });

  test('have a prefix, the site and another width if the pattern says so', () => {
    for (const kit of kits(numbering({}, { prefix: 'K', site: true, width: 4 }), 50)) {
      expect(kit).toMatch(/^KCRT-[34679ACDEFGHJKMNPQRTWXY]{5}$/);
      expect(checkCharacter(kit.replace('-', '').slice(0, -1))).toBe(kit.at(-1));
    }
  });

  test('are marked in a rehearsal', () => {
    for (const kit of kits(numbering({}, {}, 'dummy'), 5)) expect(kit).toMatch(/^DUMMY-.{7}$/);
  });
});

describe('a typed kit code', () => {
  const [kit = ''] = kits(numbering(), 1);
  const typed = (text: string, of = numbering()) => readKit(text, of);

  test.each([kit, kit.toLowerCase(), ` ${kit} `, `${kit.slice(0, 3)} ${kit.slice(3)}`])(
    'is read: %s',
    (text) => {
      expect(typed(text)).toEqual({ kit });
    },
  );

  test.each([
    [kit.slice(1), '6 characters; a kit code has 7'],
    [`${kit}X`, '8 characters'],
    ['', '0 characters'],
    [`O${kit.slice(1)}`, '"O" is not in the alphabet of kit codes'],
    [`DUMMY-${kit}`, 'a kit of a rehearsal'],
  ])('is not: %j', (text, problem) => {
    expect(typed(text)).toMatchObject({ problem: expect.stringContaining(problem) as string });
  });

  test('with one wrong character is always detected [R-009]', () => {
    const alphabet = Array.from('34679ACDEFGHJKMNPQRTWXY');
    for (const [place, right] of Array.from(kit).entries()) {
      for (const wrong of alphabet.filter((character) => character !== right)) {
        expect(typed(kit.slice(0, place) + wrong + kit.slice(place + 1))).toHaveProperty('problem');
      }
    }
  });

  test('is read with its prefix and site, and is wrong without them', () => {
    const of = numbering({}, { prefix: 'K', site: true });
    const [long = ''] = kits(of, 1);
    expect(readKit(long.toLowerCase().replace('-', ''), of)).toEqual({ kit: long });
    expect(readKit(long.slice(1), of)).toHaveProperty('problem');
    expect(readKit(kit, of)).toHaveProperty('problem');
  });

  test('names a site that looks the same and has the right check character, and does not take it', () => {
    const of = numbering({}, { prefix: 'K', site: true });
    const [right = ''] = kits(of, 1, 'C0L1');
    expect(right).toMatch(/^KC0L1-/);
    for (const site of ['COL1', 'C0I1', 'C0LL', 'c0ll']) {
      const typed = right.replace('C0L1', site);
      const problem = expect.stringContaining(`${right}, which looks the same`) as string;
      expect(readKit(typed, of), typed).toMatchObject({ problem });
    }
    // Two wrong characters are too many to name what is right.
    const problem = expect.not.stringContaining('looks the same') as string;
    expect(readKit(right.replace('C0L1', 'COI1'), of)).toMatchObject({ problem });
  });

  test('of a rehearsal is read in the rehearsal alone', () => {
    const of = numbering({}, {}, 'dummy');
    expect(readKit(`dummy ${kit}`, of)).toEqual({ kit: `DUMMY-${kit}` });
    expect(readKit(kit, of)).toMatchObject({
      problem: expect.stringContaining('not a kit of a rehearsal') as string,
    });
  });
});

describe('randomization numbers', () => {
  const write = (of: Numbering, count: number, first = 18) => numberWriter(of, first)('CRT')(count);

  test('are as wide as the first batch needs, three digits at least', () => {
    expect([write(numbering(), 1), write(numbering(), 18)]).toEqual(['R001', 'R018']);
    expect(write(numbering(), 1, 12_000)).toBe('R00001');
    expect(write(numbering(), 12_001, 12_000)).toBe('R12001');
    expect(write(numbering(), 1000)).toBe('R1000');
  });

  test.each([
    [{ prefix: '' }, '007'],
    [{ prefix: 'RAND', width: 5 }, 'RAND00007'],
    [{ site: true }, 'RCRT-007'],
    [{ prefix: '', site: true, width: 4 }, 'CRT-0007'],
    // Mod 37,36 of R007, by hand: 36+27=63→27·2=54→17; 17+0→34; 34+0=34→68→31; 31+7=38→2·2=4; 37-4=33: X.
    [{ check: true }, 'R007-X'],
  ])('follow the pattern: %j', (pattern, expected) => {
    expect(write(numbering(pattern), 7)).toBe(expected);
  });

  test('are marked in a rehearsal', () => {
    expect(write(numbering({}, {}, 'dummy'), 7)).toBe('DUMMY-R007');
    // The mark is not checked.
    expect(write(numbering({ check: true }, {}, 'dummy'), 7)).toBe('DUMMY-R007-X');
  });

  test.each([
    [1, ['R7', 'R12', 'R123', 'R999', 'R1000', 'R12345', 'R7']],
    [2, ['R07', 'R12', 'R123', 'R999', 'R1000', 'R12345', 'R07']],
    [3, ['R007', 'R012', 'R123', 'R999', 'R1000', 'R12345', 'R007']],
    [4, ['R0007', 'R0012', 'R0123', 'R0999', 'R1000', 'R12345', 'R0007']],
    [6, ['R000007', 'R000012', 'R000123', 'R000999', 'R001000', 'R012345', 'R000007']],
  ])('of %i digits have more if the count has', (width, expected) => {
    const next = numberWriter(numbering({ width }), 18)('CRT');
    expect([7, 12, 123, 999, 1000, 12_345, 7].map(next)).toEqual(expected);
    const wide = (count: number) => `R${String(count).padStart(width, '0')}`;
    expect([1001, 500, 0].map(next)).toEqual([1001, 500, 0].map(wide));
  });

  test('are checked without case and hyphens', () => {
    const of = numbering({ prefix: 'rand_', site: true, check: true });
    expect(write(of, 7)).toBe(`rand_CRT-007-${checkCharacter('RANDCRT007')}`);
  });
});
