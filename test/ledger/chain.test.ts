import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  chainProblems,
  formatEntries,
  formatHead,
  isUnaltered,
  parseHead,
  parseLine,
  readLedger,
  readPart,
  readyActs,
  signedText,
  START,
} from '../../src/ledger/chain.ts';
import type { Act, Entry } from '../../src/ledger/entry.ts';
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
    const unseen = [...bytes.keys()].filter((place) => {
      const changed = Buffer.from(bytes);
      changed[place]! ^= 0x01;
      return readLedger(changed.toString()).problems.length === 0;
    });
    expect(unseen).toEqual([]);
  });

  test('any byte lost is found [R-062]', () => {
    const unseen = Array.from(text, (_, place) => place).filter((place) => {
      const changed = text.slice(0, place) + text.slice(place + 1);
      return readLedger(changed).problems.length === 0;
    });
    expect(unseen).toEqual([]);
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

  test('may have no id if no entry before it has one', () => {
    const [one, other] = linesOf(acts.slice(0, 2)).entries as [Entry, Entry];
    for (const entry of [one, other]) {
      delete entry.id;
      delete entry.seen;
    }
    const first = withHash(one);
    const { hash } = JSON.parse(first) as { hash: string };
    const second = withHash({ ...other, prev: hash });
    expect(readLedger(`${first}\n${second}\n`).problems).toEqual([]);
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

describe('a head', () => {
  const hash = 'a1'.repeat(32);

  test.each<[string, { seq: number; hash: string } | undefined]>([
    [`6:${hash}`, { seq: 6, hash }],
    [` Ledger  6:${hash}\n`, { seq: 6, hash }],
    [`ledger 123456789:${hash.toUpperCase()}`, { seq: 123_456_789, hash }],
    [`Ledger6:${hash}`, undefined],
    [`0:${hash}`, undefined],
    [`06:${hash}`, undefined],
    [`1234567890:${hash}`, undefined],
    [`6:${hash}0`, undefined],
    [`6:${hash.slice(1)}`, undefined],
    [`6:g${hash.slice(1)}`, undefined],
    [`x 6:${hash}`, undefined],
    [`6 ${hash}`, undefined],
    ['', undefined],
  ])('is read from %j, or not', (typed, expected) => {
    expect(parseHead(typed)).toEqual(expected);
  });

  test('is written with its sequence before its hash', () => {
    expect(formatHead({ seq: 6, hash })).toBe(`6:${hash}`);
  });
});

describe('what is read of a damaged ledger', () => {
  test('is every line that can be read, those that are whole, and those before the first problem', () => {
    const altered = lines[1]!.replace('a reason', 'no reason');
    const read = readLedger(`${lines[0]}\n${altered}\n${lines[2]}\n`);
    const seqs = (entries: readonly Entry[]) => entries.map(({ seq }) => seq);
    expect(seqs(read.entries)).toEqual([1, 2, 3]);
    expect(seqs(read.whole)).toEqual([1, 3]);
    expect(seqs(read.sound)).toEqual([1]);
    expect(read.head).toEqual(head);
    expect(read.torn).toBe('');
    expect(read.problems).toEqual([
      {
        file: 'ledger.jsonl',
        line: 2,
        message: 'was altered: its hash does not match its text',
      },
    ]);
  });

  test('names the lines that are not entries, do not follow, or are incomplete', () => {
    const { problems, sound } = readLedger(`x\n${lines[1]}\n${lines[2]}\n${lines[0]}`);
    expect(problems).toEqual([
      { file: 'ledger.jsonl', line: 1, message: 'is not an entry that randose writes' },
      {
        file: 'ledger.jsonl',
        line: 2,
        message: 'does not follow the entry before it (sequence 0)',
      },
      {
        file: 'ledger.jsonl',
        line: 4,
        message:
          'is incomplete, for example after a power cut. To remove it: randose ledger --repair --by WHO --reason TEXT',
      },
    ]);
    expect(sound).toEqual([]);
  });

  test('a line is an entry only as randose writes it', () => {
    const [first] = lines as [string];
    expect(parseLine(first)).toBeDefined();
    const twice = first.replace('"seq":1', '"seq":2,"seq":1');
    for (const line of ['', 'null', '[]', '{}', '{', ` ${first}`, `${first} `, '"text"', twice]) {
      expect(parseLine(line), line).toBeUndefined();
    }
  });

  test('the hash of a line is that of its text, and the last but the signature', () => {
    const [entry] = linesOf(acts.slice(0, 1)).entries as [Entry];
    const line = JSON.stringify(entry);
    expect(isUnaltered(line, entry)).toBe(true);
    expect(isUnaltered(line.replace('"ff"', '"fe"'), entry)).toBe(false);
    expect(isUnaltered(line, { ...entry, hash: 'a'.repeat(64) })).toBe(false);
    expect(isUnaltered(line, { ...entry, signature: 'x' })).toBe(false);
    const signed = { ...entry, signature: 'a\n"b"' };
    expect(isUnaltered(JSON.stringify(signed), signed)).toBe(true);
  });
});

describe('an entry beside those before it', () => {
  const hash = 'a'.repeat(64);
  const earlier = {
    hasIds: false,
    withId: (id: string) => (id === 'known' ? 4 : undefined),
    hasHead: (known: string) => known === `3:${hash}`,
  };
  const seen = { head: `3:${hash}`, time: circumstances.time };
  const old = { seq: 6, prev: hash, signer: null };
  const usual = { ...old, id: 'new', seen: null };
  const signed = { ...usual, seen, signer: 'SHA256:x', signature: 'y' };
  const problemsOf = (entry: object, hasIds = true) =>
    chainProblems(entry as Entry, { seq: 5, hash }, { ...earlier, hasIds });
  const MUST_SAY = 'must say what its signer had seen if it is signed, and only if it is signed';

  test('may be signed or not, and may have no id in an older ledger', () => {
    expect(problemsOf(usual)).toEqual([]);
    expect(problemsOf(signed)).toEqual([]);
    expect(problemsOf(old, false)).toEqual([]);
    expect(problemsOf({ ...old, signer: 'x', signature: 'y' }, false)).toEqual([]);
  });

  test.each<[object, string[]]>([
    [{ ...usual, seq: 7 }, ['does not follow the entry before it (sequence 5)']],
    [{ ...usual, prev: 'b'.repeat(64) }, ['does not follow the entry before it (sequence 5)']],
    [{ ...usual, signature: 'y' }, ['has a signature but names no signer']],
    [{ ...signed, signature: undefined }, ['was signed: the signature is gone']],
    [{ ...usual, id: 'known' }, ['has the id of entry 4: one act was entered twice']],
    [old, ['has no id, but earlier entries have']],
    [{ ...usual, seen: undefined }, [MUST_SAY]],
    [{ ...usual, seen }, [MUST_SAY]],
    [{ ...signed, seen: null }, [MUST_SAY]],
    [{ ...signed, seen: undefined }, [MUST_SAY]],
    [{ ...signed, id: undefined }, ['has no id, but earlier entries have', MUST_SAY]],
    [{ ...usual, id: undefined }, ['has no id, but earlier entries have', MUST_SAY]],
    [
      { ...signed, seen: { ...seen, head: `4:${hash}` } },
      [
        'was signed after entry 4:aaaaaaaaaaaaaaaaaa…, which is not an earlier entry of this ledger',
      ],
    ],
  ])('%j is wrong', (entry, problems) => {
    expect(problemsOf(entry)).toEqual(problems);
  });
});

describe('the lines that somebody may see', () => {
  const { entries } = readLedger(text);
  const hashes = entries.map(({ hash }) => hash);
  const messagesOf = (...args: Parameters<typeof readPart>) =>
    readPart(...args).problems.map(({ message }) => message);

  test('are read with others missing between them', () => {
    for (const some of [lines, [lines[0]!, lines[2]!], [lines[1]!], []]) {
      expect(messagesOf(some)).toEqual([]);
      expect(messagesOf(some, hashes)).toEqual([]);
      expect(readPart(some).entries).toHaveLength(some.length);
    }
  });

  test('are refused if one of them is not an entry, or was altered', () => {
    const long = `{"seq":1,"time":"${'x'.repeat(100)}"}`;
    const { entries: read, problems } = readPart([long, lines[1]!]);
    expect(problems).toEqual([
      { message: `is not an entry that randose writes: ${long.slice(0, 60)}…` },
    ]);
    expect(read.map(({ seq }) => seq)).toEqual([2]);
    const altered = lines[1]!.replace('a reason', 'no reason');
    expect(messagesOf([lines[0]!, altered])).toEqual([
      'ledger entry 2 was altered: its hash does not match its text',
    ]);
  });

  test('are those in the list of hashes, if it is known', () => {
    const other = 'f'.repeat(64);
    expect(messagesOf([lines[1]!], hashes.with(1, other))).toEqual([
      'ledger entry 2 is not the one in the list of hashes',
    ]);
    expect(messagesOf([lines[1]!], hashes.with(0, other))).toEqual([
      'ledger entry 2 does not follow the entry before it',
    ]);
    expect(messagesOf([lines[0]!], [])).toEqual([
      'ledger entry 1 is not the one in the list of hashes',
    ]);
  });

  test('are in the order of the ledger, after what was read before', () => {
    const follows = (seq: number) => `ledger entry ${seq} does not follow the entry before it`;
    expect(messagesOf([lines[1]!, lines[0]!])).toEqual([follows(1)]);
    expect(messagesOf([lines[1]!, lines[1]!])).toEqual([
      follows(2),
      'ledger entry 2 has the id of entry 2: one act was entered twice',
    ]);
    const forged = linesOf([acts[1]!], { seq: 1, hash: 'f'.repeat(64) });
    expect(messagesOf([lines[0]!, forged.text.trimEnd()])).toEqual([follows(2)]);
    expect(messagesOf([lines[1]!], undefined, entries[0])).toEqual([]);
    expect(messagesOf([lines[0]!], undefined, entries[0])).toEqual([follows(1)]);
  });

  test('have no id twice; those of an older ledger have none', () => {
    const drawn = () => '0'.repeat(31) + 'f';
    const ready = readyActs(acts.slice(0, 1), { ...circumstances, seen: null }, drawn);
    const first = formatEntries(START, ready, circumstances.time);
    const second = formatEntries({ seq: 4, hash: 'e'.repeat(64) }, ready, circumstances.time);
    expect(messagesOf([first.text.trimEnd(), second.text.trimEnd()])).toEqual([
      'ledger entry 5 has the id of entry 1: one act was entered twice',
    ]);
    const old = entries.map(({ ...entry }) => {
      delete entry.id;
      delete entry.seen;
      return withHash(entry);
    });
    expect(messagesOf([old[0]!, old[2]!])).toEqual([]);
  });
});

describe('an act that is made ready', () => {
  const about = { software: 'r', study: 'b'.repeat(64), seen: null };
  const lock: Act = { action: 'lock', who };

  test('is one line in the order of its members, with null for what it does not have', () => {
    const [ready] = readyActs([lock], { ...about, signer: null }, () => 'i'.repeat(32));
    expect(ready).toEqual({
      id: 'i'.repeat(32),
      text: `{"software":"r","study":"${about.study}","who":${JSON.stringify(who)},"action":"lock","subject":null,"reason":null,"meaning":"locked the database","id":"${'i'.repeat(32)}","seen":null,"signer":null}`,
      signature: undefined,
    });
  });

  test('is signed only if there is a signer', () => {
    const sign = (texts: readonly string[]) => texts.map((one) => `${one.length}`);
    const signatures = (signer: string | null, how?: typeof sign) =>
      readyActs([lock, lock], { ...about, signer }, drawId, how).map((one) => one.signature);
    expect(signatures(null, sign)).toEqual([undefined, undefined]);
    expect(signatures('SHA256:x')).toEqual([undefined, undefined]);
    const [first] = readyActs([lock], { ...about, signer: 'SHA256:x' }, drawId);
    expect(signatures('SHA256:x', sign)).toEqual(Array(2).fill(`${first!.text.length}`));
  });

  test('has no members that its kind does not have', () => {
    const strange = { ...lock, arm: 'A', site: 'S1' } as Act;
    expect(() => readyActs([strange], { ...about, signer: null }, drawId)).toThrow(
      new Error('an entry of lock has no arm, site'),
    );
  });
});
