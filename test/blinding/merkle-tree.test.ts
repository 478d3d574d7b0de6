import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leafHash, makeTree, pathSides, rootOfPath } from '../../src/blinding/merkle-tree.ts';
import { testWithTool } from '../support/tools.ts';

// Published: the reference inputs of Certificate Transparency, the roots of the first of them, and
// paths (there as proofs, with leaves counted from 1). github.com/transparency-dev/merkle,
// proof/verify_test.go.
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => new Uint8Array(Buffer.from(hex, 'hex')));
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const PATHS = [
  { leaf: 1, size: 1, path: [] },
  {
    leaf: 1,
    size: 8,
    path: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    leaf: 6,
    size: 8,
    path: [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  {
    leaf: 3,
    size: 3,
    path: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  },
  {
    leaf: 2,
    size: 5,
    path: [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
];

describe('the published vectors [R-030]', () => {
  test.each(ROOTS.map((root, index) => ({ size: index + 1, root })))(
    'root of the first $size',
    ({ size, root }) => {
      expect(makeTree(LEAVES.slice(0, size))).toMatchObject({ size, root });
    },
  );

  test.each(PATHS)('path of leaf $leaf of $size', ({ leaf, size, path }) => {
    expect(makeTree(LEAVES.slice(0, size)).pathOf(leaf - 1)).toEqual(path);
    expect(rootOfPath(LEAVES[leaf - 1]!, leaf - 1, size, path)).toBe(ROOTS[size - 1]);
  });
});

describe('against the definition', () => {
  // RFC 6962, sections 2.1 and 2.1.1, word by word.
  const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  function split(n: number): number {
    let k = 1;
    while (k * 2 < n) k *= 2;
    return k;
  }
  function treeHash(d: readonly string[]): Buffer {
    if (d.length === 1) return sha256(Buffer.of(0), Buffer.from(d[0]!));
    const k = split(d.length);
    return sha256(Buffer.of(1), treeHash(d.slice(0, k)), treeHash(d.slice(k)));
  }
  function auditPath(m: number, d: readonly string[]): string[] {
    if (d.length === 1) return [];
    const k = split(d.length);
    return m < k
      ? [...auditPath(m, d.slice(0, k)), treeHash(d.slice(k)).toString('hex')]
      : [...auditPath(m - k, d.slice(k)), treeHash(d.slice(0, k)).toString('hex')];
  }

  test('root and every path of each size up to 70', () => {
    for (let size = 1; size <= 70; size += 1) {
      const texts = Array.from({ length: size }, (_, index) => `text ${index}, ü`);
      const tree = makeTree(texts);
      expect(tree.root).toBe(treeHash(texts).toString('hex'));
      for (const index of texts.keys()) {
        expect(tree.pathOf(index), `${index} of ${size}`).toEqual(auditPath(index, texts));
      }
    }
  });

  test('random texts', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (texts) => {
        expect(makeTree(texts).root).toBe(treeHash(texts).toString('hex'));
      }),
    );
  });
});

testWithTool(['sha256sum', '--version'])(
  'a path is followed with printf and sha256sum alone',
  () => {
    const texts = ['R001 A', 'R002 B', 'R003 ü', "R004 ' %", 'R005 E'];
    const tree = makeTree(texts);
    const script = `
    hash=$({ printf '\\0'; printf '%s' "$1"; } | sha256sum | cut -c1-64)
    bytes() { printf "$(sed 's/../\\\\x&/g' <<<"$1")"; }
    shift
    while (($#)); do
      if [[ $1 == left ]]; then left=$2 right=$hash; else left=$hash right=$2; fi
      hash=$({ printf '\\1'; bytes "$left"; bytes "$right"; } | sha256sum | cut -c1-64)
      shift 2
    done
    printf '%s' "$hash"`;
    for (const [index, text] of texts.entries()) {
      const path = tree.pathOf(index);
      const steps = pathSides(index, texts.length).flatMap((side, step) => [side, path[step]!]);
      const said = execFileSync('bash', ['-c', script, 'bash', text, ...steps], {
        encoding: 'utf8',
      });
      expect(said).toBe(tree.root);
    }
  },
);

const someLeaves = fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 12 }), {
  minLength: 1,
  maxLength: 40,
});
/** Leaves, a place among them, and a number for choosing. */
const someLeaf = someLeaves.chain((leaves) =>
  fc.record({
    leaves: fc.constant(leaves),
    index: fc.nat(leaves.length - 1),
    choice: fc.nat(10_000),
  }),
);

