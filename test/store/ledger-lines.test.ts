import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLedgerLines } from '../../src/store/folder/ledger-lines.ts';
import { testFolder } from '../support/command-line.ts';

const HASHES = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
const SIGNATURE = ',"signature":"U1NIU0lH"';

const entry = fc
  .record({
    seq: fc.integer({ min: 1, max: 4 }),
    time: fc.constantFrom('2026-06-01T08:00:00Z', 'é', ''),
    hash: fc.constantFrom(...HASHES, 'short'),
    signature: fc.constantFrom('', SIGNATURE),
  })
  .map(({ seq, time, hash, signature }) => {
    return `{"seq":${seq},"time":"${time}","reason":"ü\\n","hash":"${hash}"${signature}}`;
  });
const piece = fc.oneof(
  { weight: 4, arbitrary: entry },
  fc.constantFrom('\n', '\r\n', '\n\n', '{"seq":2,"time":"2', '\ufeff', '\ufffd', 'x'),
);
const ledgers = fc
  .record({
    pieces: fc.array(fc.tuple(piece, fc.constantFrom('\n', '\n', '\r\n', '')), { maxLength: 8 }),
    encoding: fc.constantFrom<BufferEncoding>('utf8', 'utf8', 'latin1', 'utf16le'),
    mark: fc.boolean(),
  })
  .map(({ pieces, encoding, mark }) => {
    const text = pieces.flat().join('');
    return Buffer.from(mark ? `\ufeff${text}` : text, encoding);
  });

/** The same facts by the lines of the whole text. */
function byText(bytes: Buffer) {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
  const lines = text.replaceAll('\r\n', '\n').replace(/\n+$/, '\n').split('\n');
  const hashIn = (line = '', seq: number) => {
    return line.startsWith(`{"seq":${seq},`) ? hashAtEnd(line)?.[1] : undefined;
  };
  const tail = lines.pop() ?? '';
  const isWhole = hashIn(tail, lines.length + 1) !== undefined;
  if (isWhole) lines.push(tail);
  const heads = lines.map((line, at) => hashIn(line, at + 1));
  const last = lines.at(-1) ?? '';
  return {
    heads,
    isTorn: tail !== '' && !isWhole,
    lastTime: /^\{"seq":\d+,"time":"([^"]*)"/.exec(last)?.[1],
    signed: lines.filter((line) => hashAtEnd(line)?.[2] !== undefined).length,
  };
}

function hashAtEnd(line: string) {
  return /,"hash":"([0-9a-f]{64})"(,"signature":"[^"]*")?\}$/.exec(line);
}

test('the lines of a ledger are those of its text, however an editor left it', () => {
  const root = mkdtempSync(join(testFolder(), 'lines-'));
  fc.assert(
    fc.property(ledgers, (bytes) => {
      writeFileSync(join(root, 'ledger.jsonl'), bytes);
      const read = readLedgerLines(root);
      const { heads, isTorn, lastTime, signed } = byText(bytes);
      const last = heads.at(-1);
      expect(read.head).toEqual(
        last === undefined
          ? expect.objectContaining({ seq: 0 })
          : { seq: heads.length, hash: last },
      );
      expect(read.first).toBe(heads[0]);
      expect([0, ...heads.keys(), heads.length].map((seq) => read.headAt(seq)?.hash)).toEqual(
        [0, ...heads.keys(), heads.length].map((seq) => heads[seq - 1]),
      );
      expect(read.isTorn).toBe(isTorn);
      expect(read.lastTime).toBe(lastTime);
      expect(read.signedUpTo(heads.length)).toBe(signed);
    }),
    { numRuns: 1000 },
  );
});

test('a ledger that is missing has no entries', () => {
  const { first, head, isTorn } = readLedgerLines(mkdtempSync(join(testFolder(), 'lines-')));
  expect({ first, seq: head.seq, isTorn }).toEqual({ first: undefined, seq: 0, isTorn: false });
});
