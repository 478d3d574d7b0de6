import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/digest.ts';
import { parseManifest } from '../../src/blinding/manifest.ts';
import { type Head, readLedger } from '../../src/ledger/chain.ts';
import { compareReceipts } from '../../src/store/verify/inspect-filed.ts';
import { inspectSignatures } from '../../src/store/verify/inspect-signatures.ts';
import { inspectStudy } from '../../src/store/verify/inspect-study.ts';
import { readLedgerText } from '../../src/store/folder/folder-ledger.ts';
import { contentsOf, enrolled, mustRun, testFolder, type Trial } from '../support/command-line.ts';

/**
 * A finished study in which each byte, line and file is flipped, dropped, doubled and exchanged: all of
 * it is found by verify, or cannot matter, and which is said here. Of the bytes of what people can read it is every
 * fifth; with SLOW=all, each.
 */
let trial: Trial;
let finished: string;
let receipt: Head;

beforeAll(() => {
  trial = enrolled(afterAll);
  const key = join(trial.folder, 'coordinator');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key]);
  const signer = `example@example.org ${readFileSync(`${key}.pub`, 'utf8')}`;
  writeFileSync(join(trial.study, 'allowed-signers'), signer);
  const officer = ['--identity', trial.officer, '--reason', 'example'];
  mustRun('unblind', '--study', trial.study, '--subject', 'CRT-004', ...officer, '--sign', key);
  mustRun('calendar', '--study', trial.study, '--format', 'ics');
  finished = trial.study;
  receipt = readLedger(readLedgerText(finished)).head;
});

/** What verify finds without a key, and without what was filed: what is wrong, and what somebody has to do about it. */
function problemsIn(study: string): number {
  const { problems, todos } = inspectStudy(study, 'production', () => undefined);
  return problems.length + todos.length;
}

/** A copy of the finished study, and how to look at it with one file changed. */
function copy(): { study: string; foundWith: (file: string, content: Uint8Array) => boolean } {
  const study = join(testFolder(), 'study');
  cpSync(finished, study, { recursive: true });
  return {
    study,
    foundWith(file, content) {
      const path = join(study, file);
      const before = readFileSync(path);
      writeFileSync(path, content);
      try {
        return problemsIn(study) > 0;
      } finally {
        writeFileSync(path, before);
      }
    },
  };
}

/** Whatever is tried at a place depends on the place modulo 3 and 8: with five, none of it is left out. */
const STEP = process.env.SLOW === 'all' ? 1 : 5;
const READABLE = ['study.yaml', 'list.csv', 'card-recipients.csv', 'manifest.json', 'ledger.jsonl'];
const pathOf = (name: string) =>
  ['study.yaml', 'ledger.jsonl'].includes(name) ? name : `allocation/${name}`;

/** Where the signatures are in the ledger: they are checked by OpenSSH, not by the chain of hashes. */
function isInSignature(text: Buffer, place: number): boolean {
  const begin = text.lastIndexOf('\n', place) + 1;
  const end = text.indexOf('\n', place);
  const signature = text.subarray(begin, end).indexOf('"signature":"');
  return signature >= 0 && place >= begin + signature;
}

test('untouched it agrees with itself', () => {
  expect(problemsIn(finished)).toBe(0);
});

describe.each(READABLE)('%s', (name) => {
  test('a byte flipped, and dropped, doubled or swapped with the next, is found', () => {
    const file = pathOf(name);
    const { foundWith } = copy();
    const bytes = readFileSync(join(finished, file));
    const missed: string[] = [];
    for (let place = 0; place < bytes.length; place += STEP) {
      if (name === 'ledger.jsonl' && isInSignature(bytes, place)) continue;
      const flipped = Buffer.from(bytes);
      flipped[place]! ^= 1 << (place % 8);
      if (!foundWith(file, flipped)) missed.push(`flipped ${place}`);
      const [before, byte, after] = [
        bytes.subarray(0, place),
        bytes.subarray(place, place + 1),
        bytes.subarray(place + 1),
      ];
      const next = after.subarray(0, 1);
      const [kind, ...parts] = (
        [
          ['dropped', before, after],
          ['doubled', before, byte, byte, after],
          ['swapped', before, next, byte, after.subarray(1)],
        ] as const
      )[place % 3]!;
      const isSame = kind === 'swapped' && (next.equals(byte) || next.length === 0);
      if (!isSame && !foundWith(file, Buffer.concat(parts))) missed.push(`${kind} ${place}`);
    }
    expect(missed).toEqual([]);
  });

  test('each line dropped, doubled or exchanged with another is found', () => {
    const file = pathOf(name);
    const { foundWith } = copy();
    const lines = readFileSync(join(finished, file), 'utf8').split('\n').slice(0, -1);
    const missed: string[] = [];
    const look = (what: string, changed: readonly string[]) => {
      if (changed.join('\n') === lines.join('\n')) return;
      if (!foundWith(file, Buffer.from(`${changed.join('\n')}\n`))) missed.push(what);
    };
    for (const [index, line] of lines.entries()) {
      look(`dropped ${index}`, lines.toSpliced(index, 1));
      look(`doubled ${index}`, lines.toSpliced(index, 0, line));
      const other = (index * 7 + 3) % lines.length;
      look(`exchanged ${index} and ${other}`, lines.with(index, lines[other]!).with(other, line));
    }
    // The last line of the ledger is the outcome of an opening: without it, there is an intent alone.
    expect(missed).toEqual([]);
  });
});

