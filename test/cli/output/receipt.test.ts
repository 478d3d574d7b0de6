import { expect, test } from 'vitest';
import { handReceipt, receiptsOf } from '../../../src/cli/output/receipt.ts';
import type { RescuedStudy } from '../../../src/store/opening/emergency/rescue-study.ts';

const HASH = 'a2cb62c7c54b0d14'.repeat(4);

test('what somebody writes by hand has short lines, and says after which entry it was', () => {
  const study = {
    study: { id: 'DEPIL-2' },
    ledger: { sound: [{ seq: 33, hash: HASH }] },
  } as unknown as RescuedStudy;
  const text = handReceipt(
    {
      action: 'code-break intent',
      who: { name: 'A. Example', role: 'physician', organisation: 'Example Hospital' },
      subject: 'CRT-002',
      number: 'R002',
      to: null,
      key: 'Example Officer, officer',
      reason: 'SAE',
    },
    study,
    'opened',
    '2026-11-24T12:18:51.869Z',
  );
  expect(text).toContain('  After       entry 33 of the ledger (a2cb62c7c54b0d14…)\n');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('receipts are read as they are printed, in quotes or not', () => {
  const head = { seq: 33, hash: HASH };
  const other = { seq: 1, hash: HASH };
  expect(receiptsOf([`33:${HASH}`])).toEqual([head]);
  expect(receiptsOf([`Ledger 33:${HASH}`])).toEqual([head]);
  expect(receiptsOf(['Ledger', `33:${HASH}`, 'Ledger', `1:${HASH}`])).toEqual([head, other]);
  expect(() => receiptsOf(['Ledger'])).toThrow('write a receipt, not "Ledger"');
});
