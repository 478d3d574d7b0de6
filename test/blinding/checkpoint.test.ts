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

  test.each([
    ['', 1],
    ['randose/X/0\nmany\nAAAA\n', 2],
    ['randose/X/0\n0\nAAAA\n', 2],
    ['randose/X/0\n3\nnot base64\n', 3],
    ['randose/X/0\n3\nAAAA\n', 3],
  ])('is refused with the line: %j', (text, line) => {
    expect(() => readCheckpoint(text, 'c.txt')).toThrow(
      expect.objectContaining({ code: 'bad-data', problems: [expect.objectContaining({ line })] }),
    );
  });
});
