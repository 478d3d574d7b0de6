import { describe, expect, test } from 'vitest';
import { PLAIN, type Palette } from '../../../src/cli/output/palette.ts';
import { formatTable } from '../../../src/cli/output/table.ts';
import { commandLines, fitted, widthFor } from '../../../src/cli/output/wrapped.ts';

test.each([
  [undefined, 80],
  [0, 80],
  [40, 60],
  [100, 100],
  [300, 120],
])('a terminal of %s columns is laid out for %s', (columns, width) => {
  expect(widthFor(columns)).toBe(width);
});

describe('talk in lines that fit', () => {
  test('breaks between words, and keeps the indentation', () => {
    expect(fitted('  one two three four five', 20)).toBe('  one two three four\n  five');
  });

  test('goes on below the text of a list', () => {
    expect(fitted('  State   one two three four five six', 33)).toBe(
      '  State   one two three four five\n          six',
    );
  });

  test('keeps a word whole that is longer than a line', () => {
    const digest = 'a'.repeat(64);
    expect(fitted(`Ledger 7:${digest}`, 60)).toBe(`Ledger\n7:${digest}`);
  });

  test('keeps a command whole', () => {
    const command = 'randose move --subject CRT-001 --visit V --date DATE';
    expect(fitted(`To move a visit that is planned, run: ${command}. Then print.`, 60)).toBe(
      `To move a visit that is planned, run:\n${command}. Then\nprint.`,
    );
    expect(fitted(`  ${command} --reason "a long one"`, 40)).toBe(
      `  ${command} --reason "a long one"`,
    );
  });

  test('breaks a sentence that begins with a command', () => {
    expect(fitted('randose --help lists the commands.', 20)).toBe(
      'randose --help lists\nthe commands.',
    );
  });

  test('does not count colours', () => {
    const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
    expect(fitted(`${red('one')} two`, 7)).toBe(`${red('one')} two`);
  });
});

test('a command of help that is too long goes on in a further line, as a shell reads it', () => {
  expect(
    commandLines('$ randose dose --by "A. Example, nurse" --date 2026-06-15', 40, '  '),
  ).toEqual([
    '  $ randose dose \\',
    '      --by "A. Example, nurse" \\',
    '      --date 2026-06-15',
  ]);
});

describe('a table', () => {
  test('fits: its widest texts go on in further lines', () => {
    const table = formatTable(['Visit', 'Why'], [['D1', 'one two three four']], PLAIN, {
      columns: 16,
    });
    expect(table).toBe('Visit  Why\nD1     one two\n       three\n       four\n');
  });

  test('keeps the colour of a text in each of its lines', () => {
    const dim = (text: string) => `\u001b[2m${text}\u001b[22m`;
    const table = formatTable(['A'], [[dim('one two')]], PLAIN, { columns: 4 });
    expect(table).toBe(`A\n${dim('one')}\n${dim('two')}\n`);
  });
});

test('a colour takes a text alone: a list of texts does not compile without a function around it', () => {
  const colour: Palette = PLAIN;
  // @ts-expect-error -- chalk would print the index of each text too
  ['text'].map(colour.cyan);
  expect(['text'].map((text) => colour.cyan(text))).toEqual(['text']);
});
