import fc from 'fast-check';
import { expect, test } from 'vitest';
import { armor } from 'age-encryption';
import { sealAnswerFor } from '../../src/blinding/answer.ts';
import { formatAnswer, readOpening } from '../../src/blinding/answer-text.ts';
import { formatProof } from '../../src/blinding/proof.ts';
import { unseal } from '../../src/blinding/seal.ts';
import { drawKeyPair } from '../../src/store/draw.ts';
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

const content = {
  study: 'DEPIL-2',
  list: 'ff',
  number: 'R001',
  kits: ['4KX9TM7'],
  salt: '0'.repeat(64),
  arm: { code: 'ILT101', name: 'ILT101 (interleukin-2)', type: 'active' as const },
};
const opening = {
  time: '2026-11-28T02:41:00.000Z',
  by: 'A. Example, physician',
  reason: 'serious adverse event',
};
/** The words of an answer: what follows the padding. */
const wordsOf = (more: Partial<Parameters<typeof formatAnswer>[0]> = {}) =>
  formatAnswer({ subject: 'CRT-001', content, ...opening, proof: 'PROOF\n', ...more });

test('an answer is the proof, padding, and then words as comments', () => {
  const padding = 2 * (20 + 'placebo'.length + 400 - 'ILT101ILT101 (interleukin-2)active'.length);
  expect(wordsOf()).toBe(`PROOF
#${' '.repeat(padding)}
# DEPIL-2, subject CRT-001, randomization number R001, kit 4KX9TM7
# ${''}
#   ILT101  ILT101 (interleukin-2) (active)
# ${''}
# Opened 2026-11-28T02:41:00.000Z by A. Example, physician.
# Reason: serious adverse event
# Every other participant is still blinded: tell only who must know.
`);
});

test('an answer names the id at randomization, and who has the same arm', () => {
  const lines = wordsOf({
    randomizedAs: 'CRT-009',
    sameArm: 'Same arm: CRT-007.',
    content: { ...content, kits: [] },
  }).split('\n');
  expect(lines.slice(2, 8)).toEqual([
    '# DEPIL-2, subject CRT-001 (randomized as CRT-009), randomization number R001',
    '# ',
    '#   ILT101  ILT101 (interleukin-2) (active)',
    '# ',
    '# Same arm: CRT-007.',
    '# ',
  ]);
});

test('a reason of several lines stays a comment', () => {
  const lines = wordsOf({ reason: 'one\ntwo\r\nleaf three' }).split('\n');
  expect(lines.filter((line) => line !== '' && !line.startsWith('# '))).toEqual(['PROOF']);
  expect(lines).toContain('# leaf three');
});

test('what an answer says of its opening is read back', () => {
  const more = { randomizedAs: 'CRT-009', sameArm: 'Same arm: CRT-007.' };
  expect(readOpening(wordsOf(more).split('\n'))).toEqual({ ...opening, ...more });
  expect(readOpening(wordsOf().split('\n'))).toEqual({
    ...opening,
    randomizedAs: undefined,
    sameArm: undefined,
  });
});

test('nothing is read from lines of another form', () => {
  const nothing = {
    time: '',
    by: '',
    reason: '',
    randomizedAs: undefined,
    sameArm: undefined,
  };
  expect(readOpening([])).toEqual(nothing);
  const lines = wordsOf({ randomizedAs: 'CRT-009', sameArm: 'Same arm: CRT-007.' }).split('\n');
  for (const change of [
    (line: string) => `x${line}`,
    (line: string) => line.replace('# ', ''),
    (line: string) => line.replace('# ', '#  '),
  ]) {
    expect(readOpening(lines.map(change))).toEqual(nothing);
  }
  const noZone = lines.map((line) => line.replace('.000Z', ''));
  expect(readOpening(noZone)).toMatchObject({ time: '', by: '', reason: opening.reason });
  const noStop = lines.map((line) => line.replace(/physician\.$/, 'physician, Dr. X'));
  expect(readOpening(noStop)).toMatchObject({ time: '', by: '' });
  const twoWords = lines.map((line) => line.replace('DEPIL-2,', 'DEPIL 2,'));
  expect(readOpening(twoWords).randomizedAs).toBeUndefined();
});

test('an answer is sealed as an armored file for its recipient alone', async () => {
  const [keys, other] = [await drawKeyPair(), await drawKeyPair()];
  const text = await sealAnswerFor(keys.recipient, 'the answer');
  expect(text).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
  const file = armor.decode(text);
  expect(await unseal(file, [keys.identity], 'it')).toBe('the answer');
  await expect(unseal(file, [other.identity], 'it')).rejects.toMatchObject({ code: 'wrong-key' });
});
