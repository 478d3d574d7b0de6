import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { formatEntries, headOf, readLedger } from '../../src/ledger/chain.ts';
import type { Act } from '../../src/ledger/entry.ts';

const who = { name: 'Example', role: 'coordinator', organisation: '' };
const acts: Act[] = [
  { action: 'allocation', batch: 1, who, list: 'ff', manifest: 'a'.repeat(64) },
  {
    action: 'code-break intent',
    who,
    subject: 'CRT-001',
    number: 'R001',
    key: null,
    to: null,
    reason: 'a reason with "quotes", é and\nlines',
  },
  { action: 'code-break outcome', who, intent: 2, result: 'refused', error: 'wrong-key' },
];
const circumstances = {
  time: '2026-01-01T00:00:00.000Z',
  software: 'randose 0',
  study: 'b'.repeat(64),
  signer: null,
};
const { text, head } = formatEntries(headOf([]), acts, circumstances);
const lines = text.trimEnd().split('\n');

describe('a ledger', () => {
  test('reads back whole, with its head', () => {
    const { entries, problems } = readLedger(text);
    expect(problems).toEqual([]);
    expect(entries.map((entry) => [entry.seq, entry.action])).toEqual([
      [1, 'allocation'],
      [2, 'code-break intent'],
      [3, 'code-break outcome'],
    ]);
    expect(headOf(entries)).toMatchObject(head);
    expect(entries[1]).toMatchObject({ ...acts[1], ...circumstances });
  });

  test('can be checked with sha256sum: each hash is of its line without the hash', () => {
    let prev = '0'.repeat(64);
    for (const line of lines) {
      const { hash, prev: said } = JSON.parse(line) as { hash: string; prev: string };
      const body = line.replace(/,"hash":"[0-9a-f]{64}"\}$/, '}');
      expect(createHash('sha256').update(body).digest('hex')).toBe(hash);
      expect(said).toBe(prev);
      prev = hash;
    }
  });

  test('goes on where it ended, in several goes as in one', () => {
    const first = formatEntries(headOf([]), acts.slice(0, 1), circumstances);
    const rest = formatEntries(first.head, acts.slice(1), circumstances);
    expect(first.text + rest.text).toBe(text);
  });

  test('empty has sequence 0', () => {
    expect(readLedger('')).toMatchObject({ entries: [], problems: [], torn: '' });
    expect(headOf([])).toEqual({ seq: 0, hash: '0'.repeat(64) });
  });
});

describe('a ledger that was tampered with', () => {
  test('any byte changed is found', () => {
    const bytes = Buffer.from(text);
    for (let place = 0; place < bytes.length; place += 1) {
      const changed = Buffer.from(bytes);
      changed[place]! ^= 0x01;
      expect(readLedger(changed.toString()).problems, `byte ${place}`).not.toEqual([]);
    }
  });

  test('any byte lost is found', () => {
    for (let place = 0; place < text.length; place += 1) {
      const changed = text.slice(0, place) + text.slice(place + 1);
      expect(readLedger(changed).problems, `byte ${place}`).not.toEqual([]);
    }
  });

  test.each<[string, string[]]>([
    ['a line lost at the beginning', lines.slice(1)],
    ['a line lost within', [lines[0]!, lines[2]!]],
    ['a line twice', [lines[0]!, lines[0]!, lines[1]!, lines[2]!]],
    ['lines exchanged', [lines[0]!, lines[2]!, lines[1]!]],
    ['an empty line', [lines[0]!, '', lines[1]!, lines[2]!]],
  ])('%s is found', (_, changed) => {
    expect(readLedger(`${changed.join('\n')}\n`).problems).not.toEqual([]);
  });

  test('a torn last line is told as such, with its line', () => {
    const { problems, torn } = readLedger(text.slice(0, -20));
    expect(problems).toMatchObject([{ file: 'ledger.jsonl', line: 3 }]);
    expect(problems[0]?.message).toMatch(
      /^is torn: the last line has no end.*randose ledger --repair/,
    );
    expect(torn).toBe(`${lines[2]}\n`.slice(0, -20));
  });

  test('a line rewritten with a right hash is found at the next one', () => {
    const forged = formatEntries(headOf([]), [{ ...acts[0]!, list: 'ee' } as Act], circumstances);
    const { problems } = readLedger(forged.text + lines.slice(1).join('\n') + '\n');
    expect(problems).toEqual([
      {
        file: 'ledger.jsonl',
        line: 2,
        message: 'does not follow the entry before it (sequence 1)',
      },
    ]);
  });
});

describe('an entry that randose would never write is none, however right its hash', () => {
  const randomization: Act = {
    action: 'randomization',
    who,
    subject: 'CRT-001' as never,
    site: 'CRT',
    stratum: 'site=CRT',
    number: 'R001',
    kit: '4KX9TM7',
    day1: '2026-06-15' as never,
  };
  test.each([
    { subject: '../../evil' },
    { subject: '\u001b[31m' },
    { site: '\u001b[31m' },
    { day1: '2026-02-30' },
    { number: 'R 1' },
    { kit: 'kit' },
    { arm: 'active' },
  ])('%j', (change) => {
    const forged = { ...randomization, ...change } as Act;
    const read = readLedger(formatEntries(headOf([]), [forged], circumstances).text);
    expect(read.entries).toEqual([]);
    expect(read.problems[0]?.message).toBe('is no entry that randose writes');
  });

  test('while the right one is read', () => {
    const read = readLedger(formatEntries(headOf([]), [randomization], circumstances).text);
    expect(read.problems).toEqual([]);
  });
});
