import { describe, expect, test } from 'vitest';
import {
  daysAtSites,
  daysThatMatter,
  type DayMark,
  markedDay,
  marksText,
  type PublicHoliday,
} from '../../src/schedule/days-that-matter.ts';
import type { Site } from '../../src/study/study.ts';
import { day } from '../support/happenings.ts';

// 25 May 2026 is Whit Monday, 14 July a Tuesday.
const HOLIDAYS: readonly PublicHoliday[] = [
  { date: day('05-25'), name: 'Lundi de Pentecôte', isWhitMonday: true },
  { date: day('07-14'), name: 'Fête Nationale', isWhitMonday: false },
];

/** The marks of a date at a site in France. */
function marksOn(date: string, site: Partial<Site> = {}): readonly DayMark[] {
  const all = { code: 'CRT', name: 'Créteil', ...site };
  return daysThatMatter(all, (_, year) => (year === 2026 ? HOLIDAYS : []))(day(date));
}

describe('a day that matters', () => {
  test('is a weekend, unless the site says on which weekdays it works', () => {
    expect(marksOn('06-05')).toEqual([]);
    expect(marksOn('06-06')).toEqual([{ kind: 'weekend', name: '', text: 'a Saturday' }]);
    expect(marksOn('06-07')).toEqual([{ kind: 'weekend', name: '', text: 'a Sunday' }]);
    const openDays = [1, 2, 3, 4, 6];
    expect(marksOn('06-06', { openDays })).toEqual([]);
    expect(marksOn('06-04', { openDays })).toEqual([]);
    expect(marksOn('06-05', { openDays })).toEqual([
      { kind: 'not open', name: '', text: 'the site does not work on Fri' },
    ]);
    expect(marksOn('06-07', { openDays })).toEqual([
      { kind: 'weekend', name: '', text: 'a Sunday' },
    ]);
    expect(marksOn('06-06', { openDays: [1] })).toEqual([
      { kind: 'weekend', name: '', text: 'a Saturday' },
    ]);
  });

  test('is a public holiday', () => {
    expect(marksOn('07-14')).toEqual([
      {
        kind: 'public holiday',
        name: 'Fête Nationale',
        text: 'Fête Nationale, a public holiday',
      },
    ]);
    expect(marksOn('07-14', { whitMonday: 'worked' })).toHaveLength(1);
    expect(marksOn('07-15')).toEqual([]);
  });

  test('is Whit Monday unless the site works then', () => {
    const name = 'Lundi de Pentecôte';
    const text = `${name}, a public holiday`;
    expect(marksOn('05-25', { whitMonday: 'worked' })).toEqual([]);
    expect(marksOn('05-25', { whitMonday: 'off' })).toEqual([
      { kind: 'public holiday', name, text },
    ]);
    expect(marksOn('05-25')).toEqual([
      {
        kind: 'public holiday',
        name,
        text: `${text} (study.yaml does not say whether the site works: whitMonday)`,
      },
    ]);
  });

  test('is a day on which the site is closed, from the first to the last', () => {
    const closed = [
      { from: day('08-03'), to: day('08-05'), reason: 'closed' },
      { from: day('08-05'), to: day('08-06'), reason: 'works in the building' },
    ];
    const plain = { kind: 'closed', name: '', text: 'the site is closed' };
    const why = {
      kind: 'closed',
      name: 'works in the building',
      text: 'the site is closed: works in the building',
    };
    const on = (date: string) => marksOn(date, { closed });
    expect(on('07-31')).toEqual([]);
    expect(on('08-03')).toEqual([plain]);
    expect(on('08-05')).toEqual([plain, why]);
    expect(on('08-06')).toEqual([why]);
    expect(on('08-07')).toEqual([]);
  });

  test('is no day on which the site says that it works', () => {
    const site = {
      openOn: [day('07-14'), day('06-06'), day('08-03')],
      closed: [{ from: day('08-03'), to: day('08-04'), reason: 'closed' }],
    };
    expect(['07-14', '06-06', '08-03'].flatMap((date) => marksOn(date, site))).toEqual([]);
    expect(marksOn('08-04', site)).toHaveLength(1);
  });

  test('is looked up once: the holidays for each year, the marks for each date', () => {
    const asked: number[] = [];
    const mark = daysThatMatter({ code: 'CRT', name: 'Créteil' }, (_, year) => {
      asked.push(year);
      return HOLIDAYS;
    });
    const first = mark(day('07-14'));
    expect(mark(day('07-14'))).toBe(first);
    mark(day('07-15'));
    mark('2027-07-14' as (typeof HOLIDAYS)[0]['date']);
    expect(asked).toEqual([2026, 2027]);
  });
});

test('a participant has the days that matter of the site that has them on that date', () => {
  const sites = [
    { site: 'CRT', from: null },
    { site: 'PAR', from: day('06-08') },
  ];
  const mark = daysAtSites(sites, (site) => () => [{ kind: 'closed', name: site, text: site }]);
  expect(marksText(mark(day('06-07')))).toBe('CRT');
  expect(marksText(mark(day('06-08')))).toBe('PAR');
});

describe('a date with its marks', () => {
  const site = { closed: [{ from: day('07-13'), to: day('07-19'), reason: 'closed' }] };
  const told = (date: string, more: Partial<Site> = {}) =>
    markedDay(day(date), marksOn(date, more));

  test('has its weekday once', () => {
    expect(told('06-14')).toBe('2026-06-14, a Sunday');
    expect(told('07-14')).toBe('2026-07-14 Tue, Fête Nationale, a public holiday');
    expect(told('07-13', site)).toBe('2026-07-13 Mon: the site is closed');
    expect(told('07-18', site)).toBe('2026-07-18: the site is closed; a Saturday');
    expect(told('07-14', site)).toBe(
      '2026-07-14 Tue: the site is closed; Fête Nationale, a public holiday',
    );
    expect(told('06-05', { openDays: [1] })).toBe('2026-06-05 Fri: the site does not work on Fri');
  });

  test('has no text on an ordinary working day', () => {
    expect(marksText(marksOn('06-05'))).toBe('');
  });
});
