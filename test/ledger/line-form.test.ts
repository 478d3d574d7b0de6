import { describe, expect, test } from 'vitest';
import {
  endOfLine,
  hashOfLine,
  idOfLine,
  isAt,
  keyOfId,
  keyOfLine,
  prevOfLine,
} from '../../src/ledger/line-form.ts';
import { EXAMPLE_OFFICER as who, linesOf } from '../support/ledger.ts';

const { text, entries } = linesOf([
  { action: 'lock', who },
  { action: 'unlock', who },
]);
const usual = text.split('\n')[1]!;
const { id, prev, hash } = entries[1]! as { id: string; prev: string; hash: string };
const endOf = (line: string, hashes: { prev: string; hash: string } = { prev, hash }) => {
  // What follows the line is not read.
  const bytes = Buffer.from(`${line}\n${usual}\n`);
  return endOfLine(bytes, Buffer.byteLength(line), hashes);
};

test('a text is at a place, and at no other', () => {
  const bytes = Buffer.from('"id":"');
  expect(isAt(bytes, 1, 'id')).toBe(true);
  expect(isAt(bytes, 1, 'ib')).toBe(false);
  expect(isAt(bytes, 0, 'id')).toBe(false);
  expect(isAt(bytes, 5, '"x')).toBe(false);
});

describe('the end of a line that nobody signed', () => {
  const plain = usual.replace(`,"id":"${id}","seen":null`, '');

  test('has an id, or is one of an older ledger', () => {
    expect(endOf(usual)).toBe('with id');
    expect(endOf(plain)).toBe('plain');
    // As the line of an older ledger that ends with a text of 32 characters.
    const reason = 'x'.repeat(32);
    expect(endOf(plain.replace(',"signer"', `,"reason":"${reason}","signer"`))).toBe('plain');
  });

  test('is not usual with other hashes', () => {
    expect(endOf(usual, { prev, hash: 'a'.repeat(64) })).toBeUndefined();
    expect(endOf(usual, { prev: 'a'.repeat(64), hash })).toBeUndefined();
  });

  test.each<[string, string]>([
    ['another end', usual.replace(/\}$/, ' ')],
    ['another name before the hash', usual.replace(',"hash":', ',"hush":')],
    ['another name before the hash of the line before', usual.replace('"prev":', '"prov":')],
    ['a signer', usual.replace('"signer":null', '"signer":"xy"')],
    ['an id without what its signer had seen', usual.replace(',"seen":null', '')],
    ['what its signer had seen without an id', usual.replace(`,"id":"${id}"`, '')],
    ['another name before its id', usual.replace(',"id":"', ',"ib":"')],
    [
      'what somebody had seen who did not sign',
      plain.replace(',"signer"', ',"seen":{"head":"0:0"},"signer"'),
    ],
  ])('is not usual with %s', (_, line) => {
    expect(line).not.toBe(usual);
    expect(endOf(line)).toBeUndefined();
  });
});

test('the hashes and the id of a line are where its end says', () => {
  const before = Buffer.from('é\n');
  const bytes = Buffer.concat([before, Buffer.from(`${usual}\n${usual}`)]);
  const end = before.length + Buffer.byteLength(usual);
  expect(hashOfLine(bytes, end)).toBe(hash);
  expect(prevOfLine(bytes, end)).toBe(prev);
  expect(idOfLine(bytes, end)).toBe(id);
});

describe('the key of an id', () => {
  const keyIn = (drawn: string) =>
    keyOfLine(Buffer.from(usual.replace(id, drawn)), Buffer.byteLength(usual));

  test('is the number of its first 13 digits', () => {
    const drawn = '0123456789abcdef0123456789abcdef';
    expect(keyIn(drawn)).toBe(0x0123456789abc);
    expect(keyOfId(drawn)).toBe(0x0123456789abc);
    const most = 'f'.repeat(32);
    expect(keyIn(most)).toBe(2 ** 52 - 1);
    expect(keyOfId(most)).toBe(2 ** 52 - 1);
  });

  test.each([0, 12, 13, 31])('is not there if character %i is not a digit of it', (at) => {
    for (const sign of ['g', 'A', '/', ':', '`']) {
      expect(keyIn(`${id.slice(0, at)}${sign}${id.slice(at + 1)}`)).toBeUndefined();
    }
  });
});
