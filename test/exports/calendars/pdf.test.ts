import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { CalendarPages } from '../../../src/exports/calendars/calendar-pages.ts';
import { formatParticipantPages, formatSiteMonth } from '../../../src/exports/calendars/pdf.ts';
import { LANGUAGE_CODES, type LanguageCode } from '../../../src/languages/languages.ts';
import type { NameOf } from '../../../src/study/names.ts';
import { FONTS } from '../../../src/system/fonts.ts';
import { type Calendar, makeCalendar } from '../../../src/schedule/calendar.ts';
import { daysThatMatter } from '../../../src/schedule/days-that-matter.ts';
import type { Happening } from '../../../src/schedule/happenings.ts';
import { visitsOf } from '../../../src/schedule/visits.ts';
import { addDays, type CivilDate } from '../../../src/study/civil-date.ts';
import type { StudyDay, SubjectId } from '../../../src/study/identifiers.ts';
import type { Schedule } from '../../../src/study/study.ts';
import { templateStudy } from '../../support/designs.ts';
import { testWithTool } from '../../support/tools.ts';

function pagesIn(language: LanguageCode, changes: Partial<CalendarPages> = {}): CalendarPages {
  return {
    study: templateStudy(),
    isDummy: false,
    language,
    nameOf: (_, given) => given,
    contact: undefined,
    made: '2026-05-20',
    asOf: { seq: 12, date: '2026-05-19' },
    siteNames: new Map([['CRT', 'Hôpital Albert Chenevier, Créteil']]),
    markDay: () => daysThatMatter({ code: 'CRT', name: '' }, () => []),
    ...changes,
  };
}

function calendar(subject: string, day1: string, schedule: Schedule = templateStudy().schedule) {
  const made = '2026-05-20T08:09:10.123Z';
  const one = { subject: subject as SubjectId, site: 'CRT', number: 'R001', kit: '4KX9TM7', made };
  return makeCalendar(visitsOf(schedule), { ...one, day1: day1 as CivilDate });
}

/** The text of a PDF, a page each. */
function pagesOf(pdf: Uint8Array): string[] {
  const words = ['-layout', '-', '-'];
  const { stdout } = spawnSync('pdftotext', words, { input: pdf, encoding: 'utf8' });
  return stdout.split('\f').slice(0, -1);
}

const participants = (
  language: LanguageCode,
  calendars: Calendar[],
  changes: Partial<CalendarPages> = {},
) => formatParticipantPages(pagesIn(language, changes), calendars, FONTS);

testWithTool(['pdftotext', '-v'])(
  'what happened to a visit agrees with its boxes, and a weight has the mark of the language',
  async () => {
    const made = calendar('CRT-001', '2026-06-15');
    const events = made.events.map((event, index): Calendar['events'][number] =>
      index === 0
        ? { ...event, status: 'given', weight: '72.5' }
        : { ...event, status: 'cancelled' },
    );
    const [french] = pagesOf(await participants('fr', [{ ...made, events }]));
    expect(french).toMatch(/faite\b.* · 72,5 kg/);
    expect(french).toContain('annulée');
    const [english] = pagesOf(await participants('en', [{ ...made, events }]));
    expect(english).toContain('72.5 kg');
  },
);

test('the same calendars give the same bytes', async () => {
  const make = () => participants('fr', [calendar('CRT-001', '2026-06-15')]);
  expect(Buffer.compare(await make(), await make())).toBe(0);
});

testWithTool(['pdftotext', '-v'])('a page a participant has every date, and no arm', async () => {
  const one = calendar('CRT-001', '2026-06-15');
  const pages = pagesOf(await participants('en', [one, calendar('CRT-002', '2026-06-22')]));
  expect(pages).toHaveLength(2);
  for (const date of ['Mon 15 June 2026', 'Fri 19 June 2026', 'Mon 20 July 2026']) {
    expect(pages[0]!.split(date)).toHaveLength(2);
  }
  expect(pages[0]).toContain('Injection 9 of 9');
  expect(pages[0]).toContain(
    'Printed 2026-05-20 (UTC), as of ledger entry 12 of 2026-05-19. Dates',
  );
  expect(pages[0]).toContain('CRT-001');
  expect(pages.join()).not.toMatch(/ILT101|placebo/i);
});

