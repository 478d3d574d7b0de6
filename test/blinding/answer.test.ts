import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAnswer } from '../../src/blinding/answer-text.ts';
import { formatProof } from '../../src/blinding/proof.ts';
import { ARM_TYPES } from '../../src/study/study.ts';

const lengthOf = (
  arm: { code: string; name: string; type: (typeof ARM_TYPES)[number] },
  reason: string,
) => {
  const content = {
    study: 'DEPIL-2',
    list: 'ff',
    number: 'R001',
    kits: ['4KX9TM7'],
    salt: '0'.repeat(64),
    arm,
    index: 0,
    leaves: 1,
    path: [],
  };
  const proof = formatProof('CRT-001', content, '0'.repeat(64));
  const about = {
    subject: 'CRT-001',
    content,
    time: '2026-01-01T00:00:00Z',
    reason,
    by: 'Example',
  };
  return Buffer.byteLength(formatAnswer({ ...about, proof }));
};

test('an answer has the same length for every arm’s name', () => {
  const anyArm = fc.record({
    code: fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom('A', '9', '-') }),
    name: fc
      .string({ minLength: 1, maxLength: 100, unit: 'grapheme' })
      .map((text) => text.slice(0, 100)),
    type: fc.constantFrom(...ARM_TYPES),
  });
  fc.assert(
    fc.property(anyArm, anyArm, fc.integer({ min: 0, max: 9000 }), (one, other, length) => {
      const reason = 'x'.repeat(length);
      expect(lengthOf(one, reason)).toBe(lengthOf(other, reason));
    }),
  );
});
