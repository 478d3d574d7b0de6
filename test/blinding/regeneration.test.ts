import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commit, commitmentOf, type SaltedSlot } from '../../src/blinding/commitment.ts';
import { findMismatch } from '../../src/blinding/regeneration.ts';
import type { MasterContent } from '../../src/blinding/sealed-list.ts';
import { makeAllocationList } from '../../src/randomization/list.ts';
import type { Vector } from '../../src/randomization/vectors.ts';
import { STUDY_TEMPLATE } from '../../src/study/depil-2.ts';
import { FIXTURES } from '../support/command-line.ts';
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

/** A row of a plan that is about the only stratum. */
const ROW = 'strata: [{ site: CRT, blocks: { sizes: [3, 6] } }]\n';

/** The sealed list with one slot changed. */
function changed(index: number, change: Partial<SaltedSlot>): MasterContent {
  return { ...master, slots: list.with(index, { ...list[index]!, ...change }) };
}

describe('a list that is made again', () => {
  test('matches if nothing was changed', () => {
    expect(findMismatch(master, [], commitment)).toBeUndefined();
  });

  test.each([
    ['has block sizes that no stratum has', `blocks: { sizes: [3] }\n${ROW}`],
    ['writes a number as other programs would not', 'blocks: { sizes: [03, 6] }'],
  ])('matches if the plan %s, as an earlier randose allowed', (_, planFile) => {
    const sealed = { ...master, planFile };
    const own = commitmentOf(commit(templateStudy(), sealed).tree);
    expect(findMismatch(sealed, [], own)).toBeUndefined();
  });

  test.each<[string, MasterContent, string]>([
    [
      'an arm exchanged',
      changed(6, { arm: list[6]!.arm === 'ILT101' ? 'PLACEBO' : 'ILT101' }),
      'R007 (site=CRT, sequence 7): its arm differs from the list made again',
    ],
    ...(
      [
        ['block', { block: 9 }],
        ['block', { blockSize: 9 }],
        ['block', { sequenceInBlock: 9 }],
        ['kit', { kit: list[0]!.kit! }],
        ['kit', { kitType: 'tablets' }],
        ['kit', { spares: [list[0]!.kit!] }],
        ['kit', { further: [{ type: 'syringe', kit: list[0]!.kit! }] }],
        ['replaced slot', { replacementFor: list[0]!.number }],
      ] as [string, Partial<SaltedSlot>][]
    ).map(([part, change]): [string, MasterContent, string] => [
      Object.keys(change).join(),
      changed(2, change),
      `R003 (site=CRT, sequence 3): its ${part} differs from the list made again`,
    ]),
    [
      'a number',
      changed(1, { number: list[0]!.number }),
      'R001 (site=CRT, sequence 2): its number differs from the list made again',
    ],
    [
      'a stratum',
      changed(1, { stratum: 'site=X' }),
      'R002 (site=X, sequence 2): its stratum differs from the list made again',
    ],
    [
      'a sequence',
      changed(1, { sequence: 7 }),
      'R002 (site=CRT, sequence 7): its sequence differs from the list made again',
    ],
    [
      'the last kit',
      changed(17, { kit: list[0]!.kit! }),
      'R018 (site=CRT, sequence 18): its kit differs from the list made again',
    ],
    [
      'a slot more',
      { ...master, slots: [...list, { ...list[0]!, number: 'R019' as SaltedSlot['number'] }] },
      'R019 is in the list, but not in the list made again',
    ],
    [
      'a slot less',
      { ...master, slots: list.slice(0, 17) },
      'the list made again has 18 slots, but the sealed list has 17',
    ],
    [
      'another seed',
      { ...master, seed: '0'.repeat(64) },
      'R001 (site=CRT, sequence 1): its kit differs from the list made again',
    ],
    [
      'another plan',
      { ...master, planFile: 'blocks: { sizes: [9] }' },
      'R001 (site=CRT, sequence 1): its block differs from the list made again',
    ],
    [
      'a plan that fits no more',
      { ...master, planFile: 'blocks: { sizes: [12] }' },
      'the plan that is sealed in allocation/master.age does not fit its study.yaml: no list can be made',
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
    [
      'a broken plan',
      { ...master, planFile: 'blocks: {}' },
      'the plan that is sealed in allocation/master.age has errors',
    ],
    [
      'a plan for another stratum',
      { ...master, planFile: `${master.planFile}\n${ROW.replace('CRT', 'X')}` },
      'the plan that is sealed in allocation/master.age has errors',
    ],
    [
      'a broken study.yaml',
      { ...master, studyFile: 'study: {}' },
      'the study.yaml that is sealed in allocation/master.age has errors',
    ],
    [
      'a broken plan of a later batch',
      { ...master, batch: 2, planFile: 'blocks: {}' },
      'the plan that is sealed in allocation/batch-2/master.age has errors',
    ],
  ])('differs first at: %s', (_, sealed, message) => {
    const told = findMismatch(sealed, [], commitment);
    expect(told).toBe(message);
    expect(told).not.toMatch(/ILT101|PLACEBO/);
  });
});

describe('a least predictable list that is made again', () => {
  const vector = JSON.parse(
    readFileSync(join(FIXTURES, 'vectors', '2-1-least-predictable.json'), 'utf8'),
  ) as Vector;
  const tables = vector.input.tables!;
  const slots = salted(
    makeAllocationList(
      templateStudy(),
      { blocks: [], tables },
      Buffer.from(vector.input.seed, 'hex'),
    ),
  );
  const planFile = 'procedure: least predictable\nlargestImbalance: 4/3 participants\n';
  const byCounts: MasterContent = { ...master, seed: vector.input.seed, planFile, tables, slots };
  const committed = commitmentOf(commit(templateStudy(), byCounts).tree);
  const withRow = (place: number, row: readonly number[]): MasterContent => {
    const [table] = tables;
    const places = table!.places.with(place, [row, ...table!.places[place]!.slice(1)]);
    return { ...byCounts, tables: [{ ...table!, places }] };
  };

  const TABLE = 'a table of 18 slots in allocation/master.age';

  test('matches if nothing was changed', () => {
    expect(findMismatch(byCounts, [], committed)).toBeUndefined();
  });

  test.each<[string, MasterContent, string]>([
    ['a chance', withRow(0, [0, 2 ** 31]), `${TABLE} does not keep the ratio at each place`],
    [
      'a chance, by one',
      withRow(0, [0, 2863311530]),
      'the list, its seed and its plan are not what was committed to',
    ],
    ['a row', withRow(0, [1, 2 ** 32]), `${TABLE} lacks numbers of the arms that are reached`],
    [
      'a smaller bound',
      { ...byCounts, planFile: planFile.replace('4/3', '1') },
      `${TABLE} goes beyond the largest imbalance`,
    ],
    [
      'no table',
      { ...byCounts, tables: [] },
      'the plan that is sealed in allocation/master.age does not fit its study.yaml: no list can be made',
    ],
    [
      'blocks',
      { ...byCounts, planFile: 'blocks: { sizes: [3] }' },
      'the plan that is sealed in allocation/master.age does not go with the tables there',
    ],
    [
      'no tables at all',
      { ...master, seed: vector.input.seed, planFile, slots },
      'the plan that is sealed in allocation/master.age does not go with the tables there',
    ],
  ])('differs at: %s', (_, sealed, message) => {
    const told = findMismatch(sealed, [], committed);
    expect(told).toBe(message);
    expect(told).not.toMatch(/ILT101|PLACEBO/);
  });
});
