import { expect, test } from 'vitest';
import { isOfOthers, mayBeHidden } from '../../src/ledger/hidden-slots.ts';

const slot = (number: string, stratum: string) => ({ number: number as never, stratum });

test('a stratum is one of others if it is that of a site which is not shown', () => {
  const ownSites = ['CRT', 'LYO'];
  expect(isOfOthers({ ownSites }, 'site=NCE/sex=F')).toBe(true);
  expect(isOfOthers({ ownSites }, 'site=LYO/sex=F')).toBe(false);
  expect(isOfOthers({ ownSites }, 'sex=F')).toBe(false);
  expect(isOfOthers({ ownSites: undefined }, 'site=NCE')).toBe(false);
  expect(isOfOthers({ ownSites: [] }, 'site=NCE')).toBe(true);
});

test('somebody who is not shown may have a slot that is in use, and each of other sites', () => {
  const sight = { ownSites: ['CRT'], taken: new Set(['R002']) };
  expect(mayBeHidden(sight, slot('R001', 'site=CRT'))).toBe(false);
  expect(mayBeHidden(sight, slot('R002', 'site=CRT'))).toBe(true);
  expect(mayBeHidden(sight, slot('R001', 'site=NCE'))).toBe(true);
  expect(mayBeHidden(sight, slot('R001', 'sex=F'))).toBe(false);
  expect(mayBeHidden(sight, slot('R002', 'sex=F'))).toBe(true);
});

test('nobody is hidden from a reader of all sites', () => {
  const sight = { ownSites: undefined, taken: new Set(['R002']) };
  expect(mayBeHidden(sight, slot('R002', 'site=CRT'))).toBe(false);
});
