import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { expect, test } from 'vitest';
import type { Purpose } from '../../src/randomization/generator.ts';
import { type AllocatedSlot, kitsOf, type Slot } from '../../src/randomization/list.ts';
import { checkCharacter } from '../../src/randomization/numbers.ts';
import { siteOfStratum } from '../../src/study/sections/strata.ts';
import { FIXTURES } from '../support/command-line.ts';

/**
 * Vectors for cases that a list hardly ever has. The bytes of the vectors are tested in list.test.ts;
 * these tests draw from the same streams again, and show that each case occurs.
 */

const ALPHABET = '34679ACDEFGHJKMNPQRTWXY';

interface Vector {
  readonly input: {
    readonly seed: string;
    readonly study: string;
    readonly domain?: string;
    readonly numbers?: { readonly kits: { readonly site: boolean; readonly width: number } };
    readonly earlier?: readonly Slot[];
  };
  readonly list: readonly AllocatedSlot[];
}

function vector(name: string): Vector {
  const text = readFileSync(join(FIXTURES, 'vectors', `${name}.json`), 'utf8');
  return JSON.parse(text) as Vector;
}

/** One draw of the generator: a whole number below 2^32. */
type Draw = () => number;

function draws({ input }: Vector, purpose: Purpose, stratum: string): Draw {
  const { seed, study, domain = 'production', earlier = [] } = input;
  const batch = (earlier.at(-1)?.batch ?? 0) + 1;
  const label = ['randose algorithm 1', domain, study, `batch ${batch}`, purpose, stratum];
  const key = createHmac('sha256', Buffer.from(seed, 'hex')).update(label.join('\n')).digest('hex');
  const arc4 = seedrandom(key);
  return () => arc4.int32() >>> 0;
}

/** Whether a draw below `n` must be made again, and what it gives. */
function drawBelow(draw: Draw, n: number): { readonly value: number; readonly rejected: number } {
  for (let rejected = 0; ; rejected += 1) {
    const drawn = draw();
    if (drawn < 2 ** 32 - (2 ** 32 % n)) return { value: drawn % n, rejected };
  }
}

/** A drawn part that was not used. */
interface PassedOver {
  readonly part: string;
  readonly site: string;
  readonly isSpare: boolean;
  /** Whether its check character is in the kit alphabet. */
  readonly isUsable: boolean;
}

/** Draws the codes of kits again until each comes, and returns all drawn parts that were passed over. */
function passedOver(of: Vector): PassedOver[] {
  const { site: hasSite, width } = of.input.numbers?.kits ?? { site: false, width: 6 };
  const strata = [...new Set(of.list.map(({ stratum }) => stratum))];
  return [false, true].flatMap((isSpare) =>
    strata.flatMap((stratum) => {
      const site = siteOfStratum(stratum) ?? '';
      const draw = draws(of, isSpare ? 'spare kit codes' : 'kit codes', stratum);
      const slots = of.list.filter((slot) => slot.stratum === stratum);
      const codes = slots.flatMap((slot) => (isSpare ? kitsOf(slot).slice(1) : [slot.kit!]));
      return codes.flatMap((code) => {
        const others: PassedOver[] = [];
        for (;;) {
          const drawn = Array.from({ length: width }, () => ALPHABET[drawBelow(draw, 23).value]!);
          const part = drawn.join('');
          if (part === partOf(code, width)) return others;
          const check = checkCharacter((hasSite ? site : '') + part);
          others.push({ part, site, isSpare, isUsable: ALPHABET.includes(check) });
        }
      });
    }),
  );
}

function partOf(code: string, width: number): string {
  return code.slice(-1 - width, -1);
}

test('a drawn part comes again: in its stratum, and in another one', () => {
  const repeated = vector('2-1-repeated-kit-parts');
  const parts = (site: string) =>
    repeated.list
      .filter(({ stratum }) => siteOfStratum(stratum) === site)
      .map(({ kit }) => partOf(kit!, 4));
  const again = passedOver(repeated).filter(({ isUsable }) => isUsable);
  expect(again.some(({ part, site }) => site === 'CRT' && parts('CRT').includes(part))).toBe(true);
  expect(again.some(({ part, site }) => site === 'LYO' && parts('CRT').includes(part))).toBe(true);
});

test('a drawn part that was passed over for its check character is used at another site', () => {
  const repeated = vector('2-1-repeated-kit-parts');
  const unusable = passedOver(repeated).filter(({ isUsable, site }) => !isUsable && site === 'CRT');
  const taken = repeated.list
    .filter(({ stratum }) => siteOfStratum(stratum) === 'LYO')
    .map(({ kit }) => partOf(kit!, 4));
  expect(unusable.some(({ part }) => taken.includes(part))).toBe(true);
});

