import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { slotLeaf } from '../../src/blinding/commitment.ts';
import { leafHash, makeTree } from '../../src/blinding/merkle-tree.ts';
import { formatPackingList } from '../../src/blinding/sealed-list.ts';
import type { AllocatedSlot, Slot } from '../../src/randomization/list.ts';
import { parsePublicList } from '../../src/randomization/public-list.ts';
import type { Arm } from '../../src/study/study.ts';
import { contentsOf, enrolled, mustRun } from '../support/command-line.ts';
import { templateStudy } from '../support/designs.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const { id: study, arms } = templateStudy();
const [active, placebo] = arms as [Arm, Arm];

/** Every list of 18 slots with 12 of the one arm and 6 of the other, whatever its blocks are: 18,564. */
function* everyList(): Generator<string[]> {
  const list: string[] = [];
  function* from(ones: number, others: number): Generator<string[]> {
    if (ones + others === 0) yield [...list];
    if (ones > 0) {
      list.push(active.code);
      yield* from(ones - 1, others);
      list.pop();
    }
    if (others > 0) {
      list.push(placebo.code);
      yield* from(ones, others - 1);
      list.pop();
    }
  }
  yield* from(12, 6);
}

/** What somebody who knows all that is public, and the salt of the one who was opened, can try. */
interface Guess {
  readonly slots: readonly Slot[];
  readonly list: string;
  readonly salts: readonly string[];
  /** The leaf of seed and plan, which is tried as nothing, or as the one that is known. */
  readonly lastLeaf: string;
}

/** Tries every list. @returns the digests that a list was found to have */
function attack(published: ReadonlySet<string>, { slots, list, salts, lastLeaf }: Guess): string[] {
  const byCode = new Map(arms.map((arm) => [arm.code, arm]));
  const found = new Set<string>();
  const look = (digest: string) => {
    if (published.has(digest)) found.add(digest);
  };
  const leafOf = ({ number, kit }: Slot, arm: Arm, salt: string) =>
    slotLeaf({ study, list, number, kits: [kit!], arm, salt });
  for (const salt of salts) {
    for (const slot of slots) {
      for (const arm of arms) {
        look(leafHash(leafOf(slot, arm, salt)));
        look(sha256(leafOf(slot, arm, salt)));
      }
    }
  }
  for (const codes of everyList()) {
    const allocated = slots.map((slot, index) => ({ ...slot, arm: codes[index]! }));
    for (const salt of salts.slice(0, 2)) {
      const leaves = allocated.map((slot) => leafOf(slot, byCode.get(slot.arm)!, salt));
      look(makeTree([...leaves, lastLeaf]).root);
      look(sha256(leaves.join('\n')));
    }
    look(sha256(codes.join('')));
    look(sha256(codes.join('\n')));
    look(sha256(JSON.stringify(codes)));
    look(sha256(formatPackingList(allocated as unknown as AllocatedSlot[], arms)));
  }
  return [...found];
}

test('the attack finds a list whose salts are known: it would find a leak', () => {
  const slots = Array.from({ length: 18 }, (_, index) => ({
    number: `R${index}`,
    kit: `K${index}`,
    batch: 1,
    stratum: 's',
    sequence: index + 1,
  })) as unknown as Slot[];
  const secret = [...everyList()][12_345]!;
  const leaves = slots.map(({ number, kit }, index) => {
    const arm = arms.find(({ code }) => code === secret[index])!;
    return slotLeaf({ study, list: 'ff', number, kits: [kit!], arm, salt: 'known' });
  });
  const { root } = makeTree([...leaves, 'last']);
  const guess = { slots, list: 'ff', salts: ['known'], lastLeaf: 'last' };
  expect(attack(new Set([root]), guess)).toEqual([root]);
  expect(attack(new Set([root]), { ...guess, salts: ['unknown'] })).toEqual([]);
});

test('no list of 18, and no arm of a slot, is found in any digest that is published [R-026]', () => {
  const trial = enrolled();
  const proof = join(trial.folder, 'proof.txt');
  const officer = ['--identity', trial.officer, '--reason', 'example'];
  mustRun('unblind', '--study', trial.study, '--subject', 'CRT-007', ...officer, '--proof', proof);
  const opened = readFileSync(proof, 'utf8');
  const [, leaf = ''] = /^leaf (.*)$/m.exec(opened) ?? [];
  const salt = /[0-9a-f]{64}/.exec(leaf)![0];
  const isSealed = (path: string) => path.endsWith('.age');
  const readable = [...contentsOf(trial.study)].filter(([path]) => !isSealed(path));
  const texts = [
    ...readable.map(([, content]) => content.toString()),
    mustRun('commitment', '--study', trial.study),
    mustRun('verify', '--study', trial.study),
    // The proof tells its own arm, and has hashes beside it.
    opened.replace(leaf, ''),
  ];
  const published = new Set(texts.flatMap((text) => text.match(/[0-9a-f]{64}/g) ?? []));
  expect(published.size).toBeGreaterThan(50);
  const listText = readFileSync(join(trial.study, 'allocation/list.csv'), 'utf8');
  const list = /^list\s+(\S+)$/m.exec(texts.at(-3)!)![1]!;
  const guess = {
    slots: parsePublicList(listText, 1),
    list,
    salts: [salt, '', '0'.repeat(64), list],
    lastLeaf: '',
  };
  expect(attack(published, guess)).toEqual([]);
  // With the arm that the proof does tell, and its salt, it is found: the guesses are of the right form.
  const own = new Set([leafHash(leaf)]);
  expect(attack(own, guess)).toEqual([...own]);
});
