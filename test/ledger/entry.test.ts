import { expect, test } from 'vitest';
import { ACTIONS, actionNamed, meaningOf, membersOf, shapeOf } from '../../src/ledger/entry.ts';

test('the members of each kind of entry are those of its shape, place and hash around its own', () => {
  for (const action of ACTIONS) {
    expect(Object.keys(shapeOf(action).entries)).toEqual(membersOf(action));
  }
  expect(membersOf('repair')).toEqual([
    ...['seq', 'time', 'software', 'study', 'who', 'action', 'subject', 'reason', 'meaning'],
    ...['removed', 'id', 'seen', 'signer', 'prev', 'hash', 'signature'],
  ]);
});

test('a kind of entry is found by its name, and has a meaning', () => {
  expect(actionNamed('code-break intent')).toBe('code-break intent');
  expect(actionNamed('Lock')).toBeUndefined();
  expect(actionNamed('toString')).toBeUndefined();
  expect(meaningOf('lock')).toBe('locked the database');
});
