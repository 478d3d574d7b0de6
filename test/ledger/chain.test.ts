import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  formatEntries,
  formatHead,
  readLedger,
  readyActs,
  signedText,
  START,
} from '../../src/ledger/chain.ts';
import type { Act } from '../../src/ledger/entry.ts';
import { linesOf } from '../support/ledger.ts';

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
/** Ids that are plainly examples: 1, 2, 3 … */
let drawn = 0;
const drawId = () => (drawn += 1).toString(16).padStart(32, '0');
const { text, head } = linesOf(acts, START, circumstances);
const lines = text.trimEnd().split('\n');

describe('a ledger', () => {
  test('reads back whole, with its head', () => {
    const { entries, problems, head: end } = readLedger(text);
    expect(problems).toEqual([]);
    expect(entries.map((entry) => [entry.seq, entry.action])).toEqual([
      [1, 'allocation'],
      [2, 'code-break intent'],
      [3, 'code-break outcome'],
    ]);
    expect(end).toEqual(head);
    expect(entries[1]).toMatchObject({ ...acts[1], ...circumstances });
  });

  test('can be checked with sha256sum: each hash is of its line without the hash [R-063]', () => {
    let prev = '0'.repeat(64);
    for (const line of lines) {
      const { hash, prev: said } = JSON.parse(line) as { hash: string; prev: string };
      const body = line.replace(/,"hash":"[0-9a-f]{64}"\}$/, '}');
      expect(createHash('sha256').update(body).digest('hex')).toBe(hash);
      expect(said).toBe(prev);
      prev = hash;
    }
  });

  test('continues where it ended, in several steps as in one', () => {
    const ready = readyActs(
      acts,
      { software: 'r', study: 'b'.repeat(64), signer: null, seen: null },
      drawId,
    );
    const all = formatEntries(START, ready, circumstances.time);
    const first = formatEntries(START, ready.slice(0, 1), circumstances.time);
    const rest = formatEntries(first.head, ready.slice(1), circumstances.time);
    expect(first.text + rest.text).toBe(all.text);
  });

  test('that is empty has sequence 0', () => {
    expect(readLedger('')).toMatchObject({ entries: [], problems: [], torn: '' });
    expect(readLedger('').head).toEqual({ seq: 0, hash: '0'.repeat(64) });
  });
});

