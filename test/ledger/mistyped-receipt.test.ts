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

/** The hash of entry 2 with other characters at some places, from 1. */
const mistyped = (...places: number[]) =>
  Array.from(B, (sign, at) => (places.includes(at + 1) ? 'x' : sign)).join('');

test('what is said names the receipt, the places and the first sign', () => {
  expect(mistypedReceipt({ seq: 2, hash: mistyped(1) }, entries)).toBe(
    'the receipt 2:x1234567… is mistyped: its hash differs from that of entry 2 in character 1 of 64 (x in the place of 0). Compare it with the paper',
  );
  expect(mistypedReceipt({ seq: 2, hash: mistyped(2, 3, 64) }, entries)).toBe(
    'the receipt 2:0xx34567… is mistyped: its hash differs from that of entry 2 in characters 2, 3 and 64 of 64 (x in the place of 1). Compare it with the paper',
  );
  expect(mistypedReceipt({ seq: 7, hash: B }, entries)).toBe(
    'the receipt 7:01234567… has the hash of entry 2: its number is mistyped, and the hash is in the ledger',
  );
});

test('up to four characters are slips; more are another hash', () => {
  expect(mistypedReceipt({ seq: 2, hash: mistyped(1, 20, 40, 64) }, entries)).toContain(
    'in characters 1, 20, 40 and 64 of 64',
  );
  expect(mistypedReceipt({ seq: 2, hash: mistyped(1, 20, 40, 60, 64) }, entries)).toBeUndefined();
});
