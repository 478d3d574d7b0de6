import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import {
  formatInjectionsCsv,
  injectionRows,
  type Treated,
} from '../../../src/exports/tables/injection-table.ts';

const ACTIVE = { code: 'ILT101', name: 'ILT-101, 1 MIU' };
const PLACEBO = { code: 'PLACEBO', name: 'Placebo' };
const ARMS = new Map([
  ['K1', ACTIVE],
  ['K2', PLACEBO],
]);

/** A1 has the active arm and K1; Day 1 was on 2 June, a day late. */
const A1 = {
  randomization: { subject: 'A1', site: 'CRT', number: 'R001', kit: 'K1' },
  arm: ACTIVE,
  // Another site took over on D15.
  sites: [
    { site: 'CRT', from: null },
    { site: 'LYO', from: '2026-06-19' },
  ],
  // In the order in which they were entered: D2 was corrected last.
  doses: [
    { action: 'additional dose', seq: 7, result: 'given', date: '2026-06-05', kit: 'K1' },
    {
      action: 'additional dose',
      seq: 8,
      result: 'given',
      date: '2026-06-04',
      kit: null,
      amount: '0.5 MIU',
    },
    { visit: 'D1', result: 'given', date: '2026-06-02', kit: null },
    { visit: 'D3', result: 'not done', date: '2026-06-04', kit: null },
    { visit: 'D15', result: 'given', date: '2026-06-19', kit: null, otherKit: 'LOT "7", B' },
    { visit: 'D22', result: 'given', date: '2026-06-23', kit: 'K1' },
    { visit: 'D2', result: 'given', date: '2026-06-03', kit: 'K2' },
  ],
  calendar: {
    day1: '2026-06-02',
    events: [
      { kind: 'injection', visit: 'D1', planned: '2026-06-01', deviations: [] },
      { kind: 'injection', visit: 'D2', planned: '2026-06-03', deviations: [{ rule: 'kit' }] },
      { kind: 'injection', visit: 'D3', planned: '2026-06-04', deviations: [{ rule: 'missed' }] },
      { kind: 'assessment', visit: 'D15', planned: '2026-06-16', deviations: [{ rule: 'order' }] },
      {
        kind: 'injection',
        visit: 'D15',
        planned: '2026-06-16',
        deviations: [{ rule: 'window' }, { rule: 'kit' }],
      },
      ...[7, 8].map((seq) => ({
        kind: 'additional injection',
        visit: `additional ${seq}`,
        planned: '2026-06-05',
        deviations: [{ rule: 'additional' }],
      })),
      { kind: 'injection', visit: 'D29', planned: '2026-06-30', deviations: [] },
    ],
  },
} as unknown as Treated;
const A2 = { ...A1, doses: [] };

test('each record is a row with the planned and the given, by visit', () => {
  const rows = injectionRows({ id: 'DEPIL-2' }, [A1, A2], (kit) => ARMS.get(kit));
  const read: Record<string, string>[] = parse(formatInjectionsCsv(rows), { columns: true });
  expect(read).toEqual(rows);
  const about = { STUDYID: 'DEPIL-2', SUBJID: 'A1', SITEID: 'CRT', RANDNO: 'R001', KITNO: 'K1' };
  const row = (...cells: string[]) => rowAt('CRT', ...cells);
  const rowAt = (SITEVIS: string, ...cells: string[]) => {
    const names = ['VISIT', 'VISITDY', 'PLANDTC', 'ECOCCUR', 'ECSTDTC', 'ECSTDY', 'KITGIVEN'];
    const columns = [...names, 'TRTACD', 'TRTA', 'TRTASSUM', 'DVDECOD', 'ECDOSTXT'];
    const own = Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']));
    return { ...about, ARMCD: 'ILT101', ARM: 'ILT-101, 1 MIU', ...own, SITEVIS };
  };
  const active = ['ILT101', 'ILT-101, 1 MIU'];
  const other = ['OTHER', 'Kit of another study'];
  expect(rows).toEqual([
    row('D1', '1', '2026-06-01', 'Y', '2026-06-02', '1', '', ...active, 'Y', ''),
    row('D2', '2', '2026-06-03', 'Y', '2026-06-03', '2', 'K2', 'PLACEBO', 'Placebo', '', 'kit'),
    row('D3', '3', '2026-06-04', 'N', '', '', '', '', '', '', 'missed'),
    rowAt(
      'LYO',
      'D15',
      '15',
      '2026-06-16',
      'Y',
      '2026-06-19',
      '18',
      'LOT "7", B',
      ...other,
      '',
      'window; kit',
    ),
    // Not in the schedule: it was given all the same.
    rowAt('LYO', 'D22', '22', '', 'Y', '2026-06-23', '22', 'K1', ...active, '', ''),
    // What the schedule does not have is after all others, by date.
    row(
      'additional 8',
      '',
      '',
      'Y',
      '2026-06-04',
      '3',
      '',
      ...active,
      'Y',
      'additional',
      '0.5 MIU',
    ),
    row('additional 7', '', '', 'Y', '2026-06-05', '4', 'K1', ...active, '', 'additional'),
  ]);
});

test('without a record there is the header alone', () => {
  const rows = injectionRows({ id: 'DEPIL-2' }, [A2], (kit) => ARMS.get(kit));
  expect(formatInjectionsCsv(rows)).toBe(
    'STUDYID,SUBJID,SITEID,RANDNO,KITNO,ARMCD,ARM,VISIT,VISITDY,PLANDTC,ECOCCUR,ECSTDTC,ECSTDY,KITGIVEN,TRTACD,TRTA,TRTASSUM,DVDECOD,ECDOSTXT,SITEVIS\n',
  );
});