test('a kit and a spare kit of a later batch come out as a spare kit of an earlier one', () => {
  const later = vector('2-1-spare-kits-batch-2');
  const earlier = (later.input.earlier ?? []).flatMap((slot) => kitsOf(slot).slice(1));
  const taken = earlier.map((code) => partOf(code, 4));
  const again = passedOver(later).filter(({ isUsable, part }) => isUsable && taken.includes(part));
  expect(new Set(again.map(({ isSpare }) => isSpare))).toEqual(new Set([false, true]));
  for (const slot of later.list) expect(slot.spares).toHaveLength(2);
});

/** Draws as they would come without a rejection: the remainder alone. */
function withoutRejection(draw: Draw): (n: number) => number {
  return (n) => draw() % n;
}

/** Draws with rejections, and how many there were. */
function withRejections(draw: Draw): { below: (n: number) => number; rejected: number } {
  const stream = {
    rejected: 0,
    below: (n: number) => {
      const { value, rejected } = drawBelow(draw, n);
      stream.rejected += rejected;
      return value;
    },
  };
  return stream;
}

test('a draw of a permutation is rejected, and the list depends on that', () => {
  const of = vector('2-1-rejected-draw-of-a-permutation');
  const shuffled = (below: (n: number) => number) => {
    const block = of.list.map((_, place): string => (place < 40 ? 'A' : 'B'));
    for (let last = block.length - 1; last > 0; last -= 1) {
      const other = below(last + 1);
      [block[last], block[other]] = [block[other]!, block[last]!];
    }
    return block;
  };
  const arms = of.list.map(({ arm }) => arm);
  const right = withRejections(draws(of, 'permutations', 'site=S1'));
  expect(shuffled(right.below)).toEqual(arms);
  expect(right.rejected).toBe(1);
  const wrong = withoutRejection(draws(of, 'permutations', 'site=S1'));
  expect(shuffled(wrong)).not.toEqual(arms);
});

test('a draw of a kit code is rejected, and the list depends on that', () => {
  const of = vector('2-1-rejected-draw-of-a-kit-code');
  const codes = (below: (n: number) => number) =>
    of.list.map(() => {
      for (;;) {
        const part = Array.from({ length: 6 }, () => ALPHABET[below(ALPHABET.length)]!).join('');
        if (ALPHABET.includes(checkCharacter(part))) return part + checkCharacter(part);
      }
    });
  const kits = of.list.map(({ kit }) => kit);
  const right = withRejections(draws(of, 'kit codes', 'site=CRT'));
  expect(codes(right.below)).toEqual(kits);
  expect(right.rejected).toBe(1);
  const wrong = withoutRejection(draws(of, 'kit codes', 'site=CRT'));
  expect(codes(wrong)).not.toEqual(kits);
});

test('a rehearsal has patterns, and its mark is not part of what is checked', () => {
  for (const { number, kit, spares = [], stratum } of vector('2-1-dummy-patterns').list) {
    const site = siteOfStratum(stratum);
    const [, count = '', check] = /^DUMMY-Rnd[A-Z0-9]+-(\d{4})-(.)$/.exec(number) ?? [];
    expect(number).toContain(`DUMMY-Rnd${site}-`);
    expect(checkCharacter(`RND${site}${count}`)).toBe(check);
    for (const code of [kit!, ...spares]) {
      expect(code.startsWith(`DUMMY-K7${site}-`), code).toBe(true);
      expect(checkCharacter(`K7${site}${partOf(code, 5)}`)).toBe(code.at(-1));
    }
  }
});

test('a later batch counts on in each site, through all of its strata', () => {
  const { input, list } = vector('2-1-batch-2-counted-by-site');
  const counts = (slots: readonly Slot[], site: string) =>
    slots
      .filter(({ stratum }) => siteOfStratum(stratum) === site)
      .map(({ number }) => Number(/-(\d+)-/.exec(number)?.[1]));
  const from = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const { earlier = [] } = input;
  expect(counts(earlier, 'CRT')).toEqual(from(1, 15));
  expect(counts(list, 'CRT')).toEqual(from(16, 24));
  expect(counts(earlier, 'LYO')).toEqual(from(1, 6));
  expect(counts(list, 'LYO')).toEqual(from(7, 12));
  expect(counts(earlier, 'NTE')).toEqual([]);
  expect(counts(list, 'NTE')).toEqual(from(1, 9));
  // LYO comes first now, and no slot is missing in one of its strata.
  expect([...new Set(list.map(({ stratum }) => stratum))]).toEqual([
    'site=LYO/sex=F',
    'site=CRT/sex=F',
    'site=CRT/sex=M',
    'site=NTE/sex=F',
    'site=NTE/sex=M',
  ]);
});
