import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CivilDate, dateOfEpochDay } from '../../src/study/civil-date.ts';
import { readTypedDate } from '../../src/study/typed-date.ts';

const TODAY = '2026-06-15' as CivilDate;

describe('a date as people type it', () => {
  test.each([
    ['2026-06-15', '2026-06-15'],
    ['2026-6-5', '2026-06-05'],
    [' 2026/06/15 ', '2026-06-15'],
    ['2026.6.15', '2026-06-15'],
    ['20260615', '2026-06-15'],
    ['today', '2026-06-15'],
    ['Tomorrow', '2026-06-16'],
    ['yesterday', '2026-06-14'],
    ['today+15', '2026-06-30'],
    ['today - 2 days', '2026-06-13'],
    ['15 June 2026', '2026-06-15'],
    ['15-Jun-2026', '2026-06-15'],
    ['June 15, 2026', '2026-06-15'],
    ['1er août 2026', '2026-08-01'],
    ['3 févr. 2027', '2027-02-03'],
    ['14 juillet 2026', '2026-07-14'],
  ])('%s is %s', (text, date) => {
    expect(readTypedDate(text, TODAY)).toEqual({ date });
  });

  test.each([
    ['15/06/2026', 'Did you mean 2026-06-15?'],
    ['15.6.26', 'Did you mean 2026-06-15?'],
    ['06/15/2026', 'Did you mean 2026-06-15?'],
    ['31.11.2026', '"31.11.2026" is not a date: 2026-11-31 does not exist in the calendar'],
    ['05/06/2026', 'Did you mean 2026-06-05 or 2026-05-06?'],
    ['31/31/2026', 'expected YYYY-MM-DD.'],
    ['2026-6-31', '"2026-6-31" is not a date: 2026-06-31 does not exist in the calendar'],
    ['2026-06-31', '2026-06-31 does not exist in the calendar'],
    ['5 jui 2026', '"5 jui 2026" is not a date'],
    ['today+', '"today+" is not a date'],
    ['next week', '"next week" is not a date: expected YYYY-MM-DD, such as 2026-06-15'],
    ['2026-06/15', '"2026-06/15" is not a date'],
    ['1899-01-01', 'not between 2000 and 2099'],
    ['', '"" is not a date'],
    ['tomorow', 'or today, tomorrow or yesterday. Did you mean tomorrow?'],
    ['Yesterdy', 'Did you mean yesterday?'],
  ])('%s is a problem: %s', (text, problem) => {
    const read = readTypedDate(text, TODAY);
    expect('problem' in read && read.problem).toContain(problem);
  });

  test.each(['monday', 'demain', 'sundy', 'constructor'])(
    '%s is no slip for another day',
    (text) => {
      expect(readTypedDate(text, TODAY)).toEqual({
        problem: `"${text}" is not a date: expected YYYY-MM-DD, such as 2026-06-15, or today, tomorrow or yesterday.`,
      });
    },
  );

  test.each([['15-06-2026', 'Did you mean 2026-06-15?']])(
    '%s is a problem: %s',
    (text, problem) => {
      const read = readTypedDate(text, TODAY);
      expect('problem' in read && read.problem).toContain(problem);
    },
  );

  test('words need a today', () => {
    expect(readTypedDate('today')).toHaveProperty('problem');
  });

  test('every date is read as it is written, with and without zeros', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_957, max: 47_481 }), (day) => {
        const date = dateOfEpochDay(day);
        const short = date.replace(/-0/g, '-');
        expect(readTypedDate(date)).toEqual({ date });
        expect(readTypedDate(short)).toEqual({ date });
      }),
    );
  });
});
