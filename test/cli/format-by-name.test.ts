import { Command, Option } from '@commander-js/extra-typings';
import { describe, expect, test } from 'vitest';
import { takeFormatFromName } from '../../src/cli/format-by-name.ts';

/** The format of a command line, after the name of its file was looked at. */
function formatOf(...words: string[]): unknown {
  const command = new Command()
    .addOption(new Option('--format <format>').choices(['table', 'csv', 'pdf']).default('table'))
    .option('--output <file>');
  command.parse(words, { from: 'user' });
  takeFormatFromName(command);
  return command.opts().format;
}

describe('the format of a file', () => {
  test.each([
    ['is that of its name', ['--output', 'a/x.CSV'], 'csv'],
    ['is the default if the name says nothing', ['--output', 'x.d/list'], 'table'],
    ['is the default if the name says something else', ['--output', 'x.txt'], 'table'],
    ['is what was typed', ['--output', 'x', '--format', 'pdf'], 'pdf'],
    [
      'is what was typed, and the name says so too',
      ['--output', 'x.pdf', '--format', 'pdf'],
      'pdf',
    ],
  ])('%s', (_, words, format) => {
    expect(formatOf(...words)).toBe(format);
  });

  test.each([
    [['--output', 'x.csv', '--format', 'pdf'], 'says csv, but what is written is pdf'],
    [['--output', 'x.xlsx', '--format', 'csv'], 'says xlsx, but what is written is csv'],
    [['--output', 'x.ics'], 'says ics, but what is written is table'],
  ])('is not another one than the name says: %j', (words, said) => {
    expect(() => formatOf(...words)).toThrow(said);
  });
});
