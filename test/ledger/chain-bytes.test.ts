import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/digest.ts';
import { readChain, readSeenLines } from '../../src/ledger/chain-bytes.ts';
import {
  formatEntries,
  type Head,
  readLedger,
  readPart,
  readyActs,
  START,
} from '../../src/ledger/chain.ts';
import type { Act, Entry } from '../../src/ledger/entry.ts';
import { EXAMPLE_INTENT, EXAMPLE_RANDOMIZATION, linesOf } from '../support/ledger.ts';

const who = { name: 'Éxample "E"', role: 'nurse\\', organisation: '例' };
const acts: Act[] = [
  { action: 'allocation', batch: 1, who, list: 'ff', manifest: 'a'.repeat(64) },
  { ...EXAMPLE_RANDOMIZATION, who },
  {
    ...EXAMPLE_INTENT,
    who,
    subject: 'A "quoted" \\ é',
    reason: '","action":"lock","subject":null,',
  } as Act,
  { action: 'code-break outcome', who, intent: 3, result: 'refused', error: 'wrong-key' },
];
const sign = (texts: readonly string[]) => texts.map((one) => `-----\n${one.length}é\n-----`);
const usual = linesOf(acts);
const signed = linesOf(acts.slice(1, 3), usual.head, { signer: 'SHA256:example', sign });
const last = linesOf([{ action: 'lock', who }], signed.head);
const text = usual.text + signed.text + last.text;

const read = (some: string) => readChain(Buffer.from(some));
const wellRead = (some: string) => {
  const sound = read(some);
  if (sound === undefined) throw new Error('not read');
  return sound;
};

/** A line with a right place in a chain and a right hash, whatever it says otherwise. */
function forged(body: string, head: Head = START): string {
  const whole = body.replace('SEQ', String(head.seq + 1)).replace('PREV', head.hash);
  return `${whole.slice(0, -1)},"hash":"${sha256(whole)}"}\n`;
}

/** The text of a line as older versions wrote it, without an id. */
const OLDER = last.text
  .replace(/"id":"\w+","seen":null,/, '')
  .replace(/"seq":\d+/, '"seq":SEQ')
  .replace(/"prev":"\w+"/, '"prev":"PREV"')
  .replace(/,"hash":.*\n/, '}');

function headOf(line: string): Head {
  const { seq, hash } = JSON.parse(line) as Head;
  return { seq, hash };
}

describe('a ledger of which only the chain is checked', () => {
  test('has the same entries as one that is parsed, in whatever order their members are read', () => {
    const { entries, head } = wellRead(text);
    const parsed = readLedger(text);
    expect(parsed.problems).toEqual([]);
    expect(head).toEqual(parsed.head);
    const brief = ({ seq, action, subject, id, hash }: Entry) => [seq, action, subject, id, hash];
    expect(entries.map(brief)).toEqual(parsed.entries.map(brief));
    expect(entries.map((one) => ({ ...one }))).toEqual(parsed.entries);
    expect(entries.map(brief)).toEqual(parsed.entries.map(brief));
  });

  test('has entries that can be spread, compared, asked for a member and written as JSON', () => {
    for (const use of [
      (one: Entry) => ({ ...one, reason: 'other' }),
      (one: Entry) => JSON.stringify(one),
      (one: Entry) => Object.keys(one),
      (one: Entry) => ['intent' in one, 'kit' in one, 'hash' in one],
      (one: Entry) => Object.entries(one).length,
      ({ who: person, ...rest }: Entry) => [person.name, rest],
      (one: Entry) => Object.getPrototypeOf(one) as unknown,
      (one: Entry) => structuredClone({ ...one }),
    ]) {
      expect(wellRead(text).entries.map(use)).toEqual(readLedger(text).entries.map(use));
    }
    const { entries } = wellRead(text);
    for (const [index, entry] of readLedger(text).entries.entries()) {
      expect(isDeepStrictEqual(entries[index], entry)).toBe(true);
      expect(isDeepStrictEqual(entry, entries[index])).toBe(true);
      expect(isDeepStrictEqual({ ...entry, seq: 99 }, entries[index])).toBe(false);
      expect(entries[index]).toEqual(entry);
    }
  });

  test('has entries that nobody changes', () => {
    const [entry] = wellRead(text).entries;
    expect(() => Object.assign(entry!, { reason: 'other' })).toThrow(TypeError);
    expect(() => delete (entry as { id?: string }).id).toThrow(TypeError);
  });

  test('leaves the bytes as they were', () => {
    const bytes = Buffer.from(text);
    readChain(bytes);
    expect(bytes.toString()).toBe(text);
  });

  test('may be one of an older version, without ids', () => {
    const older = join(import.meta.dirname, '../stories/older-ledger/ledger.jsonl');
    const content = readFileSync(older, 'utf8');
    expect(wellRead(content).entries.map((one) => ({ ...one }))).toEqual(
      readLedger(content).entries,
    );
  });

  test('has the action of each line, also if that of a line is in its middle', () => {
    const longer = (software: string) => linesOf([{ action: 'lock', who }], START, { software });
    /** How much more of a line comes after the beginning of its action than before it, in bytes. */
    const excess = (line: string) => {
      const bytes = Buffer.from(line);
      return bytes.length - 2 * bytes.indexOf(',"action":"');
    };
    const long = longer('x'.repeat(1 + excess(longer('x').text)));
    expect(excess(long.text)).toBe(0);
    const { entries } = wellRead(long.text + linesOf(acts.slice(1, 2), long.head).text);
    expect(entries.map(({ action }) => action)).toEqual(['lock', 'randomization']);
  });

  test('may be empty', () => {
    expect(read('')).toEqual({ entries: [], head: START });
  });
});

