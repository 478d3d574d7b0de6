import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/digest.ts';
import { readChain } from '../../src/ledger/chain-bytes.ts';
import { START } from '../../src/ledger/chain.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { mayHaveAny } from '../../src/ledger/line-entry.ts';
import {
  entriesOfActs,
  EXAMPLE_INTENT,
  EXAMPLE_OFFICER as who,
  linesOf,
} from '../support/ledger.ts';

const { text, entries } = linesOf([EXAMPLE_INTENT]);
const REFUSED = expect.objectContaining({ code: 'not-trusted' }) as Error;

/** The entry of the line with another text, and a right hash. */
function entryWith(change: (line: string) => string): Entry {
  const body = change(text.trimEnd()).replace(/,"hash":.*/, '}');
  const line = `${body.slice(0, -1)},"hash":"${sha256(body)}"}\n`;
  return readChain(Buffer.from(line))!.entries[0]!;
}
/** Of a line that randose does not write, so that parsing it fails: its site is one of no code-break. */
const strange = (subject = '"A"') =>
  entryWith((line) =>
    line
      .replace('"subject":"A"', `"subject":${subject}`)
      .replace('"number"', '"site":"S1","number"'),
  );

describe('a line is not parsed', () => {
  test('for its sequence, action, subject, id and hash', () => {
    const entry = strange();
    expect(() => entry.who).toThrow(REFUSED);
    const { seq, action, subject, id, hash } = entry;
    expect({ seq, action, subject, id }).toEqual({
      seq: 1,
      action: 'code-break intent',
      subject: 'A',
      id: entries[0]!.id,
    });
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hash).not.toBe(entries[0]!.hash);
  });

  test.each(['', 'A\u007f', 'A.b-c_1'])('for a subject of simple characters: %j', (subject) => {
    expect(strange(`"${subject}"`).subject).toBe(subject);
  });

  test('for whether it has any of some texts after its action', () => {
    const entry = strange();
    const has = (...texts: string[]) =>
      mayHaveAny(
        entry,
        texts.map((one) => Buffer.from(one)),
      );
    expect(has('R001')).toBe(true);
    expect(has('R002', 'R001')).toBe(true);
    expect(has('R002')).toBe(false);
    expect(has()).toBe(false);
    // What is before its action is no code.
    expect(has('randose 0')).toBe(false);
    expect(has('code-break intent')).toBe(false);
  });
});

describe('a line is parsed', () => {
  test.each(['é', 'A\u0080', 'A"', 'A\\', 'A\n'])(
    'for a subject that JSON or UTF-8 writes in another way: %j',
    (subject) => {
      const written = JSON.stringify(subject);
      expect(
        entryWith((line) => line.replace('"subject":"A"', `"subject":${written}`)).subject,
      ).toBe(subject);
      expect(() => strange(written).subject).toThrow(REFUSED);
    },
  );

  test('for a subject that is null, or not in its place', () => {
    expect(() => strange('null').subject).toThrow(REFUSED);
    expect(
      () => entryWith((line) => line.replace('"subject":"A"', '"visitor":"A"')).subject,
    ).toThrow(REFUSED);
    const [lock] = readChain(Buffer.from(linesOf([{ action: 'lock', who }]).text))!.entries;
    expect(lock!.subject).toBeNull();
  });
});

test('an entry that was parsed already may have any text', () => {
  const [entry] = entriesOfActs([EXAMPLE_INTENT]);
  expect(mayHaveAny(entry!, [Buffer.from('R002')])).toBe(true);
});

test('nobody can close an entry, or give it another member', () => {
  const [entry] = readChain(Buffer.from(text))!.entries;
  expect(Reflect.preventExtensions(entry!)).toBe(false);
  expect(Reflect.set(entry!, 'site', 'S1')).toBe(false);
  expect(Reflect.deleteProperty(entry!, 'id')).toBe(false);
  expect(entry!.prev).toBe(START.hash);
});
