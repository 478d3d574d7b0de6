import { expect, test } from 'vitest';
import type { Act } from '../../src/ledger/entry.ts';
import { checkLock, lockInForce } from '../../src/ledger/lock.ts';
import { entriesOfActs } from '../support/ledger.ts';

const WHO = { name: 'Example', role: '', organisation: '' };
const about = { who: WHO, reason: 'x' };
const lock: Act = { action: 'lock', ...about };
const unlock: Act = { action: 'unlock', ...about };
const withdrawal: Act = {
  action: 'withdrawal',
  ...about,
  subject: 'A' as never,
  date: '2026-06-01' as never,
  from: 'study',
};
const codeBreak: Act = {
  action: 'code-break intent',
  ...about,
  subject: 'A',
  number: null,
  to: null,
  key: null,
};

test.each<[string, Act[], string[]]>([
  [
    'what is recorded between',
    [lock, withdrawal, unlock],
    ['2: was recorded although the database was locked in entry 1'],
  ],
  ['after it is unlocked', [lock, unlock, withdrawal], []],
  ['an emergency', [lock, codeBreak], []],
  ['locked twice', [lock, lock], ['2: locks the database, which entry 1 had locked']],
  ['unlocked, and never locked', [unlock], ['1: unlocks the database, which was not locked']],
])('%s', (_, acts, expected) => {
  const found = checkLock(entriesOfActs(acts));
  expect(found.map(({ line, message }) => `${line ?? ''}: ${message}`)).toEqual(expected);
});

test('the lock in force is the last one, unless it was unlocked', () => {
  const seq = (acts: Act[]) => lockInForce(entriesOfActs(acts))?.seq;
  expect(seq([])).toBeUndefined();
  expect(seq([lock, unlock])).toBeUndefined();
  expect(seq([lock, unlock, lock, codeBreak])).toBe(3);
});