describe('tampering is found without parsing', () => {
  test('any byte changed, or lost, but for signatures, which are checked by themselves [R-062]', () => {
    // A line of each form: nobody signed the first and the last one.
    const begin = linesOf(acts.slice(2, 3));
    const middle = linesOf(acts.slice(1, 2), begin.head, { signer: 'SHA256:example', sign });
    const end = linesOf([{ action: 'lock', who }], middle.head);
    const whole = begin.text + middle.text + end.text;
    const bytes = Buffer.from(whole);
    const within = /"signature":"[^"]*"/g;
    const signatures = [...whole.matchAll(within)].map((found) => {
      const from = Buffer.byteLength(whole.slice(0, found.index + '"signature":"'.length));
      return { from, to: from + Buffer.byteLength(found[0]) - '"signature":""'.length };
    });
    const places = [...bytes.keys()].filter(
      (place) => !signatures.some(({ from, to }) => place >= from && place < to),
    );
    const unseen = places.filter((place) => {
      const changed = Buffer.from(bytes);
      changed[place]! ^= 0x01;
      const lost = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)]);
      return readChain(changed) !== undefined || readChain(lost) !== undefined;
    });
    expect(unseen).toEqual([]);
  });

  test('lines lost, doubled, exchanged or torn, as readLedger finds them', () => {
    const lines = text.trimEnd().split('\n');
    const places = fc.array(fc.nat(lines.length - 1), { maxLength: lines.length + 1 });
    fc.assert(
      fc.property(places, fc.nat(3), (chosen, torn) => {
        const changed = chosen.map((place) => `${lines[place]!}\n`).join('');
        const cut = changed.slice(0, changed.length - torn);
        expect(read(cut) === undefined).toBe(readLedger(cut).problems.length > 0);
      }),
      { numRuns: 200, seed: 75 },
    );
    expect(read(`${text}\n`)).toBeUndefined();
    expect(read(text.replaceAll('\n', '\r\n'))).toBeUndefined();
  });

  const [first] = usual.entries;
  const id = first!.id!;
  const second = (drawn: string, after = usual.head) =>
    formatEntries(
      after,
      readyActs(
        [{ action: 'lock', who }],
        { software: 'randose 0', study: 'b'.repeat(64), signer: null, seen: null },
        () => drawn,
      ),
      '2026-01-01T00:00:00.000Z',
    ).text;

  test('an id that comes twice, however alike ids are', () => {
    expect(read(usual.text + second(id))).toBeUndefined();
    const alike = id.slice(0, 31) + (id.endsWith('0') ? '1' : '0');
    expect(wellRead(usual.text + second(alike)).entries).toHaveLength(acts.length + 1);
  });

  test('an id that comes twice after lines without one, which do not count as twice the same', () => {
    const older = forged(OLDER);
    const begun = older + forged(OLDER, headOf(older));
    const one = second(id, headOf(begun.split('\n')[1]!));
    const alike = id.slice(0, 31) + (id.endsWith('0') ? '1' : '0');
    expect(wellRead(begun + one + second(alike, headOf(one))).entries).toHaveLength(4);
    expect(read(begun + one + second(id, headOf(one)))).toBeUndefined();
  });

  test.each<[string, (body: string) => string]>([
    ['an id that is gone', (body) => body.replace(/"id":"\w+","seen":null,/, '')],
    ['an id that is none', (body) => body.replace(/"id":"./, '"id":"X')],
    ['what a signer had seen, gone', (body) => body.replace('"seen":null,', '')],
    ['an id gone, and what a signer had seen left', (body) => body.replace(/"id":"\w+",/, '')],
    [
      'what a signer had seen although nobody signed',
      (body) =>
        body.replace(
          '"seen":null',
          `"seen":{"head":"${'0:' + START.hash}","time":"2026-01-01T00:00:00.000Z"}`,
        ),
    ],
    ['another sequence', (body) => body.replace('SEQ', '7')],
    ['a signer without a signature', (body) => body.replace('"signer":null', '"signer":"x"')],
    ['another action', (body) => body.replace('"action":"lock"', '"action":"sing"')],
    ['no action', (body) => body.replace('"action":"lock",', '')],
    ['a blank after the brace', (body) => body.replace('{', '{ ')],
  ])('%s, with a right hash', (_, change) => {
    const body = last.text
      .trimEnd()
      .replace(/,"hash":.*/, '}')
      .replace(/"prev":"\w+"/, '"prev":"PREV"');
    const line = (of: (body: string) => string) =>
      forged(of(body.replace(/"seq":\d+/, '"seq":SEQ')), usual.head);
    expect(read(usual.text + line((one) => one))).toBeDefined();
    const changed = usual.text + line(change);
    expect(readLedger(changed).problems).not.toEqual([]);
    expect(read(changed)).toBeUndefined();
  });
});

