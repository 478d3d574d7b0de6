import { describe, expect, test } from 'vitest';
import { meantWords } from '../../src/cli/typed-words.ts';

const FLAGS = ['--subject', '--by', '--reason', '--help', '-h'];

describe('the words of a command line as they were meant', () => {
  test.each([
    ['an em-dash', ['—subject', 'X'], ['--subject', 'X']],
    ['an en-dash', ['–by=X'], ['--by=X']],
    ['a hyphen and a dash', ['-–subject'], ['--subject']],
    ['a dash before a letter', ['–h'], ['-h']],
    ['a dash before a mistyped option', ['—sudject'], ['--sudject']],
    [
      'a text that begins with a dash',
      ['–5', '— see file', '—unwell'],
      ['–5', '— see file', '—unwell'],
    ],
    ['quotes around words', ['--by', '“A.', 'Example,', 'nurse”'], ['--by', 'A. Example, nurse']],
    ['quotes around one word', ['--reason=“SAE”'], ['--reason=SAE']],
    ['French quotes', ['--reason', '«SAE', 'grave»'], ['--reason', 'SAE grave']],
    [
      'quotes within a quoted text',
      ['--reason', '“I fell”, she said'],
      ['--reason', '“I fell”, she said'],
    ],
    [
      'a quote that does not end',
      ['--by', '“A.', '--reason', 'x”'],
      ['--by', '“A.', '--reason', 'x”'],
    ],
  ])('%s', (_, typed, meant) => {
    expect(meantWords(typed, FLAGS)).toEqual(meant);
  });
});
