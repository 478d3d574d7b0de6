import { describe, expect, test } from 'vitest';
import { hasFormOfKit, kitKey, looksLikeKit, readKit } from '../../src/randomization/kit-check.ts';
import type { Numbering } from '../../src/randomization/numbers.ts';
import { PLAIN_NUMBERS } from '../../src/randomization/vectors.ts';
import type { Study } from '../../src/study/study.ts';

/** A study with a pattern of its own for kit codes. */
function numbering(
  kits: Partial<Study['numbers']['kits']> = {},
  domain: Study['domain'] = 'production',
): Numbering {
  return { domain, numbers: { ...PLAIN_NUMBERS, kits: { ...PLAIN_NUMBERS.kits, ...kits } } };
}

const PLAIN = numbering();
const WITH_PREFIX = numbering({ prefix: 'K' });
const WITH_SITE = numbering({ prefix: 'K', site: true });
const REHEARSAL = numbering({}, 'dummy');

// The check characters are those of ISO/IEC 7064 Mod 37,36, from a program of a few lines in another language.
describe('a typed kit code', () => {
  test.each([
    ['474WW4E', PLAIN, '474WW4E'],
    [' 474-ww4 e', PLAIN, '474WW4E'],
    ['k474ww47', WITH_PREFIX, 'K474WW47'],
    ['kc0l1474ww4t', WITH_SITE, 'KC0L1-474WW4T'],
    ['CRT-474WW6Q', numbering({ site: true }), 'CRT-474WW6Q'],
    ['dummy474ww4e', REHEARSAL, 'DUMMY-474WW4E'],
    ['DUMMY-KC0L1-474WW4T', numbering({ prefix: 'K', site: true }, 'dummy'), 'DUMMY-KC0L1-474WW4T'],
  ])('%s is read as the study writes it', (text, of, kit) => {
    expect(readKit(text, of)).toEqual({ kit });
    expect(hasFormOfKit(text, of)).toBe(true);
    expect(looksLikeKit(text, of)).toBe(true);
  });

  const NOT_IN_ALPHABET = (character: string) =>
    `is mistyped: "${character}" is not in the alphabet of kit codes, 34679ACDEFGHJKMNPQRTWXY`;
  const DOES_NOT_FIT =
    'is mistyped: its check character does not fit, so a character is wrong or two are exchanged';

  test.each([
    ['a wrong last character', '474WW4F', PLAIN, DOES_NOT_FIT],
    ['two that are exchanged', '747WW4E', PLAIN, DOES_NOT_FIT],
    ['a character that no kit has', '474WO4I', PLAIN, NOT_IN_ALPHABET('O')],
    ['a check character that no kit has', '474WW40', PLAIN, NOT_IN_ALPHABET('0')],
    [
      'another prefix, with the check character of the right one',
      'X474WW47',
      WITH_PREFIX,
      DOES_NOT_FIT,
    ],
    [
      'a site that looks the same as the right one',
      'kcol1-474ww4t',
      WITH_SITE,
      `${DOES_NOT_FIT}. It would fit in KC0L1-474WW4T, which looks the same`,
    ],
    [
      'a site that looks the same, in a rehearsal',
      'DUMMY-KCOL1-474WW4T',
      numbering({ prefix: 'K', site: true }, 'dummy'),
      `${DOES_NOT_FIT}. It would fit in DUMMY-KC0L1-474WW4T, which looks the same`,
    ],
    [
      'a site that can be misread in two ways',
      'K1I-474WW34',
      WITH_SITE,
      `${DOES_NOT_FIT}. It would fit in KLI-474WW34 or K1L-474WW34, which looks the same`,
    ],
    // The prefix of a study is known: it is never another one that looks the same.
    [
      'a code that would fit with another prefix',
      'SCRT-474WW6E',
      numbering({ prefix: 'S', site: true }),
      DOES_NOT_FIT,
    ],
    [
      'a wrong prefix in a study without sites in codes',
      '8474WW4C',
      numbering({ prefix: 'B' }),
      DOES_NOT_FIT,
    ],
  ])('with %s is mistyped', (_, text, of, problem) => {
    expect(readKit(text, of)).toEqual({ problem: `kit "${text}" ${problem}`, isMistyped: true });
    expect(hasFormOfKit(text, of)).toBe(true);
    expect(looksLikeKit(text, of)).toBe(true);
  });

  test.each([
    ['74WW4E', PLAIN, 'has 6 characters; a kit code has 7'],
    ['474WW4EE', PLAIN, 'has 8 characters; a kit code has 7'],
    ['4', PLAIN, 'has 1 character; a kit code has 7'],
    ['474WW4E', numbering({ width: 4 }), 'has 7 characters; a kit code has 5'],
    ['474WW4E', WITH_PREFIX, 'has 7 characters; a kit code has 8'],
    ['K474WW47', WITH_SITE, 'has 8 characters; a kit code has 8 and its site'],
    ['474WW4E', numbering({ site: true }), 'has 7 characters; a kit code has 7 and its site'],
    ['dummy', REHEARSAL, 'has 0 characters; a kit code has 7'],
    // What somebody typed is no message: the word in it says nothing.
    ['mistyped', PLAIN, 'has 8 characters; a kit code has 7'],
    ['DUMMY-474WW4E', PLAIN, 'is a kit of a rehearsal (DUMMY), not of this study'],
    ['474WW4E', REHEARSAL, 'is not a kit of a rehearsal: their codes start with DUMMY-'],
    ['X474WW6R', WITH_PREFIX, 'does not start with K, as the kits of this study do'],
    ['XCRT-4746A93', WITH_SITE, 'does not start with K, as the kits of this study do'],
  ])('%s has not the form of one', (text, of, problem) => {
    expect(readKit(text, of)).toEqual({ problem: `kit "${text}" ${problem}`, isMistyped: false });
    expect(hasFormOfKit(text, of)).toBe(false);
  });
});

describe('a word that may be a kit code', () => {
  test.each([
    ['474WW4', PLAIN, true],
    [' 474ww4 ', PLAIN, true],
    ['474WW4EE', PLAIN, true],
    ['k474ww4', WITH_PREFIX, true],
    ['K474WW477', WITH_PREFIX, true],
    // It lacks two characters, or has two too many.
    ['474WW', PLAIN, false],
    ['474WW4EEE', PLAIN, false],
    // Without its prefix.
    ['X474WW4', WITH_PREFIX, false],
    // A number, a word, and what has characters that no kit has.
    ['347679', PLAIN, false],
    ['MARTHA', PLAIN, false],
    ['474WO4', PLAIN, false],
    ['474-WW', PLAIN, false],
    // How long a code with a site is, or what a rehearsal means, nobody knows.
    ['K474WW4', WITH_SITE, false],
    ['474WW4', REHEARSAL, false],
    ['R001', PLAIN, false],
  ])('%j lacks one character or has one too many: %#', (text, of, expected) => {
    expect(looksLikeKit(text, of)).toBe(expected);
  });

  test('is compared without case, spaces and hyphens', () => {
    expect(kitKey(' dummy-kc0l1 474ww4t')).toBe('DUMMYKC0L1474WW4T');
  });
});