describe('a line in a right chain that randose would never write', () => {
  const body = usual.text.split('\n')[1]!.replace(/,"hash":.*/, '}');
  const refusal = {
    code: 'not-trusted',
    message: 'ledger.jsonl is damaged',
    problems: [{ file: 'ledger.jsonl', line: 2, message: 'is not an entry that randose writes' }],
  };

  test.each<[string, string]>([
    ['a member too many', body.replace('"site"', '"arm":"active","site"')],
    ['a member too few', body.replace(/"day1":"[^"]*",/, '').replace(/"number":"[^"]*",/, '')],
    ['a date that is none', body.replace(/"day1":"[^"]*"/, '"day1":"2026-02-30"')],
    ['a member twice', body.replace('"subject":"A"', '"subject":"A","subject":"B"')],
    ['a second action', body.replace('"site"', '"action":"dose","site"')],
    ['text that is not JSON', body.replace('"site":', '"site"')],
  ])('is refused when it is needed, and by whoever checks everything: %s', (_, changed) => {
    const line = forged(changed);
    const ledger = usual.text.split('\n')[0]! + '\n' + line;
    const { entries } = wellRead(ledger);
    expect(entries[0]?.who).toEqual(who);
    for (const use of [
      (one: Entry) => one.who,
      (one: Entry) => 'kit' in one,
      (one: Entry) => ({ ...one }),
      (one: Entry) => JSON.stringify(one),
    ]) {
      let error: unknown;
      try {
        use(entries[1]!);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject(refusal);
    }
    expect(readLedger(ledger).problems).toEqual(refusal.problems);
  });

  test('is refused when it is needed, also without an id', () => {
    const line = forged(OLDER.replace('"subject":null', '"arm":"active","subject":null'));
    const { entries } = wellRead(line);
    expect(entries.map(({ action }) => action)).toEqual(['lock']);
    expect(() => entries[0]!.who).toThrow(refusal.message);
    expect(readLedger(line).problems).toEqual([{ ...refusal.problems[0], line: 1 }]);
  });
});

describe('a line that somebody signed', () => {
  const seenBy = (head: string, { id = 'd'.repeat(32), after = usual.head } = {}) => {
    const time = '2026-01-01T00:00:00.000Z';
    const about = { software: 'randose 0', study: 'b'.repeat(64), signer: 'SHA256:example' };
    const acts: Act[] = [{ action: 'lock', who }];
    const ready = readyActs(acts, { ...about, seen: { head, time } }, () => id, sign);
    return formatEntries(after, ready, time).text;
  };
  const headAt = (seq: number) => `${seq}:${usual.entries[seq - 1]!.hash}`;

  test.each([0, 1, 4])('may be after any entry that its signer had seen: %i', (seq) => {
    const head = seq === 0 ? `0:${START.hash}` : headAt(seq);
    expect(wellRead(usual.text + seenBy(head)).entries).toHaveLength(acts.length + 1);
  });

  test('is not after an entry that is not there', () => {
    for (const head of [
      ...[`0:${'a'.repeat(64)}`, `1:${'a'.repeat(64)}`, `5:${usual.head.hash}`, `9:${START.hash}`],
      headAt(1).replace('1:', '01:'),
    ]) {
      const changed = usual.text + seenBy(head);
      expect(readLedger(changed).problems).not.toEqual([]);
      expect(read(changed)).toBeUndefined();
    }
  });

  test('has an id that no other has, signed or not, and an id if earlier ones have', () => {
    const id = usual.entries[1]!.id!;
    expect(read(usual.text + seenBy(headAt(1), { id }))).toBeUndefined();
    const first = seenBy(`0:${START.hash}`, { after: START });
    const twice = seenBy(`0:${START.hash}`, { after: headOf(first) });
    expect(read(first)).toBeDefined();
    expect(read(first + twice)).toBeUndefined();
    expect(read(forged(OLDER))).toBeDefined();
    expect(read(first + forged(OLDER, headOf(first)))).toBeUndefined();
  });
});

describe('the lines of a ledger that somebody may see', () => {
  const whole = text.trimEnd().split('\n');
  /** Lines of which some are missing. */
  const some = fc
    .array(fc.boolean(), { minLength: whole.length, maxLength: whole.length })
    .map((kept) => whole.filter((_, at) => kept[at]));

  test('have the same entries as when they are parsed, whichever are missing', () => {
    fc.assert(
      fc.property(some, (lines) => {
        const { entries, problems } = readPart(lines);
        expect(problems).toEqual([]);
        const seen = readSeenLines(lines);
        expect(seen?.entries.map((one) => ({ ...one }))).toEqual(entries);
        const { seq, hash } = entries.at(-1) ?? START;
        expect(seen?.head).toEqual({ seq, hash });
      }),
    );
  });

  test('are not read if a byte of one of them is another one', () => {
    const change = fc.record({
      line: fc.nat(),
      place: fc.nat(),
      byte: fc.integer({ min: 32, max: 126 }),
    });
    fc.assert(
      fc.property(some, change, (lines, { line, place, byte }) => {
        fc.pre(lines.length > 0);
        const at = line % lines.length;
        const bytes = Buffer.from(lines[at]!);
        fc.pre(bytes[place % bytes.length] !== byte);
        bytes[place % bytes.length] = byte;
        const changed = lines.with(at, bytes.toString());
        const { entries, problems } = readPart(changed);
        // No hash covers a signature.
        if (problems.length === 0) expect(entries[at]?.signature).toBeDefined();
        const seen = readSeenLines(changed)?.entries.map((one) => ({ ...one }));
        expect(seen).toEqual(problems.length === 0 ? entries : undefined);
      }),
      { numRuns: 500 },
    );
  });

  /** A line with a place, whose text randose would not write. */
  const strange = (seq: number, prev: string, said = '"day1":"2026-02-30"') =>
    forged(
      whole[1]!
        .replace(/"seq":\d+/, `"seq":${seq}`)
        .replace(/"prev":"\w+"/, `"prev":"${prev}"`)
        .replace(/"day1":"[^"]*"/, said)
        .replace(/"id":"\w+"/, `"id":"${String(seq).padStart(32, '0')}"`)
        .replace(/,"hash":.*/, '}'),
    ).trimEnd();

  test('are not parsed, whatever their place is', () => {
    const prev = 'e'.repeat(64);
    for (const seq of [2, 3, 10, 19, 90, 123_456_789, 999_999_999_999_998]) {
      const one = strange(seq, prev);
      expect(readPart([one]).problems).not.toEqual([]);
      const seen = readSeenLines([one])!;
      expect(seen.entries.map((entry) => [entry.seq, entry.subject])).toEqual([[seq, 'A']]);
      expect(seen.head).toMatchObject({ seq });
      const next = strange(seq + 1, seen.head.hash);
      expect(readSeenLines([one, next])?.head.seq).toBe(seq + 1);
      expect(readSeenLines([one, strange(seq + 1, prev)])).toBeUndefined();
      expect(readSeenLines([one, strange(seq, prev)])).toBeUndefined();
      expect(readSeenLines([one, strange(seq - 1, prev)])).toBeUndefined();
    }
    // More digits than a number holds for certain are parsed.
    expect(readSeenLines([strange(1_000_000_000_000_000, prev)])).toBeUndefined();
    expect(readSeenLines([strange(7, 'E'.repeat(64))])).toBeUndefined();
    expect(readSeenLines([strange(7, 'e'.repeat(63))])).toBeUndefined();
  });

  test('are not parsed, however many of one length follow each other', () => {
    const lines = [strange(2, 'e'.repeat(64))];
    for (let seq = 3; seq <= 9; seq += 1) lines.push(strange(seq, headOf(lines.at(-1)!).hash));
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
    const { entries } = readSeenLines(lines)!;
    expect(entries.map(({ seq, action }) => [seq, action])).toEqual(
      [2, 3, 4, 5, 6, 7, 8, 9].map((seq) => [seq, 'randomization']),
    );
  });

  test('are not read without their action, although the next line has one', () => {
    const unnamed = whole[1]!.replace('"action":"randomization",', '').replace(/,"hash":.*/, '}');
    const line = forged(unnamed).trimEnd();
    expect(readSeenLines([line, whole[3]!])).toBeUndefined();
    expect(readSeenLines([whole[1]!, whole[3]!])).toBeDefined();
  });

  test('are not read in another order, or twice', () => {
    const [first, second, third] = whole as [string, string, string];
    for (const lines of [
      [second, first],
      [first, third, second],
      [first, first],
      [first, second, second],
    ]) {
      expect(readSeenLines(lines)).toBeUndefined();
      expect(readPart(lines).problems).not.toEqual([]);
    }
  });

  test('are not read if one that is signed has the place of the line that it follows', () => {
    const [first] = whole as [string];
    const { seq, hash } = headOf(first);
    const after = (head: Head) =>
      linesOf(acts.slice(1, 2), head, { signer: 'SHA256:example', sign }).text.trimEnd();
    expect(readSeenLines([first, after({ seq, hash })])?.head.seq).toBe(seq + 1);
    const again = [first, after({ seq: seq - 1, hash })];
    expect(readSeenLines(again)).toBeUndefined();
    expect(readPart(again).problems).not.toEqual([]);
  });

  test('follow what was read before', () => {
    const [first, second, third] = whole as [string, string, string];
    const { head } = readSeenLines([first])!;
    expect(readSeenLines([second, third], head)?.entries).toHaveLength(2);
    expect(readSeenLines([third], head)?.entries).toHaveLength(1);
    const other = { seq: head.seq, hash: 'a'.repeat(64) };
    expect(readSeenLines([second], other)).toBeUndefined();
    expect(readPart([second], undefined, other).problems).not.toEqual([]);
    expect(readPart([second], undefined, head).problems).toEqual([]);
    expect(readSeenLines([first], head)).toBeUndefined();
  });
});
