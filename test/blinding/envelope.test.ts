import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ENVELOPE_BYTES,
  type EnvelopeContent,
  formatEnvelope,
  readEnvelope,
} from '../../src/blinding/envelope.ts';
import type { KitNumber, RandomizationNumber } from '../../src/randomization/numbers.ts';
import { templateStudy } from '../support/designs.ts';

const { id: study, arms } = templateStudy();
const slot = {
  number: 'R001' as RandomizationNumber,
  kit: '4KX9TM7' as KitNumber,
  batch: 1,
  stratum: 'site=CRT',
  sequence: 1,
};
const expected = { study, list: 'ff00', slot, arms };
const content: EnvelopeContent = {
  study,
  list: 'ff00',
  number: 'R001',
  kit: slot.kit,
  arm: arms[0]!,
};

describe('an envelope', () => {
  test('reads back to its arm', () => {
    for (const arm of arms) {
      expect(readEnvelope(formatEnvelope({ ...content, arm }), expected)).toEqual({
        code: arm.code,
        name: arm.name,
        type: arm.type,
      });
    }
  });

  test('has one length, whatever the arm is called, to the longest that study.yaml allows', () => {
    const anyArm = fc.record({
      code: fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom('A', '9', '-') }),
      name: fc
        .string({ minLength: 1, maxLength: 100, unit: 'grapheme' })
        .map((text) => text.slice(0, 100)),
      type: fc.constantFrom('active' as const, 'placebo' as const),
    });
    fc.assert(
      fc.property(anyArm, (arm) => {
        const long = {
          study: 'S'.repeat(32),
          list: 'f'.repeat(32),
          number: 'R1000000',
          kit: slot.kit,
        };
        expect(Buffer.byteLength(formatEnvelope({ ...long, arm }))).toBe(ENVELOPE_BYTES);
      }),
    );
    const worst = { code: 'A'.repeat(20), name: '"\ud800'.repeat(50), type: 'placebo' as const };
    expect(Buffer.byteLength(formatEnvelope({ ...content, arm: worst }))).toBe(ENVELOPE_BYTES);
  });

  test.each<[string, Partial<EnvelopeContent>]>([
    ['of another slot', { number: 'R002' }],
    ['of another kit', { kit: '4KX9TM9' }],
    ['of another study', { study: 'DEPIL-3' }],
    ['of another list', { list: 'ff01' }],
    ['with an arm that the study has not', { arm: { ...arms[0]!, code: 'ILT102' } }],
    ['with an arm under another name', { arm: { ...arms[0]!, name: arms[1]!.name } }],
  ])('%s is not trusted, and no arm is told', (_, change) => {
    const forged = formatEnvelope({ ...content, ...change });
    let message = '';
    try {
      readEnvelope(forged, expected);
    } catch (error) {
      expect(error).toMatchObject({ code: 'not-trusted' });
      message = (error as Error).message;
    }
    expect(message).toMatch(/^NOT TRUSTED/);
    expect(message).not.toMatch(/ILT10|placebo/i);
  });

  test.each(['', '{}', 'null', '[]', 'ILT101', '{"randose":"envelope","version":2}'])(
    'that is none is not trusted: %j',
    (text) => {
      expect(() => readEnvelope(text, expected)).toThrow(
        expect.objectContaining({ code: 'not-trusted' }),
      );
    },
  );
});
