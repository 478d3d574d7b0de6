import { expect, test } from 'vitest';
import { type Happening, recordsInForce } from '../../src/schedule/happenings.ts';

const records = (...some: object[]) => some as unknown as Happening[];
const given = { action: 'dose', visit: 'D1', result: 'given' };
const moved = { action: 'move', visit: 'D15' };

test('a retraction of an injection leaves none, also of a corrected one', () => {
  const back = { ...given, result: 'retracted' };
  expect(recordsInForce(records(given, { ...given, seq: 2 })).doses.get('D1')?.seq).toBe(2);
  expect(recordsInForce(records(given, given, back)).doses.size).toBe(0);
  expect(recordsInForce(records(given, back, given)).doses.size).toBe(1);
});

test('a retraction of a move leaves the move before it', () => {
  const moves = [
    { ...moved, seq: 1 },
    { ...moved, seq: 2 },
  ];
  const back = { ...moved, retracts: 2 };
  expect(recordsInForce(records(...moves)).moves.get('D15')?.seq).toBe(2);
  expect(recordsInForce(records(...moves, back)).moves.get('D15')?.seq).toBe(1);
  expect(recordsInForce(records(...moves, back, back)).moves.size).toBe(0);
});
