import { describe, expect, test } from 'vitest';
import { commit, commitmentOf, type SaltedSlot } from '../../src/blinding/commitment.ts';
import { findMismatch } from '../../src/blinding/regeneration.ts';
import type { MasterContent } from '../../src/blinding/sealed-list.ts';
import { makeAllocationList } from '../../src/randomization/list.ts';
import { STUDY_TEMPLATE } from '../../src/study/depil-2.ts';
import { EXAMPLE_SEED, planOf, salted, templateStudy } from '../support/designs.ts';

const list = salted(makeAllocationList(templateStudy(), planOf([3, 6]), EXAMPLE_SEED));
const master: MasterContent = {
  study: 'DEPIL-2',
  domain: 'production',
  batch: 1,
  list: 'ff',
  seed: Buffer.from(EXAMPLE_SEED).toString('hex'),
  studyFile: STUDY_TEMPLATE,
  planFile: 'blocks: { sizes: [3, 6] }',
  salt: 'f'.repeat(64),
  slots: list,
};
const commitment = commitmentOf(commit(templateStudy(), master).tree);

/** The sealed list with one slot changed. */
function changed(index: number, change: Partial<SaltedSlot>): MasterContent {
  return { ...master, slots: list.with(index, { ...list[index]!, ...change }) };
}

describe('a list that is made again', () => {
  test('matches if nothing was changed', () => {
    expect(findMismatch(master, [], commitment)).toBeUndefined();
  });

  test.each<[string, MasterContent, string]>([
    [
      'an arm exchanged',
      changed(6, { arm: list[6]!.arm === 'ILT101' ? 'PLACEBO' : 'ILT101' }),
      'R007 (site=CRT, sequence 7): its arm differs from the list made again',
    ],
    ['a block', changed(2, { blockSize: 9 }), 'R003 (site=CRT, sequence 3): its block differs'],
    ['a kit', changed(17, { kit: list[0]!.kit! }), 'R018 (site=CRT, sequence 18): its kit differs'],
    [
      'a slot less',
      { ...master, slots: list.slice(0, 17) },
      'the list made again has 18 slots, but the sealed list has 17',
    ],
    [
      'another seed',
      { ...master, seed: '0'.repeat(64) },
      'R001 (site=CRT, sequence 1): its kit differs',
    ],
    [
      'another plan',
      { ...master, planFile: 'blocks: { sizes: [9] }' },
      'R001 (site=CRT, sequence 1): its block',
    ],
    [
      'a plan that fits no more',
      { ...master, planFile: 'blocks: { sizes: [12] }' },
      'no list can be made',
    ],
    [
      'a plan of other words',
      { ...master, planFile: `${master.planFile} # another` },
      'the list, its seed and its plan are not what was committed to',
    ],
    [
      'a salt',
      changed(4, { salt: 'e'.repeat(64) }),
      'the list, its seed and its plan are not what was committed to',
    ],
    ['a broken plan', { ...master, planFile: 'blocks: {}' }, 'has errors'],
  ])('differs first at: %s', (_, sealed, message) => {
    const told = findMismatch(sealed, [], commitment);
    expect(told).toContain(message);
    expect(told).not.toMatch(/ILT101|PLACEBO/);
  });
});
