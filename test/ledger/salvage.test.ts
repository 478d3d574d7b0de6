import { describe, expect, test } from 'vitest';
import { START } from '../../src/ledger/chain.ts';
import { provenLedger, salvageLedger } from '../../src/ledger/salvage.ts';
import {
  EXAMPLE_INTENT,
  EXAMPLE_OFFICER as who,
  EXAMPLE_RANDOMIZATION,
  linesOf,
} from '../support/ledger.ts';

const { text, entries, head } = linesOf([
  EXAMPLE_RANDOMIZATION,
  { ...EXAMPLE_INTENT, reason: 'é' },
  { action: 'lock', who },
]);
const lines = text.trimEnd().split('\n') as [string, string, string];
const bytesOf = (some: string) => new TextEncoder().encode(some);
const salvaged = (some: string) => salvageLedger(bytesOf(some));

describe('a ledger that is read whatever happened to its file', () => {
  test('is sound as randose wrote it', () => {
    expect(salvaged(text)).toEqual({
      entries,
      head,
      whole: entries,
      sound: entries,
      isSound: true,
      areEntriesSound: true,
      doubts: [],
      changes: [],
    });
  });

  test.each<[string, Uint8Array, string[]]>([
    ['CRLF', bytesOf(text.replaceAll('\n', '\r\n')), ['has other line ends (CRLF)']],
    ['a byte order mark', bytesOf(`\ufeff${text}`), ['begins with a byte order mark']],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le'), ['is encoded as UTF-16 instead of UTF-8']],
    ['no last line end', bytesOf(text.trimEnd()), ['has no line end at its end']],
    ['empty lines after it', bytesOf(`${text}\n\n`), ['has empty lines at its end']],
  ])('has sound entries after an editor, but nothing can be added: %s', (_, bytes, changes) => {
    expect(salvageLedger(bytes)).toEqual({
      entries,
      head,
      whole: entries,
      sound: entries,
      isSound: false,
      areEntriesSound: true,
      doubts: [],
      changes,
    });
  });

  test('is doubtful if a line was altered, and keeps the lines that are whole', () => {
    const altered = `${lines[0]}\n${lines[1].replace('"é"', '"e"')}\n${lines[2]}\n`;
    const read = salvaged(altered);
    expect(read).toMatchObject({
      isSound: false,
      areEntriesSound: false,
      changes: [],
      head,
      doubts: ['ledger.jsonl:2 was altered: its hash does not match its text'],
    });
    expect(read.entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(read.whole.map(({ seq }) => seq)).toEqual([1, 3]);
    expect(read.sound.map(({ seq }) => seq)).toEqual([1]);
  });

  test('says how many more problems there are, and what the editor changed', () => {
    const altered = `\ufeff${lines[0]}\r\nx\r\n${lines[2]}\r\n`;
    expect(salvaged(altered).doubts).toEqual([
      'ledger.jsonl begins with a byte order mark',
      'ledger.jsonl has other line ends (CRLF)',
      'ledger.jsonl:2 is not an entry that randose writes (and 1 more problem)',
    ]);
    expect(salvaged(`x\ny\nz\n`).doubts).toEqual([
      'ledger.jsonl:1 is not an entry that randose writes (and 2 more problems)',
    ]);
  });

  test('is doubtful if its last line is incomplete', () => {
    const { doubts, areEntriesSound } = salvaged(text.slice(0, -9));
    expect(areEntriesSound).toBe(false);
    expect(doubts).toEqual([
      'ledger.jsonl:3 is incomplete, for example after a power cut. To remove it: randose ledger --repair --by WHO --reason TEXT',
    ]);
  });

  test.each(['', '\ufeff'])('is doubtful if it is empty: %j', (empty) => {
    const { doubts, ...rest } = salvaged(empty);
    expect(rest).toEqual({
      entries: [],
      head: START,
      whole: [],
      sound: [],
      isSound: false,
      areEntriesSound: false,
      changes: [],
    });
    expect(doubts.at(-1)).toBe('ledger.jsonl is empty');
    expect(doubts).toHaveLength(empty === '' ? 1 : 2);
  });
});

describe('the bytes of a ledger as randose wrote it', () => {
  test('are proven by its chain, whatever an editor changed', () => {
    const found = provenLedger(bytesOf(`\ufeff${text.replaceAll('\n', '\r\n')}`));
    expect(Buffer.from(found!.content).toString()).toBe(text);
    expect(provenLedger(bytesOf(text))?.changes).toEqual([]);
    const marked = provenLedger(bytesOf(`\ufeff${text}`));
    expect(Buffer.from(marked!.content).toString()).toBe(text);
    expect(marked!.changes).toEqual(['begins with a byte order mark']);
  });

  test('are not known if an entry was altered, or if there is none', () => {
    expect(provenLedger(bytesOf(text.replace('"é"', '"e"')))).toBeUndefined();
    expect(provenLedger(bytesOf(''))).toBeUndefined();
    expect(provenLedger(bytesOf('\n'))).toBeUndefined();
  });
});
