import { expect, test } from 'vitest';
import { type Act, ACTIONS } from '../../src/ledger/entry.ts';
import { checkLock, isStoppedByLock, lockInForce } from '../../src/ledger/lock.ts';
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
  [
    'what is recorded after a second lock, and the lock after it',
    [lock, lock, withdrawal, unlock, unlock],
    [
      '2: locks the database, which entry 1 had locked',
      '3: was recorded although the database was locked in entry 2',
      '5: unlocks the database, which was not locked',
    ],
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

test('only what changes participants, visits, kits or the list is stopped', () => {
  expect(ACTIONS.filter((action) => isStoppedByLock({ action }))).toEqual([
    ...['allocation', 'randomization', 'dose', 'additional dose', 'attendance', 'move', 'labels'],
    ...['kit', 'preparation intent', 'preparation outcome', 'amendment', 'amendment consent'],
    ...['stratum correction', 'subject correction', 'withdrawal', 'transfer'],
    'randomization in error',
  ]);
});
