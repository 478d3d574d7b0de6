import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { formatEntries, readPart, START } from '../../src/ledger/chain.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { keepOutcome, keepPending, waitingActs } from '../../src/store/folder/pending.ts';
import { makeReady } from '../../src/store/ready.ts';
import { makeTestFolder } from '../support/test-folders.ts';

const OPENED = '2026-06-15T03:00:00.000Z';
const CODE_BREAK = {
  what: 'code-break' as const,
  who: { name: 'A. Example', role: 'officer', organisation: 'Example' },
  subject: '',
  number: 'R001',
  kit: null,
  reason: 'an emergency',
  to: null,
  key: null,
  opened: OPENED,
  outcome: null,
};
const OUTCOME = { result: 'opened' as const, error: null };

let root = '';
afterEach(() => {
  vi.useRealTimers();
});
beforeEach(() => {
  root = makeTestFolder();
});

/** The time is `seconds` after the envelope was opened. */
function after(seconds: number): void {
  vi.useFakeTimers({ now: Date.parse(OPENED) + seconds * 1000, toFake: ['Date'] });
}

/** The entries of what waits in a ledger that has nothing else. */
function entered(): readonly Entry[] {
  const { acts } = waitingActs(root, []);
  const { text } = formatEntries(START, makeReady({ text: '', head: START }, acts), OPENED);
  return readPart(text.split('\n').filter((line) => line !== '')).entries;
}

test('a code-break that another command enters before its outcome is known is not entered twice', () => {
  after(1);
  const kept = keepPending(root, CODE_BREAK, 'the lock is held');
  const entries = entered();
  expect(entries).toMatchObject([{ action: 'late code-break', result: 'unknown' }]);
  keepOutcome(root, kept, { ...CODE_BREAK, outcome: OUTCOME }, 'the lock is held');
  expect(waitingActs(root, entries)).toMatchObject({ acts: [], files: [kept.file] });
});

test('a code-break that may be going on is left alone for two minutes, unless somebody asks', () => {
  after(119);
  const kept = keepPending(root, CODE_BREAK, 'the lock is held');
  expect(waitingActs(root, [], { isPatient: true })).toMatchObject({ acts: [], files: [] });
  expect(waitingActs(root, []).acts).toMatchObject([{ result: 'unknown' }]);
  after(120);
  expect(waitingActs(root, [], { isPatient: true }).acts).toMatchObject([{ result: 'unknown' }]);
  // The clock of another machine is not ours.
  after(-1);
  expect(waitingActs(root, [], { isPatient: true }).acts).toMatchObject([{ result: 'unknown' }]);
  after(1);
  keepOutcome(root, kept, { ...CODE_BREAK, outcome: OUTCOME }, 'the lock is held');
  expect(waitingActs(root, [], { isPatient: true }).acts).toMatchObject([{ result: 'opened' }]);
});
