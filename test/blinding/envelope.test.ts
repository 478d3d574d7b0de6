import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
import type { KitNumber } from '../../src/randomization/numbers.ts';
import { ARM_TYPES } from '../../src/study/study.ts';
import { EXAMPLE_SEED, planOf, salted, templateStudy } from '../support/designs.ts';

const study = templateStudy();
const { arms } = study;
const slots = salted(makeAllocationList(study, planOf([3, 6]), EXAMPLE_SEED));
const batch = { list: 'ff00', seed: '00', planFile: 'p', studyFile: 's', salt: 'f'.repeat(64) };
const { slots: leaves, tree } = commit(study, { ...batch, slots });
const commitment = commitmentOf(tree);
const expectedOf = (index: number) => ({
  study: study.id,
  list: 'ff00',
  slot: slots[index]!,
  index,
  commitment,
});
const contentOf = (index: number): EnvelopeContent => ({
  ...leaves[index]!,
  index,
  leaves: tree.size,
  path: tree.pathOf(index),
});
const content = contentOf(0);
const expected = expectedOf(0);

/** Texts of envelopes as files; their bytes never change. */
const textOf = (name: string) =>
  readFileSync(join(import.meta.dirname, 'envelope-texts', name), 'utf8');
/** The slot of those texts, and what its study published about it. */
const ofTexts = {
  study: 'DEPIL-2',
  list: '7e4fcae630310537107f42f6051326ed',
  index: 0,
  slot: { ...slots[0]!, kit: 'PY3GP9G' as KitNumber },
  commitment: {
    leaves: 4,
    root: '3cff81d86fd82cf2c6b6e32d619c713953d653fdfd114456477a315ea6470da6',
  },
};
const PLACEBO = { code: 'PLACEBO', name: 'Placebo (matching sterile powder), subcutaneous' };

/** The message of the refusal, which must not contain an arm. */
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

  test('has the same length for every arm’s name, up to the longest that study.yaml allows [R-021]', () => {
    const anyArm = fc.record({
      code: fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom('A', '9', '-') }),
      name: fc
        .string({ minLength: 1, maxLength: 100, unit: 'grapheme' })
        .map((text) => text.slice(0, 100)),
      type: fc.constantFrom(...ARM_TYPES),
    });
    const long = {
      ...content,
      study: 'S'.repeat(32),
      list: 'f'.repeat(32),
      number: 'R1000000',
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

  test.each(['version-2.txt', 'version-3.txt'])('of %s can always be opened', (name) => {
    const { arm } = readEnvelope(textOf(name), ofTexts);
    expect(arm).toEqual({ ...PLACEBO, type: 'placebo' });
    const forged = textOf(name).replace('"code": "PLACEBO"', '"code": "ILT101"');
    expect(refusalOf(() => readEnvelope(forged, ofTexts))).toMatch(/leaf does not match the rest/);
  });

  test('is written as in the golden file of version 3, with the length of version 2', () => {
    const text = formatEnvelope(readEnvelope(textOf('version-2.txt'), ofTexts));
    expect(text).toBe(textOf('version-3.txt'));
    expect(text).toHaveLength(textOf('version-2.txt').length);
  });

  test('ends with number, kits and arm, all its padding in one run before them', () => {
    const kits = ['PY3GP9G', 'HRGXKC7'];
    const arm = { code: 'É', name: 'Placebo “Ω”', type: 'placebo' as const };
    const text = formatEnvelope({ ...content, kits, arm });
    const [before, blanks, last] = text.split(/( {100,})/);
    expect(text.match(/ {100,}/g)).toEqual([blanks]);
    expect(before).toMatch(/^\{\n {2}"randose": "envelope",\n {2}"version": 3,[^]*\],$/);
    expect(before).not.toMatch(/"(number|kits|arm|code)":/);
    expect(last).toBe(`
  "number": "R001",
  "kits": [
    "PY3GP9G",
    "HRGXKC7"
  ],
  "arm": {
    "code": "É",
    "name": "Placebo “Ω”",
    "type": "placebo"
  }
}
`);
    expect(JSON.parse(text)).toMatchObject({ version: 3, kits, arm, salt: content.salt });
  });

  test.each([1, 4, '3'])('of version %j, which does not exist, is not trusted', (version) => {
    const told = JSON.parse(formatEnvelope(content)) as Record<string, unknown>;
    const text = JSON.stringify({ ...told, version });
    expect(refusalOf(() => readEnvelope(text, expected))).toMatch(/^NOT TRUSTED/);
  });

  test.each([2, 3])(
    'of version %j with an additional or a missing member is not trusted',
    (version) => {
      const told = JSON.parse(formatEnvelope(content)) as Record<string, unknown>;
      const known = { ...told, version };
      expect(readEnvelope(JSON.stringify(known), expected).arm.code).toBe(content.arm.code);
      const changes = [{ extra: 1 }, { salt: undefined }, { path: undefined }, { kits: undefined }];
      for (const change of changes) {
        const text = JSON.stringify({ ...known, ...change });
        expect(refusalOf(() => readEnvelope(text, expected))).toMatch(/^NOT TRUSTED/);
      }
    },
  );

  test('has the same length in a whole batch, for any length of the paths', () => {
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
  ])('%s is not trusted, and no arm is shown', (_, change) => {
    const forged = formatEnvelope({ ...content, ...change });
    expect(refusalOf(() => readEnvelope(forged, expected))).toMatch(/^NOT TRUSTED/);
  });

  test('with an arm that differs from its leaf is not trusted, even if the leaf is right', () => {
    const other = arms.find(({ code }) => code !== content.arm.code)!;
    const { code, name, type } = other;
    const told = JSON.parse(formatEnvelope(content)) as Record<string, unknown>;
    const forged = JSON.stringify({ ...told, arm: { code, name, type } });
    expect(refusalOf(() => readEnvelope(forged, expected))).toMatch(/leaf does not match the rest/);
  });

  test('of one slot is not accepted for another', () => {
    for (const index of slots.keys()) {
      if (index === 0) continue;
      const other = formatEnvelope(contentOf(index));
      expect(refusalOf(() => readEnvelope(other, expected))).toMatch(/it is the envelope of R0/);
    }
  });

  test.each(['', '{}', 'null', '[]', 'ILT101', '{"randose":"envelope","version":2}'])(
    'a text that is not an envelope is not trusted: %j',
    (text) => {
      expect(refusalOf(() => readEnvelope(text, expected))).toMatch(/^NOT TRUSTED/);
    },
  );
});
