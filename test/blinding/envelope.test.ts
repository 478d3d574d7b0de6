import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commit, commitmentOf } from '../../src/blinding/commitment.ts';
import {
  envelopeBytes,
  type EnvelopeContent,
  formatEnvelope,
  readEnvelope,
} from '../../src/blinding/envelope.ts';
import { makeAllocationList } from '../../src/randomization/list.ts';
import { EXAMPLE_SEED, planOf, salted, templateStudy } from '../support/designs.ts';

const study = templateStudy();
const { arms } = study;
const slots = salted(makeAllocationList(study, planOf([3, 6]), EXAMPLE_SEED));
const batch = { list: 'ff00', seed: '00', planFile: 'p', studyFile: 's', salt: 'f'.repeat(64) };
const { slots: leaves, tree } = commit(study, { ...batch, slots });
const commitment = commitmentOf(tree);
const expectedOf = (index: number) => ({
  ...{ study: study.id, list: 'ff00', slot: slots[index]!, index, commitment },
});
const contentOf = (index: number): EnvelopeContent => ({
  ...leaves[index]!,
  ...{ index, leaves: tree.size, path: tree.pathOf(index) },
});
const content = contentOf(0);
const expected = expectedOf(0);

/** What refuses to be read, with nothing of an arm in what it says. */
function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ code: 'not-trusted' });
    const { message } = error as Error;
    expect(message).not.toMatch(/ILT10|placebo/i);
    return message;
  }
  return 'it was read';
}

describe('an envelope', () => {
  test('reads back to its arm, and leads to the root', () => {
    for (const index of slots.keys()) {
      const read = readEnvelope(formatEnvelope(contentOf(index)), expectedOf(index));
      expect(read.arm.code).toBe(slots[index]!.arm);
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
    const long = {
      ...content,
      ...{ study: 'S'.repeat(32), list: 'f'.repeat(32), number: 'R1000000' },
    };
    const bytes = envelopeBytes(tree.size, 1);
    fc.assert(
      fc.property(anyArm, (arm) => {
        expect(Buffer.byteLength(formatEnvelope({ ...long, arm }))).toBe(bytes);
      }),
    );
    const worst = { code: 'A'.repeat(20), name: '"\ud800'.repeat(50), type: 'placebo' as const };
    expect(Buffer.byteLength(formatEnvelope({ ...content, arm: worst }))).toBe(bytes);
  });

  test('has one length in the whole of a batch, however long the ways to the root are', () => {
    const lengths = [...slots.keys()].map((index) => formatEnvelope(contentOf(index)).length);
    expect(new Set(lengths).size).toBe(1);
    expect(new Set([...slots.keys()].map((index) => tree.pathOf(index).length)).size).toBe(2);
  });

  test.each<[string, Partial<EnvelopeContent>]>([
    ['of another slot', { number: 'R002' }],
    ['of another kit', { kits: ['4KX9TM9'] }],
    ['of another study', { study: 'DEPIL-3' }],
    ['of another list', { list: 'ff01' }],
    ['with an arm that the study has not', { arm: { ...arms[0]!, code: 'ILT102' } }],
    ['with the other arm', { arm: arms.find(({ code }) => code !== content.arm.code)! }],
    ['with an arm under another name', { arm: { ...content.arm, name: 'Other' } }],
    ['with another salt', { salt: 'e'.repeat(64) }],
    ['for another place', { index: 1 }],
    ['of a tree of another size', { leaves: 18 }],
    ['with a way that leads elsewhere', { path: content.path.toReversed() }],
    ['with a way cut short', { path: content.path.slice(1) }],
  ])('%s is not trusted, and no arm is told', (_, change) => {
    const forged = formatEnvelope({ ...content, ...change });
    expect(refusalOf(() => readEnvelope(forged, expected))).toMatch(/^NOT TRUSTED/);
  });

  test('that says another arm than its leaf is not trusted, though the leaf is right', () => {
    const other = arms.find(({ code }) => code !== content.arm.code)!;
    const { code, name, type } = other;
    const told = JSON.parse(formatEnvelope(content)) as Record<string, unknown>;
    const forged = JSON.stringify({ ...told, arm: { code, name, type } });
    expect(refusalOf(() => readEnvelope(forged, expected))).toMatch(/leaf does not say what/);
  });

  test('of one slot is not that of another, whole as it is', () => {
    for (const index of slots.keys()) {
      if (index === 0) continue;
      const other = formatEnvelope(contentOf(index));
      expect(refusalOf(() => readEnvelope(other, expected))).toMatch(/it is the envelope of R0/);
    }
  });

  test.each(['', '{}', 'null', '[]', 'ILT101', '{"randose":"envelope","version":2}'])(
    'that is none is not trusted: %j',
    (text) => {
      expect(refusalOf(() => readEnvelope(text, expected))).toMatch(/^NOT TRUSTED/);
    },
  );
});
