import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkpointOf, formatCheckpoint, readCheckpoint } from '../../src/blinding/checkpoint.ts';

const sha256 = (...parts: Uint8Array[]) =>
  createHash('sha256').update(Buffer.concat(parts)).digest();
const hash = (text: string) => sha256(Buffer.from(text)).toString('hex');
// RFC 6962, section 2.1: a leaf has the byte 0 before it, a node the byte 1.
const leaf = (hex: string) => sha256(Buffer.of(0), Buffer.from(hex, 'hex'));
const node = (left: Uint8Array, right: Uint8Array) => sha256(Buffer.of(1), left, right);

const [A, B, C] = [hash('a'), hash('b'), hash('c')] as const;

describe('a checkpoint', () => {
  test('has the root of RFC 6962 over the hashes of one, two and three entries', () => {
    const roots = [[A], [A, B], [A, B, C]].map((hashes) => checkpointOf('DEPIL-2', hashes).root);
    expect(roots).toEqual([
      leaf(A).toString('hex'),
      node(leaf(A), leaf(B)).toString('hex'),
      node(node(leaf(A), leaf(B)), leaf(C)).toString('hex'),
    ]);
  });

  test('is three lines: which ledger, how many entries, the root in base64', () => {
    const text = formatCheckpoint(checkpointOf('DEPIL-2', [A, B]));
    const root = node(leaf(A), leaf(B)).toString('base64');
    expect(text).toBe(`randose/DEPIL-2/${A.slice(0, 16)}\n2\n${root}\n`);
  });

  test('reads back, also with the signatures of witnesses after it', () => {
    const checkpoint = checkpointOf('DEPIL-2', [A, B, C]);
    const text = formatCheckpoint(checkpoint);
    expect(readCheckpoint(text, 'c.txt')).toEqual(checkpoint);
    expect(readCheckpoint(`${text}\n— witness.example AAAA\n`, 'c.txt')).toEqual(checkpoint);
    expect(readCheckpoint(text.replaceAll('\n', '\r\n'), 'c.txt')).toEqual(checkpoint);
  });

  const ROOT = Buffer.alloc(32, 1).toString('base64');
  const [LEDGER, SIZE, HASH] = ['the ledger', 'the number of entries', 'the root'] as const;
  test.each([
    ['', 1, LEDGER],
    ['\n3\n\n', 1, LEDGER],
    ['randose/X/0', 2, SIZE],
    ['randose/X/0\nmany\nAAAA\n', 2, SIZE],
    ['randose/X/0\n0\nAAAA\n', 2, SIZE],
    [`randose/X/0\n03\n${ROOT}\n`, 2, SIZE],
    [`randose/X/0\n3x\n${ROOT}\n`, 2, SIZE],
    [`randose/X/0\n1234567890\n${ROOT}\n`, 2, SIZE],
    ['randose/X/0\n3', 3, HASH],
    ['randose/X/0\n3\nnot base64\n', 3, HASH],
    ['randose/X/0\n3\nAAAA\n', 3, HASH],
    [`randose/X/0\n3\n${ROOT.replace('=', '')}\n`, 3, HASH],
    [`randose/X/0\n3\n ${ROOT}\n`, 3, HASH],
  ])('is refused with the line: %j', (text, line, what) => {
    expect(() => readCheckpoint(text, 'c.txt')).toThrow(
      expect.objectContaining({
        code: 'bad-data',
        message: 'c.txt is not a checkpoint',
        problems: [{ file: 'c.txt', line, message: `expected ${what}` }],
        hint: 'It is a text of three lines that randose wrote: randose commitment --checkpoint --output FILE',
      }),
    );
  });

  test('of nine digits of entries is read', () => {
    const root = Buffer.alloc(32, 1);
    const text = `randose/X/0\n123456789\n${root.toString('base64')}\n`;
    expect(readCheckpoint(text, 'c.txt')).toEqual({
      origin: 'randose/X/0',
      size: 123_456_789,
      root: root.toString('hex'),
    });
  });
});
