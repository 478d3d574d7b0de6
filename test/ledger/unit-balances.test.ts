import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readChain } from '../../src/ledger/chain-bytes.ts';
import { readLedger } from '../../src/ledger/chain.ts';
import type { Act } from '../../src/ledger/entry.ts';
import { givenBefore } from '../../src/ledger/unit-balances.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import { linesOf } from '../support/ledger.ts';

const who = { name: 'A. Example', role: 'nurse', organisation: 'Example' };
const DATE = '2026-06-01' as CivilDate;
const KITS = ['AAAAAAA', 'BBBBBBB', 'CCCCCCC'];

/** An injection from a kit, one that was not given, or a correction of the one before. */
const ACT = fc.record({
  subject: fc.constantFrom('S-1', 'S-2', 's-2', 'S-3'),
  visit: fc.constantFrom('D1', 'D2'),
  kit: fc.constantFrom(null, ...KITS),
  result: fc.constantFrom('given', 'not done', 'retracted'),
  isAdditional: fc.boolean(),
});

test('the injections from one kit are found in a ledger that is not parsed, as in one that is', () => {
  const property = fc.property(fc.array(ACT, { maxLength: 12 }), (some) => {
    const acts = some.map(({ subject, visit, kit, result, isAdditional }, index) => {
      const about = { who, subject, kit, date: DATE, deviations: [] };
      return isAdditional
        ? { action: 'additional dose', ...about, result: 'given', corrects: null }
        : { action: 'dose', ...about, visit, result, corrects: index === 0 ? null : index };
    }) as unknown as Act[];
    const { text } = linesOf(acts);
    const parsed = readLedger(text);
    expect(parsed.problems).toEqual([]);
    const ofAll = givenBefore(parsed.entries);
    for (const kit of KITS) {
      const { entries } = readChain(Buffer.from(text))!;
      const account = { kit, holder: 'S-3' };
      const until = { date: DATE };
      expect(givenBefore(entries, [kit])(account, until)).toEqual(ofAll(account, until));
    }
  });
  fc.assert(property);
});
