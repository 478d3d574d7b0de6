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
  sidesOf,
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

  const UNLIKE = 'it is not what was committed to before the first participant';
  const ELSEWHERE = 'it is for another place in the list';
  test.each<[string, Partial<EnvelopeContent>, string]>([
    ['of another slot', { number: 'R002' }, 'it is the envelope of R002'],
    ['of another kit', { kits: ['4KX9TM9'] }, `it is for kit 4KX9TM9, not ${slots[0]!.kit!}`],
    [
      'of two kits',
      { kits: ['4KX9TM9', 'PY3GP9G'] },
      `it is for kit 4KX9TM9, PY3GP9G, not ${slots[0]!.kit!}`,
    ],
    ['of another study', { study: 'DEPIL-3' }, 'it is for study DEPIL-3'],
    ['of another list', { list: 'ff01' }, 'it is for another allocation list'],
    ['with an arm that the study has not', { arm: { ...arms[0]!, code: 'ILT102' } }, UNLIKE],
    ['with the other arm', { arm: arms.find(({ code }) => code !== content.arm.code)! }, UNLIKE],
    ['with an arm under another name', { arm: { ...content.arm, name: 'Other' } }, UNLIKE],
    ['with another salt', { salt: 'e'.repeat(64) }, UNLIKE],
    ['for another place', { index: 1 }, ELSEWHERE],
    ['of a tree of another size', { leaves: 18 }, ELSEWHERE],
    ['with a way that leads elsewhere', { path: content.path.toReversed() }, UNLIKE],
    ['with a way cut short', { path: content.path.slice(1) }, UNLIKE],
  ])('%s is not trusted, and no arm is shown', (_, change, reason) => {
    const forged = formatEnvelope({ ...content, ...change });
    const message = `NOT TRUSTED: the envelope of R001: ${reason}`;
    expect(refusalOf(() => readEnvelope(forged, expected))).toBe(message);
  });

  test('of one kit is not trusted for a slot that has spare kits', () => {
    const slot = { ...slots[0]!, spares: ['PY3GP9G' as KitNumber] };
    const message = `it is for kit ${slot.kit!}, not ${slot.kit!}, PY3GP9G`;
    expect(refusalOf(() => readEnvelope(formatEnvelope(content), { ...expected, slot }))).toBe(
      `NOT TRUSTED: the envelope of R001: ${message}`,
    );
  });

  test('that is not trusted comes with what to do', () => {
    expect(() => readEnvelope('', expected)).toThrow(
      expect.objectContaining({
        message:
          'NOT TRUSTED: the envelope of R001: it is not a randose envelope, or its leaf does not match the rest',
        hint: 'Do not act on it. Restore it from a backup or another copy of the study folder, then run: randose verify',
      }),
    );
  });

  test('has 3,072 bytes, 76 for each level of the tree, and 100 for each kit after the first', () => {
    expect(envelopeBytes(1, 1)).toBe(3072);
    expect(envelopeBytes(2, 0)).toBe(3072 + 76);
    expect(envelopeBytes(19, 1)).toBe(3072 + 5 * 76);
    expect(envelopeBytes(32, 3)).toBe(3072 + 5 * 76 + 2 * 100);
    expect(envelopeBytes(33, 2)).toBe(3072 + 6 * 76 + 100);
  });

  test('has the side of each hash of its path', () => {
    const sides = (index: number) => sidesOf({ ...content, index, leaves: 4 });
    expect([0, 1, 2, 3].map(sides)).toEqual([
      ['right', 'right'],
      ['left', 'right'],
      ['right', 'left'],
      ['left', 'left'],
    ]);
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
