import { describe, expect, test } from 'vitest';
import { isPlaceholder, shown, whyNotStored } from '../../src/study/stored-text.ts';

describe('a text that must not be kept', () => {
  test.each([
    ['two lines', 'ok"\n 5  2026-01-01  forged', '<U+000A>, after "ok""'],
    ['a carriage return', 'a\rb', '<U+000D>'],
    ['a tab', 'a\tb', '<U+0009>'],
    ['an escape sequence', 'a\u001b[2Jb', '<U+001B>'],
    ['a change of direction', 'Eve\u202Etxt', '<U+202E>, after "Eve"'],
    ['an isolate', 'a\u2066b', '<U+2066>'],
    ['a mark of direction', 'a\u200Fb', '<U+200F>'],
    ['a space without width', 'a\u200Bb', '<U+200B>'],
    ['a line separator', 'a\u2028b', '<U+2028>'],
    ['a byte order mark', '\uFEFFa', '<U+FEFF>'],
    ['half a character', 'a\uD83D', '<U+D83D>'],
    ['a text that is too long', 'x'.repeat(501), 'has 501 characters: at most 500'],
    ['a secret key', 'AGE-SECRET-KEY-1QQQ', 'has a secret key in it'],
    ['a secret key in small letters', 'see age-secret-key-pq-1qqq', 'has a secret key in it'],
    ['a key of ssh', '-----BEGIN OPENSSH PRIVATE KEY-----', 'has a secret key in it'],
  ])('%s', (_, text, why) => {
    expect(whyNotStored(text)).toContain(why);
  });

  test('a refusal never repeats a secret [R-027]', () => {
    expect(whyNotStored('AGE-SECRET-KEY-1ABCDEF\n')).not.toContain('ABCDEF');
  });

  test.each([
    'SAE: treatment depends on it',
    'Élodie Müller, Ärztin, Hôpital Saint-Étienne',
    '患者が希望した',
    'دكتور',
    'fever 38.5 °C → hospital 🏥',
    'x'.repeat(500),
    '',
  ])('not %s', (text) => {
    expect(whyNotStored(text)).toBeUndefined();
  });
});

describe('a placeholder', () => {
  test.each([
    'NAME',
    ' WHO ',
    'TEXT',
    'NAME, ROLE, ORGANISATION',
    'name, role, organization',
    '<name>',
    '…',
    '...',
  ])('%s', (text) => {
    expect(isPlaceholder(text)).toBe(true);
  });
  test.each(['E', 'Example', 'Dr Name, physician', 'Wholey', 'A. Example, role, X'])(
    'not %s',
    (text) => {
      expect(isPlaceholder(text)).toBe(false);
    },
  );
});

test('a text is shown in one line, cut, with the codes of what nobody sees', () => {
  expect(shown('a\u202Eb\nc', 100)).toBe('a<U+202E>b<U+000A>c');
  expect(shown('😀'.repeat(5), 3)).toBe('😀😀😀…');
});
