import { describe, expect, test } from 'vitest';
import { formatAnswer } from '../../src/blinding/answer-text.ts';
import { rootOf } from '../../src/blinding/envelope.ts';
import { formatProof, readProof, strangeLine } from '../../src/blinding/proof.ts';

const content = {
  study: 'DEPIL-2',
  list: 'd569ded28c3dedd1f8862d4f488b97b0',
  number: 'R002',
  kits: ['4KX9TM7'],
  salt: 'a'.repeat(64),
  arm: { code: 'ILT101', name: 'ILT101 (interleukin-2)', type: 'active' as const },
  index: 1,
  leaves: 3,
  path: ['b'.repeat(64), 'c'.repeat(64)],
};
const proof = formatProof('CRT-002', content, rootOf(content) ?? '');
const answer = formatAnswer({
  subject: 'CRT-002',
  content,
  time: '2026-11-28T02:41:00.000Z',
  reason: 'serious adverse event',
  by: 'A. Example, physician',
  proof,
});
const original = readProof(proof, 'f');
const strangeIn = (lines: readonly string[]) => strangeLine(lines.join('\n'), original, 'f');

describe('a proof and an answer have only the lines that randose writes', () => {
  test.each([
    ['proof', proof],
    ['answer', answer],
  ])('%s', (_, text) => {
    const lines = text.trimEnd().split('\n');
    expect(strangeIn(lines)).toBeUndefined();
    expect(strangeIn([...lines, ''])).toBeUndefined();
    expect(strangeIn(lines.map((line) => `${line.trimEnd()}\r`))).toBeUndefined();
    for (const [index, line] of lines.entries()) {
      expect(strangeIn(lines.toSpliced(index, 0, '# a word'))?.line).toBe(index + 1);
      // Nothing proves who opened it, when and why: there only the form is known.
      if (/^# (?:Opened|Reason)/.test(line)) continue;
      expect(strangeIn(lines.with(index, `${line}x`))?.line, line).toBe(index + 1);
      // Without its tail, or without one line of it, it is neither a proof nor an answer.
      expect(strangeIn(lines.toSpliced(index, 1)), line).toBeDefined();
    }
    expect(strangeIn([...lines, '# a word'])).toMatchObject({ line: lines.length + 1 });
  });

  test('the arm in words is the one that is proven', () => {
    const forged = answer.replace('#   ILT101  ILT101 (interleukin-2)', '#   PLACEBO  Placebo');
    expect(strangeIn(forged.split('\n'))?.message).toBe(
      'says "PLACEBO  Placebo (active)", but what it proves is "ILT101  ILT101 (interleukin-2) (active)"',
    );
  });

  test('a second reason is not one', () => {
    const more = answer.replace('# Reason:', '# Reason: PLACEBO\n# Reason:');
    expect(strangeIn(more.split('\n'))).toBeDefined();
  });
});
