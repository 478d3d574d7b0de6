import { expect, test } from 'vitest';
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
