import { describe, expect, test } from 'vitest';
import { kitAccounts, siteStocks } from '../../src/ledger/accountability.ts';
import type { Act, Entry, EntryOf } from '../../src/ledger/entry.ts';
import { factsBySubject } from '../../src/ledger/participant-facts.ts';
import { checkTransfers, sitesBySubject, transfersBySubject } from '../../src/ledger/transfers.ts';
import { makeAllocationList } from '../../src/randomization/list.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import { lastSite, siteOn } from '../../src/study/site-periods.ts';
import { design, EXAMPLE_SEED, planOf } from '../support/designs.ts';
import { entriesOfActs } from '../support/ledger.ts';

const slots = makeAllocationList(design([2, 1], [6, 3]), planOf([3]), EXAMPLE_SEED);
const who = { name: 'Example', role: '', organisation: '' };
const A = 'A-1' as SubjectId;
const date = (text: string) => text as CivilDate;

function randomized(subject: SubjectId = A): Act {
  const { number, kit, stratum } = slots[0]!;
  const about = { action: 'randomization', who, subject, site: 'S1' } as const;
  return { ...about, stratum, number, kit, day1: date('2026-06-01') };
}

function moved(from: string, to: string, on: string, retracts?: number): Act {
  const about = { action: 'transfer', who, reason: 'x', subject: A, from, to } as const;
  return { ...about, date: date(on), ...(retracts !== undefined && { retracts }) };
}

function kit(event: 'received' | 'dispensed' | 'returned', on: string): Act {
  const about = { action: 'kit', who, kit: slots[0]!.kit!, event, date: date(on) } as const;
  return { ...about, subject: event === 'received' ? null : A, units: 9, corrects: null };
}

const ledger = (...acts: Act[]) =>
  entriesOfActs([randomized(), ...acts], { time: '2026-05-28T08:00:00.000Z' });
const problemsOf = (entries: readonly Entry[]) =>
  checkTransfers(entries, ['S1', 'S2', 'S3']).map(({ line, message }) => `${line}: ${message}`);
const sitesOf = (entries: readonly Entry[]) =>
  sitesBySubject(entries)(entries[0] as EntryOf<'randomization'>);

describe('a transfer', () => {
  test('counts from its date on, and the last one counts now', () => {
    const entries = ledger(moved('S1', 'S2', '2026-06-10'), moved('S2', 'S3', '2026-07-01'));
    const sites = sitesOf(entries);
    expect(
      ['2026-06-09', '2026-06-10', '2026-06-30', '2026-07-01'].map((on) => siteOn(sites, date(on))),
    ).toEqual(['S1', 'S2', 'S2', 'S3']);
    expect(lastSite(sites)).toBe('S3');
    expect(problemsOf(entries)).toEqual([]);
  });

  test('is taken back, and then there was none', () => {
    const entries = ledger(
      moved('S1', 'S2', '2026-06-10'),
      moved('S2', 'S3', '2026-07-01'),
      moved('S2', 'S3', '2026-07-01', 3),
    );
    expect(sitesOf(entries)).toEqual([
      { site: 'S1', from: null },
      { site: 'S2', from: '2026-06-10' },
    ]);
    expect(factsBySubject(entries)('a-1').transfers.map(({ seq }) => seq)).toEqual([2]);
    expect(problemsOf(entries)).toEqual([]);
    const back = ledger(moved('S1', 'S2', '2026-06-10'), moved('S1', 'S2', '2026-06-10', 2));
    expect(lastSite(sitesOf(back))).toBe('S1');
  });

  test('takes the kits along that are not gone', () => {
    const own = (entries: readonly Entry[]) => kitAccounts(slots, entries)[0]!.site;
    const there = moved('S1', 'S2', '2026-06-10');
    const [first, second] = [kit('received', '2026-05-28'), kit('dispensed', '2026-06-01')];
    expect(own(ledger(first, second))).toBe('S1');
    expect(own(ledger(first, second, there))).toBe('S2');
    expect(own(ledger(first, second, kit('returned', '2026-06-09'), there))).toBe('S1');
    expect(own(ledger(first, second, there, kit('returned', '2026-06-11')))).toBe('S2');
    const stocks = siteStocks(kitAccounts(slots, ledger(there)));
    expect(stocks.map(({ site, kits }) => `${site} ${kits}`)).toEqual(['S1 5', 'S2 4']);
  });
});

test('the day of a transfer can be that of the randomization in any time zone, and that of the last transfer', () => {
  const on = (day: string, ...more: Act[]) => problemsOf(ledger(moved('S1', 'S2', day), ...more));
  expect(on('2026-05-27', moved('S2', 'S3', '2026-05-27'))).toEqual([]);
  expect(on('2026-05-26')).toEqual(['2: transfers A-1 on 2026-05-26, before the randomization']);
});

test('a transfer of another participant does not count', () => {
  const B = 'B-1' as SubjectId;
  const ofB = (act: Act): Act => ({ ...act, subject: B });
  const entries = ledger(
    moved('S1', 'S2', '2026-06-10'),
    randomized(B),
    ofB(moved('S1', 'S3', '2026-06-01')),
    ofB(moved('S1', 'S3', '2026-06-01', 4)),
  );
  expect(problemsOf(entries)).toEqual([]);
  const all = transfersBySubject(entries);
  expect([...all].map(([key, own]) => [key, own.map(({ seq }) => seq)])).toEqual([
    ['A-1', [2]],
    ['B-1', [4, 5]],
  ]);
  expect(sitesOf(ledger())).toEqual([{ site: 'S1', from: null }]);
});

test('a transfer that was never made cannot be taken back', () => {
  const small = { ...moved('S1', 'S2', '2026-06-10', 1), subject: 'a-1' as SubjectId } as Act;
  expect(problemsOf(ledger(small))).toEqual([
    '2: takes back entry 1, which is not the last transfer of a-1',
  ]);
  const [first, back] = [moved('S1', 'S2', '2026-06-10'), moved('S1', 'S2', '2026-06-10', 2)];
  expect(problemsOf(ledger(first, back, back))).toEqual([
    '4: takes back entry 2, which is not the last transfer of A-1',
  ]);
});

test('transfers that somebody made by hand are found out', () => {
  const entries = entriesOfActs(
    [
      moved('S1', 'S2', '2026-06-10'),
      randomized(),
      moved('S3', 'S2', '2026-06-10'),
      moved('S2', 'S2', '2026-06-11'),
      moved('S2', 'S9', '2026-06-12'),
      moved('S9', 'S1', '2026-06-01'),
      moved('S1', 'S2', '2026-05-01'),
      moved('S3', 'S2', '2026-06-10', 3),
    ],
    { time: '2026-05-28T08:00:00.000Z' },
  );
  expect(problemsOf(entries)).toEqual([
    '1: A-1 was not randomized before',
    '3: transfers A-1 from S3, but A-1 was at S1',
    '4: transfers A-1 to S2, the site that had A-1',
    '5: transfers A-1 to S9, which is not a site of study.yaml',
    '6: transfers A-1 on 2026-06-01, before the transfer of entry 5',
    '7: transfers A-1 on 2026-05-01, before the randomization',
    '7: transfers A-1 on 2026-05-01, before the transfer of entry 6',
    '8: takes back entry 3, which is not the last transfer of A-1',
  ]);
  expect(
    checkTransfers(entries, undefined).some(({ message }) => message.includes('S9, which')),
  ).toBe(false);
});
