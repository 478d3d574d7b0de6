import { expect, test } from 'vitest';
import type { Entry } from '../../src/ledger/entry.ts';
import { mistypedReceipt } from '../../src/ledger/mistyped-receipt.ts';

const A = 'a'.repeat(64);
const B = '0123456789abcdef'.repeat(4);
const entries = [
  { seq: 1, hash: A },
  { seq: 2, hash: B },
] as unknown as Entry[];

test.each([
  [
    'one wrong character',
    2,
    `${B.slice(0, 63)}e`,
    /^the receipt 2:01234567… is mistyped: its hash differs from that of entry 2 in character 64 of 64 \(e in the place of f\)/,
  ],
  ['two exchanged ones', 2, `10${B.slice(2)}`, /in characters 1 and 2 of 64/],
  ['the number of another entry', 1, B, /has the hash of entry 2: its number is mistyped/],
  ['a number after the end', 22, B, /has the hash of entry 2: its number is mistyped/],
])('%s is a slip of the keyboard, and not of the ledger', (_, seq, hash, message) => {
  expect(mistypedReceipt({ seq, hash }, entries)).toMatch(message);
});

test('another hash says nothing of a slip', () => {
  expect(mistypedReceipt({ seq: 1, hash: B.toUpperCase() }, entries)).toBeUndefined();
  expect(mistypedReceipt({ seq: 3, hash: 'f'.repeat(64) }, entries)).toBeUndefined();
});
