import { expect, test } from 'vitest';
import type { Act } from '../../src/ledger/entry.ts';
import { sitesOfKits } from '../../src/ledger/kit-sites.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import { entriesOfActs } from '../support/ledger.ts';

const who = { name: 'Example', role: '', organisation: '' };
const subject = 'A-1' as SubjectId;
const date = (text: string) => text as CivilDate;
const slot = (kit: string, stratum: string) =>
  ({ kit, stratum }) as Parameters<ReturnType<typeof sitesOfKits>>[0];

function randomized(stratum: string): Act {
  const about = { action: 'randomization', who, subject, site: 'S1', stratum } as const;
  return { ...about, number: 'R001', kit: 'K001', day1: date('2026-06-01') };
}

const moved: Act = {
  ...({ action: 'transfer', who, reason: 'x', subject, from: 'S1', to: 'S2' } as const),
  date: date('2026-06-10'),
};

test.each(['site=S1', 'sex=F'])('a kit of stratum %s follows its participant', (stratum) => {
  const [before, after] = [[randomized(stratum)], [randomized(stratum), moved]].map((acts) =>
    sitesOfKits(entriesOfActs(acts)),
  ) as [ReturnType<typeof sitesOfKits>, ReturnType<typeof sitesOfKits>];
  expect(before(slot('K001', stratum))).toBe('S1');
  expect(after(slot('K001', stratum))).toBe('S2');
  // It went away before the transfer, or on that day.
  expect(after(slot('K001', stratum), date('2026-06-09'))).toBe('S1');
  expect(after(slot('K001', stratum), date('2026-06-10'))).toBe('S2');
});

test('a kit that nobody has is at the site of its stratum, or at the depot', () => {
  const siteOf = sitesOfKits(entriesOfActs([randomized('sex=F'), moved]));
  expect(siteOf(slot('K002', 'site=S3'))).toBe('S3');
  expect(siteOf(slot('K002', 'sex=F'))).toBeUndefined();
});