describe('a path', () => {
  test('leads every leaf to the root', () => {
    fc.assert(
      fc.property(someLeaves, (leaves) => {
        const tree = makeTree(leaves);
        for (const [index, text] of leaves.entries()) {
          const path = tree.pathOf(index);
          expect(rootOfPath(text, index, tree.size, path)).toBe(tree.root);
          expect(pathSides(index, tree.size)).toHaveLength(path.length);
        }
      }),
    );
  });

  test('does not lead another text or another place to the root', () => {
    fc.assert(
      fc.property(someLeaf, fc.string({ unit: 'grapheme' }), ({ leaves, index }, other) => {
        const { root, size, pathOf } = makeTree(leaves);
        const path = pathOf(index);
        fc.pre(other !== leaves[index]);
        expect(rootOfPath(other, index, size, path)).not.toBe(root);
        for (const place of leaves.keys()) {
          if (place === index) continue;
          expect(rootOfPath(leaves[index]!, place, size, path)).not.toBe(root);
          expect(rootOfPath(leaves[index]!, index, size, pathOf(place))).not.toBe(root);
        }
      }),
    );
  });

  test('leads to the root in a tree of another size only if its steps are the same', () => {
    fc.assert(
      fc.property(someLeaf, ({ leaves, index, choice }) => {
        const { root, size, pathOf } = makeTree(leaves);
        const other = choice % 100;
        const found = rootOfPath(leaves[index]!, index, other, pathOf(index));
        const sameSteps =
          index < other && pathSides(index, other).join() === pathSides(index, size).join();
        expect(found === root).toBe(sameSteps);
      }),
    );
    // Such sizes exist: the first leaf's path in a tree of three fits one of four.
    const { root, pathOf } = makeTree(['a', 'b', 'c']);
    expect(rootOfPath('a', 0, 4, pathOf(0))).toBe(root);
  });

  test('with one changed digit leads to another root', () => {
    fc.assert(
      fc.property(someLeaf, fc.nat(63), ({ leaves, index, choice }, at) => {
        const { root, size, pathOf } = makeTree(leaves);
        const path = pathOf(index);
        fc.pre(path.length > 0);
        const step = choice % path.length;
        const hash = path[step]!;
        path[step] = hash.slice(0, at) + (hash[at] === '0' ? '1' : '0') + hash.slice(at + 1);
        expect(rootOfPath(leaves[index]!, index, size, path)).not.toBe(root);
      }),
    );
  });

  const tree = makeTree(['a', 'b', 'c', 'd', 'e']);
  const path = tree.pathOf(1);
  test.each([
    ['too short', path.slice(1)],
    ['too long', [...path, path[0]!]],
    ['in capitals', path.map((hash) => hash.toUpperCase())],
    ['with a hash cut short', [path[0]!.slice(2), ...path.slice(1)]],
    ['with a hash and a line break', [`${path[0]!}\n`, ...path.slice(1)]],
    ['with what is not hex', ['g'.repeat(64), ...path.slice(1)]],
  ])('%s is not a path', (_what, wrong) => {
    expect(rootOfPath('b', 1, 5, wrong)).toBeUndefined();
  });

  test.each([
    [-1, 5],
    [5, 5],
    [0, 0],
    [0.5, 5],
    [Number.NaN, 5],
    [1, Number.POSITIVE_INFINITY],
    [1, 2 ** 60],
  ])('of leaf %d of %d: there is no such leaf', (index, size) => {
    expect(rootOfPath('b', index, size, path)).toBeUndefined();
    expect(() => pathSides(index, size)).toThrow(
      new RangeError(`no leaf ${index} in a tree of ${size}`),
    );
    expect(() => tree.pathOf(size === 5 ? index : -1)).toThrow(RangeError);
  });
});

describe('a tree', () => {
  test('has another root if two leaves are exchanged [R-030]', () => {
    fc.assert(
      fc.property(someLeaf, ({ leaves, index, choice }) => {
        const other = choice % leaves.length;
        fc.pre(other !== index);
        const swapped = leaves.with(index, leaves[other]!).with(other, leaves[index]!);
        expect(makeTree(swapped).root).not.toBe(makeTree(leaves).root);
      }),
    );
  });

  test('has another root with its last leaf twice, and with a node for a leaf', () => {
    const { root } = makeTree(['a', 'b', 'c']);
    expect(makeTree(['a', 'b', 'c', 'c']).root).not.toBe(root);
    const nodes = Buffer.from(leafHash('a') + leafHash('b'), 'hex');
    expect(makeTree([nodes, 'c']).root).not.toBe(root);
  });

  test('of one leaf is that leaf', () => {
    expect(makeTree(['a']).root).toBe(leafHash('a'));
    expect(makeTree(['a']).pathOf(0)).toEqual([]);
  });

  test('reads a text as UTF-8', () => {
    expect(leafHash('ü')).toBe(leafHash(Uint8Array.of(0xc3, 0xbc)));
  });

  test('without leaves does not exist', () => {
    expect(() => makeTree([])).toThrow('a tree of no leaves');
  });

  test('of 20,000 leaves gives all their paths', () => {
    const leaves = Array.from({ length: 20_000 }, (_, index) => `slot ${index}`);
    const tree = makeTree(leaves);
    const paths = leaves.map((_, index) => tree.pathOf(index));
    for (const index of [0, 1, 16_383, 16_384, 19_998, 19_999]) {
      expect(rootOfPath(leaves[index]!, index, leaves.length, paths[index]!)).toBe(tree.root);
    }
  }, 10_000);
});
