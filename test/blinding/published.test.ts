import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../src/blinding/manifest.ts';
import {
  type Commitments,
  formatPublication,
  publicationOf,
  readPublication,
} from '../../src/blinding/published.ts';

const manifest = {
  study: 'DEPIL-2',
  batch: 1,
  list: '7e4fcae630310537107f42f6051326ed',
  created: '2026-01-01T00:00:00Z',
  software: 'randose 0.1.0',
  algorithm: 1,
  slots: 18,
  commitment: { leaves: 19, root: 'a'.repeat(64) },
} as Manifest;
const digest = 'b'.repeat(64);
const ledger = `1:${'c'.repeat(64)}`;
/** Two batches, as texts. */
const batches = (): Commitments[] => {
  const first = publicationOf({ manifest, digest, ledger });
  return [first, { ...first, batch: '2', slots: '9', leaves: '10' }];
};

const PARAGRAPH = `study      DEPIL-2
batch      1
list       7e4fcae630310537107f42f6051326ed
created    2026-01-01T00:00:00Z
software   randose 0.1.0
algorithm  1
slots      18
leaves     19
root       ${'a'.repeat(64)}
manifest   ${digest}
ledger     ${ledger}
`;
const SECOND = PARAGRAPH.replace('batch      1', 'batch      2')
  .replace('18', '9')
  .replace('19\n', '10\n');
const TEXT = `randose commitment 1\n\n${PARAGRAPH}\n${SECOND}`;

describe('a commitment that is filed', () => {
  test('has a title, and for each batch a paragraph of public facts', () => {
    expect(formatPublication(batches())).toBe(TEXT);
  });

  test.each([
    ['as it was written', TEXT],
    ['with line ends of Windows', TEXT.replaceAll('\n', '\r\n')],
    ['with blanks and empty lines at its ends', `\n  ${TEXT.trimEnd()}  \n\n\n`],
    ['with more empty lines between its paragraphs', TEXT.replaceAll('\n\n', '\n\n\n\n')],
    ['with blanks at the ends of its lines', TEXT.replaceAll(/(ledger .*)\n/g, '$1 \t\n')],
    ['with other blanks between a word and its value', TEXT.replaceAll(/(\w) {2,}/g, '$1\t')],
  ])('reads back %s', (_, text) => {
    expect(readPublication(text, 'filed.txt')).toEqual(batches());
  });

  test.each([
    ['', 'it does not begin with "randose commitment 1"'],
    [TEXT.replace('commitment 1', 'commitment 2'), 'it does not begin with "randose commitment 1"'],
    [TEXT.replace('randose', 'a randose'), 'it does not begin with "randose commitment 1"'],
    ['randose commitment 1\n', 'its lines are not those of a commitment'],
    [TEXT.replace(/slots .*\n/, ''), 'its lines are not those of a commitment'],
    [TEXT.replace('slots', 'slot'), 'its lines are not those of a commitment'],
    [TEXT.replace(/(slots .*\n)/, '$1arm A\n'), 'its lines are not those of a commitment'],
    [TEXT.replace(/slots .*\n/, 'slots\n'), 'its lines are not those of a commitment'],
    [TEXT.replace('slots', ' slots'), 'its lines are not those of a commitment'],
    [`${TEXT}\nmore\n`, 'its lines are not those of a commitment'],
  ])('is refused if a part of it is not what randose wrote: %#', (text, why) => {
    expect(() => readPublication(text, 'filed.txt')).toThrow(
      expect.objectContaining({
        code: 'bad-data',
        message: `filed.txt is not a commitment: ${why}`,
        hint: 'Get the text that was filed before the first participant, whole, from where it was filed, such as the trial master file or the registry. A commitment that is printed now from this study proves nothing about it.',
      }),
    );
  });
});
