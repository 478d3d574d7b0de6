import { expect, test } from 'vitest';
import { type Happening, isVisitRecord, recordsInForce } from '../../src/schedule/happenings.ts';
import {
  additional,
  amended,
  attended,
  given as givenOn,
  missed,
  moved as movedTo,
  renamed,
  transferred,
  withdrawn,
} from '../support/happenings.ts';

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

test('only injections, assessments and moves are records of a visit', () => {
  const ofVisits = [
    givenOn(1, 'D1', '06-01'),
    attended(2, 'D1', '06-01', ['Blood']),
    movedTo(3, 'D8', '06-09'),
  ];
  const ofThePlan = [
    additional(4, '06-02'),
    amended(5, 'A1', '06-02', []),
    renamed(6, 'B'),
    transferred(7, 'PAR', '06-02'),
    withdrawn(8, '06-02', 'study'),
  ];
  expect([...ofVisits, ...ofThePlan].filter(isVisitRecord)).toEqual(ofVisits);
  const { doses, moves, attendances } = recordsInForce(ofThePlan);
  expect([doses.size, moves.size, attendances.size]).toEqual([0, 0, 0]);
});

test('the last record of an injection counts, and it is as old as the first', () => {
  const { doses } = recordsInForce([
    missed(2, 'D1', '06-01'),
    givenOn(3, 'D1', '06-02', { kit: 'K1' }),
    givenOn(4, 'D8', '06-08'),
  ]);
  expect(doses.get('D1')).toMatchObject({ seq: 3, since: 2, result: 'given', kit: 'K1' });
  expect(doses.get('D8')).toMatchObject({ seq: 4, since: 4 });
  // What was taken back does not make the next record older.
  const back = { result: 'retracted' };
  const again = recordsInForce([
    givenOn(2, 'D1', '06-01'),
    givenOn(3, 'D1', '06-01', back),
    givenOn(4, 'D1', '06-01'),
  ]);
  expect(again.doses.get('D1')).toMatchObject({ seq: 4, since: 4 });
});

test('each assessment of a visit has its own record', () => {
  const { attendances } = recordsInForce([
    attended(2, 'D1', '06-01', ['Blood', 'Mood']),
    attended(3, 'D1', '06-02', ['Mood', 'Scan'], { result: 'not done' }),
    attended(4, 'D8', '06-08', ['Blood']),
    attended(5, 'D8', '06-08', ['Blood'], { result: 'retracted' }),
    attended(6, 'D1', '06-01', ['Scan'], { result: 'retracted' }),
  ]);
  const own = [...attendances.get('D1')!].map(([name, { seq, since, result, date }]) => {
    return [name, seq, since, result, date.slice(5)];
  });
  expect(own).toEqual([
    ['Blood', 2, 2, 'done', '06-01'],
    ['Mood', 3, 2, 'not done', '06-02'],
  ]);
  expect(attendances.get('D8')?.size).toBe(0);
});

test('each visit has its own last move', () => {
  const { moves } = recordsInForce([
    movedTo(2, 'D8', '06-09'),
    movedTo(3, 'D15', '06-16'),
    movedTo(4, 'D8', '06-10'),
    movedTo(5, 'D15', '06-16', { retracts: 3 }),
  ]);
  expect([...moves].map(([visit, { seq, date }]) => [visit, seq, date])).toEqual([
    ['D8', 4, '2026-06-10'],
  ]);
});
