import { createHash } from 'node:crypto';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { formatIcs } from '../../../src/exports/calendars/ics.ts';
import { makeCalendar } from '../../../src/schedule/calendar.ts';
import { reviseCalendar } from '../../../src/schedule/revisions.ts';
import { visitsOf } from '../../../src/schedule/visits.ts';
import type { CivilDate } from '../../../src/study/civil-date.ts';
import type { StudyDay, SubjectId } from '../../../src/study/identifiers.ts';
import type { LanguageCode } from '../../../src/languages/languages.ts';
import type { NameOf } from '../../../src/study/names.ts';
import type { Schedule } from '../../../src/study/study.ts';
import { templateStudy } from '../../support/designs.ts';

function ics(
  day1: string,
  schedule: Schedule = templateStudy().schedule,
  hasOldUids = false,
  words: { language?: LanguageCode; nameOf?: NameOf } = {},
): string {
  const participant = {
    subject: 'CRT-001' as SubjectId,
    site: 'CRT',
    number: 'R001',
    kit: '4KX9TM7',
    day1: day1 as CivilDate,
    made: '2026-05-20T08:09:10.123Z',
  };
  return formatIcs([reviseCalendar(visitsOf(schedule), participant, [])], {
    study: 'DEPIL-2',
    hasOldUids,
    ...words,
  });
}

function events(text: string): ICAL.Event[] {
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  return calendar.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));
}

describe('an iCalendar file, read by somebody else', () => {
  const read = events(ics('2026-03-26'));

  test('has an all-day event for each injection and assessment', () => {
    const plan = makeCalendar(visitsOf(templateStudy().schedule), {
      subject: 'CRT-001' as SubjectId,
      site: 'CRT',
      number: 'R001',
      kit: '4KX9TM7',
      day1: '2026-03-26' as CivilDate,
      made: '',
    });
    expect(read.map((event) => event.startDate.toString())).toEqual(
      plan.events.map((event) => event.date),
    );
    for (const event of read) {
      expect(event.startDate.isDate).toBe(true);
      // DTEND is exclusive: the day after.
      expect(event.duration.toSeconds()).toBe(86_400);
    }
  });

  test('says what it is, without an arm', () => {
    const [first] = read;
    expect(first?.summary).toBe('DEPIL-2 CRT-001 Day 1: Injection 1 of 9');
    expect(first?.description).toBe(
      'Injection 1 of 9 (induction)\nStudy day 1, trial week 1\nSubject CRT-001, site CRT, randomization number R001, kit 4KX9TM7',
    );
  });

  test('has a stamp in UTC, taken from the ledger and not from the clock [R-066]', () => {
    expect(ics('2026-03-26')).toContain('\r\nDTSTAMP:20260520T080910Z\r\n');
    expect(ics('2026-03-26')).toBe(ics('2026-03-26'));
  });
});

test('UIDs are unique, and stay when the dates move', () => {
  const uids = (day1: string) => events(ics(day1)).map((event) => event.uid);
  expect(new Set(uids('2026-03-26')).size).toBe(16);
  expect(uids('2026-03-26')).toEqual(uids('2027-01-05'));
});

test('UIDs can be file names on a calendar server; those of older studies stay as they were', () => {
  for (const { uid } of events(ics('2026-03-26'))) expect(uid).toMatch(/^[0-9a-f]{32}@randose$/);
  const old = events(ics('2026-03-26', templateStudy().schedule, true));
  expect(old[0]?.uid).toBe('DEPIL-2/CRT-001/D1/injection@randose');
  // printf %s DEPIL-2/CRT-001/D1/injection | sha256sum
  const digest = createHash('sha256').update('DEPIL-2/CRT-001/D1/injection').digest('hex');
  expect(events(ics('2026-03-26'))[0]?.uid).toBe(`${digest.slice(0, 32)}@randose`);
});

test('lines end in CRLF and have at most 75 octets, even with long words of other scripts', () => {
  const name = 'Évaluation, d’humeur; très \\ longue — '.repeat(2).trim();
  const schedule: Schedule = {
    phases: [{ name: 'induction', days: [1 as StudyDay] }],
    assessments: [{ name, days: [1 as StudyDay] }],
  };
  const text = ics('2026-03-26', schedule);
  expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  for (const line of text.split('\r\n')) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    // No character is cut in two.
    expect(line).not.toContain('\uFFFD');
  }
  expect(events(text)[1]?.summary).toBe(`DEPIL-2 CRT-001 Day 1: ${name}`);
});

test('in a language: the same events, in its words', () => {
  const nameOf: NameOf = (kind, given) => (kind === 'phase' ? 'Einleitung' : given);
  const german = events(
    ics('2026-03-26', templateStudy().schedule, false, { language: 'de', nameOf }),
  );
  const plain = events(ics('2026-03-26'));
  expect(german.map(({ uid }) => uid)).toEqual(plain.map(({ uid }) => uid));
  expect(german[0]?.summary).toBe('DEPIL-2 CRT-001 Tag 1: Injektion 1 von 9');
  expect(german[0]?.description).toBe(
    'Injektion 1 von 9 (Einleitung)\nStudientag 1, Studienwoche 1\nPatient CRT-001, Zentrum CRT, Randomisierungsnummer R001, Kit 4KX9TM7',
  );
});