describe('a ledger that was tampered with', () => {
  test('any byte changed is found [R-062]', () => {
    const bytes = Buffer.from(text);
    for (let place = 0; place < bytes.length; place += 1) {
      const changed = Buffer.from(bytes);
      changed[place]! ^= 0x01;
      expect(readLedger(changed.toString()).problems, `byte ${place}`).not.toEqual([]);
    }
  });

  test('any byte lost is found [R-062]', () => {
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

  test('an incomplete last line is reported as incomplete, with its line', () => {
    const { problems, torn } = readLedger(text.slice(0, -20));
    expect(problems).toMatchObject([{ file: 'ledger.jsonl', line: 3 }]);
    expect(problems[0]?.message).toMatch(
      /^is incomplete, for example after a power cut.*randose ledger --repair/,
    );
    expect(torn).toBe(`${lines[2]}\n`.slice(0, -20));
  });

  test('a line rewritten with a right hash is found at the next one', () => {
    const forged = linesOf([{ ...acts[0]!, list: 'ee' } as Act], START, circumstances);
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

/** A line with the right hash for its text. */
function withHash(entry: object): string {
  const { hash, ...rest } = entry as { hash?: string };
  expect(hash).toBeDefined();
  const body = JSON.stringify(rest);
  return `${body.slice(0, -1)},"hash":"${createHash('sha256').update(body).digest('hex')}"}`;
}

describe('an act', () => {
  const circumstancesOf = (signer: string | null) => ({
    software: 'randose 0',
    study: 'b'.repeat(64),
    signer,
    seen: signer === null ? null : { head: formatHead(START), time: circumstances.time },
  });
  const sign = (texts: readonly string[]) => texts.map((one) => `signature of ${one}`);

  test('has a random id in its text, so that its hash says nothing about it', () => {
    const [one, other] = [linesOf(acts.slice(0, 1)), linesOf(acts.slice(0, 1))];
    expect(one.head.hash).not.toBe(other.head.hash);
    expect(one.entries[0]?.id).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is signed without its place in the chain: what is signed is in its line, between time and prev', () => {
    const ready = readyActs(acts.slice(0, 1), circumstancesOf('SHA256:x'), drawId, sign);
    const here = formatEntries(START, ready, circumstances.time);
    const before = linesOf(acts.slice(1, 2));
    const later = formatEntries(before.head, ready, '2026-01-02T00:00:00.000Z');
    for (const [line, entry] of [
      [here.text, here.entries[0]!],
      [later.text, later.entries[0]!],
    ] as const) {
      const between = /^\{"seq":\d+,"time":"[^"]*",(.*),"prev":/.exec(line)?.[1];
      expect(`{${between}}`).toBe(signedText(entry));
      expect(entry.signature).toBe(`signature of ${signedText(entry)}`);
    }
    expect(readLedger(here.text).problems).toEqual([]);
    expect(readLedger(before.text + later.text).problems).toEqual([]);
  });

  test('of an older ledger has no id: its signature covers its place', () => {
    const old = { ...linesOf(acts.slice(0, 1)).entries[0]! };
    delete old.id;
    delete old.seen;
    expect(signedText(old)).toBe(formatHead(old));
    expect(readLedger(`${withHash(old)}\n`).problems).toEqual([]);
  });

  test.each<[string, (entry: object) => object, RegExp]>([
    [
      'whose id is gone',
      ({ ...rest }) => ({ ...rest, id: undefined, seen: undefined }),
      /has no id/,
    ],
    [
      'that has the id of another one',
      (entry) => ({ ...entry, id: '0'.repeat(31) + 'f' }),
      /has the id of entry 1/,
    ],
    [
      'that says what its signer had seen although nobody signs',
      (entry) => ({ ...entry, seen: { head: `0:${'0'.repeat(64)}`, time: circumstances.time } }),
      /signer had seen/,
    ],
    [
      'whose signer had seen an entry that is not there',
      (entry) => ({
        ...entry,
        signer: 'x',
        signature: 'y',
        seen: { head: `1:${'a'.repeat(64)}`, time: circumstances.time },
      }),
      /was signed after entry 1:/,
    ],
  ])('%s is found', (_, change, problem) => {
    const first = formatEntries(
      START,
      readyActs(acts.slice(0, 1), circumstancesOf(null), () => '0'.repeat(31) + 'f'),
      circumstances.time,
    );
    const second = linesOf(acts.slice(1, 2), first.head).entries[0]!;
    const { signature, ...changed } = change(second) as { signature?: string };
    const line = withHash(changed);
    const signed =
      signature === undefined ? line : `${line.slice(0, -1)},"signature":"${signature}"}`;
    const { problems } = readLedger(`${first.text}${signed}\n`);
    expect(problems.map(({ message }) => message)).toContainEqual(expect.stringMatching(problem));
  });
});

describe('an entry that randose would never write, but with a right hash', () => {
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
  const entry = JSON.parse(linesOf([randomization], START, circumstances).text) as object;
  test.each([
    { subject: '../../evil' },
    { subject: '\u001b[31m' },
    { site: '\u001b[31m' },
    { day1: '2026-02-30' },
    { number: 'R 1' },
    { kit: 'kit' },
    { arm: 'active' },
  ])('%j', (change) => {
    const read = readLedger(`${withHash({ ...entry, ...change })}\n`);
    expect(read.entries).toEqual([]);
    expect(read.problems[0]?.message).toBe('is not an entry that randose writes');
  });

  test('is not written by randose', () => {
    for (const change of [{ subject: '../../evil' }, { arm: 'active' }]) {
      const forged = { ...randomization, ...change } as Act;
      expect(() => linesOf([forged], START, circumstances)).toThrow();
    }
  });

  test('differs from the original one, which is read', () => {
    const read = readLedger(linesOf([randomization], START, circumstances).text);
    expect(read.problems).toEqual([]);
  });
});