testWithTool(['pdftotext', '-v'])('in French', async () => {
  const [page] = pagesOf(await participants('fr', [calendar('CRT-001', '2026-02-13')]));
  for (const words of ['ven. 13 février 2026', 'Jour 15', 'Injection 9 sur 9']) {
    expect(page).toContain(words);
  }
  expect(page).toContain('Numéro de randomisation R001');
  expect(page).toContain('selon l’entrée 12 du registre, du 19/05/2026. Les dates');
});

testWithTool(['pdftotext', '-v'])('in French: 1er, and a blank before a colon', async () => {
  const day1 = '2026-12-01' as CivilDate;
  const { subject, site, number } = calendar('CRT-001', day1);
  const one = { subject, site, number, day1, made: '2026-05-20T08:09:10Z' };
  const given = { action: 'dose', seq: 5, visit: 'D1', date: day1, result: 'given' };
  const happenings = [given] as unknown as Happening[];
  const visits = visitsOf(templateStudy().schedule);
  const of = makeCalendar(visits, one, happenings);
  const [fr] = pagesOf(await participants('fr', [of]));
  expect(fr).toContain('mar. 1er décembre 2026');
  expect(fr).toContain('Injection 1 sur 9 : faite');
  const [en] = pagesOf(await participants('en', [of]));
  expect(en).toContain('Tue 1 December 2026');
  expect(en).toContain('Injection 1 of 9: given');
});

testWithTool(['pdftotext', '-v'])('ninety injections are all there, on further pages', async () => {
  const days = Array.from({ length: 90 }, (_, index) => (index + 1) as StudyDay);
  const schedule = { phases: [{ name: 'daily', days }], assessments: [] };
  const pages = pagesOf(await participants('en', [calendar('CRT-001', '2026-06-01', schedule)]));
  expect(pages.length).toBeGreaterThan(2);
  for (const index of days) {
    const [year, month, day] = addDays('2026-06-01' as CivilDate, index - 1).split('-');
    const name = ['June', 'July', 'August'][Number(month) - 6]!;
    expect(pages.join().split(` ${Number(day)} ${name} ${year!}`)).toHaveLength(2);
    expect(pages.join()).toContain(`Injection ${index} of 90`);
  }
  for (const page of pages) expect(page).toContain('CRT-001');
});

testWithTool(['pdftotext', '-v'])("a site's month has everybody on their days", async () => {
  const many = Array.from({ length: 30 }, (_, index) =>
    calendar(`CRT-${String(index + 1).padStart(3, '0')}`, index < 3 ? '2026-06-16' : '2026-06-17'),
  );
  const pages = pagesOf(await formatSiteMonth(pagesIn('fr'), 'CRT', '2026-06', many, FONTS));
  expect(pages).toHaveLength(1);
  const [page] = pages;
  expect(page).toContain('juin 2026');
  expect(page).toContain('CRT-001 J1');
  expect(page).toMatch(/\+ \d+ autres/);
  // In June three have six injections, the last on the 30th, and 27 have five.
  expect(page).toContain('153 injections');
});

testWithTool(['pdftotext', '-v'])('a day in a cycle and a dose are with their visit', async () => {
  const days = [1, 8, 29, 36] as StudyDay[];
  const cycles = [1, 29] as StudyDay[];
  const doses = { 8: '2 mg', 36: '2 mg' };
  const schedule = {
    phases: [{ name: 'a', days, cycles, doses, dose: '1 mg' }],
    assessments: [],
  };
  const one = calendar('CRT-001', '2026-06-01', schedule);
  const [page] = pagesOf(await participants('en', [one]));
  for (const text of ['Cycle 2 Day 8', 'Cycle 1 Day 1', '1 mg', '2 mg']) {
    expect(page).toContain(text);
  }
  expect(pagesOf(await participants('fr', [one]))[0]).toContain('Cycle 2 Jour 8');
  const month = await formatSiteMonth(pagesIn('en'), 'CRT', '2026-06', [one], FONTS);
  expect(pagesOf(month)[0]).toContain('CRT-001 D8, 2 mg');
});

