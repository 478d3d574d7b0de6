import { expect, test } from 'vitest';
import { RandoseError } from '../../src/errors.ts';
import { formatWho, parseWho } from '../../src/ledger/who.ts';

test.each([
  ['A. Example', { name: 'A. Example', role: '', organisation: '' }],
  ['A. Example, pharmacist', { name: 'A. Example', role: 'pharmacist', organisation: '' }],
  [
    ' A. Example ,pharmacist,  Example Hospital, Paris ',
    { name: 'A. Example', role: 'pharmacist', organisation: 'Example Hospital, Paris' },
  ],
])('%j', (text, who) => {
  expect(parseWho(text)).toEqual(who);
  expect(parseWho(formatWho(who))).toEqual(who);
});

test.each(['', '  ', ', pharmacist', 'A\nB', 'x'.repeat(201)])('%j is refused', (text) => {
  expect(() => parseWho(text)).toThrow(expect.objectContaining({ code: 'usage' }));
});

const HINT =
  'For example: --by "A. Example, pharmacist, Example Hospital". A name alone is enough.';

test.each([
  ['', '--by: write who does this, not ""'],
  [', pharmacist', '--by: write who does this, not ", pharmacist"'],
  ['NAME', '--by: write who does this, not "NAME"'],
  ['WHO, pharmacist', '--by: write who does this, not "WHO, pharmacist"'],
  ['name, role, organisation', '--by: write who does this, not "name, role, organisation"'],
  ['x'.repeat(201), '--by has 201 characters: at most 200 are kept'],
  ['A\tB', '--by has a character that nobody sees, <U+0009>, after "A": type it again on one line'],
])('%j is refused with an example', (text, message) => {
  expect(() => parseWho(text)).toThrow(new RandoseError('usage', message, { hint: HINT }));
});

test('a name of 200 characters is kept', () => {
  expect(parseWho('x'.repeat(200)).name).toHaveLength(200);
});

test('a person is written without what is not known', () => {
  expect(formatWho({ name: 'A', role: '', organisation: 'H, Paris' })).toBe('A, H, Paris');
  expect(formatWho({ name: 'A', role: 'nurse', organisation: 'H' })).toBe('A, nurse, H');
});
