import { describe, expect, test } from 'vitest';
import type { Act } from '../../src/ledger/entry.ts';
import { placeRecorded, sentFrom, sitesOfKits, wayText } from '../../src/ledger/kit-sites.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import { kitLedger } from '../support/kit-records.ts';
import { entriesOfActs } from '../support/ledger.ts';

const who = { name: 'Example', role: '', organisation: '' };
const subject = 'A-1' as SubjectId;
const day = (text: string) => text as CivilDate;
const slot = (kit: string, stratum: string) =>
  ({ kit, stratum }) as Parameters<ReturnType<typeof sitesOfKits>>[0];

function randomized(stratum: string): Act {
  const about = { action: 'randomization', who, subject, site: 'S1', stratum } as const;
  return { ...about, number: 'R001', kit: 'K001', day1: day('2026-06-01') };
}

const moved: Act = {
  ...({ action: 'transfer', who, reason: 'x', subject, from: 'S1', to: 'S2' } as const),
  date: day('2026-06-10'),
};

test.each(['site=S1', 'sex=F'])('a kit of stratum %s follows its participant', (stratum) => {
  const [before, after] = [[randomized(stratum)], [randomized(stratum), moved]].map((acts) =>
    sitesOfKits(entriesOfActs(acts)),
  ) as [ReturnType<typeof sitesOfKits>, ReturnType<typeof sitesOfKits>];
  expect(before(slot('K001', stratum))).toBe('S1');
  expect(after(slot('K001', stratum))).toBe('S2');
  // It went away before the transfer, or on that day.
  expect(after(slot('K001', stratum), day('2026-06-09'))).toBe('S1');
  expect(after(slot('K001', stratum), day('2026-06-10'))).toBe('S2');
});

test('a kit that nobody has is at the site of its stratum, or at the depot', () => {
  const siteOf = sitesOfKits(entriesOfActs([randomized('sex=F'), moved]));
  expect(siteOf(slot('K002', 'site=S3'))).toBe('S3');
  expect(siteOf(slot('K002', 'sex=F'))).toBeUndefined();
});

test('without kits, a slot is that of the participant with its number', () => {
  const entry = { action: 'randomization', subject: 'A-1', site: 'S2', number: 'R001' };
  const siteOf = sitesOfKits(kitLedger(entry));
  const without = (number: string) => siteOf({ number, stratum: 'site=S1' } as never);
  expect(without('R001')).toBe('S2');
  expect(without('R002')).toBe('S1');
});

test.each([
  [{ from: null, to: 'B' }, ' from the depot to B'],
  [{ from: 'A', to: 'B' }, ' from A to B'],
  [{ from: 'A' }, ' from A'],
  [{ to: 'B' }, ' to B'],
  [{ site: 'B' }, ' at B'],
  [{}, ''],
])('the way of a kit is told as far as its record says it: %j', (record, text) => {
  expect(wayText(record)).toBe(text);
});

type Records = Parameters<typeof placeRecorded>[0];
const records = (...some: Record<string, unknown>[]) => some as unknown as Records;
const received = { event: 'received', date: '2026-06-02' };
const dispensed = { event: 'dispensed', date: '2026-06-12' };

describe('the place of a kit', () => {
  test.each<[string, Records, object | undefined]>([
    ['is not recorded if nothing happened', records(), undefined],
    ['is not recorded if it only came', records(received, dispensed), undefined],
    [
      'is the site to which it was shipped',
      records(received, { event: 'shipped', from: 'A', to: 'B' }, { event: 'received' }),
      { site: 'B' },
    ],
    [
      'is the site at which it came, although it was shipped to another one',
      records({ event: 'shipped', from: null, to: 'A' }, { ...received, site: 'B' }, dispensed),
      { site: 'B' },
    ],
    [
      'is the depot after it was returned to it',
      records({ event: 'shipped', from: null, to: 'A' }, { event: 'returned to depot', from: 'A' }),
      { site: undefined },
    ],
  ])('%s', (_, events, place) => {
    expect(placeRecorded(events)).toEqual(place);
  });
});

describe('a kit is shipped from', () => {
  const siteOn = (date: string) => (date < '2026-06-10' ? 'A' : 'B');

  test.each<[string, Records, string | undefined]>([
    ['the depot if nobody has received it', records({ event: 'lost' }), undefined],
    ['the site that its participant had when it came', records(received), 'A'],
    [
      'the site that its participant had when it was dispensed',
      records(received, dispensed, { event: 'quarantined', date: '2026-06-01' }),
      'B',
    ],
    [
      'where its records say that it is',
      records(received, { event: 'shipped', date: '2026-06-03', to: 'C' }),
      'C',
    ],
    [
      'the depot if it was returned to it',
      records(received, { event: 'returned to depot', date: '2026-06-03', from: 'A' }),
      undefined,
    ],
  ])('%s', (_, events, from) => {
    expect(sentFrom(events, siteOn)).toBe(from);
  });
});