testWithTool(['pdftotext', '-v'])('a note about the injection alone says so', async () => {
  const one = calendar('CRT-001', '2026-06-15');
  const with_ = (status: 'given' | 'cancelled', assessed: 'planned' | 'done') => ({
    ...one,
    events: one.events
      .filter(({ visit }) => visit === 'D1')
      .map((event) => ({ ...event, status: event.kind === 'injection' ? status : assessed })),
  });
  const pageOf = async (page: Calendar) => pagesOf(await participants('en', [page]))[0];
  expect(await pageOf(with_('given', 'planned'))).toMatch(/Injection 1 of \d+: given/);
  expect(await pageOf(with_('cancelled', 'planned'))).toMatch(/Injection 1 of \d+: cancelled/);
  expect(await pageOf(with_('given', 'done'))).toMatch(/^(?!.*: given).* given$/ms);
});

const NAMED = {
  en: ['Mon 1 June 2026', 'Day 15', 'Injection 9 of 9', 'as of ledger entry 12 of 2026-05-19'],
  fr: ['lun. 1er juin 2026', 'Jour 15', 'Injection 9 sur 9', 'du 19/05/2026'],
  de: ['Mo. 1. Juni 2026', 'Tag 15', 'Injektion 9 von 9', 'vom 19.05.2026'],
  es: ['lun. 1 de junio de 2026', 'Día 15', 'Inyección 9 de 9', 'del 19/05/2026'],
  it: ['lun 1º giugno 2026', 'Giorno 15', 'Iniezione 9 di 9', 'del 19/05/2026'],
} as const satisfies Record<LanguageCode, readonly string[]>;

testWithTool(['pdftotext', '-v'])('dates and words in each language', async () => {
  for (const code of LANGUAGE_CODES) {
    const [page] = pagesOf(await participants(code, [calendar('CRT-001', '2026-06-01')]));
    for (const words of NAMED[code]) expect(page).toContain(words);
    expect(page).not.toMatch(/□/);
  }
});

testWithTool(['pdftotext', '-v'])(
  'names of assessments in the language; the given name if there is none',
  async () => {
    const nameOf: NameOf = (kind, given) =>
      kind === 'assessment' && given === 'Safety' ? 'Tolérance' : given;
    const [page] = pagesOf(
      await participants('fr', [calendar('CRT-001', '2026-06-15')], { nameOf }),
    );
    expect(page).toContain('Tolérance');
    expect(page).not.toContain('Safety');
    expect(page).toContain('Treg blood sample');
  },
);

testWithTool(['pdftotext', '-v'])('whom to call; a blank if nobody says it', async () => {
  const contact = { name: 'Example Pharmacy', phone: '+33 1 00 00 00 00' };
  const one = calendar('CRT-001', '2026-06-15');
  const [page] = pagesOf(await participants('fr', [one], { contact }));
  expect(page).toContain('appeler le +33 1 00 00 00 00 (Example Pharmacy)');
  expect(pagesOf(await participants('fr', [one]))[0]).toMatch(/appeler le _{20}/);
  const month = (changes: Partial<CalendarPages>) =>
    formatSiteMonth(pagesIn('en', changes), 'CRT', '2026-06', [one], FONTS);
  expect(pagesOf(await month({ contact }))[0]).toContain('call +33 1 00 00 00 00');
});

testWithTool(['pdftotext', '-v'])('a short date says its year if it is another one', async () => {
  const phases = [{ name: 'a', days: [1, 8] as StudyDay[], window: { before: 3, after: 3 } }];
  // Day 8 is 2 January 2027; its window begins in 2026.
  const one = calendar('CRT-001', '2026-12-26', { phases, assessments: [] });
  const [fr] = pagesOf(await participants('fr', [one]));
  expect(fr).toContain('possible du mer. 30/12/2026 au mar. 05/01');
  const [de] = pagesOf(await participants('de', [one]));
  expect(de).toContain('möglich Mi. 30.12.2026 bis Di. 05.01.');
});

testWithTool(['pdftotext', '-v'])('a month without visits says so', async () => {
  const one = calendar('CRT-001', '2026-06-15');
  const month = async (of: string) =>
    pagesOf(await formatSiteMonth(pagesIn('it'), 'CRT', of, [one], FONTS))[0];
  expect(await month('2026-12')).toContain('non sono previste visite');
  expect(await month('2026-06')).not.toContain('non sono previste visite');
});
