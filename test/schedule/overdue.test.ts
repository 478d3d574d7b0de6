import { expect, test } from 'vitest';
import type { CalendarEvent } from '../../src/schedule/calendar.ts';
import { overdueEvents } from '../../src/schedule/overdue.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';

const date = (text: string) => text as CivilDate;

function event(
  visit: string,
  on: string,
  more: Partial<Pick<CalendarEvent, 'kind' | 'status' | 'site'>> = {},
) {
  const title = more.kind === 'assessment' ? 'Safety' : 'Injection';
  const usual = { kind: 'injection', status: 'planned', site: 'CRT' } as const;
  return { visit, title, date: date(on), ...usual, ...more };
}

const rules = { todayAt: () => date('2026-06-03'), hasAttendances: true };

test('a visit is overdue if its day is over and nobody has recorded it [R-077]', () => {
  const events = [
    event('D1', '2026-06-01', { status: 'given' }),
    event('D2', '2026-06-02'),
    event('D3', '2026-06-02', { status: 'moved' }),
    event('D4', '2026-06-02', { status: 'cancelled' }),
    event('D5', '2026-06-02', { status: 'not done' }),
    event('D6', '2026-06-03'),
  ];
  expect(overdueEvents(events, rules)).toEqual([
    { visit: 'D2', title: 'Injection', date: '2026-06-02' },
    { visit: 'D3', title: 'Injection', date: '2026-06-02' },
  ]);
});

test('an assessment is overdue only if the study records assessments', () => {
  const events = [event('D1', '2026-06-02', { kind: 'assessment' })];
  expect(overdueEvents(events, rules)).toHaveLength(1);
  expect(overdueEvents(events, { ...rules, hasAttendances: false })).toEqual([]);
});

test('the day of a visit is over when it is over at its site', () => {
  const todayAt = (site: string) => date(site === 'AKL' ? '2026-06-03' : '2026-06-02');
  const events = [event('D1', '2026-06-02', { site: 'AKL' }), event('D2', '2026-06-02')];
  expect(overdueEvents(events, { ...rules, todayAt }).map(({ visit }) => visit)).toEqual(['D1']);
});

test('nobody waits for what was planned for the day of a withdrawal, or moved behind it', () => {
  const assessment = { kind: 'assessment' } as const;
  const events = [
    event('D1', '2026-05-30'),
    event('D2', '2026-05-31'),
    event('D2', '2026-05-31', assessment),
    event('D3', '2026-06-01', { status: 'moved' }),
  ];
  const overdueFrom = (from: 'treatment' | 'study') =>
    overdueEvents(events, rules, [{ date: date('2026-05-31'), from }]).map(
      ({ visit, title }) => `${visit} ${title}`,
    );
  expect(overdueFrom('treatment')).toEqual(['D1 Injection', 'D2 Safety']);
  expect(overdueFrom('study')).toEqual(['D1 Injection']);
});

test('an injection is overdue also if the study does not record assessments', () => {
  const more = { kind: 'additional injection' } as const;
  const events = [event('D1', '2026-06-02'), event('additional 3', '2026-06-02', more)];
  expect(overdueEvents(events, { ...rules, hasAttendances: false })).toHaveLength(2);
});