test('a ledger whose end is cut off agrees with itself before an opening, but with no receipt', () => {
  const lines = readFileSync(join(finished, 'ledger.jsonl'), 'utf8').split('\n').slice(0, -1);
  const { study } = copy();
  for (let left = 1; left < lines.length; left += 1) {
    const text = `${lines.slice(0, left).join('\n')}\n`;
    writeFileSync(join(study, 'ledger.jsonl'), text);
    // Between intent and outcome verify finds it by itself; elsewhere it cannot.
    expect(problemsIn(study), `${left} lines left`).toBe(left === lines.length - 1 ? 1 : 0);
    const { entries } = readLedger(text);
    expect(compareReceipts(entries, [receipt]).problems).toHaveLength(1);
  }
});

test('each byte of a signature flipped is found, or is the same signature to OpenSSH', async () => {
  const { study } = copy();
  const path = join(study, 'ledger.jsonl');
  const bytes = readFileSync(path);
  const missed: number[] = [];
  for (let place = 0; place < bytes.length; place += 1) {
    if (!isInSignature(bytes, place)) continue;
    const flipped = Buffer.from(bytes);
    flipped[place]! ^= 1;
    writeFileSync(path, flipped);
    const { entries, problems } = readLedger(flipped.toString());
    const signatures = await inspectSignatures(study, entries);
    if (problems.length + signatures.problems.length === 0) missed.push(place);
  }
  writeFileSync(path, bytes);
  // What ssh-keygen reads alike: line breaks of the armor, and the version of its format.
  expect(missed.length).toBeLessThan(12);
});

test('each byte of what is sealed flipped has another digest than the manifest', () => {
  const text = readFileSync(join(finished, 'allocation/manifest.json'), 'utf8');
  const { files } = parseManifest(text, 1);
  let flips = 0;
  for (const [path, content] of contentsOf(finished)) {
    if (!path.endsWith('.age')) continue;
    // A whole envelope, and of the longer files each byte of the header and every 64th behind it.
    for (let place = 0; place < content.length; place += place < 2048 ? 1 : 64) {
      content[place]! ^= 1;
      if (sha256(content) === files[path]) throw new Error(`${path}, byte ${place}`);
      content[place]! ^= 1;
      flips += 1;
    }
    expect(sha256(content)).toBe(files[path]);
  }
  expect(flips).toBeGreaterThan(20_000);
  const { foundWith } = copy();
  const envelope = 'allocation/envelopes/R007.age';
  const bytes = readFileSync(join(finished, envelope));
  for (let place = 0; place < bytes.length; place += 1) {
    const flipped = Buffer.from(bytes);
    flipped[place]! ^= 0x80;
    expect(foundWith(envelope, flipped), `byte ${place}`).toBe(true);
  }
});

describe('each file', () => {
  /** What verify does not look at, since nothing is decided by it: made from the rest, or by people. */
  const CANNOT_MATTER = [
    'calendars/',
    'last-export.json',
    'allowed-signers',
    '.randose.home',
    '.randose.study.yaml',
  ];
  const files = () => [...contentsOf(finished).keys()];
  const matters = (file: string) => !CANNOT_MATTER.some((name) => file.startsWith(name));

  test('lost is found, unless it cannot matter', () => {
    const { study } = copy();
    for (const file of files()) {
      const path = join(study, file);
      renameSync(path, `${trial.folder}/away`);
      let found: boolean;
      try {
        found = problemsIn(study) > 0;
      } catch {
        found = true;
      }
      expect(found, file).toBe(matters(file));
      renameSync(`${trial.folder}/away`, path);
    }
  });

  test('doubled under another name is found where blinded people look for files', () => {
    const { study } = copy();
    for (const file of files().filter((name) => name.startsWith('allocation/'))) {
      const beside = join(study, `${file}.copy`);
      cpSync(join(study, file), beside);
      expect(problemsIn(study), file).toBeGreaterThan(0);
      rmSync(beside);
    }
  });

  test('exchanged with any other is found', () => {
    const { study } = copy();
    const sealed = files().filter((name) => name.startsWith('allocation/'));
    for (const [index, one] of sealed.entries()) {
      for (const other of sealed.slice(index + 1)) {
        const [a, b] = [readFileSync(join(study, one)), readFileSync(join(study, other))];
        writeFileSync(join(study, one), b);
        writeFileSync(join(study, other), a);
        expect(problemsIn(study), `${one} and ${other}`).toBeGreaterThan(0);
        writeFileSync(join(study, one), a);
        writeFileSync(join(study, other), b);
      }
    }
  });
});
